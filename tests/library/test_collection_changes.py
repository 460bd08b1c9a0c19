"""Collections are changed: renamed, extended, cut, replaced; never what was not seen."""

import asyncio
import threading
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.db.collections import CollectionTables
from api.db.library import LibraryTables
from api.db.session import Durability, Offload, make_engine
from api.library.collections import OwnCollections
from api.problems.errors import ChangedMeanwhile
from api.schemas.library import CollectionChange
from tests.library.own_files import row_of
from tests.library.sheets import NUMBERS, newest
from tests.routes.product import opened
from tests.sandbox import id_of

TRACKS = [id_of("track", at) for at in range(6)]
OWN = "own_" + "7" * 22
NOBODYS = "own_" + "8" * 22
ALBUM = "0" + "aB" * 10 + "9"


@pytest.fixture
async def api(tmp_path):
    """The product without any key."""
    async with opened(None, tmp_path, demo=False) as product:
        yield product


async def made(api, *items, **more):
    """The address of a new list of these."""
    body = {"name": "Night drive", "items": [*items] or TRACKS[:3]} | more
    answer = await api.client.post("/v1/collections", json=body)
    return f"/v1/collections/{answer.json()['id']}"


async def patch(api, path, headers=None, **change):
    """The answer to a change."""
    return await api.client.patch(path, json=change, headers=headers)


async def entries(api, path):
    """All entries of a list that has at most a hundred."""
    playlist = path.replace("collections", "playlists")
    return (await api.get(f"{playlist}/items?limit=100")).json()["items"]


async def listed(api, path):
    """Which tracks are in a list, in order."""
    return [item["track"]["id"] for item in await entries(api, path)]


def pointers(answer):
    """Which parts of a request are complained of."""
    assert answer.status_code == 422
    return [part["pointer"] for part in answer.json()["errors"]]


async def test_a_list_is_renamed_and_described(api):
    """What is left out stays; null clears a description, as an empty text does."""
    path = await made(api, description="Slow ones")
    before = (await api.get(path)).json()

    renamed = await patch(api, path, name="  Morning ")
    described = await patch(api, path, description="Fast\nones")
    cleared = [
        (await patch(api, path, description=nothing)).json()["description"]
        for nothing in (None, " ", "")
    ]
    nothing = await patch(api, path)

    assert renamed.json() == before | {"name": "Morning"}
    assert renamed.headers["cache-control"] == "no-store"
    assert described.json()["description"] == "Fast\nones"
    assert cleared == [None, None, None]
    assert nothing.json() == before | {"name": "Morning", "description": None}
    assert (await api.get(before["playlist"])).json()["name"] == "Morning"


async def test_entries_go_and_come_in_this_order(api):
    """Positions are those before the change; what is added stands at the end."""
    path = await made(api)
    link = f"https://open.spotify.com/intl-de/track/{TRACKS[4]}?si=x"

    told = await patch(api, path, remove=[2, 0], add=[f"spotify:track:{TRACKS[3]}", link])

    assert told.json()["items_total"] == 3
    assert await listed(api, path) == [TRACKS[1], TRACKS[3], TRACKS[4]]
    assert [item["position"] for item in await entries(api, path)] == [0, 1, 2]


async def test_anything_that_names_a_track_can_be_added(api):
    """Ids, own ids, ISRCs and local files, as everywhere."""
    await api.app.state.parts.own.tables.add(row_of(OWN, title="Night"))
    path = await made(api, TRACKS[0])
    local = "spotify:local:Ada:Hours:Dawn:60"

    await patch(api, path, add=[TRACKS[1], OWN, "gb-smu-24-01851", local])

    found = await entries(api, path)
    names = ["Night", "ISRC GBSMU2401851", "Dawn by Ada"]
    assert [item["name"] for item in found[2:]] == names
    assert [item["kind"] for item in found[2:]] == ["track", "track", "local"]
    assert found[2]["track"]["id"] == OWN
    assert found[0]["added_at"] is None
    assert all(item["added_at"] for item in found[1:])


async def test_a_whole_new_list_replaces_the_old(api):
    """In its order; a list may also be emptied."""
    path = await made(api)
    new = [TRACKS[2], TRACKS[5], TRACKS[2]]

    first = await patch(api, path, items=new)
    assert first.json()["items_total"] == 3
    assert await listed(api, path) == new

    for way, what in (("remove", [0, 1, 2]), ("items", [])):
        assert (await patch(api, path, **{way: what})).json()["items_total"] == 0
        assert await listed(api, path) == []
        await patch(api, path, add=new)
        assert await listed(api, path) == new


