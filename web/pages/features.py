"""What a whole track sounds like: four figures, a sentence, a strip per feature, and its key."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import fmean, pstdev
from typing import ClassVar
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Response

from api.schemas.analysis import TrackSummary
from api.schemas.brands import Brand
from api.schemas.features import UNIT_FEATURES, AudioFeatures
from api.schemas.nearest import NearestTracks, Rank
from api.schemas.problem import Attempt
from api.schemas.provenance import Reason, SourceName
from web.charts.radar import Radar, radar
from web.charts.strip import Beside, Strip, strip
from web.charts.wheel import NAMES, Cell, neighbours, wheel
from web.client import ApiProblem, ApiResponse, JobPending, is_own
from web.pages.brand_choice import BrandBeside, BrandPick, brand_beside
from web.pages.panel import Panel, add_panel
from web.render import Data
from web.request import PageRequest, PageRequestDep
from web.responses import drawing
from web.text import formatting
from web.text.headline import Headline, HeadlineFacts, headlines, how_known
from web.text.labels import FIELDS, PANELS
from web.text.meanings import CANNOT_TELL, MEANINGS, FeatureMeaning
from web.text.provenance import Head, ProblemNotice, trouble
from web.text.rank import standing, verdict
from web.text.reading import beat_word, reading

router = APIRouter()
UNHEARD = "/problems/features-unavailable"
VIEWS = ("strips", "radar", "table")
IN_STRIPS = tuple(meaning for meaning in MEANINGS if meaning.field in UNIT_FEATURES)
SURE_OF_ITSELF = {SourceName.LIBRARY, SourceName.SPOTIFY}  # who say how sure they are
UNLIKE = 1.0  # of what is usual, from which a feature stands out
IN_FIGURES = ("tempo", "key", "mode", "camelot", "loudness", "time_signature")
TOLD = {FIELDS[name] for name in IN_FIGURES}  # the figures say why one is absent
AT_SPOTIFY = {
    Reason.CLOSED: "Spotify gives audio features only to apps approved before 27 November 2024",
    Reason.NOT_CONFIGURED: "Spotify is not set up on this server",
    Reason.NOT_KNOWN: "Spotify has no audio features of this one",
}


@dataclass(frozen=True, slots=True)
class FeatureRow:
    """One feature in figures, words and as a strip; where it stands, and whether as wished for."""

    meaning: FeatureMeaning
    figure: str
    word: str
    error: str
    strip: Strip
    verdict: str | None
    stands: str | None


@dataclass(frozen=True, slots=True)
class KeyCard:
    """The key on the DJ's circle, those it blends with, and how many tracks here fit."""

    code: str
    name: str
    beside: tuple[str, ...]
    partner: str
    partner_name: str
    cells: tuple[Cell, ...]
    fitting: int
    fitting_href: str


@dataclass(frozen=True, slots=True)
class Explained:
    """One feature explained; `sure`: how sure its source is of it."""

    meaning: FeatureMeaning
    sure: str


@dataclass(frozen=True, slots=True)
class Legend:
    """What marks a strip has: an error, a range of somebody's, ticks of other tracks.

    `other_ears`: those were heard by our analyser, and the track by somebody else.
    """

    error: bool
    band: str | None
    others: int
    other_ears: bool


@dataclass(frozen=True, kw_only=True)
class FeaturesPanel(Data):
    """A track's audio features from one source. `view`: strips, radar or table."""

    template: ClassVar[str] = "track_features.html"

    ident: str
    figures: tuple[Headline, ...]
    reading: str | None
    rows: tuple[FeatureRow, ...]
    legend: Legend
    match: str | None
    pick: BrandPick | None
    view: str
    tools: tuple[tuple[str, str], ...]
    radar: Radar | None
    key: KeyCard | None
    finding: str
    explained: tuple[Explained, ...]
    head: Head


