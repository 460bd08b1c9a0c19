"""How sure a source is, in words and as bars of a signal.

A confidence is calibrated: of all answers given with 0.8, about 80 % are right.
"""

from __future__ import annotations

from dataclasses import dataclass

LEVELS = (  # from which confidence on, bars of four, words
    (0.9, 4, "very likely right"),
    (0.7, 3, "probably right"),
    (0.5, 2, "unsure"),
    (0.0, 1, "may well be wrong"),
)


@dataclass(frozen=True, slots=True)
class Sureness:
    """A confidence as it is shown: `bars` of 4, and what they say."""

    bars: int
    says: str


def sureness(confidence: float) -> Sureness:
    """`0.72` → three bars, `probably right`."""
    return next(Sureness(bars, says) for floor, bars, says in LEVELS if confidence >= floor)