@pytest.mark.parametrize(
    ("change", "places"),
    [
        ({"name": ""}, ["body/name"]),
        ({"name": " \0"}, ["body/name"]),
        ({"name": None}, ["body/name"]),
        ({"name": "x" * 201}, ["body/name"]),
        ({"description": "x" * 2_001}, ["body/description"]),
        ({"nome": "x"}, ["body/nome"]),
        ({"items": None}, ["body/items"]),
        ({"items": [TRACKS[0]], "add": []}, ["body"]),
        ({"items": [], "remove": [0]}, ["body"]),
        ({"remove": [3]}, ["body/remove/0"]),
        ({"remove": [0, -1]}, ["body/remove/1"]),
        ({"remove": [0, 1, 0]}, ["body/remove/2"]),
        ({"remove": ["0"]}, ["body/remove/0"]),
        ({"remove": [True]}, ["body/remove/0"]),
        ({"add": [TRACKS[0], "hello", "", TRACKS[1][:-1]]}, [f"body/add/{at}" for at in (1, 2, 3)]),
        ({"add": [f"{TRACKS[0]} {TRACKS[1]}"]}, ["body/add/0"]),
        ({"items": [TRACKS[0], NOBODYS]}, ["body/items/1"]),
        ({"add": [TRACKS[0]] * 10_001}, ["body/add"]),
        ({"add": [TRACKS[0]] * 9_998}, ["body/add"]),
        ({"items": [TRACKS[0]] * 10_001}, ["body/items"]),
    ],
)
async def test_what_does_not_fit_is_named_and_nothing_is_done(api, change, places):
    """Part by part, though the rest of the change would do."""
    path = await made(api)
    before = (await api.get(path)).json()

    answer = await patch(api, path, **{"description": "new"} | change)

    assert pointers(answer) == places
    assert (await api.get(path)).json() == before
    assert await listed(api, path) == TRACKS[:3]


async def test_another_kind_of_thing_is_called_by_its_kind(api):
    """With what to do instead, at its place."""
    path = await made(api)
    links = [f"spotify:{kind}:{ALBUM}" for kind in ("album", "artist", "playlist", "episode")]

    answer = await patch(api, path, add=[*TRACKS[:3], *links])

    told = {part["pointer"]: part["detail"] for part in answer.json()["errors"]}
    assert told["body/add/3"] == "This is an album. Paste the links of its tracks."
    assert [*told] == [f"body/add/{at}" for at in range(3, 7)]


async def test_both_ways_at_once_are_refused_in_words(api):
    """Which of the two was meant cannot be told."""
    answer = await patch(api, await made(api), items=[TRACKS[0]], remove=[0])

    assert answer.json()["errors"][0]["detail"].startswith("Send either `items`")


async def test_what_is_misspelt_or_empty_is_said_in_words(api):
    """Not in those of a validator."""
    answer = await patch(api, await made(api), name="", discription="x")

    told = {part["pointer"]: part["detail"] for part in answer.json()["errors"]}
    assert told["body/name"] == "This must not be empty."
    assert told["body/discription"].startswith("There is no such part")
    for long in ({"name": "x" * 201}, {"add": ["x"] * 10_001}):
        [part] = (await patch(api, await made(api), **long)).json()["errors"]
        assert part["detail"].startswith("This is too long; the most is")


async def test_many_that_name_nothing_are_told_in_part(api):
    """An answer is no copy of the request."""
    answer = await patch(api, await made(api), add=["x y"] * 500)

    assert len(pointers(answer)) == 100


async def test_only_what_was_seen_is_changed(api):
    """A stale tag is refused with what stands now, which can be changed at once."""
    path = await made(api)
    seen = (await api.get(path)).headers["etag"]
    changed = await patch(api, path, {"If-Match": seen}, remove=[0])

    stale = await patch(api, path, {"If-Match": seen}, name="Lost", add=[TRACKS[5]])

    problem = stale.json()
    assert (changed.status_code, stale.status_code) == (200, 412)
    assert problem["type"] == "/problems/changed-meanwhile"
    assert problem["current"] == changed.json() == (await api.get(path)).json()
    assert stale.headers["etag"] == changed.headers["etag"] == (await api.get(path)).headers["etag"]
    assert stale.headers["cache-control"] == "no-store"
    assert await listed(api, path) == TRACKS[1:3]
    again = await patch(api, path, {"If-Match": stale.headers["etag"]}, name="Found")
    assert again.json()["name"] == "Found"


