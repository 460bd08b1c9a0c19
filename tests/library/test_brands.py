"""Brands: what an artist aims at, kept as they said it, and what is told of it over HTTP."""

import asyncio

import pytest
import pytest_asyncio

from api.demo import catalogue
from api.http.examples import of_the_label
from api.library import brands as own_brands
from tests.library.own_files import bring_waiting, is_problem
from tests.routes.product import opened
from tests.sandbox import Sandbox, id_of

pytestmark = pytest.mark.asyncio(loop_scope="module")
BRANDS = "/v1/brands"
ONE, OTHER, THIRD = (track.id for track in catalogue().tracks[:3])
SPOTIFYS = id_of("track", 1)
NOBODYS, WAITING = "own_" + "1" * 22, "own_" + "7" * 22
GONE = f"{BRANDS}/brd_{'1' * 22}"
WARM = {"tempo": {"min": 84, "max": 98}, "energy": {"min": 0.3, "max": 0.55, "weight": 0.5}}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def api(tmp_path_factory):
    """The demo label, one file that waits to be analysed, and no key."""
    async with opened(None, tmp_path_factory.mktemp("brands"), demo=True) as product:
        await bring_waiting(product, WAITING)
        yield product


async def make(api, **more):
    """The answer to a new brand."""
    return await api.client.post(BRANDS, json={"name": "Warm and close", **more})


async def made(api, **more):
    """The address of a new brand."""
    return (await make(api, **more)).headers["location"]


async def patch(api, path, headers=None, **change):
    """The answer to a change."""
    return await api.client.patch(path, json=change, headers=headers)


def complaints(answer):
    """What is complained of, by its place."""
    assert is_problem(answer, "invalid-request")
    return {part["pointer"]: part["detail"] for part in answer.json()["errors"]}


async def test_a_brand_is_kept_as_it_was_said(api):
    """Its words, its ranges and weights, its tracks each once; what is not aimed at is absent."""
    link = f"https://open.spotify.com/track/{SPOTIFYS}?si=x"
    words = "Late evening,\none lamp on."

    answer = await make(
        api, name=" Warm  and close ", words=words, targets=WARM, references=[link, ONE, SPOTIFYS]
    )

    told = answer.json()
    assert answer.status_code == 201
    assert told["id"].startswith("brd_")
    assert (told["name"], told["words"]) == ("Warm and close", words)
    assert told["targets"] == {
        "tempo": {"min": 84, "max": 98, "weight": 1},
        "energy": {"min": 0.3, "max": 0.55, "weight": 0.5},
    }
    assert (told["references"], told["made_from"]) == ([SPOTIFYS, ONE], [])
    assert told["made_at"] == told["changed_at"]
    assert (await api.get(answer.headers["location"])).json() == told


async def test_brands_are_listed_newest_first(api):
    """All of them."""
    paths = [await made(api, name=name) for name in ("First", "Second")]

    listed = (await api.get(BRANDS)).json()["items"]

    assert [f"{BRANDS}/{one['id']}" for one in listed[:2]] == paths[::-1]


async def test_a_brand_is_private(api):
    """Nobody between keeps it, no other site reads it, and one that is gone is kept nowhere."""
    path = await made(api, targets=WARM)
    site = {"Origin": "https://example.com"}

    for address in (BRANDS, path, f"{path}/distance?track={ONE}"):
        told, foreign = await api.get(address), await api.get(address, headers=site)
        assert told.headers["cache-control"] == "private, no-cache"
        assert "access-control-allow-origin" not in told.headers
        assert is_problem(foreign, "cross-site")
        again = await api.get(address, headers={"If-None-Match": told.headers["etag"]})
        assert again.status_code == 304
    for address in (GONE, f"{GONE}/distance?track={ONE}"):
        gone = await api.get(address)
        assert is_problem(gone, "brand-not-found")
        assert gone.headers["cache-control"] == "no-store"
    assert is_problem(await api.client.post(BRANDS, json={"name": "x"}, headers=site), "cross-site")


async def test_what_is_no_id_of_a_brand_is_no_brand(api):
    """Whatever stands in its place."""
    for text in (ONE, "brd_1", "x", "brd_" + "Z" * 22):
        assert is_problem(await api.get(f"{BRANDS}/{text}"), "brand-not-found")


