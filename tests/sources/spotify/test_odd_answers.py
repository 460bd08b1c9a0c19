"""Answers of the right outer shape, spoilt at random places, through the whole product.

What must hold whatever is spoilt: an answer with its reasons or a 502, nothing in between; and
what was not touched comes through untouched, at its place.
"""

import copy
import json
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
import pytest_asyncio
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api.music.ids import encode
from tests.replay.losses import unexplained
from tests.replay.server import Replay
from tests.routes.places import SHAPES
from tests.sampling import CI
from tests.sandbox.answers import JSON_TYPE, Answer, Request
from tests.sources.product import Hands, product, settings_for
from tests.sources.spotify import sent
from tests.sources.spotify.sent import A, B, C

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="module")]
Path = tuple[str | int, ...]
YEAR_S = 366 * 86_400
IDS = [encode(100 + number) for number in range(5)]
ENTRIES = [
    *(sent.entry(sent.track(IDS[0])), None, sent.entry(sent.local()), sent.entry(sent.episode())),
    *(sent.entry(None), {"added_at": None, "item": sent.track(IDS[1])}),
    *(sent.entry(sent.named("chapter", B)), sent.entry(sent.track(IDS[2], popularity=None))),
]
SEGMENTS = [sent.segment(start / 2, loudness_end=0.0) for start in range(5)]
RELINKED = sent.track(encode(99), linked_from=sent.named("track", IDS[3]))


@dataclass(frozen=True)
class Place:
    """What is asked of us, what of Spotify, and what it answers; `rows` is where its list stands.

    `needed`: what the answer is nothing without, as a path on the wire.
    """

    ours: str
    theirs: str
    answer: Any
    rows: Path = ()
    needed: frozenset[Path] = frozenset({()})
    keep: Callable[[Any], list[Any]] = lambda answered: answered["items"]
    in_place: bool = False  # whether every row has its place in what we answer


def needs(*names: str) -> frozenset[Path]:
    """The whole, and these of its fields."""
    return frozenset({(), *((name,) for name in names)})


def values_of(batch: Any) -> list[Any]:
    """What is answered for each id; None where a problem is."""
    return [item["value"] for item in batch["items"]]


def listed(name: str, rows: list[Any], **more: Any) -> dict[str, Any]:
    """A list and what is said of it."""
    return {name: rows, "total": len(rows), "next": None, "offset": 0, "limit": 100, **more}