@pytest.mark.parametrize(
    ("if_match", "status"),
    [
        ("*", 200),
        ('"other", {seen}', 200),
        ('{seen},"other"', 200),
        ("{gzipped}", 200),
        ("W/{seen}", 412),
        ('"other"', 412),
        ("nonsense", 412),
        ("", 412),
        ('{seen}, "' + "x" * 5_000 + '"', 412),
    ],
)
async def test_tags_are_compared_strongly(api, if_match, status):
    """One of a list is enough, in whatever encoding it was seen; what cannot be read fits not."""
    path = await made(api)
    seen = (await api.get(path)).headers["etag"]
    gzipped = f'{seen[:-1]}-gz"'
    header = if_match.replace("{seen}", seen).replace("{gzipped}", gzipped)

    answer = await patch(api, path, {"If-Match": header}, name="New")

    assert answer.status_code == status
    assert (await api.get(path)).json()["name"] == ("New" if status == 200 else "Night drive")


@pytest.mark.parametrize("encoding", ["gzip", "zstd", "identity"])
async def test_every_answer_that_names_a_version_can_be_answered_with_it(api, encoding):
    """However long a list's words are, and in whatever encoding they went out."""
    path = await made(api, description="Slow ones. " * 150)
    packed = {"Accept-Encoding": encoding}

    for name in ("Second", "Third"):
        seen = (await api.get(path, headers=packed)).headers["etag"]
        told = await patch(api, path, packed | {"If-Match": seen}, name=name)
        again = await patch(api, path, packed | {"If-Match": told.headers["etag"]}, name=name + "!")
        stale = await patch(api, path, packed | {"If-Match": '"other"'}, name="Lost")
        after = await patch(api, path, packed | {"If-Match": stale.headers["etag"]}, name=name)

        assert told.headers.get("content-encoding", "identity") == encoding
        assert [one.status_code for one in (told, again, stale, after)] == [200, 200, 412, 200]


async def test_another_list_of_the_same_length_has_another_tag(api):
    """Where nothing else of it changes."""
    path = await made(api)
    seen = (await api.get(path)).headers["etag"]

    await patch(api, path, items=reversed_of(TRACKS[:3]))

    assert (await api.get(path)).headers["etag"] != seen
    await patch(api, path, items=TRACKS[:3])
    assert (await api.get(path, headers={"If-None-Match": seen})).status_code == 304


def reversed_of(tracks: Sequence[str]) -> list[str]:
    """From the last to the first."""
    return [*reversed(tracks)]


async def test_of_changes_of_the_same_version_one_is_done(api):
    """However many come at once."""
    path = await made(api)
    seen = {"If-Match": (await api.get(path)).headers["etag"]}

    answers = await asyncio.gather(
        *(patch(api, path, seen, name=f"Drive {at}", add=[TRACKS[at]]) for at in range(4))
    )

    done = [at for at, answer in enumerate(answers) if answer.status_code == 200]
    assert sorted(answer.status_code for answer in answers) == [200, 412, 412, 412]
    assert (await api.get(path)).json()["name"] == f"Drive {done[0]}"
    assert await listed(api, path) == [*TRACKS[:3], TRACKS[done[0]]]


async def test_changes_of_what_was_not_asked_for_are_all_done(api):
    """Without a tag nobody's addition is lost."""
    path = await made(api, TRACKS[0])

    await asyncio.gather(*(patch(api, path, add=[TRACKS[at]]) for at in range(1, 5)))

    assert sorted(await listed(api, path)) == sorted(TRACKS[:5])


async def test_two_servers_on_one_database_do_not_overwrite_each_other(api, tmp_path):
    """The database decides, not a lock of one process."""
    path = await made(api)
    ident = path.rpartition("/")[2]
    seen = (await api.get(path)).headers["etag"].strip('"')
    barrier = threading.Barrier(2)
    outcomes: list[str] = []

    def server(name: str) -> None:
        engine, offload = engine_of(tmp_path), Offload(name)

        async def change() -> None:
            tables = CollectionTables(engine, offload)
            lists = OwnCollections(tables, LibraryTables(engine, offload), clock=lambda: 1.0)
            await lists.one(ident)
            await asyncio.to_thread(barrier.wait, 10)
            try:
                asked = CollectionChange(name=name)
                await lists.change(ident, asked, is_seen=lambda tag: tag == seen)
                outcomes.append(name)
            except ChangedMeanwhile:
                outcomes.append("refused")
            lists.close()
            offload.close()

        asyncio.run(change())
        engine.dispose()

    threads = [threading.Thread(target=server, args=(name,)) for name in ("one", "two")]
    for thread in threads:
        thread.start()
    for thread in threads:
        await asyncio.to_thread(thread.join)

    assert outcomes.count("refused") == 1
    assert (await api.get(path)).json()["name"] in outcomes


