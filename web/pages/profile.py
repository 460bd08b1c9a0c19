"""A playlist as a whole: its sentence, and how each feature spreads over it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import ClassVar
from urllib.parse import quote, urlencode

from fastapi import APIRouter, HTTPException, Response

from api.schemas.brands import Brand
from api.schemas.playlist import Distribution, Fit, Fold, PlaylistProfile
from api.schemas.provenance import Method, SourceName
from web.charts.histogram import Bars, Marks, bars, top
from web.client import ApiProblem, ApiResponse, JobPending
from web.pages.brand_choice import BrandPick, brand_beside, chosen_brand
from web.pages.jobs import ReadingNow, reading_now
from web.pages.panel import Panel, add_panel
from web.pages.playlist_view import MOST_TEXT, SHOWN
from web.render import Data
from web.request import PageRequest, PageRequestDep
from web.responses import drawing
from web.text import formatting, labels
from web.text.meanings import BY_FIELD, HIGH, LOW, FeatureMeaning, figure
from web.text.provenance import Head

router = APIRouter()
FOLD, TRACK, TEMPO = "fold", "track", "features.tempo"
LEFT_OUT = {
    "local": "local",
    "episode": "podcast",
    "removed": "taken down",
    "other": "something else",
    "no_features": "unknown to the source",
}
LEANINGS = {  # of a middle track in the lowest, the middle and the highest third
    "energy": ("calm", "middling", "intense"),
    "acousticness": ("electric", "", "acoustic"),
    "instrumentalness": ("sung", "", "voiceless"),
}
QUARTERS = 4  # tracks, with fewer of which there is no middle half
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
    """How one feature spreads over a playlist: a sentence, the bars, the figures.

    `unit` stands behind its name. `svg`: where the picture is on its own.
    """

    meaning: FeatureMeaning
    unit: str
    finding: str
    bars: Bars
    figures: tuple[tuple[str, str], ...]
    svg: str


@dataclass(frozen=True, kw_only=True)
class ProfilePanel(Data):
    """How a playlist spreads. `folding`: what was done to tempi, if half and double are one.

    `other`: the page and the fragment that count tempi the other way. `song`: whether one's own
    song is marked; `brand`: what brand is.
    """

    template: ClassVar[str] = "playlist_profile.html"

    back: str
    says: str
    folding: str | None
    other: tuple[str, str]
    left_out: tuple[str, ...]
    spreads: tuple[FeatureSpread, ...]
    metres: str
    song: bool
    unlike: str
    brand: str | None
    pick: BrandPick | None
    reading: ReadingNow | None
    head: Head


@dataclass(frozen=True, kw_only=True)
class HistogramDrawing(Data):
    """One histogram as a file of its own."""

    template: ClassVar[str] = "charts/histogram_file.svg.j2"

    spread: FeatureSpread


async def _profile(request: PageRequest, ident: str) -> ProfilePanel:
    """How the playlist spreads, from the one source that the API names."""
    folds, track = request.text(FOLD) == Fold.TEMPO, request.text(TRACK)[:MOST_TEXT]
    (answer, working), fit, beside = await asyncio.gather(
        known_profile(request, ident, Fold.TEMPO if folds else None),
        own_song(request, ident),
        brand_beside(request),
    )
    found, brand = answer.value, beside.brand
    again = f"/fragments{_at(found.id, '/profile', track=track, fold=Fold.TEMPO if folds else '')}"
    done = (found.described, found.items_total)
    reading = None if working is None else reading_now(working, again, done)
    return ProfilePanel(
        shell=request.shell(),
        back=_at(found.id, "", track=track),
        says=_described(found),
        folding=_folding(found) if folds else None,
        other=_links(found.id, track, folds=not folds),
        left_out=_left_out(found),
        spreads=spreads(found, fit, track, brand=brand),
        metres=_metres(found.time_signatures),
        song=fit is not None,
        unlike=_unlike(fit),
        brand=None if brand is None else brand.name,
        pick=beside.pick,
        reading=reading,
        head=request.head(labels.PANELS["profile"], answer.call, found),
    )


def _unlike(fit: Fit | None) -> str:
    """Why one's own song is not marked on the scale of loudness; empty where it is."""
    absent = () if fit is None else fit.missing
    whys = (said.detail for said in absent if said.field == "percentile.loudness")
    return next(filter(None, whys), "")


async def known_profile(
    request: PageRequest, ident: str, fold: Fold | None = None
) -> tuple[ApiResponse[PlaylistProfile], JobPending | None]:
    """The profile; while a job reads the list as far as is known, and the job."""
    try:
        return await request.client.playlist_profile(ident, fold), None
    except JobPending as working:
        return await request.client.playlist_profile(ident, fold, so_far=True), working


async def own_song(request: PageRequest, ident: str) -> Fit | None:
    """One's own song beside the list, if one is asked about and can be compared."""
    track = request.text(TRACK)[:MOST_TEXT]
    if not track:
        return None
    try:
        return (await request.client.playlist_fit(ident, track)).value
    except (ApiProblem, JobPending):
        return None


@router.get("/playlists/{ident}/charts/{field}.svg")
async def histogram_file(ident: str, field: str, request: PageRequestDep) -> Response:
    """One histogram as a picture of its own."""
    answer, fit, brand = await asyncio.gather(
        request.client.playlist_profile(ident), own_song(request, ident), chosen_brand(request)
    )
    drawn = spreads(answer.value, fit, request.text(TRACK), brand=brand)
    found = next((each for each in drawn if each.meaning.field == field), None)
    if found is None:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    return drawing(request, HistogramDrawing(shell=request.shell(), spread=found))