PLACES = {
    "artist": Place(
        f"/v1/artists/{A}", f"/v1/artists/{A}", sent.artist(), needed=needs("id", "name", "type")
    ),
    "related": Place(
        f"/v1/artists/{A}/related",
        f"/v1/artists/{A}/related-artists",
        {"artists": [sent.artist(ident) for ident in IDS]},
        ("artists",),
        needs("artists"),
        lambda answered: [item["artist"] for item in answered["spotify"]],
    ),
    "top-tracks": Place(
        f"/v1/artists/{A}/top-tracks?market=GB",
        f"/v1/artists/{A}/top-tracks",
        {"tracks": [sent.track(ident) for ident in IDS]},
        ("tracks",),
        needs("tracks"),
    ),
    "albums": Place(
        f"/v1/artists/{A}/albums?limit=50",
        f"/v1/artists/{A}/albums",
        listed("items", [sent.album(ident) for ident in IDS]),
        ("items",),
        needs("items"),
    ),
    "track": Place(
        f"/v1/tracks/{C}", f"/v1/tracks/{C}", sent.track(), needed=needs("id", "name", "type")
    ),
    "tracks": Place(
        f"/v1/tracks?ids={','.join(IDS)}",
        "/v1/tracks",
        {"tracks": [*map(sent.track, IDS[:3]), RELINKED, None]},
        ("tracks",),
        keep=values_of,
        in_place=True,
    ),
    "features": Place(
        f"/v1/tracks/{C}/features",
        f"/v1/audio-features/{C}",
        sent.features(),
        needed=needs("id", "type"),
    ),
    "many-features": Place(
        f"/v1/features?ids={','.join(IDS)}",
        "/v1/audio-features",
        {"audio_features": [*map(sent.features, IDS[:4]), None]},
        ("audio_features",),
        keep=values_of,
        in_place=True,
    ),
    "analysis": Place(
        f"/v1/tracks/{C}/analysis",
        f"/v1/audio-analysis/{C}",
        sent.analysis(segments=SEGMENTS),
        ("segments",),
        needs(),
        lambda answered: answered["segments"] or [],
    ),
    "columns": Place(
        f"/v1/tracks/{C}/analysis?view=columns", f"/v1/audio-analysis/{C}", sent.analysis()
    ),
    "compared": Place(
        f"/v1/tracks/{C}/features/sources",
        f"/v1/audio-features/{C}",
        sent.features(),
        needed=needs("id", "type"),
    ),
    "profile": Place(
        f"/v1/playlists/{A}/profile",
        f"/v1/playlists/{A}/tracks",
        listed("items", ENTRIES),
        needed=needs("items"),
    ),
    "playlist": Place(
        f"/v1/playlists/{A}",
        f"/v1/playlists/{A}",
        sent.playlist(),
        needed=needs("id", "name", "type"),
    ),
    "items": Place(
        f"/v1/playlists/{A}/items?limit=100",
        f"/v1/playlists/{A}/tracks",
        listed("items", ENTRIES),
        ("items",),
        needs("items"),
        in_place=True,
    ),
    "search": Place(
        "/v1/search?q=rain&type=artist,track,playlist",
        "/v1/search",
        {
            "artists": listed("items", [sent.artist(A), None]),
            "tracks": listed("items", [sent.track(ident) for ident in IDS]),
            "playlists": listed("items", [sent.playlist(A), None, sent.playlist(B)]),
        },
        ("tracks", "items"),
        frozenset({()}),
        lambda answered: answered["tracks"]["items"] if answered["tracks"] else [],
    ),
}
EXAMPLES = 2_000 if CI else 200  # over all places
NUMBERS = [0, -1, 0.5, 1.000_000_1, 5.0, 101, -4_419, 2**31, 2**63, 10**30, 1e300, -1e300]
NO_NUMBERS = [float("nan"), float("inf"), float("-inf"), "@@1e999@@", "@@huge@@", "NaN", "7", "-1"]
TEXTS = ["", " ", "x", "\ud800", "\x00", "😀", "0000", "2023-02-29", "9999-12-31T23:59:59-14:00"]
KINDS = ["chapter", "spotify:episode:x", "spotify:local:::", "javascript:alert(1)", "x" * 200_000]
LISTS: list[Any] = [[], [None], [[]], [{}], [0.5] * 12, ["x"] * 12]
OBJECTS: list[Any] = [
    *({}, {"url": None}, {"id": None}, {"name": 7}, {"total": -1}, {"items": 7}, {"\ud800": 1}),
    *({"totalMilliseconds": 188_000}, {"year": 2_023, "month": 13}, {"error": {"status": 500}}),
]
ODD = [None, True, False, *NUMBERS, *NO_NUMBERS, *TEXTS, *KINDS, *LISTS, *OBJECTS]
odd_values = st.sampled_from(ODD) | st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)


@st.composite
def spoilt(draw: st.DrawFn, answer: Any) -> tuple[Any, list[Path]]:
    """The answer with one to three places spoilt, and which."""
    whole: dict[str, Any] = {"": copy.deepcopy(answer)}
    paths: list[Path] = []
    for _ in range(draw(st.integers(1, 3))):
        holder: Any = whole
        place: Any = ""
        path: Path = ()
        while isinstance(holder[place], dict | list) and holder[place]:
            if path and draw(st.integers(0, 7)) == 7:
                break
            holder = holder[place]
            names = list(range(len(holder)) if isinstance(holder, list) else holder)
            place = draw(st.sampled_from(names[::-1]))  # the first ones are what all hangs on
            path = (*path, place)
        if isinstance(holder, dict) and path and draw(st.integers(0, 7)) == 0:
            del holder[place]
        else:
            holder[place] = copy.deepcopy(draw(odd_values))
        paths.append(path)
    return whole[""], paths


def written(body: Any) -> Answer:
    """As JSON, and as what only looks like it: NaN, 1e999, half characters, endless numbers."""
    text = json.dumps(body).replace('"@@1e999@@"', "1e999").replace('"@@huge@@"', "9" * 5_000)
    return Answer(200, text.encode(), {"content-type": JSON_TYPE})


