"""Where the cursor over the lanes stands, and the audio that it follows."""

from __future__ import annotations

import math

from api.schemas.analysis import AudioAnalysis, Section
from web.charts.lanes import said
from web.pages import Cursor
from web.text import formatting


def place_asked(text: str, end: float) -> float | None:
    """The second that `?t=` asks for, inside the track; None where it asks for none."""
    try:
        second = float(text)
    except ValueError:
        return None
    return max(0.0, min(end, second)) if math.isfinite(second) else None


def cursor(found: AudioAnalysis, audio: str | None, *, end: float, second: float | None) -> Cursor:
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
    section: Section = sections[here[-1] - 1]
    return f"{place} · {said(section, here[-1], len(sections))}"