def summary(found: PlaylistProfile) -> str:
    """What a list is, in one sentence or two."""
    total, described = found.items_total, found.described
    tracks = formatting.counted(total, "entry", "entries")
    known = "all described" if described == total else f"{formatting.count(described)} described"
    said = f"{tracks.capitalize()}, {known}."
    if not described or not found.features:
        return said
    leaning = [
        words[_third(found.features[field].median)]
        for field, words in LEANINGS.items()
        if field in found.features
    ]
    leaning = [word for word in leaning if word]
    lean = "it leans" if described == 1 else "they lean"
    parts = [f"{lean} {formatting.listed(leaning)}"] if leaning else []
    if tempo := found.features.get("tempo"):
        parts.append(_pace(tempo))
    parts += _leading_key(found)
    text = "; ".join(parts)
    return f"{said} {text[:1].upper()}{text[1:]}." if text else said


def _pace(tempo: Distribution) -> str:
    """How fast they are: the middle half, or all where there are too few for quarters."""
    few = tempo.n < QUARTERS
    ends = (tempo.min, tempo.max) if few else (tempo.p25, tempo.p75)
    low, high = (formatting.decimal(end, 0) for end in ends)
    if low == high:
        who = "it runs" if tempo.n == 1 else "they run" if few else "half of them run"
        return f"{who} at {low} BPM"
    return f"{'they run' if few else 'half of them run'} between {low} and {high} BPM"


def _third(value: float) -> int:
    return (value >= LOW) + (value >= HIGH)


def _leading_key(found: PlaylistProfile) -> list[str]:
    keys = sorted(found.keys, key=lambda each: -each.count)
    if not keys:
        return []
    most = [each for each in keys if each.count == keys[0].count]
    if keys[0].count == 1:
        return ["no two are in the same key"] if len(keys) > 1 else []
    if len(most) > 1:
        return [
            f"no key leads: {formatting.listed([each.camelot for each in most[:3]])} come first"
        ]
    return [f"{keys[0].camelot} is the most frequent key, with {keys[0].count} tracks"]


def _described(found: PlaylistProfile) -> str:
    source = labels.speaker(found.source, Method.MEASURED)
    total, described = formatting.count(found.items_total), formatting.count(found.described)
    if found.items_total == found.described == 1:
        return f"The one entry is described by {source}."
    return f"{described} of {total} entries are described, all by {source}."


def _folding(found: PlaylistProfile) -> str:
    """How many tempi were folded, in the words of the answer."""
    told = (said.detail for said in found.provenance if said.fields == (TEMPO,))
    return next(filter(None, told), "")


def _links(ident: str, track: str, *, folds: bool) -> tuple[str, str]:
    """The page and the fragment, with half and double tempo as one or apart."""
    path = _at(ident, "/profile", track=track, fold=Fold.TEMPO if folds else "")
    return path, f"/fragments{path}"


def _at(ident: str, part: str, **given: str) -> str:
    query = urlencode({name: value for name, value in given.items() if value})
    path = f"/playlists/{quote(ident, safe=':')}{part}"
    return f"{path}?{query}" if query else path


def _left_out(found: PlaylistProfile) -> tuple[str, ...]:
    numbers = found.excluded.model_dump()
    return tuple(
        f"{formatting.count(numbers[field])} {text}"
        for field, text in LEFT_OUT.items()
        if numbers[field]
    )


def spreads(
    found: PlaylistProfile, fit: Fit | None, track: str, *, brand: Brand | None
) -> tuple[FeatureSpread, ...]:
    """A histogram for each feature that anything is known of, all to the same count."""
    shown = {field: found.features[field] for field in SHOWN if field in found.features}
    most = top(shown.values())
    values = fit.values if fit is not None else {}
    unit = "LUFS" if found.source is SourceName.LIBRARY else "dB"
    wishes = wishes_of(brand, found.source)
    if fit is not None and fit.percentile.get("loudness") is None:
        values = {**values, "loudness": None}  # of another zero
    return tuple(
        FeatureSpread(
            meaning=BY_FIELD[field],
            unit={"tempo": "BPM", "loudness": unit}.get(field, ""),
            finding=_finding(field, spread),
            bars=bars(
                BY_FIELD[field],
                spread,
                most,
                marks=Marks(values.get(field), wishes.get(field)),
            ),
            figures=tuple(
                (FIGURE_NAMES[name], figure(field, getattr(spread, name))) for name in FIGURES
            ),
            svg=_at(found.id, f"/charts/{field}.svg", track=track),
        )
        for field, spread in shown.items()
    )


def wishes_of(brand: Brand | None, source: SourceName | None) -> Mapping[str, tuple[float, float]]:
    """The ranges of a brand; of loudness only where it is measured as they are meant, in LUFS."""
    if brand is None:
        return {}
    return {
        field: (target.min, target.max)
        for field, target in brand.targets.by_field.items()
        if field != "loudness" or source is SourceName.LIBRARY
    }


def _finding(field: str, found: Distribution) -> str:
    places = {"tempo": 0, "loudness": 1}.get(field, 2)
    few = found.n < QUARTERS
    ends = (found.min, found.max) if few else (found.p25, found.p75)
    low, high = (formatting.decimal(end, places) for end in ends)
    if low == high:
        return f"{'all' if few and found.n > 1 else 'one track' if few else 'half'} at {low}"
    return f"{'all' if few else 'half'} lie between {low} and {high}"


def _metres(found: Mapping[str, int]) -> str:
    order = sorted(found.items(), key=lambda each: -each[1])
    return formatting.listed(
        [
            f"{formatting.metre(int(beats))} in {formatting.counted(n, 'track')}"
            for beats, n in order
        ]
    )


add_panel(router, Panel("profile", "playlists", "profile", _profile, options=(FOLD, TRACK)))
