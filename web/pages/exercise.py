"""The article's exercise as four linked steps, each with a small picture of what it will show.

The pictures are drawn from what is measured here; nobody outside is asked for them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from math import cos, pi, sin
from typing import TypeVar

from pydantic import BaseModel

from api.schemas.analysis import AudioAnalysis
from api.schemas.artist import RelatedArtists
from api.schemas.features import AudioFeatures
from api.schemas.playlist import PlaylistProfile
from web.client import ApiClient, ApiProblem, ApiResponse, JobPending, is_own

M = TypeVar("M", bound=BaseModel)
WIDTH, HEIGHT = 200, 90
DRAWN = ("energy", "valence", "danceability", "acousticness")
MOST_NODES = 12
GOLDEN_TURN = pi * (3 - 5**0.5)  # between neighbours, so that no two lie in one direction


@dataclass(frozen=True, slots=True)
class StepPicture:
    """Marks in a field of 200 by 90: bars as (x, y, width, height), dots as (x, y)."""

    bars: tuple[tuple[float, float, float, float], ...] = ()
    dots: tuple[tuple[float, float], ...] = ()
    lines: tuple[float, ...] = ()
    """Levels at which a thin line runs from side to side."""


@dataclass(frozen=True, slots=True)
class ExerciseStep:
    """One look of the exercise: where it begins, and what is looked at there."""

    title: str
    says: str
    href: str
    picture: StepPicture | None


LOOKS = (
    ("The artist", "Which genres and related artists do services see? Are these your listeners?"),
    ("The track", "Tempo, key, loudness, and the numbers for its sound, each in plain words."),
    ("The analysis", "The song second by second: sections, beats, loudness, notes."),
    ("The playlist", "How a whole list spreads, and what stands apart. Would your song fit?"),
)


async def exercise(
    client: ApiClient, *, artist: str, track: str, playlist: str | None
) -> tuple[ExerciseStep, ...]:
    """The four steps, walked with these ids; without a playlist one is chosen on the way."""
    pictures: Sequence[StepPicture | None] = (None,) * len(LOOKS)
    if playlist and is_own(track):
        pictures = await asyncio.gather(
            _picture(client.related(artist), neighbours),
            _picture(client.features(track), values),
            _picture(client.analysis(track, "track,sections"), parts),
            _picture(client.playlist_profile(playlist), spread),
        )
    hrefs = (
        f"/artists/{artist}",
        f"/tracks/{track}",
        f"/tracks/{track}/analysis",
        f"/playlists/{playlist}?track={track}" if playlist else f"/playlists?track={track}",
    )
    return tuple(
        ExerciseStep(title, says, href, picture)
        for (title, says), href, picture in zip(LOOKS, hrefs, pictures, strict=True)
    )


async def _picture(
    answer: Awaitable[ApiResponse[M]], draw: Callable[[M], StepPicture]
) -> StepPicture | None:
    try:
        return draw((await answer).value)
    except (ApiProblem, JobPending):
        return None


def neighbours(found: RelatedArtists) -> StepPicture:
    """The artist in the middle, the others around it, nearer the closer they are."""
    middle = (WIDTH / 2, HEIGHT / 2)
    around = tuple(
        (
            round(middle[0] + (1.15 - item.score) * 82 * cos(at * GOLDEN_TURN), 1),
            round(middle[1] + (1.15 - item.score) * 36 * sin(at * GOLDEN_TURN), 1),
        )
        for at, item in enumerate(found.items[:MOST_NODES])
    )
    return StepPicture(dots=(middle, *around))


def values(found: AudioFeatures) -> StepPicture:
    """Four numbers, each a dot on its line from 0 to 1."""
    levels = tuple(14 + 21 * row for row in range(len(DRAWN)))
    stated = [(getattr(found, field), level) for field, level in zip(DRAWN, levels, strict=True)]
    dots = tuple((round(10 + 180 * at, 1), level) for at, level in stated if at is not None)
    return StepPicture(dots=dots, lines=levels)


def parts(found: AudioAnalysis) -> StepPicture:
    """The sections side by side, each as high as it is loud."""
    sections = found.sections or ()
    whole = sum(each.duration for each in sections) or 1.0
    starts = accumulate((each.duration for each in sections), initial=0.0)
    return StepPicture(
        bars=tuple(
            _bar(start / whole, each.duration / whole, 1 + max(each.loudness or -30, -30) / 40)
            for start, each in zip(starts, sections, strict=False)
        )
    )


def spread(found: PlaylistProfile) -> StepPicture:
    """How many tracks have how much energy."""
    described = found.features.get("energy")
    if described is None:
        return StepPicture()
    counts, edges = described.histogram.counts, described.histogram.edges
    most = max(counts, default=0) or 1
    return StepPicture(
        bars=tuple(
            _bar(low, high - low, number / most)
            for low, high, number in zip(edges, edges[1:], counts, strict=False)
            if number
        )
    )


def _bar(start: float, width: float, share: float) -> tuple[float, float, float, float]:
    """A bar from `start` over `width` of the field, `share` of it high."""
    height = round(share * HEIGHT * 0.9, 1)
    return (
        round(10 + 180 * start + 1, 1),
        round(HEIGHT - height, 1),
        round(max(1, 180 * width - 2), 1),
        height,
    )
