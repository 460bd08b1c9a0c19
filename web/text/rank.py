"""Where a value stands among others, in words: joint places are called joint. Pure."""

from __future__ import annotations

from api.schemas.nearest import Rank

IN_RANGE, EDGE = "in your range", "may well be in it"
ABOVE, BELOW = "above your range", "below your range"


def standing(
    rank: Rank, *, more: str = "higher", ends: tuple[str, str] = ("lowest", "highest")
) -> str:
    """`higher than 5 of 14`, `joint lowest of 15`; `more`: what having more is called."""
    total, above = rank.of + 1, rank.of - rank.below - rank.equal
    if not rank.of:
        return "nothing here to compare with"
    if rank.equal == rank.of:
        return f"the same as all {rank.of} others" if rank.of > 1 else "the same as the other one"
    joint = "joint " if rank.equal else ""
    if rank.below == 0:
        return f"{joint}{ends[0]} of {total}"
    if above == 0:
        return f"{joint}{ends[1]} of {total}"
    return f"{more} than {rank.below} of {rank.of}"


def verdict(value: float, error: float | None, band: tuple[float, float]) -> str:
    """How a value lies to the range that is wished for; nobody is outside by half an error."""
    low, high = band
    off = max(low - value, value - high, 0.0)
    if off == 0:
        return IN_RANGE
    if error is not None and off <= error / 2:
        return EDGE
    return ABOVE if value > high else BELOW
