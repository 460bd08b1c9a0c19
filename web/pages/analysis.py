"""What happens when in a track: lanes over time, its sections, and what of it comes back.

The lanes are drawn here for the stretch that is asked for, and anew by `lanes.js` where there is
JavaScript, from the same numbers. So every link of theirs is one that works without it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar
from urllib.parse import quote

from fastapi import APIRouter, Response

from api.schemas.analysis import AudioAnalysis, Interval, Section
from api.schemas.track import Track
from web.charts import heatmap, lanes
from web.charts.lanes import Block, PulseMarks, Tick, TimeSpan, Written
from web.charts.repetition import VIEWS, Repetition, repetition
from web.client import ApiProblem
from web.pages.files import OlderAnalysis, older_analysis, own_track
from web.pages.moment import Cursor, Place, cursor, duration, place_asked
from web.pages.panel import Panel, add_panel
from web.render import Data
from web.request import PageRequest, PageRequestDep
from web.responses import page
from web.text import analysis as sentences
from web.text import formatting, lane_tables
from web.text.analysis import OWN_BASIS
from web.text.confidence import Sureness, sureness
from web.text.labels import FIELDS, PANELS
from web.text.lane_tables import LaneTable, LaneTables
from web.text.provenance import Head
from web.text.walk import Look, walk

router = APIRouter()
TITLE = "Second by second"
ALIKE = (("pitch", "By its notes"), ("timbre", "By its colour"))


@dataclass(frozen=True, slots=True)
class SectionRow:
    """A section in figures. `href` puts the cursor to its start.

    `block` is as the lane draws it, from second `begins` to `ends`, which a script does anew.
    """

    number: int
    href: str
    block: Block
    begins: float
    ends: float
    start: str
    length: str
    key: str
    key_sure: str | None
    tempo: str
    tempo_sure: str | None
    loudness: str


@dataclass(frozen=True, slots=True)
class SectionClose:
    """The section that was chosen, with all that is known of it and how sure that is."""

    number: int
    total: int
    when: str
    facts: tuple[tuple[str, str, Sureness | None], ...]
    loudest: str
    notes: str


@dataclass(frozen=True, slots=True)
class Lane:
    """A name and what is to be seen in a lane, with its drawing; `path` is empty if there is none.

    `faint`: how strongly it is drawn, 0 to 1, since a doubtful pulse is drawn faintly.
    """

    says: str
    path: str
    faint: float = 1.0


@dataclass(frozen=True, slots=True)
class Lanes:
    """An analysis as drawn over one time axis.

    `fades`: where a fade ends or begins, in seconds and in percent of what is shown.
    """

    duration: str
    ticks: tuple[Tick, ...]
    last: str
    blocks: tuple[Block, ...]
    fades: tuple[tuple[float, float], ...]
    loudness: Lane
    tempo: Lane
    pulse: PulseMarks
    pulse_says: str
    pulse_faint: float
    notes: str
    maps: bool
    window: str


@dataclass(frozen=True, slots=True)
class NamedTrack:
    """The track and who made it, as far as anybody tells."""

    title: str | None
    artist: str | None
    artist_id: str | None


@dataclass(frozen=True, slots=True)
class Square:
    """The self-similarity with its finding; `others` are the ways to compare."""

    view: str
    drawn: Repetition
    finding: str
    table: LaneTable | None
    files: tuple[tuple[str, str], ...]
    others: tuple[tuple[str, str, bool], ...]


@dataclass(frozen=True, slots=True)
class AnalysisPart:
    """A part of the analysis to be taken along: how much it is, and where."""

    name: str
    size: str
    links: tuple[tuple[str, str], ...]


@dataclass(frozen=True, kw_only=True)
class AnalysisSummaryPanel(Data):
    """The analysis of a track in a few numbers and one lane."""

    template: ClassVar[str] = "track_analysis_summary.html"

    ident: str
    lanes: Lanes
    finding: str
    head: Head


@dataclass(frozen=True, kw_only=True)
class SectionsPanel(Data):
    """The sections of a track in figures, the chosen one closely."""

    template: ClassVar[str] = "analysis_sections.html"

    ident: str
    sections: tuple[SectionRow, ...]
    close: SectionClose | None
    note: str
    head: Head


@dataclass(frozen=True, kw_only=True)
class RepetitionPanel(Data):
    """What of a track comes back."""

    template: ClassVar[str] = "analysis_repetition.html"

    ident: str
    square: Square | None
    head: Head


@dataclass(frozen=True, kw_only=True)
class AnalysisPage(Data):
    """The whole analysis of a track. `written`: of demo pieces only; `svg`: what is shown."""

    template: ClassVar[str] = "analysis.html"

    ident: str
    subject: NamedTrack
    lead: str
    older: OlderAnalysis | None
    lanes: Lanes
    tables: LaneTables
    cursor: Cursor
    svg: str
    written: tuple[Written, ...]
    written_table: LaneTable
    colours: tuple[tuple[str, str], ...]
    sections: tuple[SectionRow, ...]
    close: SectionClose | None
    note: str
    square: Square | None
    timbre_note: str
    sheets: tuple[AnalysisPart, ...]
    head: Head


@router.get("/tracks/{ident}/analysis")
async def analysis(ident: str, request: PageRequestDep) -> Response:
    """The whole analysis of a track."""
    answer, track, own = await asyncio.gather(
        request.client.analysis(ident),
        track_if_known(request, ident),
        own_track(request, ident),
    )
    found = answer.value
    place, end = place_asked(request, found), duration(found)
    written = lanes.written(own.truth.sections, place.span, end) if own and own.truth else ()
    rows, close = _sections(found, place)
    named = subject(track)
    data = AnalysisPage(
        shell=request.shell(),
        walk=walk(Look.ANALYSIS, artist=named.artist_id, track=found.id),
        ident=found.id,
        subject=named,
        lead=sentences.lead(found, end),
        older=older_analysis(own),
        lanes=draw(found, place),
        tables=lane_tables.tables(found, end),
        cursor=cursor(found, place, own.audio if own else None),
        svg=f"/tracks/{found.id}/analysis/lanes.svg{place.link()}",
        written=written,
        written_table=lane_tables.as_written(written),
        colours=tuple((name, " ".join(each.values())) for name, each in COLOURS),
        sections=rows,
        close=close,
        note=_note(found),
        square=_square(request, found),
        timbre_note=sentences.TIMBRE_NOTES[found.timbre_basis],
        sheets=_sheets(found),
        head=request.head(TITLE, answer.call, found),
    )
    return page(request, data)


COLOURS = (("strength", heatmap.STRENGTH), ("difference", heatmap.DIFFERENCE))


async def track_if_known(request: PageRequest, ident: str) -> Track | None:
    """Its name is not what the page is about, so it need not be known."""
    try:
        return (await request.client.track(ident)).value
    except ApiProblem:
        return None


def subject(track: Track | None) -> NamedTrack:
    """Its title, and the first of those who made it."""
    if track is None:
        return NamedTrack(None, None, None)
    first = track.artists[0] if track.artists else None
    return NamedTrack(track.name, first.name if first else None, first.id if first else None)


async def _summary(request: PageRequest, ident: str) -> AnalysisSummaryPanel:
    answer = await request.client.analysis(ident, "track,sections,segments")
    found = answer.value
    span = TimeSpan(0.0, duration(found))
    return AnalysisSummaryPanel(
        shell=request.shell(),
        ident=found.id,
        lanes=draw(found, Place(0.0, None, chosen=False, zoom="", span=span)),
        finding=sentences.sections(found.sections or (), duration(found)),
        head=request.head(TITLE, answer.call, found),
    )


async def _sections_panel(request: PageRequest, ident: str) -> SectionsPanel:
    answer = await request.client.analysis(ident, "track,sections,segments")
    found = answer.value
    rows, close = _sections(found, place_asked(request, found))
    return SectionsPanel(
        shell=request.shell(),
        ident=found.id,
        sections=rows,
        close=close,
        note=_note(found),
        head=request.head(PANELS["sections"], answer.call, found),
    )


async def _repetition_panel(request: PageRequest, ident: str) -> RepetitionPanel:
    answer = await request.client.analysis(ident, "track,bars,sections,segments")
    return RepetitionPanel(
        shell=request.shell(),
        ident=answer.value.id,
        square=_square(request, answer.value),
        head=request.head(PANELS["repetition"], answer.call, answer.value),
    )


def draw(found: AudioAnalysis, place: Place) -> Lanes:
    """The lanes of what is shown."""
    span, segments, beats = place.span, found.segments or (), found.beats or ()
    levels = [(name, getattr(found, name) or ()) for name in ("bars", "beats", "tatums")]
    marks = lanes.pulse([level for level in levels if level[1]], span)
    home = (found.track.key, found.track.mode) if found.track else None
    whole = span.start == 0 and span.end == duration(found)
    return Lanes(
        duration=formatting.length(duration(found)),
        ticks=lanes.ticks(span),
        last=formatting.length(span.end),
        blocks=lanes.blocks(found.sections or (), span, place.number if place.chosen else None),
        fades=tuple((at, span.at(at)) for at in lanes.fades(found.track) if at is not None),
        loudness=Lane(
            f"{sentences.loudest(segments)}{sentences.fades(found.track)}",
            lanes.loudness(segments, span),
        ),
        tempo=Lane(sentences.tempo(beats), lanes.tempo(beats, span), _faint(beats)),
        pulse=marks,
        pulse_says=sentences.pulse(found),
        pulse_faint=_faint(beats),
        notes=sentences.notes(segments, home),
        maps=bool(segments),
        window="" if whole else f"&from={span.start:.3f}&to={span.end:.3f}",
    )


def _faint(intervals: Sequence[Interval]) -> float:
    sure = [each.confidence for each in intervals] or [1.0]
    return round(0.35 + 0.65 * sum(sure) / len(sure), 2)


def _note(found: AudioAnalysis) -> str:
    ours = found.timbre_basis == OWN_BASIS
    return sentences.OWN_NOTE if ours else sentences.STATED_NOTE


def _sections(
    found: AudioAnalysis, place: Place
) -> tuple[tuple[SectionRow, ...], SectionClose | None]:
    sections = found.sections or ()
    current = place.number if place.chosen else None
    drawn = lanes.blocks(sections, TimeSpan(0.0, duration(found)), current)
    rows = tuple(_row(each, section, place) for each, section in zip(drawn, sections, strict=True))
    return rows, _close(found, current) if current else None


def _row(block: Block, section: Section, place: Place) -> SectionRow:
    return SectionRow(
        number=block.number,
        href=place.link(section=str(block.number), t=""),
        block=block,
        begins=round(section.start, 3),
        ends=round(section.start + section.duration, 3),
        start=formatting.length(section.start),
        length=_lasts(section),
        key=formatting.key(section.key, section.mode) or "not found",
        key_sure=_sure(section.key, section.key_confidence),
        tempo="not found" if section.tempo is None else formatting.bpm(section.tempo),
        tempo_sure=_sure(section.tempo, section.tempo_confidence),
        loudness="not found" if section.loudness is None else formatting.decibels(section.loudness),
    )


def _lasts(section: Section) -> str:
    """How long it is by the clock that starts are read from: it ends where the next begins."""
    seconds = section.duration
    if seconds >= 1:
        seconds = int(section.start + seconds) - int(section.start)
    return sentences.lasts(seconds)


def _sure(value: float | None, confidence: float | None) -> str | None:
    return None if value is None or confidence is None else sureness(confidence).says


def _close(found: AudioAnalysis, number: int) -> SectionClose:
    sections = found.sections or ()
    section = sections[number - 1]
    end = section.start + section.duration
    inside = [each for each in found.segments or () if section.start <= each.start < end]
    metre, key = section.time_signature, formatting.key(section.key, section.mode)
    facts = (
        ("Begins", formatting.length(section.start), section.confidence),
        (FIELDS["key"], key, section.key_confidence),
        (
            FIELDS["tempo"],
            section.tempo and formatting.bpm(section.tempo),
            section.tempo_confidence,
        ),
        (
            FIELDS["time_signature"],
            metre and formatting.metre(metre),
            section.time_signature_confidence,
        ),
    )
    return SectionClose(
        number=number,
        total=len(sections),
        when=f"{formatting.length(section.start)} to {formatting.length(end)}",
        facts=tuple(
            (name, value or "not found", sureness(sure) if value and sure is not None else None)
            for name, value, sure in facts
        ),
        loudest=sentences.loudest(inside),
        notes=sentences.notes(inside, (section.key, section.mode)),
    )


def _square(request: PageRequest, found: AudioAnalysis) -> Square | None:
    asked = request.text("alike")
    return square_of(found, asked if asked in VIEWS else ALIKE[0][0])


def square_of(found: AudioAnalysis, view: str) -> Square | None:
    """What comes back by `pitch` or `timbre`; None where there is too little, or silence."""
    drawn = repetition(found, duration(found), view)
    if drawn is None or sentences.is_silent(found.segments):
        return None
    file = f"/tracks/{found.id}/analysis/repetition/{view}.svg"
    return Square(
        view=view,
        drawn=drawn,
        finding=sentences.repeats(drawn, found.sections or (), view),
        table=lane_tables.alike(drawn, found.sections or ()),
        files=((file, "SVG"), (file, "PNG")),
        others=tuple((name, text, name == view) for name, text in ALIKE),
    )


def _sheets(found: AudioAnalysis) -> tuple[AnalysisPart, ...]:
    """What there is of an analysis, in the forms that other programs read."""
    track, api = (f"{root}/tracks/{quote(found.id, safe=':')}" for root in ("", "/v1"))
    audacity = "Audacity labels"
    offered = {
        "sections": ((f"{track}/sections.txt", audacity), (f"{track}/sections.csv", "CSV")),
        "beats": ((f"{track}/beats.txt", audacity),),
        "bars": (),
        "tatums": (),
        "segments": (),
    }
    return tuple(
        AnalysisPart(
            name=name.capitalize(),
            size=formatting.count(len(getattr(found, name))),
            links=(*links, (f"{api}/analysis?include={name}", "JSON")),
        )
        for name, links in offered.items()
        if getattr(found, name)
    )


for panel in (
    Panel("analysis-summary", "tracks", "analysis/summary", _summary),
    Panel("sections", "tracks", "analysis/sections", _sections_panel, ("section", "t", "zoom")),
    Panel("repetition", "tracks", "analysis/repetition", _repetition_panel, ("alike",)),
):
    add_panel(router, panel)
