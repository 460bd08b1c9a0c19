"""The one table: of what music, which figure, how large, how sure, from how many, beside what."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

PERCENT = 100
DRAWS = 2000


@dataclass(frozen=True, slots=True)
class Bound:
    """What has to be reached: at least so much, or at most."""

    value: float
    at_most: bool = False

    def is_met_by(self, value: float) -> bool:
        """As far as the figure goes; its error stands beside it."""
        return value <= self.value if self.at_most else value >= self.value

    def __str__(self) -> str:
        return f"{'<=' if self.at_most else '>='} {self.value:g}"


@dataclass(frozen=True, slots=True)
class Line:
    """One figure; the constant is what a program that never listens would reach."""

    of: str
    figure: str
    value: float
    error: float | None = None
    n: int | None = None
    bound: Bound | None = None
    constant: float | None = None
    remark: str = ""

    def __str__(self) -> str:
        parts = [f"{self.of:<18} {self.figure:<26} {_number(self.value, 7)}"]
        parts += [_number(self.error, 5), f"{'' if self.n is None else self.n:>6}"]
        parts += [f"{'' if self.bound is None else str(self.bound):>8}", _number(self.constant, 8)]
        short = self.bound is not None and not self.bound.is_met_by(self.value)
        return " ".join([*parts, "falls short" if short else "", self.remark]).rstrip()


HEAD = (
    f"{'of':<18} {'figure':<26} {'value':>7} {'s.e.':>5} {'n':>6} {'to reach':>8} {'constant':>8}"
)


def shares(values: Sequence[float]) -> tuple[float, float, int]:
    """Of values in 0-1, one a piece: their mean in percent, its bootstrap error, how many."""
    kept = np.array(values, float)
    rng = np.random.default_rng(0)
    means = kept[rng.integers(0, len(kept), (DRAWS, len(kept)))].mean(axis=1)
    return float(PERCENT * kept.mean()), float(PERCENT * means.std()), len(kept)


def _number(value: float | None, width: int) -> str:
    if value is None:
        return " " * width
    return f"{value:>{width}.{2 if abs(value) < 1 else 1}f}"
