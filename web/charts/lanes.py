"""The lanes of an analysis: one time axis of 1,000 units, sections, loudness, and the pulse levels.

Long tracks are drawn at one value per unit, so that the size of a page does not grow with them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from api.music.key_names import camelot
from api.schemas.analysis import Interval, Section, Segment
from api.schemas.library import ComposerSection
from web.text import formatting
from web.text.formatting import bpm, decibels, length

UNITS = 1_000
HEIGHT = 100
FLOOR_DB = -40.0
LABEL_SHARE = 7.0  # percent of the width below which a section's key does not fit
TARGET_SHARE = 3.6  # below which a section is narrower than the 24 px a link must have
TICKS = (5, 10, 15, 30, 60, 120, 300, 600, 1_800, 3_600)
MOST_TICKS = 9


@dataclass(frozen=True, slots=True)
class Block:
    """A section as drawn: position in percent, label, and how sure its start is.

    `start` is in seconds, as in `?t=`; `says` what the cursor says while it is inside.
    """

    number: int
    x: float
    width: float
    key: str | None
    fits: bool
    linked: bool
    opacity: float
    title: str
    start: float
    says: str


@dataclass(frozen=True, slots=True)
class Written:
    """A section as its composer wrote it, in percent of the width."""

    x: float
    width: float
    label: str
    fits: bool


@dataclass(frozen=True, slots=True)
class Tick:
    """A mark on the time axis, in percent of the width."""

    x: float
    label: str


def ticks(duration: float) -> tuple[Tick, ...]:
    """Round times, at most nine of them."""
    step = next(
        (step for step in TICKS if duration / step <= MOST_TICKS), int(duration / MOST_TICKS)
    )
    return tuple(
        Tick(round(second / duration * 100, 2), length(second))
        for second in range(0, int(duration) + 1, max(1, step))
        if duration and second / duration < 0.97  # noqa: PLR2004  # room for the label
    )


def blocks(sections: Sequence[Section], duration: float) -> tuple[Block, ...]:
    """The sections side by side; a faint one is a section whose start is doubtful."""
    return tuple(
        _block(section, duration or 1.0, (number, len(sections)))
        for number, section in enumerate(sections, 1)
    )


def _block(section: Section, duration: float, place: tuple[int, int]) -> Block:
    number, width = place[0], section.duration / duration * 100
    key = formatting.key(section.key, section.mode)
    named = f"{key} ({camelot(section.key, section.mode)})" if section.mode is not None else key
    level = "" if section.loudness is None else f", {decibels(section.loudness)}"
    return Block(
        number=number,
        x=round(section.start / duration * 100, 2),
        width=round(width, 2),
        key=key,
        fits=width >= LABEL_SHARE,
        linked=width >= TARGET_SHARE,
        opacity=round(0.35 + 0.65 * section.confidence, 2),
        title=f"Section {number} from {length(section.start)}: {named or 'key unknown'}{level}",
        start=round(section.start, 2),
        says=said(section, *place),
    )


def written(sections: Sequence[ComposerSection], duration: float) -> tuple[Written, ...]:
    """The sections as written; each lasts until the next one, or the end."""
    starts = [part.start for part in sections]
    ends = [*starts[1:], duration]
    share = 100 / (duration or 1.0)
    return tuple(
        Written(
            x=round(part.start * share, 2),
            width=round((end - part.start) * share, 2),
            label=part.label,
            fits=(end - part.start) * share >= LABEL_SHARE,
        )
        for part, end in zip(sections, ends, strict=True)
    )


def said(section: Section, number: int, total: int) -> str:
    """`section 4 of 9, A minor, 121 BPM`: what is not known is left out."""
    tempo = None if section.tempo is None else bpm(section.tempo)
    known = (formatting.key(section.key, section.mode), tempo)
    return ", ".join((f"section {number} of {total}", *(part for part in known if part)))


def pulse(intervals: Sequence[Interval], duration: float) -> str:
    """One path with a stroke from top to bottom at every start; at most one per half unit."""
    places = dict.fromkeys(
        round(2 * UNITS * each.start / (duration or 1.0)) / 2 for each in intervals
    )
    return "".join(f"M{place:g} 0V{HEIGHT}" for place in places)


def loudness(segments: Sequence[Segment], duration: float) -> str:
    """A closed path under the loudest level in each unit, from −40 dB at the bottom to the peak."""
    levels = _levels(segments, duration or 1.0)
    if not levels:
        return ""
    top = max(*levels.values(), 0.0)
    points = "".join(f"L{unit} {_height(level, top)}" for unit, level in sorted(levels.items()))
    return f"M{min(levels)} {HEIGHT}{points}L{UNITS} {HEIGHT}Z"


def _levels(segments: Sequence[Segment], duration: float) -> dict[int, float]:
    levels: dict[int, float] = {}
    for segment in segments:
        attack = segment.start + segment.loudness_max_time
        for second, level in (
            (segment.start, segment.loudness_start),
            (attack, segment.loudness_max),
        ):
            unit = max(0, min(UNITS, round(UNITS * second / duration)))
            levels[unit] = max(levels.get(unit, level), level)
    return levels


def _height(level: float, top: float) -> float:
    return round(HEIGHT * (1 - (max(level, FLOOR_DB) - FLOOR_DB) / (top - FLOOR_DB)), 1)
