"""A track, its audio features from one source, and from all of them side by side."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

from fastapi import APIRouter, HTTPException, Response

from api.schemas.artist import Image
from api.schemas.features import AudioFeatures, FeatureComparison
from api.schemas.library import Job, LibraryTrack
from api.schemas.provenance import Method, Provenance
from api.schemas.track import Track
from web.charts.strip import Strip, strip
from web.charts.wheel import Cell, neighbours, wheel
from web.pages.files import about, delete_path, own_track
from web.pages.jobs import job_state, job_to_follow
from web.pages.panel import Panel, add_panel
from web.render import Data
from web.request import PageRequest, PageRequestDep
from web.responses import page
from web.text import formatting, labels
from web.text.comparison import Compared, compare, finding
from web.text.meanings import MEANINGS, FeatureMeaning, figure, readings
from web.text.provenance import Absence, Head

router = APIRouter()
REFERENCES = {
    "dBFS-like": "0 dB is full scale: about the loudest a file can hold. Spotify’s own average; "
    "it is not LUFS.",
    "LUFS": "Measured in LUFS, the loudness unit of broadcasters and streaming services (ITU-R "
    "BS.1770). Many services turn everything to about −14 LUFS.",
}
NOT_SAID = Absence("", "The source did not say.", "/sources", "See who else could say")


@dataclass(frozen=True, kw_only=True)
class TrackPage(Data):
    """One track. `own`: the file behind it, if it is one of this server's; `composer`: a demo's."""

    template: ClassVar[str] = "track.html"

    track: Track
    own: OwnFile | None
    composer: bool
    picture: Image | None
    head: Head


@dataclass(frozen=True, slots=True)
class OwnFile:
    """The file behind a track. `note`: what its analysis is doing, where it is not done.

    `audio` is None where the file is gone from the disk.
    """

    audio: str | None
    about: str
    demo: bool
    note: str | None
    job: str | None
    delete: str


@dataclass(frozen=True, slots=True)
class FeatureRow:
    """One feature in figures and words, how it is known and where it lies; or why it is absent."""

    meaning: FeatureMeaning
    figure: str
    word: str
    error: str | None
    method: str | None
    strip: Strip | None
    absence: Absence | None


@dataclass(frozen=True, slots=True)
class KeyCard:
    """The key: its name, its place on the DJ's circle, those it blends with."""

    name: str
    camelot: str | None
    blends: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, kw_only=True)
class FeaturesPanel(Data):
    """A track's audio features from one source."""

    template: ClassVar[str] = "track_features.html"

    ident: str
    rows: tuple[FeatureRow, ...]
    key: KeyCard | None
    metre: str | None
    candidates: str | None
    reference: str | None
    readings: tuple[str, ...]
    head: Head


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
    names: tuple[str, ...]
    rows: tuple[Agreement, ...]
    head: Head


@dataclass(frozen=True, kw_only=True)
class ComposerPanel(Data):
    """What the composer of a demo piece wrote, beside what the analyser measured."""

    template: ClassVar[str] = "track_composer.html"

    ident: str
    finding: str
    rows: tuple[Compared, ...]
    head: Head


@router.get("/tracks/{ident}")
async def track(ident: str, request: PageRequestDep) -> Response:
    """What a source says of a track; its numbers load beside it."""
    answer = await request.client.track(ident)
    found = answer.value
    own = await own_track(request, found.id)
    data = TrackPage(
        shell=request.shell(),
        track=found,
        own=None if own is None else _own_file(own),
        composer=own is not None and own.truth is not None,
        picture=request.site.picture(found.album.images if found.album else ()),
        head=request.head("Track", answer.call, found),
    )
    return page(request, data)


def _own_file(track: LibraryTrack) -> OwnFile:
    """What a track's page says of its file."""
    return OwnFile(
        audio=track.audio,
        about=about(track),
        demo=track.demo,
        note=_note(track.job),
        job=job_to_follow(track.job),
        delete=delete_path(track.id),
    )


def _note(job: Job | None) -> str | None:
    state = job_state(job)
    if job is None or state is None:
        return None
    if job.problem:
        return f"Its analysis failed: {job.problem.detail}"
    return f"Its analysis: {state}."


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


def _row(meaning: FeatureMeaning, features: AudioFeatures, head: Head) -> FeatureRow:
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
    return AgreementPanel(
        shell=request.shell(),
        ident=found.id,
        names=tuple(labels.speaker(source, Method.MEASURED) for source in found.sources),
        rows=(*(_agree(meaning, found) for meaning in MEANINGS), _keys(found)),
        head=request.head(labels.PANELS["agreement"], answer.call, found),
    )


def _agree(meaning: FeatureMeaning, found: FeatureComparison) -> Agreement:
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


add_panel(router, Panel("features", "tracks", "features", _features))
add_panel(
    router,
    Panel("agreement", "tracks", "features/sources", _agreement),
)


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
        finding=finding(rows),
        rows=rows,
        head=replace(head, absences=()),  # the panel of the features says what is absent
    )


add_panel(router, Panel("composer", "tracks", "composer", _composer))
