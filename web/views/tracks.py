"""A track, its audio features from one source, and from all of them side by side."""

from __future__ import annotations

from dataclasses import replace

from fastapi import APIRouter, Response

from api.schemas.features import AudioFeatures, FeatureComparison
from api.schemas.provenance import Method, Provenance
from web.charts.strip import strip
from web.charts.wheel import neighbours, wheel
from web.pages import (
    Agreement,
    AgreementPanel,
    FeatureRow,
    FeaturesPanel,
    KeyCard,
    TrackPage,
)
from web.request import PageRequest, PageRequestDep
from web.responses import page
from web.text import formatting, labels
from web.text.meanings import MEANINGS, Meaning, readings
from web.text.provenance import Absence, Head
from web.views.files import own_file, own_track
from web.views.panel import Panel, add_panel

router = APIRouter()
REFERENCES = {
    "dBFS-like": "0 dB is full scale: about the loudest a file can hold. Spotify’s own average; "
    "it is not LUFS.",
    "LUFS": "Measured in LUFS, the loudness unit of broadcasters and streaming services (ITU-R "
    "BS.1770). Many services turn everything to about −14 LUFS.",
}
NOT_SAID = Absence("", "The source did not say.", "/sources", "See who else could say")


@router.get("/tracks/{ident}")
async def track(ident: str, request: PageRequestDep) -> Response:
    """What a source says of a track; its numbers load beside it."""
    answer = await request.client.track(ident)
    found = answer.value
    own = await own_track(request, found.id)
    data = TrackPage(
        shell=request.shell(),
        track=found,
        own=None if own is None else own_file(own),
        composer=own is not None and own.truth is not None,
        picture=request.site.picture(found.album.images if found.album else ()),
        head=request.head("Track", answer.call, found),
    )
    return page(request, data)


async def _features(request: PageRequest, ident: str) -> FeaturesPanel:
    answer = await request.client.features(ident, request.text("source") or None)
    found = answer.value
    head = request.head("Audio features", answer.call, found)
    return FeaturesPanel(
        shell=request.shell(),
        ident=found.id,
        rows=tuple(_row(meaning, found, head) for meaning in MEANINGS),
        key=_key(found),
        metre=formatting.metre(found.time_signature) if found.time_signature else None,
        candidates=_candidates(found),
        reference=_reference(found.provenance),
        readings=readings(found),
        head=_rest(head),
    )


def _rest(head: Head) -> Head:
    """The frame without the absences that the rows explain themselves."""
    explained = {meaning.label for meaning in MEANINGS}
    return replace(head, absences=tuple(a for a in head.absences if a.label not in explained))


def _row(meaning: Meaning, features: AudioFeatures, head: Head) -> FeatureRow:
    value: float | None = getattr(features, meaning.field)
    if value is None:
        absence = next((a for a in head.absences if a.label == meaning.label), NOT_SAID)
        return FeatureRow(meaning, "", "", None, None, None, absence)
    error = features.uncertainty.get(meaning.field)
    return FeatureRow(
        meaning=meaning,
        figure=figure(meaning.field, value),
        word=meaning.word(value),
        error=None if error is None else f"± {formatting.decimal(error)}",
        method=_method(features.provenance, meaning.field),
        strip=strip(meaning, value, error),
        absence=None,
    )


def _method(provenance: tuple[Provenance, ...], field: str) -> str | None:
    """How this one number is known, where its source says so field by field."""
    return next((labels.METHODS[each.method] for each in provenance if field in each.fields), None)


def figure(field: str, value: float) -> str:
    """A feature's value with its unit."""
    if field == "tempo":
        return formatting.bpm(value)
    return formatting.decibels(value) if field == "loudness" else formatting.decimal(value)


def _key(features: AudioFeatures) -> KeyCard | None:
    if features.key_name is None:
        return None
    code = features.camelot
    return KeyCard(
        name=features.key_name,
        camelot=code,
        blends=formatting.listed(neighbours(code or "")),
        cells=wheel(code) if code else (),
    )


def _candidates(features: AudioFeatures) -> str | None:
    if not features.tempo_candidates:
        return None
    others = formatting.listed([formatting.bpm(tempo) for tempo in features.tempo_candidates])
    return f"It may also be felt as {others}."


def _reference(provenance: tuple[Provenance, ...]) -> str | None:
    said = " ".join(each.detail or "" for each in provenance)
    return next((words_ for unit, words_ in REFERENCES.items() if unit in said), None)


async def _agreement(request: PageRequest, ident: str) -> AgreementPanel:
    answer = await request.client.feature_sources(ident)
    found = answer.value
    title = "Do the sources agree?"
    return AgreementPanel(
        shell=request.shell(),
        ident=found.id,
        names=tuple(labels.speaker(source, Method.MEASURED) for source in found.sources),
        rows=(*(_agree(meaning, found) for meaning in MEANINGS), _keys(found)),
        head=request.head(title, answer.call, found),
    )


def _agree(meaning: Meaning, found: FeatureComparison) -> Agreement:
    values = (getattr(item, meaning.field) for item in found.items)
    spread = found.spread.get(meaning.field)
    return Agreement(
        label=meaning.label,
        values=tuple("not said" if v is None else figure(meaning.field, v) for v in values),
        spread="" if spread is None else figure(meaning.field, spread.spread),
    )


def _keys(found: FeatureComparison) -> Agreement:
    values = tuple(item.key_name or "not said" for item in found.items)
    several = len(found.items) > 1
    return Agreement("Key", values, ("same" if len(set(values)) == 1 else "differs") * several)


add_panel(
    router, Panel("features", "What the whole track sounds like", "tracks", "features", _features)
)
add_panel(
    router,
    Panel("agreement", "Do the sources agree?", "tracks", "features/sources", _agreement),
)
