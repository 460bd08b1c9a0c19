"""What ReccoBeats sends, written by hand, for tests to take apart; and a stand-in that sends it."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from api.sources import reccobeats
from tests.sandbox.answers import Answer, Request, of
from tests.sources.contract import StandIn
from tests.sources.opened import assembled

ONE, TWO, THREE = (f"000000000000000000000{n}" for n in (1, 2, 3))
ISRC, OTHER_ISRC = "QZA012400001", "QZB012400002"
ARTIST = "0000000000000000000009"
NUMBERS = {
    "acousticness": 0.1,
    "danceability": 0.2,
    "energy": 0.3,
    "instrumentalness": 0.4,
    "key": 5,
    "liveness": 0.6,
    "loudness": -7.0,
    "mode": 0,
    "speechiness": 0.8,
    "tempo": 90.0,
    "valence": 0.1,
}


def page(ident: str) -> str:
    """The address of a track's page."""
    return f"https://open.spotify.com/track/{ident}"


def sound(ident: str, **changes: Any) -> dict[str, Any]:
    """A row of numbers."""
    return {"id": f"uuid-{ident}", "href": page(ident), "isrc": ISRC, **NUMBERS, **changes}


def track(ident: str, **changes: Any) -> dict[str, Any]:
    """A row about a track."""
    artist = {
        "id": "uuid",
        "name": "The Rain",
        "href": f"https://open.spotify.com/artist/{ARTIST}",
    }
    told = {
        "id": f"uuid-{ident}",
        "href": page(ident),
        "trackTitle": "Slow Water",
        "artists": [artist],
        "durationMs": 200_000,
        "isrc": ISRC,
        "ean": None,
        "upc": None,
        "availableCountries": "GB,DE",
        "popularity": 63,
    }
    return told | changes


def rows(*content: Any) -> Answer:
    """An answer of these rows."""
    return of({"content": list(content)})


@asynccontextmanager
async def sending(
    answer: Answer | Callable[[Request], Answer], **settings: Any
) -> AsyncIterator[tuple[Any, list[Request]]]:
    """The source before somebody who always answers this, and what was asked of them."""
    asked: list[Request] = []

    async def respond(request: Request) -> Answer:
        asked.append(request)
        return answer(request) if callable(answer) else answer

    async with StandIn(respond) as stand_in:
        url = stand_in.accounts_url
        async with assembled(reccobeats.make_source, reccobeats={"url": url}, **settings) as source:
            yield source, asked