@dataclass(frozen=True, kw_only=True)
class UnheardPanel(Data):
    """No source here can describe the track: why, and the one thing that helps."""

    template: ClassVar[str] = "track_unheard.html"

    ident: str
    why: str
    trouble: ProblemNotice
    example: str | None


@dataclass(frozen=True, kw_only=True)
class StripsDrawing(Data):
    """The strips as a picture of their own, to be taken along."""

    template: ClassVar[str] = "charts/strips_file.svg.j2"

    title: str
    rows: tuple[FeatureRow, ...]
    source: str


@dataclass(frozen=True, kw_only=True)
class WheelDrawing(Data):
    """The wheel as a picture of its own."""

    template: ClassVar[str] = "charts/wheel_file.svg.j2"

    title: str
    key: str
    cells: tuple[Cell, ...]
    source: str


@dataclass(frozen=True, slots=True)
class Sounding:
    """All that the panel is made of, as far as it could be had."""

    features: ApiResponse[AudioFeatures]
    sure: TrackSummary | None
    near: NearestTracks | None
    beside: BrandBeside
    match: str | None

    @property
    def value(self) -> AudioFeatures:
        """The features themselves."""
        return self.features.value

    @property
    def ranks(self) -> Mapping[str, Rank]:
        """Where the track stands among those of the library, per feature."""
        return self.near.ranks if self.near else {}

    @property
    def beat(self) -> float | None:
        """How sure the tempo is, where that is known."""
        return self.sure.tempo_confidence if self.sure else None

    @property
    def brand(self) -> Brand | None:
        """The brand that was chosen."""
        return self.beside.brand


async def sounding(request: PageRequest, ident: str) -> Sounding:
    """What is known of how a track sounds. Raises ApiProblem, JobPending."""
    features = await features_of(request, ident)
    found = features.value
    sure, near, beside = await asyncio.gather(
        _sure(request, found), _near(request, found.id), brand_beside(request)
    )
    match = await _match(request, beside.brand, found.id)
    return Sounding(features, sure, near, beside, match)


async def features_of(request: PageRequest, ident: str) -> ApiResponse[AudioFeatures]:
    """From the source asked for; else from an own file, which no spreadsheet outdoes; else any."""
    client, asked = request.client, request.text("source")
    if not asked and not is_own(ident):
        try:
            return await client.features(ident, SourceName.LIBRARY)
        except (ApiProblem, JobPending):
            pass
    return await client.features(ident, asked or None)


async def _sure(request: PageRequest, features: AudioFeatures) -> TrackSummary | None:
    """How sure of itself the source of the features is, if it says that of anything."""
    source = features.provenance[0].source
    if source not in SURE_OF_ITSELF:
        return None
    try:
        answer = await request.client.analysis(features.id, "track", source)
    except (ApiProblem, JobPending):
        return None
    return answer.value.track


async def _match(request: PageRequest, brand: Brand | None, ident: str) -> str | None:
    """How the track lies to the brand as a whole, in a sentence."""
    if brand is None:
        return None
    try:
        return (await request.client.brands.distance(brand.id, ident)).value.says
    except (ApiProblem, JobPending):
        return None


async def _near(request: PageRequest, ident: str) -> NearestTracks | None:
    try:
        return (await request.client.library.nearest(ident, limit=1)).value
    except (ApiProblem, JobPending):
        return None


async def _features(request: PageRequest, ident: str) -> FeaturesPanel:
    sound = await sounding(request, ident)
    found = sound.value
    rows = feature_rows(sound)
    values = [(row.meaning, getattr(found, row.meaning.field)) for row in rows]
    view = request.text("view")
    view = view if view in VIEWS else VIEWS[0]
    head = request.head(PANELS["features"], sound.features.call, found)
    heard = HeadlineFacts(found, sound.sure, sound.ranks.get("loudness"), request.text("felt"))
    return FeaturesPanel(
        shell=request.shell(),
        ident=found.id,
        figures=headlines(heard),
        reading=reading(found, sound.beat),
        rows=rows,
        legend=_legend(sound, rows),
        match=sound.match,
        pick=sound.beside.pick,
        view=view,
        tools=_tools(view, heard.felt, sound.brand),
        radar=radar(values) if view == "radar" else None,
        key=_key(found, sound.near),
        finding=_finding(sound),
        explained=tuple(Explained(meaning, _sureness(meaning, found)) for meaning in MEANINGS),
        head=replace(head, absences=tuple(a for a in head.absences if a.label not in TOLD)),
    )


