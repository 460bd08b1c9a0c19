"""Where in a track a reader is, and which stretch of it is looked at: what an address says of both.

A stretch is the whole, a section, eight seconds, or one between two moments of the reader’s own
choice. Scripts keep the same words in the address, so each view can be sent to others.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from api.schemas.analysis import AudioAnalysis, Section
from web.charts import lanes
from web.charts.lanes import TimeSpan
from web.request import PageRequest
from web.text import formatting

CLOSE_S, LEAST_S = 8.0, 1.0
CHOSEN = "stretch"  # what is looked at is a reader’s own choice
ZOOMS = (("", "Whole song"), ("section", "Section"), ("8", "8 s"))


@dataclass(frozen=True, slots=True)
class Place:
    """Where the reader is: `second`, in the section of this number, of which `span` is shown."""

    second: float
    number: int | None
    chosen: bool
    zoom: str
    span: TimeSpan

    def link(self, **changes: str) -> str:
        """The address of this place but for `changes`; what is empty is left out."""
        given = {"section": "", "t": _plain(self.second), "zoom": self.zoom}
        if self.zoom == CHOSEN:
            edges = {"from": _plain(self.span.start), "to": _plain(self.span.end)}
            given |= {"zoom": "", **edges}
        given |= changes
        return "?" + urlencode({name: value for name, value in given.items() if value})

    def zoomed(self, zoom: str) -> str:
        """The address of this moment as another zoom shows it."""
        return replace(self, zoom=zoom).link()


@dataclass(frozen=True, slots=True)
class Cursor:
    """The place in percent of what is shown, and in words; `audio` is played in step with it.

    `second` and `end` are in seconds; `seen`: it lies in what is shown, which is `span`.
    `spoken`: the same words as they are read aloud.
    """

    second: float
    end: float
    span: TimeSpan
    at: float
    seen: bool
    says: str
    spoken: str
    audio: str | None
    zooms: tuple[tuple[str, str, bool], ...]


def duration(found: AudioAnalysis) -> float:
    """How long the track is, in seconds, by whatever was sent of it."""
    if found.track:
        return found.track.duration
    last = (found.segments or found.sections or found.beats or (None,))[-1]
    return last.start + last.duration if last else 0.0


def stretch_asked(request: PageRequest, end: float) -> TimeSpan | None:
    """The stretch between `from` and `to`; None where they ask for none, or for nonsense."""
    try:
        start, stop = float(request.text("from") or 0), float(request.text("to"))
    except ValueError:
        return None
    asked = TimeSpan(start, min(stop, end))
    return asked if 0 <= start < asked.end and stop <= end + 1 else None


def place_asked(request: PageRequest, found: AudioAnalysis) -> Place:
    """What `?t=`, `?section=`, `?zoom=`, `?from=` and `?to=` ask for; nonsense is the whole."""
    end, sections = duration(found), found.sections or ()
    second, number = _seconds(request.text("t"), end), _number(request.text("section"), sections)
    chosen = second is not None or number is not None
    if number is not None and (second is None or not _inside(sections[number - 1], second)):
        second = sections[number - 1].start
    own = stretch_asked(request, end)
    if own and own.length < LEAST_S:
        own = None
    at = second if second is not None else own.start if own else 0.0
    number = number or _section_at(sections, at)
    zoom = CHOSEN if own else request.text("zoom")
    if own:
        kept = request.text("t") or own.start <= at <= own.end
        span = own if kept else around(at, own.length, end)
    elif zoom == "section" and number:
        here = sections[number - 1]
        span = TimeSpan(here.start, min(end, here.start + here.duration))
    elif zoom == ZOOMS[-1][0] and end > CLOSE_S:
        span = around(at, CLOSE_S, end)
    else:
        zoom, span = "", TimeSpan(0.0, end)
    return Place(at, number, chosen=chosen, zoom=zoom, span=span)


def around(second: float, long: float, end: float) -> TimeSpan:
    """A stretch of `long` seconds with the moment in its middle, as far as the track has it."""
    start = max(0.0, min(end - long, second - long / 2))
    return TimeSpan(start, start + long)


def cursor(found: AudioAnalysis, place: Place, audio: str | None) -> Cursor:
    """The cursor over all lanes."""
    span, sections = place.span, found.sections or ()
    says = formatting.length(place.second)
    if place.number:
        section = sections[place.number - 1]
        says = f"{says} · {lanes.said(section, place.number, len(sections))}"
    offered = [
        (name, text)
        for name, text in ZOOMS
        if (name != "section" or sections) and (name != "8" or duration(found) > CLOSE_S)
    ]
    return Cursor(
        second=round(place.second, 2),
        end=round(duration(found), 3),
        span=span,
        at=span.at(place.second),
        seen=span.start <= place.second <= span.end,
        says=says,
        spoken=lanes.spoken(says),
        audio=audio,
        zooms=tuple((place.zoomed(name), text, name == place.zoom) for name, text in offered),
    )


def _plain(second: float) -> str:
    """Hundredths, without what says nothing; the beginning is no second at all."""
    return f"{second:.2f}".rstrip("0").rstrip(".") if second else ""


def _seconds(text: str, end: float) -> float | None:
    try:
        second = float(text)
    except ValueError:
        return None
    return max(0.0, min(end, second)) if math.isfinite(second) else None


def _number(text: str, sections: Sequence[Section]) -> int | None:
    known = {str(number): number for number in range(1, len(sections) + 1)}
    return known.get(text)


def _inside(section: Section, second: float) -> bool:
    return section.start <= second < section.start + section.duration


def _section_at(sections: Sequence[Section], second: float) -> int | None:
    here = [number for number, each in enumerate(sections, 1) if each.start <= second]
    return here[-1] if here else None
