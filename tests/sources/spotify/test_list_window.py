"""Lists that are answered in parts: everything once, in order, whatever the parts look like."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.paging import Window, offset_in
from api.sources.base import Query
from api.sources.spotify.list_window import MOST_CALLS, ListPart, ListWindow, joined, next_part
from api.sources.spotify.wire import Paging, WireEntry
from tests.replay.server import Replay
from tests.sandbox.answers import Answer, Request, of
from tests.sources.product import product, settings_for
from tests.sources.spotify import sent
from tests.sources.spotify.assembled import source_at
from tests.sources.spotify.sent import A

LIST = f"/v1/playlists/{A}"
TRACKS, ITEMS = f"{LIST}/tracks", f"{LIST}/items"
FEW = 14
Answering = Callable[[int, int], dict[str, Any]]


@dataclass(frozen=True)
class World:
    """A list at Spotify: how long, what it leaves out, and how it bends what it is asked."""

    count: int
    gone: frozenset[int] = frozenset()
    most: int | None = None  # it never sends more than this
    least: int = 0  # nor fewer, as long as there are any
    total: int | None = None
    links: bool = True
    echoes: bool = True

    def part(self, offset: int, limit: int) -> dict[str, Any]:
        """What it answers."""
        size = max(min(limit, self.most or limit), self.least)
        end = min(offset + size, self.count)
        places = [place for place in range(offset, end) if place not in self.gone]
        paging: dict[str, Any] = {"items": [entry(place) for place in places], "total": self.total}
        if self.links and end < self.count:
            paging["next"] = f"https://api.spotify.com/v1/x?offset={end}&limit={size}"
        return paging | ({"limit": size} if self.echoes else {})

    @property
    def there(self) -> list[int]:
        """The places that it does send."""
        return [place for place in range(self.count) if place not in self.gone]


def entry(place: int) -> dict[str, Any]:
    """An entry that knows its place."""
    return sent.entry(sent.track(name=str(place)))


def read(answering: Answering, window: Window, most: int = 5) -> ListWindow[WireEntry]:
    """What is made of a window."""
    parts: list[ListPart[WireEntry]] = []
    while wanted := next_part(parts, window, most):
        offset, limit = wanted
        wire = Paging[WireEntry].model_validate(answering(offset, limit))
        parts.append(ListPart(offset, limit, wire))
    return joined(parts, window)


def everything(answering: Answering, *, limit: int, most: int = 5) -> list[tuple[int, str]]:
    """All positions and names, following our own links."""
    found: list[tuple[int, str]] = []
    offset: int | None = 0
    while offset is not None:
        window = read(answering, Window(limit, offset), most)
        assert window.calls <= MOST_CALLS
        assert window.following is None or window.following > offset
        found += [
            (position, (one.track.name or "") if isinstance(one, WireEntry) and one.track else "")
            for position, one in window.entries
        ]
        offset = window.following
    return found


@st.composite
def worlds(draw) -> World:
    """Lists that say at least in one way that they go on."""
    count = draw(st.integers(0, 40))
    links, generous = draw(st.booleans()), draw(st.booleans())
    wrong = st.none() | st.integers(0, 60)
    total = draw(wrong) if links else count
    gaps = 3 if links and total == count else 1  # several that fill a part may look like the end
    return World(
        count=count,
        gone=frozenset() if generous else draw(st.frozensets(st.integers(0, 40), max_size=gaps)),
        most=draw(st.none() | st.integers(2, 7)),
        least=draw(st.integers(2, 12)) if generous else 0,  # a gap in it would look like none
        total=total,
        links=links,
        echoes=draw(st.booleans()),
    )


@given(worlds(), st.integers(1, 20), st.integers(1, 10))
def test_everything_is_read_once_and_in_order(world, limit, most):
    """Short parts, ignored limits, entries left out and wrong totals lose and repeat nothing."""
    found = everything(world.part, limit=limit, most=most)

    positions = [position for position, _ in found]
    assert [int(name) for _, name in found] == world.there
    assert positions == sorted(set(positions))


@given(worlds(), st.integers(1, 20))
def test_no_entry_strays_from_its_part(world, limit):
    """It stands where Spotify counts it, or before, by as many as were left out before it."""
    for position, name in everything(world.part, limit=limit):
        assert 0 <= int(name) - position <= len(world.gone)


@given(st.integers(0, 3), st.integers(0, 10_000), st.sampled_from(["", "?offset=0", "?offset=9"]))
def test_no_list_is_read_for_ever(size, total, link):
    """Whatever `next` says, of parts that are always the same, and whatever the total."""

    def answering(_offset: int, _limit: int) -> dict[str, Any]:
        return {"items": [entry(0)] * size, "total": total, "next": f"https://x.example/{link}"}

    assert read(answering, Window(100, 0), most=10).calls <= MOST_CALLS


def test_an_entry_left_out_is_counted():
    """What comes after its part stands where it stood, and nothing is in its place."""
    world = World(count=FEW, gone=frozenset({2}), total=FEW)

    found = read(world.part, Window(FEW, 0))

    assert [position for position, _ in found.entries] == [0, 1, 2, 3, *range(5, FEW)]
    assert (found.left_out, found.total, found.following) == (1, FEW, None)


@pytest.mark.parametrize(
    ("total", "more", "told", "doubted"),
    [(FEW, True, FEW, False), (4, True, None, True), (None, True, None, False)],
)
def test_a_total_that_is_too_small_is_not_repeated(total, more, told, doubted):
    """It is null with its reason while the list goes on."""
    found = read(World(count=FEW, total=total).part, Window(10, 0))

    assert (found.following is not None) is more
    assert (found.total, found.doubt is not None) == (told, doubted)


def test_a_total_that_is_too_small_ends_as_the_list_does():
    """At the end everything has been counted."""
    found = read(World(count=FEW, total=4).part, Window(10, 10))

    assert (found.total, found.following) == (FEW, None)


def test_a_total_that_is_too_large_ends_where_nothing_comes():
    """After one look at what follows; no link leads into the void."""
    found = read(World(count=FEW, total=900, links=False).part, Window(10, 20))

    assert (found.entries, found.total, found.following) == ((), None, None)
    assert found.doubt == "Spotify counts 900, and sends nothing where the last of them should be."
    assert found.calls <= 3


def test_a_part_that_is_left_out_altogether_does_not_end_the_list():
    """One look tells that something follows."""
    world = World(count=30, gone=frozenset(range(10, 20)), total=30, links=False)

    found = read(world.part, Window(10, 10), most=10)

    assert (found.entries, found.left_out, found.following) == ((), 10, 20)


def test_a_next_behind_the_end_leads_nowhere():
    """Where nothing comes and the total says no more, links end after one look."""
    for total in (None, 40, FEW):
        nothing: dict[str, Any] = {"items": [], "total": total}
        found = read(lambda o, _l: nothing | {"next": f"?offset={o + 9}"}, Window(10, 40))  # noqa: B023

        assert (found.entries, found.following, found.calls) == ((), None, 2)


@pytest.mark.parametrize(("total", "following"), [(4, None), (None, 4), (9, 4)])
def test_a_next_without_a_place_proves_little(total, following):
    """A short part ends where the total says so, wherever a link may point."""
    part = {"items": [entry(n) for n in range(4)], "total": total, "next": "https://x.example/y"}
    wire = Paging[WireEntry].model_validate(part)

    assert joined([ListPart(0, 10, wire)], Window(10, 0)).following == following


def test_a_full_part_with_such_a_next_is_looked_behind():
    """A total that is too small ends nothing; where nothing follows, no link leads on."""

    def answering(count: int) -> Answering:
        world = World(count=count, total=10, links=False)
        return lambda offset, limit: world.part(offset, limit) | {"next": "https://x.example/y"}

    assert [place for place, _ in everything(answering(28), limit=10, most=5)] == [*range(28)]
    assert read(answering(10), Window(10, 0)).following is None


def test_a_next_that_skips_what_was_not_sent_is_not_believed():
    """Where the limit that was put in place of ours tells that the part ends before."""

    def answering(offset: int, limit: int) -> dict[str, Any]:
        part = World(count=60, most=4, total=60).part(offset, limit)
        return part | {"next": f"https://x.example/?offset={offset + limit}"}

    assert [place for place, _ in everything(answering, limit=20, most=20)] == [*range(60)]


@pytest.mark.parametrize(
    ("link", "offset"),
    [
        ("https://x.example/?offset=20&limit=5", 20),
        ("https://x.example/?offset=-1", None),
        ("https://x.example/?offset=1&offset=2", None),
        ("https://x.example/?offset=٣", None),
        ("https://x.example/?offset=" + "9" * 5_000, None),
        ("https://[x.example", None),
        (None, None),
    ],
)
def test_a_link_tells_where_it_leads(link, offset):
    """Or nothing, if that is not a place."""
    assert offset_in(link) == offset


def answers(world: World) -> Callable[[Request], Answer]:
    """The world on the wire."""

    def answer(request: Request) -> Answer:
        return of(world.part(int(request.query["offset"]), int(request.query["limit"])))

    return answer


LONG = World(count=250, gone=frozenset({73}), total=250)


@pytest.mark.parametrize(
    "world",
    [
        LONG,
        World(count=250, gone=frozenset({73}), total=250, links=False),
        World(count=250, gone=frozenset({0, 99, 249}), total=250, links=False, echoes=False),
        World(count=250, total=100),
        World(count=250, total=9_999),
        World(count=250, total=9_999, links=False),
        World(count=250, most=20, total=250),
        World(count=250, most=20, total=250, links=False, echoes=False),
        World(count=250, least=100, total=250),
        World(count=250, total=None),
    ],
    ids=str,
)
async def test_a_playlist_is_served_whole(tmp_path, world):
    """Page by page and in its profile, by fifties where Spotify wants them."""
    path: str | None = f"{LIST}/items?limit=100"
    async with Replay() as replay, product(settings_for(replay, tmp_path)) as api:
        replay.put(LIST, sent.playlist(tracks={"total": world.total}))
        replay.put(TRACKS, {"error": {"status": 403, "message": "Forbidden"}}, status=403)
        replay.put(ITEMS, answers(world))
        replay.put("/v1/audio-features", {"audio_features": [sent.features()]})
        replay.put(f"/v1/audio-features/{sent.C}", sent.features())
        entries = []
        while path is not None:
            page = (await api.get(path)).json()
            entries += page["items"]
            path = page["next"]
        profile = (await api.get(f"{LIST}/profile")).json()

    assert [int(one["name"]) for one in entries] == world.there
    positions = [one["position"] for one in entries]
    assert positions == sorted(set(positions))
    assert all(0 <= int(one["name"]) - one["position"] <= len(world.gone) for one in entries)
    assert profile["described"] == len(world.there)
    assert profile["items_total"] >= len(world.there)
    assert profile["missing"] == []


async def test_a_search_keeps_to_its_limit_and_to_its_end():
    """More hits than asked for are not shown, and no link leads past the thousandth."""
    async with Replay() as replay, source_at(replay) as source:
        hits = [sent.track(name=str(n)) for n in range(20)]
        replay.put("/v1/search", of({"tracks": {"items": hits, "total": 5_000, "offset": 990}}))
        found = (await source.search(Query("x", ("track",), Window(10, 990)), known=None)).value

    assert found is not None
    assert found.tracks is not None
    assert (len(found.tracks.items), found.tracks.next) == (10, None)
