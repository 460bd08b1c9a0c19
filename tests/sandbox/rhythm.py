"""The time grid of an analysis: beats, tatums, bars, and the sections that hold them."""

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from tests.sandbox import naming
from tests.sandbox.sound import Sound, is_long

Span = dict[str, float]
FORMS = ("IABABCBO", "IABACABBO", "IAABCABO", "IABCABCBBO", "IABABDCBBAO")  # letters are parts
LONG_FORM = "IAABABCCDABABCDCBBEO"


@dataclass(frozen=True, slots=True)
class Grid:
    """Spans in seconds; the bars lie on beats, two tatums make a beat."""

    bars: list[Span]
    beats: list[Span]
    tatums: list[Span]


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the form: equal letters sound alike."""

    letter: str
    start_s: float
    written: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Score:
    """What the segments are drawn from."""

    grid: Grid
    sections: list[Section]


def fade_in_s(n: int) -> float:
    """Answer when a track is up; 0 on every third, as on many real ones."""
    return 0 if n % 3 == 2 else round(naming.seeded("fade", n).uniform(0.1, 0.6), 5)


def grid_of(n: int, sound: Sound) -> Grid:
    """Lay a slightly human grid at the track's tempo over its duration."""
    rng = naming.seeded("grid", n)
    edges = [rng.uniform(0.12, 0.45)]
    period_s = 60 / sound.tempo_bpm
    while edges[-1] + 1.5 * period_s < sound.duration_s:
        edges.append(edges[-1] + period_s * rng.gauss(1, 0.006))
    halves = [(first + second) / 2 for first, second in pairwise(edges)]
    offset = n % sound.time_signature
    ends = [round(edge, 5) for edge in edges]
    tatums = sorted(ends[:-1] + [round(half, 5) for half in halves]) + ends[-1:]
    return Grid(
        bars=_spans(n, "bars", ends[offset :: sound.time_signature]),
        beats=_spans(n, "beats", ends),
        tatums=_spans(n, "tatums", tatums),
    )


def sections_of(n: int, sound: Sound, grid: Grid) -> list[Section]:
    """Cut the track at bars into the parts of a form: 8 to 11, or 20 in twelve minutes."""
    rng = naming.seeded("form", n)
    form = LONG_FORM if is_long(sound) else rng.choice(FORMS)
    inner = [grid.bars[len(grid.bars) * part // len(form)]["start"] for part in range(1, len(form))]
    edges = [0.0, *inner, sound.duration_s]
    return [
        Section(letter, start, _section(sound, naming.seeded(f"{n}{letter}", 0), (start, end)))
        for letter, (start, end) in zip(form, pairwise(edges), strict=True)
    ]


def _section(sound: Sound, rng: Any, span_s: tuple[float, float]) -> dict[str, Any]:
    start, end = span_s
    metre = sound.time_signature if rng.random() < 0.9 else 3
    return {
        "start": round(start, 5),
        "duration": round(end - start, 5),
        "confidence": 1.0 if start == 0 else round(rng.uniform(0.2, 1), 3),
        "loudness": round(sound.loudness_db + rng.gauss(0, 2.5), 3),
        "tempo": round(sound.tempo_bpm * rng.gauss(1, 0.004), 3),
        "tempo_confidence": round(rng.uniform(0.2, 0.8), 3),
        "key": sound.key if rng.random() < 0.8 else (sound.key + 7) % 12,
        "key_confidence": round(rng.uniform(0, 0.8), 3),
        "mode": sound.mode,
        "mode_confidence": round(rng.uniform(0, 0.8), 3),
        "time_signature": metre,
        "time_signature_confidence": round(rng.uniform(0.5, 1), 3),
    }


def _spans(n: int, kind: str, edges: list[float]) -> list[Span]:
    rng = naming.seeded(f"confidence-{kind}", n)
    return [
        {
            "start": start,
            "duration": round(end - start, 5),
            "confidence": round(rng.uniform(0.02, 0.98), 3),
        }
        for start, end in pairwise(edges)
    ]
