"""Time and chance, as arguments: tests hand in their own.

A clock may be wrong and then be set right, by years on a machine without a battery. What was noted
under the wrong one lies in the future then, and must not hold until that comes: `is_ahead`.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], float]
"""Unix seconds."""
Chance = Callable[[], float]
"""A number in [0, 1)."""

CLOCK_SLACK_S = 60.0
"""Clocks are corrected by seconds; by more, and what they said before was wrong."""


def is_ahead(noted_at: float, now: float) -> bool:
    """Whether something was noted under a clock that has been set back since."""
    return noted_at > now + CLOCK_SLACK_S


def moment(seconds: float) -> datetime:
    """Unix seconds as an aware datetime."""
    return datetime.fromtimestamp(seconds, UTC)
