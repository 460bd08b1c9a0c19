"""The way from artist to artist: where one came from, kept in the address alone."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from web.client import ApiProblem
from web.request import PageRequest

MOST_STEPS = 4
MOST_LETTERS = 64  # of an id
PATIENCE_S = 0.3  # whoever was just looked at is kept here; nobody waits for a made-up id


@dataclass(frozen=True, slots=True)
class TrailStep:
    """An artist on the way here."""

    name: str
    href: str


def trail(request: PageRequest) -> tuple[str, ...]:
    """The ids of those whom one came by, as `via` has them."""
    said = (part.strip() for part in request.text("via").split(","))
    return tuple(part for part in said if part and len(part) <= MOST_LETTERS)[-MOST_STEPS:]


def longer(way: tuple[str, ...], ident: str) -> str:
    """The way on from `ident`, as an address has it; who stands there twice, once."""
    return ",".join((*(one for one in way if one != ident), ident)[-MOST_STEPS:])


async def steps(request: PageRequest) -> tuple[TrailStep, ...]:
    """Those whose names are known at once."""
    way = trail(request)
    tasks = [asyncio.create_task(_name(request, ident)) for ident in way]
    if not tasks:
        return ()
    _, late = await asyncio.wait(tasks, timeout=PATIENCE_S)
    for task in late:
        task.cancel()
    names = [task.result() if task not in late else None for task in tasks]
    return tuple(
        TrailStep(name, _href(ident, way[:place]))
        for place, (ident, name) in enumerate(zip(way, names, strict=True))
        if name
    )


async def _name(request: PageRequest, ident: str) -> str | None:
    try:
        return (await request.client.artist(ident)).value.name
    except ApiProblem:
        return None


def _href(ident: str, before: tuple[str, ...]) -> str:
    query = f"?{urlencode({'via': ','.join(before)})}" if before else ""
    return f"/artists/{quote(ident, safe=':')}{query}"
