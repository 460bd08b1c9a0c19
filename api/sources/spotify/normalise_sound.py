"""Spotify's audio features and analysis as the contract has them. Pure: wire in, schema out."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from api.keys import camelot, key_name
from api.schemas.analysis import AudioAnalysis, Interval, Section, Segment, TrackSummary
from api.schemas.features import AudioFeatures
from api.schemas.provenance import Missing, Reason
from api.sources.spotify.said import Origin, absence, absences
from api.sources.spotify.wire import WireFeatures
from api.sources.spotify.wire_analysis import WireAnalysis, WireInterval, WireSegment

LOUDNESS_REFERENCE = "dBFS-like"
METRES = range(3, 8)
DERIVED_END = (
    "loudness_end is not sent for every segment; there it is the next segment’s loudness_start, "
    "which Spotify documents as the same value."
)
_HARMONY = ("tempo", "key", "mode")


def features(wire: WireFeatures, ident: str, origin: Origin) -> AudioFeatures:
    """Audio features. Spotify's -1 and 0 for “not found” become null with that reason."""
    key, mode = _key(wire.key), _mode(wire.mode)
    metre = wire.time_signature if wire.time_signature in METRES else None
    values: dict[str, Any] = {
        "id": wire.id or ident,
        "uri": wire.uri or f"spotify:track:{ident}",
        "acousticness": wire.acousticness,
        "danceability": wire.danceability,
        "energy": wire.energy,
        "instrumentalness": wire.instrumentalness,
        "liveness": wire.liveness,
        "speechiness": wire.speechiness,
        "valence": wire.valence,
        "loudness": wire.loudness,
        "tempo": wire.tempo or None,
        "tempo_candidates": (),
        "key": key,
        "mode": mode,
        "key_name": key_name(key, mode),
        "camelot": camelot(key, mode),
        "time_signature": metre,
        "duration_ms": wire.duration_ms,
        "uncertainty": {},
    }
    url = f"https://open.spotify.com/track/{ident}"
    why = {"time_signature": _why_no_metre(wire.time_signature), **_unsent(wire)}
    return origin.resource(AudioFeatures, values, url=url, why=why, detail=LOUDNESS_REFERENCE)


def _unsent(wire: WireFeatures) -> dict[str, tuple[Reason, str]]:
    """A number that was not sent at all is not known, rather than not detected."""
    silent = (Reason.NOT_KNOWN, "Spotify did not send it.")
    return {name: silent for name in _HARMONY if getattr(wire, name) is None}


def _why_no_metre(sent: int | None) -> tuple[Reason, str]:
    if sent is None:
        return Reason.NOT_KNOWN, "Spotify did not send it."
    return Reason.NOT_DETECTED, f"Spotify sent {sent}, which is no metre from 3 to 7."


def _key(sent: int | None) -> int | None:
    return sent if sent is not None and 0 <= sent <= 11 else None  # noqa: PLR2004  # C to B


def _mode(sent: int | None) -> int | None:
    return sent if sent in {0, 1} else None


def analysis(wire: WireAnalysis, ident: str, origin: Origin) -> AudioAnalysis:
    """The analysis, to the last digit; the few absences are named one by one."""
    track = _line(TrackSummary, wire.track)
    sections = tuple(_line(Section, section) for section in wire.sections)
    segments, derived = _segments(wire.segments)
    values: dict[str, Any] = {
        "id": ident,
        "uri": f"spotify:track:{ident}",
        "track": track,
        "bars": _intervals(wire.bars),
        "beats": _intervals(wire.beats),
        "tatums": _intervals(wire.tatums),
        "sections": sections,
        "segments": segments,
        "timbre_basis": "spotify",
    }
    absent = (
        *_gaps("track", track),
        *(gap for n, section in enumerate(sections) for gap in _gaps(f"sections[{n}]", section)),
        *_open_end(segments),
    )
    url = f"https://open.spotify.com/track/{ident}"
    resource = origin.resource(
        AudioAnalysis, values, url=url, detail=LOUDNESS_REFERENCE, also=absent
    )
    if not derived:
        return resource
    filled = origin.provenance(("segments.loudness_end",), url=url, detail=DERIVED_END)
    return resource.model_copy(update={"provenance": (*resource.provenance, filled)})


def _line(model: Any, wire: Any) -> Any:  # noqa: ANN401  # TrackSummary or Section
    """A line of numbers that share their rules: -1 is no key, and a tempo of 0 is none."""
    values = {name: getattr(wire, name) for name in model.model_fields}
    values |= {"key": _key(wire.key), "mode": _mode(wire.mode), "tempo": wire.tempo or None}
    return model(**values)


def _gaps(place: str, line: TrackSummary | Section) -> tuple[Missing, ...]:
    return absences({name: getattr(line, name) for name in _HARMONY}, {}, within=f"{place}.")


def _intervals(wires: Iterable[WireInterval]) -> tuple[Interval, ...]:
    return tuple(
        Interval(start=wire.start, duration=wire.duration, confidence=wire.confidence)
        for wire in wires
    )


def _segments(wires: tuple[WireSegment, ...]) -> tuple[tuple[Segment, ...], bool]:
    """Segments, and whether any end was taken from the next: absent or 0.0 there means unknown."""
    ends: list[float | None] = [wire.loudness_end for wire in wires]
    unknown = [place for place, end in enumerate(ends[:-1]) if not end]
    for place in unknown:
        ends[place] = wires[place + 1].loudness_start
    segments = tuple(_segment(wire, end) for wire, end in zip(wires, ends, strict=True))
    return segments, bool(unknown)


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


def _open_end(segments: tuple[Segment, ...]) -> tuple[Missing, ...]:
    if not segments or segments[-1].loudness_end is not None:
        return ()
    return (absence(f"segments[{len(segments) - 1}].loudness_end", "loudness_end"),)