def engine_of(folder):
    """Another way into the product's database."""
    return make_engine(f"sqlite:///{folder / 'app.db'}", Durability.FULL)


async def test_what_a_spreadsheet_said_stays_with_its_tracks(api):
    """Words, dates and numbers, when others go, when it is renamed, and in another order."""
    lines = [f"spotify:track:{TRACKS[at]},Song {at},Hours,Ada" for at in range(3)]
    full = [f"{line},2017,200000,4,false,x,2022-08-15T02:00:00Z,,L,{NUMBERS}" for line in lines]
    file = {"file": ("hours.csv", newest(*full), "text/csv")}
    told = (await api.client.post("/v1/collections", files=file)).json()
    path = f"/v1/collections/{told['id']}"
    before = await entries(api, path)

    await patch(api, path, name="Other", remove=[1])
    left = await entries(api, path)
    await patch(api, path, items=[TRACKS[2], TRACKS[4], TRACKS[0]])
    moved = await entries(api, path)

    assert [{**item, "position": 0} for item in left] == [
        {**before[at], "position": 0} for at in (0, 2)
    ]
    assert [item["name"] for item in moved] == ["Song 2", f"spotify:track:{TRACKS[4]}", "Song 0"]
    assert moved[0]["added_at"] == before[2]["added_at"]
    sheet = "?source=exportify"
    kept, gone = [await api.get(f"/v1/tracks/{TRACKS[at]}/features{sheet}") for at in (0, 1)]
    assert (kept.status_code, gone.status_code) == (200, 404)
    assert (await api.get(path)).json()["features_imported"] == 2


async def test_a_track_that_stands_twice_keeps_both_dates(api):
    """Each the words it had."""
    sheet = f"id,name,added at\n{TRACKS[0]},First,2022-08-15\n{TRACKS[0]},Again,2023-08-15\n"
    file = {"file": ("twice.csv", sheet.encode(), "text/csv")}
    told = (await api.client.post("/v1/collections", files=file)).json()
    path = f"/v1/collections/{told['id']}"

    await patch(api, path, items=[TRACKS[1], TRACKS[0], TRACKS[0], TRACKS[0]])

    names = [item["name"] for item in await entries(api, path)]
    assert names[1:] == ["First", "Again", "Again"]


async def test_a_replaced_list_forgets_what_of_its_file_was_not_read(api):
    """It is no list of that file any more; one with an entry less still is."""
    sheet = f"id,name,tempo\n{TRACKS[0]},A,fast\n{TRACKS[1]},B,90\nhello,,\n"
    file = {"file": ("list.csv", sheet.encode(), "text/csv")}
    told = (await api.client.post("/v1/collections", files=file)).json()
    path = f"/v1/collections/{told['id']}"
    assert told["unread"]
    assert told["refused"]

    less = (await patch(api, path, remove=[0])).json()
    replaced = (await patch(api, path, items=[TRACKS[2]])).json()

    assert (less["unread"], less["refused"]) == (told["unread"], told["refused"])
    assert (replaced["unread"], replaced["refused"]) == ([], [])


async def test_pages_and_profile_are_of_the_new_list_at_once(api):
    """Nothing of the old one is served again."""
    file = {"file": ("hours.csv", newest(), "text/csv")}
    told = (await api.client.post("/v1/collections", files=file)).json()
    path, playlist = f"/v1/collections/{told['id']}", told["playlist"]
    addresses = [playlist, f"{playlist}/items", f"{playlist}/profile"]
    for _ in range(2):
        before = [await api.get(address) for address in addresses]

    await patch(api, path, name="Newer", add=[TRACKS[3]])
    after = [await api.get(address) for address in addresses]

    assert [answer.status_code for answer in after] == [200, 200, 200]
    assert [a.headers["etag"] == b.headers["etag"] for a, b in zip(before, after, strict=True)] == [
        False,
        False,
        False,
    ]
    head, items, profile = (answer.json() for answer in after)
    assert (head["name"], head["items_total"]) == ("Newer", 2)
    assert head["snapshot_id"] == (await api.get(path)).json()["snapshot_id"]
    assert len(items["items"]) == 2
    assert (profile["name"], profile["items_total"]) == ("Newer", 2)


