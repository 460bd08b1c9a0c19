"""A playlist as a whole: how each feature spreads, which keys, and who stands apart."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar
from urllib.parse import quote

from fastapi import APIRouter

from api.schemas.playlist import Distribution, Fold, KeyCount, Outlier, PlaylistProfile
from web.charts.histogram import Bars, bars
from web.pages.panel import Panel, add_panel
from web.render import Data
from web.request import PageRequest
from web.text import formatting, labels
from web.text.meanings import MEANINGS, FeatureMeaning, figure
from web.text.provenance import Head

router = APIRouter()
FOLD, TEMPO = "fold", "features.tempo"
LEFT_OUT = {
    "local": "local",
    "episode": "podcast",
    "removed": "taken down",
    "other": "something else",
    "no_features": "unknown to the source",
}
FIGURES = ("min", "p10", "p25", "median", "p75", "p90", "max", "mean", "sd")
FIGURE_NAMES = {
    "min": "lowest",
    "p10": "a tenth lie below",
    "p25": "a quarter lie below",
    "median": "half lie below (median)",
    "p75": "three quarters lie below",
    "p90": "nine tenths lie below",
    "max": "highest",
    "mean": "average",
    "sd": "standard deviation",
}


@dataclass(frozen=True, slots=True)
class FeatureSpread:
    """How one feature spreads over a playlist: a sentence, the bars, the figures."""

    meaning: FeatureMeaning
    finding: str
    bars: Bars
    figures: tuple[tuple[str, str], ...]
    table: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class KeyBar:
    """How many tracks are in one key; `width` in percent of the most frequent."""

    camelot: str
    name: str
    number: int
    width: float


@dataclass(frozen=True, slots=True)
class OutlierRow:
    """A track that stands apart."""

    position: int
    name: str
    href: str
    distance: str
    because: str


@dataclass(frozen=True, kw_only=True)
class ProfilePanel(Data):
    """What a playlist sounds like. `folding`: what was done to tempi, if half and double are one.

    `other`: the page and the fragment that count tempi the other way.
    """

    template: ClassVar[str] = "playlist_profile.html"

    ident: str
    summary: str
    folding: str | None
    other: tuple[str, str]
    left_out: tuple[str, ...]
    spreads: tuple[FeatureSpread, ...]
    keys: tuple[KeyBar, ...]
    metres: str
    outliers: tuple[OutlierRow, ...]
    head: Head


async def _profile(request: PageRequest, ident: str) -> ProfilePanel:
    """What the playlist sounds like, from the one source that the API names."""
    folds = request.text(FOLD) == Fold.TEMPO
    answer = await request.client.playlist_profile(ident, Fold.TEMPO if folds else None)
    found = answer.value
    return ProfilePanel(
        shell=request.shell(),
        ident=found.id,
        summary=_summary(found),
        folding=_folding(found) if folds else None,
        other=_links(found.id, folds=not folds),
        left_out=_left_out(found),
        spreads=tuple(
            _spread(meaning, found.features[meaning.field])
            for meaning in MEANINGS
            if meaning.field in found.features
        ),
        keys=_keys(found.keys),
        metres=_metres(found.time_signatures),
        outliers=tuple(_outlier(each) for each in found.outliers),
        head=request.head(labels.PANELS["profile"], answer.call, found),
    )


def _summary(found: PlaylistProfile) -> str:
    source = labels.SOURCES[found.source]
    total, described = formatting.count(found.items_total), formatting.count(found.described)
    typical = [
        meaning.word(found.features[meaning.field].median)
        for meaning in MEANINGS[:3]
        if meaning.field in found.features
    ]
    ending = f" The typical track: {formatting.listed(typical)}." if typical else ""
    return f"{described} of {total} entries are described, all by {source}.{ending}"


def _folding(found: PlaylistProfile) -> str:
    """How many tempi were folded, in the words of the answer."""
    told = (said.detail for said in found.provenance if TEMPO in said.fields)
    return next(filter(None, told), "")


def _links(ident: str, *, folds: bool) -> tuple[str, str]:
    """The page and the fragment, with half and double tempo as one or apart."""
    ending = f"?{FOLD}={Fold.TEMPO}" if folds else ""
    path = f"/playlists/{quote(ident, safe=':')}/profile{ending}"
    return path, f"/fragments{path}"


def _left_out(found: PlaylistProfile) -> tuple[str, ...]:
    numbers = found.excluded.model_dump()
    return tuple(
        f"{formatting.count(numbers[field])} {text}"
        for field, text in LEFT_OUT.items()
        if numbers[field]
    )


def _spread(meaning: FeatureMeaning, found: Distribution) -> FeatureSpread:
    drawn = bars(found)
    return FeatureSpread(
        meaning=meaning,
        finding=_finding(meaning, found),
        bars=drawn,
        figures=tuple(
            (FIGURE_NAMES[name], figure(meaning.field, getattr(found, name))) for name in FIGURES
        ),
        table=tuple(
            (bar.label, number)
            for bar, number in zip(drawn.bars, found.histogram.counts, strict=True)
        ),
    )


def _finding(meaning: FeatureMeaning, found: Distribution) -> str:
    low, high = figure(meaning.field, found.p25), figure(meaning.field, found.p75)
    median = figure(meaning.field, found.median)
    word = meaning.word(found.median)
    return f"Half of the tracks lie between {low} and {high}. The middle one has {median}: {word}."


def _keys(found: tuple[KeyCount, ...]) -> tuple[KeyBar, ...]:
    most = max((each.count for each in found), default=1)
    return tuple(
        KeyBar(each.camelot, each.key_name, each.count, round(each.count / most * 100, 1))
        for each in sorted(found, key=lambda each: -each.count)
    )


def _metres(found: Mapping[str, int]) -> str:
    order = sorted(found.items(), key=lambda each: -each[1])
    return formatting.listed(
        [
            f"{formatting.metre(int(beats))} in {formatting.counted(n, 'track')}"
            for beats, n in order
        ]
    )


def _outlier(found: Outlier) -> OutlierRow:
    return OutlierRow(
        position=found.position + 1,
        name=found.name,
        href=f"/tracks/{found.id}",
        distance=formatting.decimal(found.distance, 1),
        because=found.because,
    )


add_panel(router, Panel("profile", "playlists", "profile", _profile, options=(FOLD,)))