def timeless(value: Any) -> Any:
    """The data, without the moment of its fetch."""
    if isinstance(value, dict):
        return {n: timeless(part) for n, part in value.items() if n != "retrieved_at"}
    return [timeless(part) for part in value] if isinstance(value, list) else value


@dataclass
class Running:
    """The product, the server it asks, and the clock both live by."""

    api: httpx.AsyncClient
    replay: Replay
    clock: Hands
    wholes: dict[str, Any] = field(default_factory=dict)

    async def whole(self, name: str) -> Any:
        """What we answer when nothing is spoilt."""
        if name not in self.wholes:
            answer = await self.told(PLACES[name], PLACES[name].answer)
            assert answer.status_code == 200, answer.text
            self.wholes[name] = timeless(answer.json())
        return self.wholes[name]

    async def told(self, place: Place, body: Any) -> httpx.Response:
        """What we answer when Spotify answers this, a year after whatever was answered before."""
        self.clock.move(YEAR_S)
        answer, after = written(body), written(listed("items", []))

        def part(request: Request) -> Answer:
            return answer if request.query.get("offset", "0") == "0" else after

        self.replay.put(f"/v1/playlists/{A}", sent.playlist())
        self.replay.put("/v1/audio-features", {"audio_features": [*map(sent.features, IDS)]})
        self.replay.put(place.theirs, part)
        return await self.api.get(place.ours)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def running(tmp_path_factory) -> AsyncIterator[Running]:
    """One product for all examples."""
    clock = Hands()
    async with Replay() as replay:
        folder = tmp_path_factory.mktemp("odd")
        async with product(settings_for(replay, folder), clock) as api:
            yield Running(api, replay, clock)


@pytest.mark.parametrize("name", PLACES)
@settings(
    max_examples=-(-EXAMPLES // len(PLACES)),
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),  # the product lives longer than an example
)
@given(data=st.data())
async def test_whatever_is_spoilt_the_rest_comes_through(running, name, data):
    """200 with reasons, or 502 for want of the whole; what was not touched is all there."""
    place = PLACES[name]
    body, touched = data.draw(spoilt(place.answer))
    answer = await running.told(place, body)
    if answer.status_code == 404 and name == "profile":
        return  # no track is left in the list
    if answer.status_code != 200:
        assert answer.status_code == 502, answer.text
        assert not place.needed.isdisjoint(touched), answer.text
        return
    SHAPES[name].model_validate_json(answer.content)
    told = timeless(answer.json())
    assert list(unexplained(told)) == []
    assert list(said_twice(told)) == []
    if place.rows and not any(place.rows[: len(path)] == path for path in touched):
        check_rows(place, touched, place.keep(await running.whole(name)), place.keep(told))


def said_twice(answered: Any) -> Iterator[str]:
    """Fields of which one resource says twice that they are missing."""
    if isinstance(answered, list):
        for part in answered:
            yield from said_twice(part)
    if isinstance(answered, dict):
        fields = [gap["field"] for gap in answered.get("missing", ())]
        yield from (field for field in fields if fields.count(field) > 1)
        for part in answered.values():
            yield from said_twice(part)


def check_rows(place: Place, touched: list[Path], clean: list[Any], told: list[Any]) -> None:
    """Every row that nobody touched is answered as ever, in its order; in place, if all are."""
    depth = len(place.rows)
    rows: Any = place.answer
    for step in place.rows:
        rows = rows[step]
    spoilt_rows = {path[depth] for path in touched if path[:depth] == place.rows}
    if place.rows == ("segments",):
        spoilt_rows |= {int(row) - 1 for row in spoilt_rows}  # its end is the next one's beginning
    if place.in_place:
        pairs = enumerate(zip(clean, told, strict=True))
        assert [row for row, (one, other) in pairs if row not in spoilt_rows and one != other] == []
        return
    present = [row for row, sent_one in enumerate(rows) if sent_one is not None]
    kept = [one for row, one in zip(present, clean, strict=True) if row not in spoilt_rows]
    rest = iter(told)
    assert all(any(one == other for other in rest) for one in kept)
