"""Spotify's audio features and analysis as the contract has them. Pure: wire in, schema out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import zip_longest
from typing import Any

from api.problems.refusals import Garbled
from api.schemas.analysis import AudioAnalysis, Interval, Section, Segment, TrackSummary
from api.schemas.features import AudioFeatures
from api.schemas.provenance import Missing, Reason, SourceName
from api.sources.resource import Origin
from api.sources.sound import (
    LOUDNESS_REFERENCE,
    SOUND_NUMBERS,
    detected,
    sound_values,
    unsent,
)
from api.sources.spotify.texts import ABSENCES
from api.sources.spotify.wire import WireFeatures
from api.sources.spotify.wire_analysis import WireAnalysis, WireInterval, WireSection, WireSegment
from api.sources.wire import Listed, Unreadable, readable

METRES = range(3, 8)
DERIVED_END = (
    "loudness_end is not sent for every segment; there it is the next segment’s loudness_start, "
    "which Spotify documents as the same value."
)
NUMBERS = (*SOUND_NUMBERS, "time_signature", "duration_ms")
_UNSENT = "Spotify did not send it."


def features(wire: WireFeatures, ident: str, origin: Origin) -> AudioFeatures:
    """Audio features. Spotify's -1 and 0 for “not found” become null with that reason.

    Raises Garbled.
    """
    if wire.unreadable.issuperset(NUMBERS):
        raise Garbled(SourceName.SPOTIFY, "None of the numbers in its answer can be read.")
    values: dict[str, Any] = {
        "id": ident,
        "uri": wire.uri or f"spotify:track:{ident}",
        **sound_values(wire),
        "time_signature": wire.time_signature if wire.time_signature in METRES else None,
        "duration_ms": wire.duration_ms,
    }
    url = f"https://open.spotify.com/track/{ident}"
    why = {"time_signature": _why_no_metre(wire.time_signature), **unsent(wire, _UNSENT)}
    return origin.resource(AudioFeatures, values, wire, url=url, why=why, detail=LOUDNESS_REFERENCE)


def _why_no_metre(sent: int | None) -> tuple[Reason, str]:
    if sent is None:
        return Reason.NOT_KNOWN, _UNSENT
    return Reason.NOT_DETECTED, f"Spotify sent {sent}, which is no metre from 3 to 7."


def analysis(wire: WireAnalysis, ident: str, origin: Origin) -> AudioAnalysis:
    """The analysis, to the last digit; the few absences are named one by one. Raises Garbled."""
    segments, derived = _segments(wire.segments)
    parts: dict[str, Any] = {
        "track": None if wire.track is None else _line(TrackSummary, wire.track),
        "bars": _intervals(wire.bars),
        "beats": _intervals(wire.beats),
        "tatums": _intervals(wire.tatums),
        "sections": _lines(wire.sections),
        "segments": segments,
    }
    if not any(parts.values()):
        raise Garbled(SourceName.SPOTIFY, "Its answer has nothing of an analysis.")
    values = {"id": ident, "uri": f"spotify:track:{ident}", **parts, "timbre_basis": "spotify"}
    url = f"https://open.spotify.com/track/{ident}"
    resource = origin.resource(
        AudioAnalysis, values, wire, url=url, detail=LOUDNESS_REFERENCE, also=tuple(_gaps(parts))
    )
    if not derived:
        return resource
    filled = origin.provenance(("segments.loudness_end",), url=url, detail=DERIVED_END)
    return resource.model_copy(update={"provenance": (*resource.provenance, filled)})


def _line(model: Any, wire: Any) -> Any:  # noqa: ANN401  # TrackSummary or Section
    """A line of numbers that share their rules: -1 is no key, and a tempo of 0 is none."""
    sent = (name for name, field in model.model_fields.items() if field.is_required())
    values = {name: getattr(wire, name) for name in sent}
    values |= {
        "key": detected(wire.key),
        "mode": detected(wire.mode),
        "tempo": wire.tempo or None,
    }
    return model(**values)


def _lines(wires: Listed[WireSection] | None) -> tuple[Section, ...] | None:
    return None if wires is None else tuple(_line(Section, wire) for wire in readable(wires))


def _gaps(parts: Mapping[str, Any]) -> Iterator[Missing]:
    """Every number that is null within a part."""
    for name, part in parts.items():
        if isinstance(part, TrackSummary):
            yield from ABSENCES.among(dict(part), within=f"{name}.")
        elif part is not None:
            for place, line in enumerate(part):
                if None in line.__dict__.values():  # of thousands of lines, few have a gap
                    yield from ABSENCES.among(dict(line), within=f"{name}[{place}].")


def _intervals(wires: Listed[WireInterval] | None) -> tuple[Interval, ...] | None:
    if wires is None:
        return None
    return tuple(
        Interval(start=wire.start, duration=wire.duration, confidence=wire.confidence)
        for wire in readable(wires)
    )


def _segments(wires: Listed[WireSegment] | None) -> tuple[tuple[Segment, ...] | None, bool]:
    """Segments, and whether any end was taken from the next: absent or 0.0 there means unknown."""
    if wires is None:
        return None, False
    segments, derived = [], False
    for wire, following in zip_longest(wires, wires[1:]):
        if isinstance(wire, Unreadable):
            continue
        end = wire.loudness_end
        if not end and following is not None:
            end = None if isinstance(following, Unreadable) else following.loudness_start
            derived = derived or end is not None
        segments.append(_segment(wire, end))
    return tuple(segments), derived


def _segment(wire: WireSegment, loudness_end: float | None) -> Segment:
    return Segment(
        start=wire.start,
        duration=wire.duration,
        confidence=wire.confidence,
        loudness_start=wire.loudness_start,
        loudness_max=wire.loudness_max,
        loudness_max_time=wire.loudness_max_time,
        loudness_end=loudness_end,
        pitches=wire.pitches,
        timbre=wire.timbre,
    )
