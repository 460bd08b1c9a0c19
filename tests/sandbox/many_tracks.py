"""A ReccoBeats with as many tracks as a test wants; what it is asked is noted.

Every tenth track is unknown by its id; the number of its recording leads to another copy of it.
"""

import asyncio
import random
from typing import Any

from tests.sandbox.answers import Answer, Request, of
from tests.sandbox.ids import id_of
from tests.sandbox.server import OnLoopback

NUMBERS = ("acousticness", "danceability", "energy", "instrumentalness", "liveness")
MOST_IDS = 40


def track(number: int) -> str:
    """The id of a track of its."""
    return id_of("many", number)


def copy(number: int) -> str:
    """The id of another copy of its recording."""
    return id_of("copy", number)


def isrc(number: int) -> str:
    """The number of its recording."""
    return f"QZM01{number:07d}"


class ManyTracks(OnLoopback):
    """The stand-in, at `url` while it is open; `known` tracks are there.

    Cleared, `hold` keeps answers back. `refuse`: what is answered instead, but for the first few.
    """

    def __init__(self, known: int, *, answer_s: float = 0.0) -> None:
        self.calls: dict[str, int] = {}
        self.asked: list[str] = []
        self.answer_s = answer_s
        self.hold = asyncio.Event()
        self.hold.set()
        self.refuse: Answer | None = None
        self.refuse_after = 0
        self._numbers = {track(number): number for number in range(known)}
        self._by_isrc = {isrc(number): number for number in range(9, known, 10)}
        self._copies = {copy(number): number for number in range(9, known, 10)}
        super().__init__(self._answer)

    @property
    def url(self) -> str:
        """Its address."""
        return self.accounts_url

    async def _answer(self, request: Request) -> Answer:
        self.calls[request.path] = self.calls.get(request.path, 0) + 1
        await self.hold.wait()
        await asyncio.sleep(self.answer_s)
        if self.refuse is not None and sum(self.calls.values()) > self.refuse_after:
            return self.refuse
        idents = request.query["ids"].split(",")
        self.asked += idents
        if len(idents) > MOST_IDS:
            return of({"status": 4004, "errors": []}, status=400)
        write = self._track if request.path == "/track" else self._sound
        found = [row for ident in idents if (row := write(ident)) is not None]
        random.Random(len(self.asked)).shuffle(found)
        return of({"content": found})

    def _sound(self, ident: str) -> dict[str, Any] | None:
        number = self._copies.get(ident, self._numbers.get(ident))
        if number is None or (number % 10 == 9 and ident not in self._copies):
            return None
        chance = random.Random(number)
        return {
            "id": f"uuid-{ident}",
            "href": f"https://open.spotify.com/track/{ident}",
            "isrc": isrc(number),
            **{name: round(chance.random(), 3) for name in NUMBERS},
            "speechiness": 0.1,
            "valence": 0.5,
            "loudness": -7.5,
            "tempo": 60.0 + 120 * chance.random(),
            "key": number % 12,
            "mode": number % 2,
        }

    def _track(self, ident: str) -> dict[str, Any] | None:
        number = self._by_isrc.get(ident)
        if number is None:
            return None
        return {
            "id": f"uuid-{ident}",
            "href": f"https://open.spotify.com/track/{copy(number)}",
            "trackTitle": f"Song {number}",
            "artists": [{"id": "uuid", "name": "Many", "href": None}],
            "durationMs": 200_000,
            "isrc": ident,
            "popularity": 1,
        }