async def test_there_is_nothing_to_change_where_there_is_no_list(api):
    """Whatever the tag."""
    answer = await patch(api, f"/v1/collections/{OWN}", {"If-Match": "*"}, name="x")

    assert answer.status_code == 404
    assert answer.json()["type"] == "/problems/playlist-not-found"


async def test_another_site_can_change_nothing(api):
    """As with the other ways to change what is the owner's."""
    path = await made(api)
    foreign = {"Origin": "https://example.org", "Sec-Fetch-Site": "cross-site"}

    answer = await patch(api, path, foreign, name="Stolen")

    assert answer.json()["type"] == "/problems/cross-site"
    assert (await api.get(path)).json()["name"] == "Night drive"


@pytest.mark.parametrize(
    ("kind", "body", "status"),
    [
        ("text/plain", b"{}", 422),
        ("application/json", b"[]", 422),
        ("application/json", b"{", 422),
        ("application/json; charset=utf-8", b'{"name": "New"}', 200),
        ("application/json", b'{"name": "' + b"x" * 2_000_001 + b'"}', 413),
    ],
)
async def test_bodies_are_json_and_bounded(api, kind, body, status):
    """As where a list is made."""
    path = await made(api)

    answer = await api.client.patch(path, content=body, headers={"Content-Type": kind})

    assert answer.status_code == status


async def test_a_long_list_loses_one_entry_quickly(api):
    """Ten thousand entries, of which all but the first move up."""
    path = await made(api, "\n".join(TRACKS * 1_666))

    answer = await patch(api, path, remove=[1], add=[TRACKS[1]])

    assert answer.json()["items_total"] == 9_996
    playlist = path.replace("collections", "playlists")
    last = (await api.get(f"{playlist}/items?offset=9990&limit=10")).json()["items"]
    assert [item["track"]["id"] for item in last] == [*TRACKS[1:], TRACKS[1]]


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("add"), st.lists(st.sampled_from(TRACKS), max_size=3)),
        st.tuples(st.just("items"), st.lists(st.sampled_from(TRACKS), max_size=5)),
        st.tuples(st.just("remove"), st.sets(st.integers(0, 8), max_size=3).map(list)),
        st.tuples(st.just("name"), st.sampled_from(["One", "Two"])),
        st.tuples(
            st.just("both"),
            st.tuples(
                st.sets(st.integers(0, 4), max_size=2).map(list),
                st.lists(st.sampled_from(TRACKS), max_size=2),
            ),
        ),
    ),
    max_size=12,
)


def expected(name, tracks, step):
    """Name and list after a step, as a person would do it by hand."""
    kind, given = step
    if kind == "name":
        return given, tracks
    if kind == "items":
        return name, given
    gone, new = {"add": ([], given), "remove": (given, [])}.get(kind, given)
    if any(at >= len(tracks) for at in gone):
        return name, tracks
    return name, [one for at, one in enumerate(tracks) if at not in gone] + new


@pytest.fixture(scope="module")
def at_the_product(tmp_path_factory):
    """What runs a coroutine function with one product that all examples share."""
    with asyncio.Runner() as runner:
        product = opened(None, tmp_path_factory.mktemp("changes"), demo=False)
        api = runner.run(product.__aenter__())
        yield lambda play, *given: runner.run(play(api, *given))
        runner.run(product.__aexit__(None, None, None))


@given(STEPS)
def test_any_row_of_changes_makes_the_list_that_a_person_would_make(at_the_product, steps):
    """Steps that cannot be done change nothing; all others do just what they say."""
    at_the_product(play, steps)


async def play(api, steps):
    """Do the steps here and there."""
    path, name, tracks = await made(api), "Night drive", TRACKS[:3]
    for step in steps:
        kind, given = step
        change = {"remove": given[0], "add": given[1]} if kind == "both" else {kind: given}
        seen = (await api.get(path)).headers["etag"]
        answer = await patch(api, path, {"If-Match": seen}, **change)
        name, after = expected(name, tracks, step)
        possible = kind not in {"remove", "both"} or after is not tracks
        assert answer.status_code == (200 if possible else 422)
        tracks = after

    told = (await api.get(path)).json()
    assert (told["name"], told["items_total"]) == (name, len(tracks))
    assert await listed(api, path) == tracks