async def test_only_what_is_named_is_changed(api):
    """Null or nothing clears the words; all that is aimed at is replaced at once."""
    path = await made(api, words="Warm", targets=WARM, references=[ONE])
    before = (await api.get(path)).json()

    renamed = await patch(api, path, name="Warmer")
    calm = {"valence": {"min": 0, "max": 0.4}}
    aimed = await patch(api, path, targets=calm, references=[OTHER])
    cleared = [(await patch(api, path, words=none)).json()["words"] for none in (None, " ", "")]
    untouched = await patch(api, path)

    del before["changed_at"]
    assert renamed.json().items() >= (before | {"name": "Warmer"}).items()
    assert aimed.json()["targets"] == {"valence": {"min": 0, "max": 0.4, "weight": 1}}
    assert aimed.json()["references"] == [OTHER]
    assert cleared == [None] * 3
    assert untouched.json() == (await api.get(path)).json()


@pytest.mark.parametrize("encoding", ["gzip", "identity"])
async def test_only_what_was_seen_is_changed(api, encoding):
    """A stale tag is refused with what stands now; each tag that is told fits, however packed."""
    path = await made(api, words="Warm and close. " * 120, targets=WARM)
    packed = {"Accept-Encoding": encoding}
    seen = (await api.get(path, headers=packed)).headers["etag"]

    done = await patch(api, path, packed | {"If-Match": seen}, name="Second")
    stale = await patch(api, path, packed | {"If-Match": seen}, name="Lost")
    again = await patch(api, path, packed | {"If-Match": stale.headers["etag"]}, name="Third")
    last = await patch(api, path, packed | {"If-Match": again.headers["etag"]}, name="Fourth")

    assert [one.status_code for one in (done, stale, again, last)] == [200, 412, 200, 200]
    assert is_problem(stale, "changed-meanwhile")
    assert stale.json()["current"] == done.json()
    assert done.headers.get("content-encoding", "identity") == encoding
    assert (await api.get(path)).json()["name"] == "Fourth"


async def test_of_changes_of_the_same_version_one_is_done(api):
    """However many come at once."""
    path = await made(api)
    seen = {"If-Match": (await api.get(path)).headers["etag"]}

    answers = await asyncio.gather(*(patch(api, path, seen, name=f"No. {n}") for n in range(3)))

    assert sorted(answer.status_code for answer in answers) == [200, 412, 412]


async def test_a_deleted_brand_is_gone(api):
    """For whoever asks, changes or deletes it again."""
    path = await made(api)

    assert (await api.client.delete(path)).status_code == 204
    for answer in (await api.get(path), await api.client.delete(path), await patch(api, path)):
        assert is_problem(answer, "brand-not-found")


@pytest.mark.parametrize(
    ("sent", "places"),
    [
        ({"name": ""}, {"body/name"}),
        ({"name": "x" * 201}, {"body/name"}),
        ({"words": "x" * 2_001}, {"body/words"}),
        ({"colour": "red"}, {"body/colour"}),
        ({"targets": {"key": {"min": 0, "max": 1}}}, {"body/targets/key"}),
        ({"targets": {"energy": {"min": 0.6, "max": 0.5}}}, {"body/targets/energy"}),
        ({"targets": {"energy": {"min": -0.1, "max": 1.5}}}, {"energy/min", "energy/max"}),
        ({"targets": {"tempo": {"min": 1, "max": 1e9}}}, {"tempo/min", "tempo/max"}),
        ({"targets": {"loudness": {"min": -99, "max": 0}}}, {"loudness/min"}),
        ({"targets": {"tempo": {"min": 90, "max": 90, "weight": 2}}}, {"tempo/weight"}),
        ({"targets": {"tempo": {"min": "84", "max": True}}}, {"tempo/min", "tempo/max"}),
        ({"references": [ONE, "hello", NOBODYS]}, {"body/references/1"}),
        ({"references": [ONE, NOBODYS]}, {"body/references/1"}),
        ({"references": [f"spotify:album:{SPOTIFYS}"]}, {"body/references/0"}),
        ({"references": [ONE] * 21}, {"body/references"}),
    ],
)
async def test_what_does_not_fit_is_named_and_nothing_is_done(api, sent, places):
    """In a new brand and in a change alike, part by part."""
    path = await made(api, targets=WARM)
    before = (await api.get(BRANDS)).json()

    for answer in (await make(api, **sent), await patch(api, path, **{"name": "New"} | sent)):
        told = complaints(answer)
        assert {place.removeprefix("body/targets/") for place in told} == {
            place.removeprefix("body/targets/") for place in places
        }
    assert (await api.get(BRANDS)).json() == before


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b'{"name": "\\ud800"}',
        b'{"name": "x", "targets": null}',
        b'{"name": "x", "targets": {"tempo": {"min": NaN, "max": 1e999}}}',
        b'{"name": "x", "from": []}',
        b'{"name": "x", "from": ["a"], "targets": {}}',
        b"[" * 50_000,
    ],
)
async def test_a_body_that_is_no_brand_is_refused_in_words(api, body):
    """Whatever it is."""
    answer = await api.client.post(
        BRANDS, content=body, headers={"Content-Type": "application/json"}
    )

    assert is_problem(answer, "invalid-request")
    assert all(part["detail"] for part in answer.json()["errors"])


