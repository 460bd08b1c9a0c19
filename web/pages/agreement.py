"""Whether the sources agree on a track, and the analyser with who composed a demo piece."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

from fastapi import APIRouter, HTTPException

from api.schemas.features import AudioFeatures, FeatureComparison
from api.schemas.provenance import Method
from web.pages.nearest import folded
from web.pages.panel import Panel, add_panel
from web.render import Data
from web.request import PageRequest
from web.text import labels
from web.text.comparison import Compared, compare, finding
from web.text.headline import loudness_unit
from web.text.meanings import MEANINGS, FeatureMeaning, figure
from web.text.provenance import Head

router = APIRouter()
NOT_SAID = "not said"


@dataclass(frozen=True, slots=True)
class Agreement:
    """One feature as each source states it, in the order of `AgreementPanel.names`."""

    label: str
    values: tuple[str, ...]
    spread: str


@dataclass(frozen=True, kw_only=True)
class AgreementPanel(Data):
    """Every source's features of a track, side by side."""

    template: ClassVar[str] = "track_agreement.html"

    ident: str
    folded: bool
    names: tuple[str, ...]
    in_short: str
    rows: tuple[Agreement, ...]
    notes: tuple[str, ...]
    head: Head


@dataclass(frozen=True, kw_only=True)
class ComposerPanel(Data):
    """What the composer of a demo piece wrote, beside what the analyser measured."""

    template: ClassVar[str] = "track_composer.html"

    ident: str
    folded: bool
    finding: str
    rows: tuple[Compared, ...]
    head: Head


async def _agreement(request: PageRequest, ident: str) -> AgreementPanel:
    answer = await request.client.feature_sources(ident)
    found = answer.value
    names = tuple(labels.speaker(source, Method.MEASURED) for source in found.sources)
    return AgreementPanel(
        shell=request.shell(),
        ident=found.id,
        folded=folded(request),
        names=names,
        in_short=f"{', '.join(names)}" if names[1:] else "only one answers for this track",
        rows=(*(_agree(meaning, found) for meaning in MEANINGS), _keys(found)),
        notes=tuple(note.says for note in found.notes),
        head=request.head(labels.PANELS["agreement"], answer.call, found),
    )


def _agree(meaning: FeatureMeaning, found: FeatureComparison) -> Agreement:
    spread = found.spread.get(meaning.field)
    return Agreement(
        label=meaning.label,
        values=tuple(_value(meaning.field, item) for item in found.items),
        spread="" if spread is None else figure(meaning.field, spread.spread),
    )


def _value(field: str, item: AudioFeatures) -> str:
    """With its unit: two loudnesses in unlike ones are no disagreement."""
    value: float | None = getattr(item, field)
    if value is None:
        return NOT_SAID
    said = figure(field, value)
    return said.replace("dB", loudness_unit(item.provenance)) if field == "loudness" else said


def _keys(found: FeatureComparison) -> Agreement:
    values = tuple(item.key_name or NOT_SAID for item in found.items)
    several = len(found.items) > 1
    word = ("same" if len(set(values)) == 1 else "differs") * several
    return Agreement(labels.FIELDS["key"], values, word)


async def _composer(request: PageRequest, ident: str) -> ComposerPanel:
    truth = (await request.client.library.track(ident)).value.truth
    if truth is None:
        raise HTTPException(404)
    features = await request.client.features(ident, "library")
    parts = (await request.client.analysis(ident, "track,sections")).value.sections or ()
    head = request.head(labels.PANELS["composer"], features.call, features.value)
    rows = compare(truth, features.value, parts)
    return ComposerPanel(
        shell=request.shell(),
        ident=features.value.id,
        folded=folded(request),
        finding=finding(rows),
        rows=rows,
        head=replace(head, absences=()),  # the panel of the features says what is absent
    )


add_panel(router, Panel("agreement", "tracks", "features/sources", _agreement))
add_panel(router, Panel("composer", "tracks", "composer", _composer))
