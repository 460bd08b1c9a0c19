"""Where a track would stand among the tracks of a playlist: arithmetic and words. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from api.music.key_names import blending, camelot
from api.schemas.playlist import Blending, Distribution, Neighbour
from api.services.distributions import FEATURES, Placed, Sounding, because, distance

SHOWN = 3  # tracks nearest and farthest, that blend, and reasons
APART = 1.0  # standard deviations from the average at which a feature is a reason
WITHIN = "It lies within one standard deviation of the playlist’s average in every feature."
NOTHING = "There is no feature that both the track and the playlist have."


def percentiles(
    track: Sounding, placed: Sequence[Placed], fields: Sequence[str]
) -> dict[str, float | None]:
    """Per feature, how many of a hundred lie below; of those that are equal, half."""
    return {
        field: _percentile(track, placed, field) if field in fields else None for field in FEATURES
    }


def _percentile(track: Sounding, placed: Sequence[Placed], field: str) -> float | None:
    own: float | None = getattr(track, field)
    values = [value for one in placed if (value := getattr(one.features, field)) is not None]
    if own is None or not values:
        return None
    below = sum(value < own for value in values) + sum(value == own for value in values) / 2
    return float(round(100 * below / len(values), 1))


def reasons(
    track: Sounding, spreads: Mapping[str, Distribution], apart: Mapping[str, float]
) -> tuple[str, ...]:
    """What sets it apart most, in words; or that nothing does."""
    if not apart:
        return (NOTHING,)
    far = sorted(
        (field for field, score in apart.items() if abs(score) >= APART),
        key=lambda field: -abs(apart[field]),
    )
    told = tuple(because(field, getattr(track, field), spreads[field]) for field in far[:SHOWN])
    return told or (WITHIN,)


def neighbours(
    track: Sounding, placed: Sequence[Placed], spreads: Mapping[str, Distribution]
) -> list[Neighbour]:
    """The other tracks of the playlist, nearest first."""
    apart = [
        Neighbour(position=one.position, id=one.features.id, name=one.name, distance=far)
        for one in placed
        if one.features.id != track.id
        and (far := _between(track, one.features, spreads)) is not None
    ]
    return sorted(apart, key=lambda one: (one.distance, one.position))


def blending_with(code: str | None, placed: Sequence[Placed], *, but: str) -> list[Blending]:
    """The other tracks whose key is `code` or next to it, as DJs mix, in the playlist's order."""
    keys = {code, *blending(code)} if code else set()
    found = ((one, camelot(one.features.key, one.features.mode)) for one in placed)
    return [
        Blending(position=one.position, id=one.features.id, name=one.name, camelot=key)
        for one, key in found
        if key is not None and key in keys and one.features.id != but
    ]


def _between(one: Sounding, other: Sounding, spreads: Mapping[str, Distribution]) -> float | None:
    pairs = {
        field: (getattr(one, field), getattr(other, field), spread.sd)
        for field, spread in spreads.items()
        if spread.sd > 0
    }
    return distance(
        {
            field: (ours - theirs) / sd
            for field, (ours, theirs, sd) in pairs.items()
            if ours is not None and theirs is not None
        }
    )
