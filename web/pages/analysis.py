"""The analysis of a track, in short and as a whole."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from web.charts.lanes import Block, Tick, Written
from web.render import Data
from web.text.provenance import Head


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
class Pulse:
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
    pulses: tuple[Pulse, ...]


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
