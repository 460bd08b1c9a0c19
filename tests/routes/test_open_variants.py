"""Answers of open sources with one thing in them changed: never a 500, never a value made of it.

Each field of each answer of the stand-ins in turn is null, absent or of another type, a list is its
first entry alone, empty, or followed by somebody else. All are tried with STRICT=1, a part by
.ci/run, a few by a plain run.
"""

import copy
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.routes.product import DAY_S, Product, open_blocks, opened
from tests.routes.test_open_sources import ARTIST, KNOWN, PLACES, explained
from tests.sampling import CI, WHOLE, sampled
from tests.sandbox.answers import Answer, Request, dump
from tests.sandbox.catalogue import catalogue
from tests.sandbox.open import service_of, template_of, urls
from tests.sandbox.server import OnLoopback

WORDS = catalogue().artists[0].name
ABOUT = {
    **PLACES,
    "top-tracks": f"{ARTIST}/top-tracks",
    "search": f"/v1/search?q={WORDS}&type=artist,track",
    "artist-identity": f"/v1/identities/spotify:artist:{ARTIST.rpartition('/')[2]}",
    "track-identity": f"/v1/identities/spotify:track:{KNOWN}",
}
BATCHES = 6 if CI else 60 if WHOLE else 3
FEWEST_ANSWERS = 12
ABSENT = object()
MOST_DEEP = 6
WORLD = {
    (one.name, ident)
    for things in (catalogue().artists, catalogue().tracks)
    for one in things
    for ident in (one.id, None)
}
DERIVED = {"provenance", "missing", "answering", "spotify", "unlinked", "by_source", "attempts"}


class Tampering(OnLoopback):
    """The stand-ins, of which one answer has something else at one place."""

    def __init__(self) -> None:
        self.seen: dict[str, Any] = {}
        self.tamper: tuple[str, tuple[Any, ...], Any] | None = None
        super().__init__(self._handle)

    def urls(self) -> dict[str, str]:
        """As Sandbox has it."""
        return urls(self.accounts_url)

    async def _handle(self, request: Request) -> Answer:
        service = service_of(request.path)
        if service is None:
            return Answer(404)
        answer = service.answer(request, self.accounts_url)
        name = f"{template_of(service, request.path)} {request.query.get('method', '')}".strip()
        if answer.status != 200:
            return answer
        self.seen.setdefault(name, answer.json())
        if self.tamper is None or self.tamper[0] != name:
            return answer
        _, place, value = self.tamper
        return Answer(200, dump(changed(answer.json(), place, value)), answer.headers)


def changed(whole: Any, place: tuple[Any, ...], value: Any) -> Any:
    """The same with this value at the place, if there is such a place."""
    if not place:
        return None if value is ABSENT else value
    whole = copy.deepcopy(whole)
    inside = whole
    try:
        for step in place[:-1]:
            inside = inside[step]
        if value is ABSENT:
            del inside[place[-1]]
        else:
            inside[place[-1]] = value
    except (KeyError, IndexError, TypeError):
        pass
    return whole


def places(whole: Any, here: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], Any]]:
    """Every place in it, of lists in the first entry alone, and what stands there."""
    yield here, whole
    if isinstance(whole, list):
        whole = dict(enumerate(whole[:1]))
    if isinstance(whole, dict) and len(here) < MOST_DEEP:
        for step, part in whole.items():
            yield from places(part, (*here, step))


def others(value: Any) -> list[Any]:
    """What could stand in a value’s place and is not of its kind."""
    if isinstance(value, dict):
        return [None, ABSENT, [], [value], "x", 7]
    if isinstance(value, list):
        return [None, ABSENT, {}, "x", 7, [], [None], *value[:1], [*value, "x"]]
    if isinstance(value, str):
        return [None, ABSENT, {}, [], [value], True]
    return [None, ABSENT, {}, [], "x", [value]]


@asynccontextmanager
async def tampered_with(folder: Path) -> AsyncIterator[tuple[Product, Tampering]]:
    """The product and the stand-ins it asks."""
    async with Tampering() as somebody:
        blocks = open_blocks(somebody)  # type: ignore[arg-type]
        async with opened(None, folder, **blocks) as product:
            yield product, somebody


def is_told(whole: dict[str, Any], untouched: dict[str, Any]) -> bool:
    """Whether all that is said was said before, or its absence is explained."""
    if "items" in whole and "id" in whole:
        return named(whole) <= named(untouched) | WORLD
    if "artists" in whole and "tracks" in whole:
        return all(
            named(whole[kind] or {}) <= named(untouched[kind]) | WORLD
            for kind in ("artists", "tracks")
        )
    if "links" in whole:
        return ids(whole) <= ids(untouched)
    gaps = {field.partition("[")[0].partition(".")[0] for field in explained(whole)}
    unlike = {name for name, value in whole.items() if value != untouched[name]} - DERIVED
    return all(
        name in gaps
        or told_by(whole, name) != told_by(untouched, name)
        or is_less(whole, untouched, name)
        for name in unlike
    )


def told_by(whole: dict[str, Any], name: str) -> set[str]:
    """Who speaks for a field; its address is that of whoever names it."""
    field = "name" if name == "url" else name
    return {said["source"] for said in whole["provenance"] if field in said["fields"]}


def genres(whole: dict[str, Any]) -> set[tuple[str, str]]:
    """Who says which genre."""
    return {
        (said["source"], one["name"]) for said in whole["genres_by"] or () for one in said["genres"]
    }


def is_less(whole: dict[str, Any], untouched: dict[str, Any], name: str) -> bool:
    """Whether less is told of what is told where it is known: credits, pictures, genres."""
    if name == "genres_by":
        return genres(whole) <= genres(untouched)
    if name == "artists":
        return all((one["name"], one["id"]) in WORLD for one in whole[name])
    return sizeless(whole[name]) == sizeless(untouched[name])


def sizeless(value: Any) -> Any:
    """The same without sides of pictures."""
    if isinstance(value, list):
        return [sizeless(one) for one in value]
    if isinstance(value, dict):
        return {key: sizeless(one) for key, one in value.items() if key not in {"width", "height"}}
    return value


def named(listed: dict[str, Any]) -> set[tuple[str, str | None]]:
    """Who or what is in a list, each with its id and also without."""
    found = [item.get("artist", item) for item in listed.get("items", [])]
    found += listed.get("unlinked", [])
    return {(one["name"], ident) for one in found for ident in (one.get("id"), None)}


def ids(identity: dict[str, Any]) -> set[tuple[str, str]]:
    """To what it is linked."""
    return {(link["to"], link["id"]) for link in identity["links"]}


@pytest.mark.parametrize("batch", range(BATCHES))
async def test_one_thing_changed_is_never_taken_for_an_answer(tmp_path, batch):
    """Whatever stands there: a typed answer in which nothing is new."""
    async with tampered_with(tmp_path) as (product, somebody):
        untouched = {place: (await product.get(path)).json() for place, path in ABOUT.items()}
        cases = [
            (name, place, value)
            for name, whole in sorted(somebody.seen.items())
            for place, there in places(whole)
            for value in others(there)
        ]
        assert len(somebody.seen) >= FEWEST_ANSWERS
        for case in sampled(cases[:: 30 if CI else 1], 97)[batch::BATCHES]:
            product.clock.advance(100 * DAY_S)
            somebody.tamper = case
            for place, path in ABOUT.items():
                answer = await product.get(path)
                told = answer.json()
                assert answer.status_code in {200, 404, 502, 503}, (case, told)
                if answer.status_code == 200:
                    assert is_told(told, untouched[place]), (case, place, told)
