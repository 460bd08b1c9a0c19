"""Batches as callers ask for them: some of the ids may not even be ids."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from api.cache.tiers import Served
from api.music import references
from api.problems.errors import ApiError, BadReference
from api.problems.refusals import DoesNotExist
from api.schemas.reference import Kind
from api.services.batch import Many, ask_many
from api.services.cascade import Desk
from api.services.catalog import track_asked
from api.services.features import Features

Outcome = Served | ApiError


async def tracks_of(
    desk: Desk, texts: Sequence[str], market: str | None
) -> list[tuple[str, Outcome]]:
    """A track or a problem for each text, in the order asked."""
    many = Many(
        each=lambda ident: track_asked(ident, market),
        batch=lambda source, wanted: source.tracks(wanted, market=market),
        absent=DoesNotExist,
        absent_detail="It says that there is nothing with this id.",
    )
    return await _each(texts, lambda wanted: ask_many(desk, many, wanted))


async def features_of(features: Features, texts: Sequence[str]) -> list[tuple[str, Outcome]]:
    """Audio features or a problem for each text, in the order asked."""
    return await _each(texts, features.of_many)


async def _each(
    texts: Sequence[str], ask: Callable[[Sequence[str]], Awaitable[list[Outcome]]]
) -> list[tuple[str, Outcome]]:
    read = [_read(text) for text in texts]
    good = [one for one in read if isinstance(one, str)]
    answers = iter(await ask(good) if good else [])
    return [
        (text, next(answers) if isinstance(one, str) else one)
        for text, one in zip(texts, read, strict=True)
    ]


def _read(text: str) -> str | BadReference:
    try:
        return references.path_id(text, Kind.TRACK)
    except BadReference as problem:
        return problem