def feature_rows(sound: Sounding) -> tuple[FeatureRow, ...]:
    """Every feature from 0 to 1 that is known, in the order of its meaning."""
    known = (each for each in IN_STRIPS if getattr(sound.value, each.field) is not None)
    return tuple(_row(meaning, sound) for meaning in known)


def _row(meaning: FeatureMeaning, sound: Sounding) -> FeatureRow:
    found, rank, band = (
        sound.value,
        sound.ranks.get(meaning.field),
        sound.beside.band(meaning.field),
    )
    value: float = getattr(found, meaning.field)
    error = found.uncertainty.get(meaning.field)
    beside = Beside(band=band, ticks=rank.values if rank else ())
    word = meaning.word(value) if meaning.tells(value, error) else CANNOT_TELL
    if meaning.field == "danceability":  # what is doubted of the beat is not claimed of it here
        word = beat_word(found, sound.beat) or word
    return FeatureRow(
        meaning=meaning,
        figure=formatting.decimal(value),
        word=word,
        error="" if error is None else formatting.decimal(error),
        strip=strip(meaning, value, error, beside=beside, word=word),
        verdict=None if band is None else verdict(value, error, band),
        stands=None if rank is None else standing(rank),
    )


def _legend(sound: Sounding, rows: Sequence[FeatureRow]) -> Legend:
    return Legend(
        error=any(row.strip.error for row in rows),
        others=sound.near.compared if sound.near else 0,
        other_ears=sound.value.provenance[0].source is not SourceName.LIBRARY,
        band=sound.brand.name if sound.brand and any(row.strip.band for row in rows) else None,
    )


def _tools(view: str, felt: str, brand: Brand | None) -> tuple[tuple[str, str], ...]:
    """The other ways to look at it, under this page's address; and the range wished for."""
    kept = {"felt": felt} if felt else {}
    views = tuple(
        (f"?{urlencode({'view': name} | kept)}#features", name.capitalize())
        for name in VIEWS
        if name != view
    )
    if brand is None:
        return (*views, ("/brands", "Does it match your brand?"))
    return (*views, (f"/brands/{quote(brand.id)}", "Your range"))


def _finding(sound: Sounding) -> str:
    """In which feature it is most unlike the other tracks here, if in any by more than errors."""
    apart = {
        meaning: far
        for meaning in IN_STRIPS
        if (far := _unlike(sound, meaning)) is not None and far >= UNLIKE
    }
    if not apart:
        return "" if not sound.ranks else "In none of this it stands out among the tracks here."
    most = max(apart, key=lambda meaning: apart[meaning])
    where = standing(sound.ranks[most.field])
    return f"What sets it apart most here is its {most.label.lower()}: {where}."


def _unlike(sound: Sounding, meaning: FeatureMeaning) -> float | None:
    """How far from the usual here, in what is usual or the typical error where that is more."""
    rank, value = sound.ranks.get(meaning.field), getattr(sound.value, meaning.field)
    if rank is None or not rank.values or value is None:
        return None
    step = max(pstdev(rank.values), sound.value.uncertainty.get(meaning.field, 0.0))
    return abs(value - fmean(rank.values)) / step if step else None


