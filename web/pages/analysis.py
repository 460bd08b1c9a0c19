"""What happens when in a track: lanes over time, sections, and two heat maps."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from fastapi import APIRouter, Response

from api.music.key_names import camelot, note_name
from api.schemas.analysis import AudioAnalysis, Interval, Section, Segment, TrackSummary
from web.charts import heatmap, lanes
from web.charts.lanes import Block, Tick, Written
from web.client import ApiResponse
from web.pages.files import own_track
from web.pages.panel import Panel, add_panel
from web.render import Data
from web.request import PageRequest, PageRequestDep
from web.responses import etag, knows, page
from web.text import formatting
from web.text.confidence import sureness
from web.text.labels import FIELDS
from web.text.provenance import Head

router = APIRouter()
TITLE = "Audio analysis"
STRONGEST = 3
AUDIBLE_S = 1.0
OWN_BASIS = "earprint-v1"  # our analyser's, whose confidences are calibrated
WEAK = 0.5
STATED_LEVEL = "The average level; 0 dB is about the loudest possible."
OWN_LEVEL = "The level of the whole in LUFS (ITU-R BS.1770); many services aim at −14."
STATED_NOTE = (
    "Confidence runs from 0, a guess, to 1, sure. It says how sure the machine is of itself, "
    "which is not the same as being right."
)
OWN_NOTE = (
    "Confidence is what it says: of a hundred answers given with 0.70, about seventy were right "
    "when Earprint was tested on music whose answers are known."
)
PULSES = (
    ("Bars", "A bar is a group of beats, from one “one” to the next."),
    ("Beats", "A beat is where you tap your foot."),
    ("Tatums", "A tatum is the smallest regular pulse you feel, often half a beat."),
)
TIMBRE = {
    "spotify": "Twelve numbers for the colour of the sound. Spotify never said exactly how they "
    "are made: the first is loudness, the second brightness, the third flatness, the fourth how "
    "sharply sounds begin.",
    OWN_BASIS: "Twelve numbers for the colour of the sound, on Earprint’s own axes "
    "(earprint-v1). They are not comparable with Spotify’s.",
}


@dataclass(frozen=True, slots=True)
class SectionRow:
    """A section in figures. `href` puts the cursor to its start; `current`: it is there."""

    number: int
    href: str
    current: bool
    start: str
    length: str
    key: str
    tempo: str
    metre: str
    loudness: str
    confidence: str


@dataclass(frozen=True, slots=True)
class Fact:
    """One number of the whole track: what it is, and how sure the machine is of it."""

    label: str
    figure: str
    confidence: str | None
    means: str


@dataclass(frozen=True, slots=True)
class PulseLane:
    """One level of the beat, drawn as one path. `sure`: how sure the machine is of its places."""

    label: str
    path: str
    number: int
    means: str
    sure: str | None


@dataclass(frozen=True, slots=True)
class Lanes:
    """An analysis as drawn over one time axis."""

    duration: str
    ticks: tuple[Tick, ...]
    blocks: tuple[Block, ...]
    loudness: str
    pulses: tuple[PulseLane, ...]


@dataclass(frozen=True, slots=True)
class Cursor:
    """A place in the track: in percent of its length, and in words; `audio` begins there.

    `seconds` is the place asked for, or 0; `end` the length of the track.
    """

    seconds: float
    end: float
    at: float
    says: str
    audio: str | None


@dataclass(frozen=True, kw_only=True)
class AnalysisSummaryPanel(Data):
    """The analysis of a track in a few numbers and one lane."""

    template: ClassVar[str] = "track_analysis_summary.html"

    ident: str
    lanes: Lanes
    finding: str
    head: Head


@dataclass(frozen=True, kw_only=True)
class AnalysisPage(Data):
    """The whole analysis of a track. `name` and `written`: of own files and demo pieces only."""

    template: ClassVar[str] = "analysis.html"

    ident: str
    name: str | None
    facts: tuple[Fact, ...]
    confidence_note: str
    lanes: Lanes
    cursor: Cursor
    written: tuple[Written, ...]
    sections: tuple[SectionRow, ...]
    finding: str
    loudness_finding: str
    notes_finding: str
    segments: int
    timbre_note: str
    head: Head


@router.get("/tracks/{ident}/analysis")
async def analysis(ident: str, request: PageRequestDep) -> Response:
    """The whole analysis of a track."""
    answer = await request.client.analysis(ident)
    found = answer.value
    drawn, end = _lanes(found), _duration(found)
    ours = found.timbre_basis == OWN_BASIS
    own = await own_track(request, found.id)
    second = _place_asked(request.text("t"), end)
    data = AnalysisPage(
        shell=request.shell(),
        ident=found.id,
        name=own.title if own else None,
        facts=_facts(found.track, calibrated=ours),
        confidence_note=OWN_NOTE if ours else STATED_NOTE,
        lanes=drawn,
        cursor=_cursor(found, own.audio if own else None, end=end, second=second),
        written=lanes.written(own.truth.sections, end) if own and own.truth else (),
        sections=tuple(_section(*each, second) for each in enumerate(found.sections or (), 1)),
        finding=_finding(found.sections or (), drawn.duration),
        loudness_finding=_loudest(found),
        notes_finding=_notes(found.segments or (), found.track),
        segments=len(found.segments or ()),
        timbre_note=TIMBRE[found.timbre_basis],
        head=request.head(TITLE, answer.call, found),
    )
    return page(request, data)


@router.get("/tracks/{ident}/analysis/lanes/chroma.png")
async def chroma(ident: str, request: PageRequestDep) -> Response:
    """Which notes sound when."""
    return _picture(request, await request.client.analysis(ident, "track,segments"), heatmap.chroma)


@router.get("/tracks/{ident}/analysis/lanes/timbre.png")
async def timbre(ident: str, request: PageRequestDep) -> Response:
    """The colour of the sound over time."""
    return _picture(request, await request.client.analysis(ident, "track,segments"), heatmap.timbre)


def _picture(
    request: PageRequest,
    answer: ApiResponse[AudioAnalysis],
    draw: Callable[[Sequence[Segment], float], bytes],
) -> Response:
    found = answer.value
    body = draw(found.segments or (), _duration(found))
    headers = {"ETag": etag(body), "Cache-Control": "private, no-cache"}
    headers["X-Content-Type-Options"] = "nosniff"
    if knows(request.http, headers["ETag"]):
        return Response(status_code=304, headers=headers)
    return Response(body, headers=headers, media_type="image/png")


async def _summary(request: PageRequest, ident: str) -> AnalysisSummaryPanel:
    answer = await request.client.analysis(ident, "track,sections,segments")
    found = answer.value
    drawn = _lanes(found)
    return AnalysisSummaryPanel(
        shell=request.shell(),
        ident=found.id,
        lanes=drawn,
        finding=_finding(found.sections or (), drawn.duration),
        head=request.head(TITLE, answer.call, found),
    )


def _duration(found: AudioAnalysis) -> float:
    if found.track:
        return found.track.duration
    last = (found.segments or found.sections or (None,))[-1]
    return last.start + last.duration if last else 0.0


def _lanes(found: AudioAnalysis) -> Lanes:
    duration = _duration(found)
    levels = (found.bars, found.beats, found.tatums)
    return Lanes(
        duration=formatting.length(duration),
        ticks=lanes.ticks(duration),
        blocks=lanes.blocks(found.sections or (), duration),
        loudness=lanes.loudness(found.segments or (), duration),
        pulses=tuple(
            _pulse(named, level, duration)
            for named, level in zip(PULSES, levels, strict=True)
            if level
        ),
    )


def _pulse(named: tuple[str, str], level: Sequence[Interval], duration: float) -> PulseLane:
    sure = sum(each.confidence for each in level) / len(level)
    weak = f"Weak, confidence {formatting.decimal(sure)} on average: the places may well be wrong."
    return PulseLane(
        label=named[0],
        path=lanes.pulse(level, duration),
        number=len(level),
        means=named[1],
        sure=weak if sure < WEAK else None,
    )


def _place_asked(text: str, end: float) -> float | None:
    """The second that `?t=` asks for, inside the track; None where it asks for none."""
    try:
        second = float(text)
    except ValueError:
        return None
    return max(0.0, min(end, second)) if math.isfinite(second) else None


def _cursor(found: AudioAnalysis, audio: str | None, *, end: float, second: float | None) -> Cursor:
    """The cursor at `second`, with the address of the audio that plays in step."""
    at = second or 0.0
    return Cursor(
        seconds=round(at, 2),
        end=round(end, 3),
        at=round(at / (end or 1.0) * 100, 3),
        says=_says(found, at),
        audio=audio,
    )


def _says(found: AudioAnalysis, second: float) -> str:
    """`1:23 · section 4 of 9, A minor, 121 BPM`."""
    place = formatting.length(second)
    sections = found.sections or ()
    here = [number for number, each in enumerate(sections, 1) if each.start <= second]
    if not here:
        return place
    return f"{place} · {lanes.said(sections[here[-1] - 1], here[-1], len(sections))}"


def _facts(track: TrackSummary | None, *, calibrated: bool) -> tuple[Fact, ...]:
    if track is None:
        return ()
    level = "not found" if track.loudness is None else formatting.decibels(track.loudness)
    loud = OWN_LEVEL if calibrated else STATED_LEVEL
    fade = "Where the music has come up, and where it goes down."
    return (
        *_heard(track, _sure if calibrated else _stated),
        Fact(FIELDS["loudness"], level, None, loud),
        Fact("Fades", _fades(track), None, fade),
    )


def _heard(track: TrackSummary, sure: Callable[[float | None], str | None]) -> tuple[Fact, ...]:
    """What the machine concludes, with how sure it is of each."""
    key = _key(track.key, track.mode)
    metre = _metre(track.time_signature)
    home = "The home note, and its Camelot place."
    tap = "How often you would tap your foot."
    count = "In a bar, as counted; 6 are usually written 6/8, and felt as two."
    return (
        Fact(FIELDS["tempo"], _tempo(track.tempo), sure(track.tempo_confidence), tap),
        Fact(FIELDS["key"], key, sure(track.key_confidence), home),
        Fact(FIELDS["time_signature"], metre, sure(track.time_signature_confidence), count),
    )


def _key(key: int | None, mode: int | None) -> str:
    code = camelot(key, mode)
    name = formatting.key(key, mode) or "not found"
    return f"{name} · {code}" if code else name


def _tempo(tempo: float | None) -> str:
    return "not found" if tempo is None else formatting.bpm(tempo)


def _metre(beats: int | None) -> str:
    return formatting.metre(beats) if beats else "not found"


def _fades(track: TrackSummary) -> str:
    """A fade of less than a second at either end is none that anybody hears."""
    starts, ends = track.end_of_fade_in, track.start_of_fade_out
    parts = [f"in until {formatting.length(starts)}"] if starts and starts >= AUDIBLE_S else []
    if ends is not None and track.duration - ends >= AUDIBLE_S:
        parts.append(f"out from {formatting.length(ends)}")
    return ", ".join(parts) or "none found"


def _stated(confidence: float | None) -> str | None:
    """What a source says of itself; nobody knows what it means."""
    return None if confidence is None else f"confidence {formatting.decimal(confidence)}"


def _sure(confidence: float | None) -> str | None:
    """Our own, in words too: it is the share of such answers that are right."""
    stated = _stated(confidence)
    return stated and f"{stated}, {sureness(confidence or 0.0).says}"


def _section(number: int, section: Section, second: float | None) -> SectionRow:
    level, end = section.loudness, section.start + section.duration
    return SectionRow(
        number=number,
        href=f"?t={round(section.start, 2):g}",
        current=second is not None and section.start <= second < end,
        start=formatting.length(section.start),
        length=f"{section.duration:.0f} s",
        key=_key(section.key, section.mode),
        tempo=_tempo(section.tempo),
        metre=_metre(section.time_signature),
        loudness="not found" if level is None else formatting.decibels(level),
        confidence=formatting.decimal(section.confidence),
    )


def _finding(sections: Sequence[Section], duration: str) -> str:
    if not sections:
        return f"No sections were found in {duration}."
    keys = {formatting.key(each.key, each.mode) for each in sections} - {None}
    changes = "one key throughout" if len(keys) == 1 else f"{len(keys)} different keys heard"
    return f"{formatting.counted(len(sections), 'section').capitalize()} in {duration}; {changes}."


def _loudest(found: AudioAnalysis) -> str:
    segments = found.segments or ()
    if not segments:
        return "No loudness curve was sent."
    peak = max(segments, key=lambda each: each.loudness_max)
    when = formatting.length(peak.start + peak.loudness_max_time)
    level = formatting.decibels(peak.loudness_max)
    return f"Loudest at {when} with {level}; the lane begins at −40 dB."


def _notes(segments: Sequence[Segment], track: TrackSummary | None) -> str:
    totals = [sum(each.pitches[note] * each.duration for each in segments) for note in range(12)]
    if not any(totals):
        return "No notes were heard."
    home = (track.key, track.mode) if track else ()
    order = sorted(range(12), key=lambda note: -totals[note])[:STRONGEST]
    names = formatting.listed([note_name(note, *home) for note in order])
    return (
        f"Over the whole track the notes {names} sound strongest. Bright is strong, dark is silent."
    )


add_panel(router, Panel("analysis-summary", "tracks", "analysis/summary", _summary))
