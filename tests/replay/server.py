"""Serve recorded answers on loopback: by id, in batches, in parts of lists, by words searched."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from tests.replay import archive
from tests.sandbox.answers import Answer, Request, error, of
from tests.sandbox.server import OnLoopback

TOKEN = {"access_token": "replayed", "token_type": "Bearer", "expires_in": 3600}
BATCHES = {"/v1/artists": "artists", "/v1/tracks": "tracks", "/v1/audio-features": "audio_features"}


class Replay(OnLoopback):
    """Answers what is recorded for an address, or what a test has put there.

    Bodies are stored decoded, so that none of their recorded headers is sent: content-encoding,
    content-length and transfer-encoding would be wrong, and no other is read by the product.
    """

    def __init__(self) -> None:
        self.calls: Counter[str] = Counter()
        self.asked: list[Request] = []
        self._put: dict[str, tuple[int, Any]] = {}
        self._places = archive.served()
        super().__init__(self._handle)

    def put(self, address: str, body: Any, *, status: int = 200) -> None:
        """Answer this at an address, rather than what the index has there.

        The body may be an Answer, or a function of the Request that gives either.
        """
        self._put[address] = status, body

    def known(self, address: str) -> Any:
        """What a test has put at an address."""
        return self._put.get(address, (200, None))[1]

    def forget(self) -> None:
        """Answer from the index alone again."""
        self._put.clear()

    async def _handle(self, request: Request) -> Answer:
        self.calls[request.path] += 1
        self.asked.append(request)
        if request.path in self._put:
            status, body = self._put[request.path]
            body = body(request) if callable(body) else body
            if isinstance(body, Answer):
                return body
            return of(_part(body, request.query), status=status)
        if request.path == "/api/token":
            return of(TOKEN)
        body = self._recorded(request)
        return error(404, "Resource not found") if body is None else of(body)

    def _recorded(self, request: Request) -> Any:
        if request.path == "/v1/search":
            return _search(request.query)
        if request.path in BATCHES:
            singles = [f"{request.path}/{ident}" for ident in request.query["ids"].split(",")]
            return {BATCHES[request.path]: [self._at(address, {}) for address in singles]}
        return self._at(request.path, request.query)

    def _at(self, address: str, query: Mapping[str, str]) -> Any:
        if address in self._put:
            return self._put[address][1]
        place = self._places.get(address)
        if place is None:
            return None
        if isinstance(place, list):
            place = _nearest(place, int(query.get("offset", 0)))
        return _part(archive.read(place), query)


def _nearest(places: list[dict[str, Any]], offset: int) -> dict[str, Any]:
    """The recorded part of a list that holds this offset, or else the first."""
    holding = (p for p in places if p["offset"] <= offset < p["offset"] + max(p["limit"], 1))
    return next(holding, places[0])


def _search(query: Mapping[str, str]) -> Any:
    """The recorded search for these words, best of this kind and this part."""
    found = [place for place in archive.index()["serve"]["search"] if place["q"] == query["q"]]

    def farness(place: Mapping[str, Any]) -> tuple[bool, bool]:
        ahead = int(query["offset"]) - int(place["offset"])
        return place["type"] != query["type"], not 0 <= ahead < int(place["limit"])

    return _part(archive.read(min(found, key=farness)), query) if found else None


def _part(body: Any, query: Mapping[str, str]) -> Any:
    """The part of a list, or of each list in a search, that was asked for."""
    if not isinstance(body, dict) or "limit" not in query:
        return body
    limit, offset = int(query["limit"]), int(query.get("offset", 0))
    if isinstance(body.get("items"), list):
        return _window(body, limit, offset)
    return {
        name: _window(page, limit, offset) if isinstance(page, dict) and "items" in page else page
        for name, page in body.items()
    }


def _window(page: dict[str, Any], limit: int, offset: int) -> dict[str, Any]:
    """A part of a recorded part: what lies outside what was recorded is not there."""
    start = offset - (page.get("offset") or 0)
    items = page["items"][start : start + limit] if start >= 0 else []
    beyond = start + limit < len(page["items"])
    following = page.get("next") or (page.get("href") if beyond else None)
    return page | {"items": items, "limit": limit, "offset": offset, "next": following}