def _key(found: AudioFeatures, near: NearestTracks | None) -> KeyCard | None:
    code = found.camelot
    if code not in NAMES:
        return None
    down, up, partner = neighbours(code)
    keys = near.keys if near else {}
    fitting = (code, down, up, partner)
    return KeyCard(
        code=code,
        name=NAMES[code],
        beside=(down, up),
        partner=partner,
        partner_name=NAMES[partner],
        cells=wheel(code, keys, lambda cell: in_keys(found.id, cell)),
        fitting=sum(keys.get(each, 0) for each in fitting),
        fitting_href=in_keys(found.id, *fitting),
    )


def _sureness(meaning: FeatureMeaning, found: AudioFeatures) -> str:
    """How far to trust it here."""
    if getattr(found, meaning.field) is None:
        return "It is not known of this track."
    error = found.uncertainty.get(meaning.field)
    if error is not None:
        return f"An estimate, typically off by {formatting.decimal(error)} either way."
    known = how_known(found, meaning.field)
    return f"Here {known}, without a word on how sure that is."


def in_keys(ident: str, *codes: str) -> str:
    """Where the tracks here that are in these keys stand, nearest by sound first."""
    return f"/tracks/{quote(ident, safe=':')}/similar?camelot={','.join(codes)}"


def _unheard(request: PageRequest, ident: str, problem: ApiProblem) -> UnheardPanel | None:
    """One sentence on why, and one thing to do; of a file of one's own its job tells all."""
    if problem.problem.type != UNHEARD or is_own(ident):
        return None
    attempts = problem.problem.attempts or ()
    return UnheardPanel(
        shell=request.shell(),
        ident=ident.rpartition(":")[2],
        why=why_unheard(attempts),
        trouble=trouble(problem, request.base),
        example=demo_track(request),
    )


def demo_track(request: PageRequest) -> str | None:
    """A track whose numbers are all here, to walk on with."""
    examples = request.site.examples
    return examples.track_id if examples and is_own(examples.track_id) else None


def why_unheard(attempts: Sequence[Attempt]) -> str:
    """Who cannot say it, and what can: `Spotify is not set up on this server, and no open …`."""
    at_spotify = next((one.reason for one in attempts if one.source is SourceName.SPOTIFY), None)
    parts = [said for reason, said in AT_SPOTIFY.items() if reason is at_spotify]
    if any(one.source is not SourceName.SPOTIFY for one in attempts) or not parts:
        parts.append("no open source knows this one" if parts else "No source here knows this one")
    return f"{', and '.join(parts)}. Your own file answers the same questions."


async def _drawn(request: PageRequest, ident: str) -> tuple[Sounding, str, str]:
    """What a picture shows, what it is called, and who says it."""
    sound = await sounding(request, ident)
    track = (await request.client.track(ident)).value
    by = formatting.listed([artist.name for artist in track.artists])
    head = request.head(PANELS["features"], sound.features.call, sound.value)
    return sound, f"{track.name}, {by}" if by else track.name, head.line


@router.get("/tracks/{ident}/features/strips.svg")
async def strips_file(ident: str, request: PageRequestDep) -> Response:
    """The strips as a picture."""
    sound, title, source = await _drawn(request, ident)
    data = StripsDrawing(
        shell=request.shell(), title=title, rows=feature_rows(sound), source=source
    )
    return drawing(request, data)


@router.get("/tracks/{ident}/features/wheel.svg")
async def wheel_file(ident: str, request: PageRequestDep) -> Response:
    """The key on its wheel as a picture."""
    sound, title, source = await _drawn(request, ident)
    code = sound.value.camelot
    data = WheelDrawing(
        shell=request.shell(),
        title=title,
        key=f"{sound.value.key_name}, {code}" if code in NAMES else "no key",
        cells=wheel(code),
        source=source,
    )
    return drawing(request, data)


FEATURES = Panel(
    "features",
    "tracks",
    "features",
    _features,
    options=("view", "felt", "source"),
    instead=_unheard,
)
add_panel(router, FEATURES)
