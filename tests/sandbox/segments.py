"""The segments of an analysis: short stable sounds with pitches, timbre and loudness."""

import math
import random
from itertools import pairwise
from typing import Any

from tests.sandbox import naming
from tests.sandbox.rhythm import Score, Section
from tests.sandbox.sound import Sound, is_long

Segment = dict[str, Any]
LONG_COUNT = 3600
FEWEST, MOST = 428, 1220
SILENCE_DB = -60.0
SCALES = {1: (0, 2, 4, 5, 7, 9, 11), 0: (0, 2, 3, 5, 7, 8, 10)}
PROGRESSIONS = ((0, 5, 3, 4), (0, 3, 4, 0), (5, 3, 0, 4), (0, 4, 5, 3))  # degrees, a bar each
TIMBRE_MIDDLE = (0, 40, 8, -12, 20, -22, -10, 6, -2, 4, -8, 2)
TIMBRE_SPREAD = (0, 42, 38, 30, 24, 21, 19, 16, 14, 13, 12, 10)


def segments_of(n: int, sound: Sound, score: Score) -> list[Segment]:
    """Draw the segments: onsets on tatums, pitches from the bar's chord, timbre from the part."""
    rng = naming.seeded("segments", n)
    edges = _edges(rng, sound, [tatum["start"] for tatum in score.grid.tatums])
    painter = _Painter(sound, score)
    drawn = [painter.segment(rng, span) for span in pairwise(edges)]
    drawn[0] |= {"loudness_start": SILENCE_DB, "confidence": 0.0}
    drawn[-1]["loudness_end"] = SILENCE_DB
    return drawn


def _edges(rng: random.Random, sound: Sound, tatums: list[float]) -> list[float]:
    """Place the edges: some tatums, more points between where they are too few."""
    count = _count(rng, sound)
    inner = [start for start in tatums if 0.05 < start < sound.duration_s - 0.5]
    while len(inner) < count - 1:
        inner += [(first + second) / 2 for first, second in pairwise(inner)]
        inner.sort()
    kept = rng.sample(inner, count - 1)
    moved = sorted(round(start + rng.uniform(-0.012, 0.012), 5) for start in kept)
    return [0.0, *moved, sound.duration_s]


def _count(rng: random.Random, sound: Sound) -> int:
    if is_long(sound):
        return LONG_COUNT
    per_second = 4.6 if sound.duration_s > 252 else rng.uniform(3.5, 4.4)
    return max(FEWEST, min(MOST, round(per_second * sound.duration_s)))


class _Painter:
    """Walks the score forwards and colours one span after the other."""

    def __init__(self, sound: Sound, score: Score):
        self.sound = sound
        self.sections = score.sections
        self.bars = [bar["start"] for bar in score.grid.bars]
        self.section = self.bar = 0
        self.colours = {part.letter: _Colour(part, sound) for part in score.sections}

    def segment(self, rng: random.Random, span_s: tuple[float, float]) -> Segment:
        start, end = span_s
        self._walk_to(start)
        part = self.sections[self.section]
        colour = self.colours[part.letter]
        floor = part.written["loudness"] - rng.uniform(2, 9)
        peak = floor + rng.uniform(3, 12)
        return {
            "start": start,
            "duration": round(end - start, 5),
            "confidence": round(rng.random(), 3),
            "loudness_start": round(floor, 3),
            "loudness_max_time": round(rng.uniform(0.1, 0.6) * (end - start), 5),
            "loudness_max": round(peak, 3),
            "pitches": colour.pitches(rng, self.bar),
            "timbre": colour.timbre(rng, peak),
        }

    def _walk_to(self, start_s: float) -> None:
        while self.bar + 1 < len(self.bars) and self.bars[self.bar + 1] <= start_s + 0.02:
            self.bar += 1
        following = self.section + 1
        if following < len(self.sections) and self.sections[following].start_s <= start_s + 0.02:
            self.section = following


class _Colour:
    """What all sections of one letter share: a chord sequence and a mean timbre."""

    def __init__(self, part: Section, sound: Sound):
        rng = naming.seeded(f"colour-{part.letter}-{sound.key}-{sound.tempo_bpm}", 0)
        self.scale = [(sound.key + step) % 12 for step in SCALES[sound.mode]]
        self.progression = rng.choice(PROGRESSIONS)
        self.middle = [
            middle + rng.gauss(0, spread)
            for middle, spread in zip(TIMBRE_MIDDLE, TIMBRE_SPREAD, strict=True)
        ]

    def pitches(self, rng: random.Random, bar: int) -> list[float]:
        root = self.progression[bar % len(self.progression)]
        chord = {self.scale[(root + third) % 7] for third in (0, 2, 4)}
        levels = [self._level(rng, pitch, chord) for pitch in range(12)]
        loudest = max(levels)
        return [round(level / loudest, 3) for level in levels]

    def timbre(self, rng: random.Random, peak_db: float) -> list[float]:
        drawn = [
            rng.gauss(middle, spread * 0.45)
            for middle, spread in zip(self.middle, TIMBRE_SPREAD, strict=True)
        ]
        drawn[0] = max(0.0, 60 + peak_db)  # the first coefficient is loudness
        return [round(max(-287, min(374, value)), 3) for value in drawn]

    def _level(self, rng: random.Random, pitch: int, chord: set[int]) -> float:
        if pitch in chord:
            return rng.uniform(0.55, 1)
        return math.pow(rng.random(), 3 if pitch in self.scale else 5) * 0.5 + 0.004