async def test_a_body_without_end_is_cut_short(api):
    """At a size that no brand has."""
    assert is_problem(await make(api, words="x" * 200_000), "file-too-large")


async def test_a_brand_is_made_of_songs(api):
    """The ranges are what they span, wider by the typical error; who described each is said."""
    answer = await make(api, **{"from": [ONE, OTHER, THIRD, ONE]})

    told = answer.json()
    heard = [(await api.get(f"/v1/tracks/{id_}/features")).json() for id_ in (ONE, OTHER, THIRD)]
    assert answer.status_code == 201
    assert told["references"] == [ONE, OTHER, THIRD]
    assert [one["source"] for one in told["made_from"]] == ["library"] * 3
    assert "liveness" not in told["targets"]
    assert told["targets"]["tempo"]["min"] == pytest.approx(
        min(one["tempo"] for one in heard), abs=0.1
    )
    for name in ("energy", "valence"):
        ends = [(one[name], one["uncertainty"][name]) for one in heard]
        target = told["targets"][name]
        assert 0 <= target["min"] <= max(0, min(value - error for value, error in ends)) + 1e-9
        assert 1 >= target["max"] >= min(1, max(value + error for value, error in ends)) - 1e-9
    for song in (ONE, OTHER, THIRD):
        distance = (await api.get(f"{answer.headers['location']}/distance?track={song}")).json()
        assert distance["distance"] == 0


async def test_a_song_that_nobody_describes_is_named_and_no_brand_is_made(api):
    """Whether it is not here, not analysed yet, or not known without a key."""
    before = (await api.get(BRANDS)).json()

    answer = await make(api, **{"from": [ONE, NOBODYS, WAITING, SPOTIFYS]})

    told = complaints(answer)
    assert set(told) == {"body/from/1", "body/from/2", "body/from/3"}
    assert NOBODYS in told["body/from/1"]
    assert "still being analysed" in told["body/from/2"]
    assert "“Waiting”" in told["body/from/2"]
    assert "own file" in answer.json()["hint"]
    assert (await api.get(BRANDS)).json() == before


async def test_a_source_that_may_answer_later_is_waited_for(tmp_path):
    """503 with the seconds, and nothing is made."""
    async with Sandbox() as sandbox, opened(sandbox, tmp_path) as product:
        sandbox.fault("F05", path="/v1/audio-*")
        answer = await make(product, **{"from": [SPOTIFYS]})
        listed = (await product.get(BRANDS)).json()

    assert is_problem(answer, "sources-unavailable")
    assert int(answer.headers["retry-after"]) >= 1
    assert listed == {"items": []}


async def test_a_song_at_spotify_will_do_as_well(tmp_path):
    """What has no typical error is not made wider, and its loudness is on its own scale."""
    async with Sandbox() as sandbox, opened(sandbox, tmp_path, demo=True) as product:
        alone = (await make(product, **{"from": [SPOTIFYS]})).json()
        mixed = (await make(product, **{"from": [SPOTIFYS, ONE]})).json()
        own = (await product.get(f"{BRANDS}/{alone['id']}/distance?track={ONE}")).json()

    assert alone["made_from"] == [
        {"id": SPOTIFYS, "source": "spotify", "loudness_reference": "dBFS", "analyser": None}
    ]
    assert alone["targets"]["tempo"]["min"] == pytest.approx(
        alone["targets"]["tempo"]["max"], abs=0.11
    )
    assert "liveness" in alone["targets"]
    assert "loudness" not in mixed["targets"]
    assert "liveness" not in mixed["targets"]
    assert own["fields"]["loudness"]["off"] is None
    assert own["fields"]["loudness"]["says"].startswith("Not compared")


