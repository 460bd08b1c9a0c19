"""Time and chance, as arguments: tests hand in their own."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], float]
"""Unix seconds."""
Chance = Callable[[], float]
"""A number in [0, 1)."""


def moment(seconds: float) -> datetime:
    """Unix seconds as an aware datetime."""
    return datetime.fromtimestamp(seconds, UTC)
