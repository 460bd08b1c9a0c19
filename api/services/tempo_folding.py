"""Count half and double tempo as one: which tempi of a list are folded, and how. Pure.

Software that hears a pulse often takes every second beat, or two for one: a list at 128 then has
entries at 64 and 256. The list’s usual tempo is their circular mean on the octave: each tempo is
an angle, its logarithm to base 2 without the whole part, so that a tempo and its double are the
same angle (Mardia & Jupp, Directional Statistics, 2.2). Of the octaves it may stand in, the one is
taken in which the most entries lie within a quarter octave of it. A tempo is folded where its
half or its double lies within that quarter octave, and it does not itself.

The angle comes from the mantissa, which doubling leaves as it is to the last bit. Folding what is
folded therefore changes nothing, nor does it matter whether a source told one entry of those
around the usual tempo as it is, halved or doubled.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

NEAR_OCTAVES = 0.25  # 16 % below to 19 % above: nearer to its half or double than to what it is
SLOWEST, FASTEST = -4, 12  # octaves of 1 beat per minute to look at: 1/16 to 4096
MODERATE_BPM = 120.0  # most music lies around it: between two equal octaves it decides
NO_DIRECTION = 1e-9  # length of the mean vector below which rounding alone would choose


@dataclass(frozen=True, slots=True)
class FoldedTempi:
    """The tempi in the order given; how many were halved and doubled; around which tempo."""

    tempi: tuple[float | None, ...]
    halved: int = 0
    doubled: int = 0
    around: float | None = None

    @property
    def in_words(self) -> str:
        """What was done, for a musician."""
        if self.around is None:
            return "No tempo was halved or doubled: the tempi of this list have no common centre."
        usual = f"usual in this list ({self.around:.0f} BPM)"
        if not self.halved + self.doubled:
            return (
                f"No tempo was halved or doubled: none is about twice or half of what is {usual}."
            )
        return (
            f"Half and double tempo are counted as one: {_tracks(self.doubled)} at twice, "
            f"{_tracks(self.halved)} at half of the tempo that the source states, because that is "
            f"near what is {usual}."
        )


def _tracks(number: int) -> str:
    return f"{number or 'no'} track{'' if number == 1 else 's'}"


def folded(tempi: Sequence[float | None]) -> FoldedTempi:
    """Each tempo, halved or doubled where that brings it near the usual one; None stays None."""
    known = [tempo for tempo in tempi if tempo is not None and tempo > 0]
    around = usual(known)
    if around is None:
        return FoldedTempi(tuple(tempi))
    factors = [_factor(tempo, around) for tempo in tempi]
    return FoldedTempi(
        tuple(
            None if tempo is None else tempo * factor
            for tempo, factor in zip(tempi, factors, strict=True)
        ),
        halved=factors.count(0.5),
        doubled=factors.count(2.0),
        around=around,
    )


def usual(tempi: Sequence[float]) -> float | None:
    """The tempo around which most lie, octaves aside; None where there is no such."""
    angles = [math.tau * math.log2(math.frexp(tempo)[0]) for tempo in tempi]
    east, north = (math.fsum(map(part, angles)) for part in (math.cos, math.sin))
    if math.hypot(east, north) <= NO_DIRECTION * max(len(tempi), 1):
        return None
    place = math.atan2(north, east) / math.tau
    octaves = (math.exp2(place + octave) for octave in range(SLOWEST, FASTEST + 1))
    return max(octaves, key=lambda bpm: (_near(tempi, bpm), -abs(math.log2(bpm / MODERATE_BPM))))


def _near(tempi: Sequence[float], around: float) -> int:
    return sum(_is_near(tempo, around) for tempo in tempi)


def _is_near(tempo: float, around: float) -> bool:
    return abs(math.log2(tempo / around)) <= NEAR_OCTAVES


def _factor(tempo: float | None, around: float) -> float:
    if tempo is None or tempo <= 0 or _is_near(tempo, around):
        return 1.0
    return next((by for by in (0.5, 2.0) if _is_near(tempo * by, around)), 1.0)