async def test_the_distance_is_told_per_feature_and_as_a_whole(api):
    """With source and typical error; what nobody knows is said, with the reason."""
    aim = WARM | {"liveness": {"min": 0, "max": 0.2}}
    path = await made(api, targets=aim)

    told = (await api.get(f"{path}/distance?track={ONE}")).json()

    heard = (await api.get(f"/v1/tracks/{ONE}/features")).json()
    assert (told["id"], told["track"], told["source"]) == (path.split("/")[-1], ONE, "library")
    assert told["provenance"] == heard["provenance"]
    assert told["fields"]["tempo"]["value"] == heard["tempo"]
    assert told["fields"]["liveness"]["value"] is None
    assert told["fields"]["liveness"]["off"] is None
    assert told["fields"]["liveness"]["says"].startswith("Not known: ")
    assert [gap["field"] for gap in told["missing"]] == ["fields.liveness"]
    assert told["distance"] >= 0
    assert told["says"].endswith("cannot be compared.")


async def test_a_distance_that_cannot_be_told_says_why(api):
    """A track that is not here, one that is being analysed, and an id that is none."""
    path = await made(api, targets=WARM)

    nobodys = await api.get(f"{path}/distance?track={NOBODYS}")
    waiting = await api.get(f"{path}/distance?track={WAITING}")
    nonsense = await api.get(f"{path}/distance?track=hello")
    without = await api.get(f"{path}/distance")

    assert is_problem(nobodys, "track-not-found")
    assert (waiting.status_code, waiting.json()["track_id"]) == (202, WAITING)
    assert nonsense.status_code == without.status_code == 422


async def test_only_so_many_brands_are_kept(tmp_path, monkeypatch):
    """The next one is refused in words, and nothing that is there is lost."""
    monkeypatch.setattr(own_brands, "MOST_BRANDS", 2)
    async with opened(None, tmp_path, demo=False) as product:
        answers = [await make(product, name=f"No. {n}") for n in range(3)]
        listed = (await product.get(BRANDS)).json()["items"]

    assert [answer.status_code for answer in answers] == [201, 201, 409]
    assert [one["name"] for one in listed] == ["No. 1", "No. 0"]


async def test_names_in_any_writing_stay_as_they_are(api):
    """Long, from right to left, emoji, markup, a formula."""
    for name in ("x" * 136, "שלום עולם", "🎷" * 20, "<b>bold</b>", "=1+1"):
        assert (await make(api, name=name, words=name)).json()["name"] == name


async def test_the_example_of_the_label_answers():
    """The ids that these tests are about are the label's."""
    assert of_the_label().track_id in {track.id for track in catalogue().tracks}


async def test_ranges_that_nobody_has_kept_are_told_of(api):
    """Each track as the kept brand would tell it, one that is unknown with its own problem."""
    brand = await made(api, targets=WARM)
    ranges = "tempo:84:98,energy:0.3:0.55:0.5"
    before = (await api.client.get(BRANDS)).json()

    answer = await api.get(f"/v1/distance?ranges={ranges}&tracks={ONE},{SPOTIFYS},{NOBODYS},x")
    items = answer.json()["items"]
    kept = (await api.get(f"{brand}/distance?track={ONE}")).json()

    assert answer.status_code == 200
    assert [item["id"] for item in items] == [ONE, SPOTIFYS, NOBODYS, "x"]
    assert [item["ok"] for item in items] == [True, False, False, False]
    assert items[0]["value"] == kept | {"id": None}
    assert (await api.client.get(BRANDS)).json() == before


async def test_a_change_that_nobody_has_kept_is_of_its_brand(api):
    """Its id is told, and the scale of loudness is that of the songs it was made from."""
    brand = await made(api, **{"from": [ONE]})
    ident = brand.rpartition("/")[2]

    answer = await api.get(f"/v1/distance?ranges=energy:0:1&tracks={ONE}&brand={ident}")
    gone = await api.get(f"/v1/distance?ranges=energy:0:1&tracks={ONE}&brand={GONE[-26:]}")

    assert answer.json()["items"][0]["value"]["id"] == ident
    assert is_problem(gone, "brand-not-found")


@pytest.mark.parametrize(
    ("ranges", "says"),
    [
        ("energy:0.6:0.4", "energy: The lower end of a range must not lie above its upper end."),
        ("energy:0:2", "energy: This must be at most 1"),
        ("energy:0:1:2", "energy: This must be at most 1"),
        ("tempo:1000000000:2", "This value does not fit."),
        ("key:0:1", "This value does not fit."),
        ("energy:nan:1", "This value does not fit."),
        ("energy:0:1,energy:0:1", "A feature has one range only."),
    ],
)
async def test_ranges_that_are_none_are_refused(api, ranges, says):
    """With the feature they are of, where one can be told."""
    answer = await api.get(f"/v1/distance?ranges={ranges}&tracks={ONE}")

    assert complaints(answer)["query/ranges"].startswith(says)
