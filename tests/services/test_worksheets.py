"""Worksheets: what sources say is frozen, and nothing that somebody wrote is ever lost."""

import asyncio
import json
import re

import pytest
import pytest_asyncio

from api.http.examples import of_the_label
from api.http.upload_slots import PLACES
from api.routes.worksheets import MOST_BYTES
from api.schemas.track import Track
from api.schemas.worksheet import LONGEST_NOTE, MOST_SUBJECTS
from api.services import worksheets as own_worksheets
from api.services.observations import MOST_ENTRIES, MOST_LETTERS, Observed
from api.services.prompts import PROMPTS, kind_of
from tests.library.own_files import is_problem
from tests.routes.product import opened
from tests.sandbox import Sandbox, id_of

LABEL = of_the_label()
ARTIST, TRACK = f"artist:{LABEL.artist_id}", f"track:{LABEL.track_id}"
ANALYSIS, PLAYLIST = f"analysis:{LABEL.track_id}", f"playlist:{LABEL.playlist_id}"
ALL = (ARTIST, TRACK, ANALYSIS, PLAYLIST)
OTHER = f"track:{LABEL.other_track_id}"
NOBODYS = "own_" + "8" * 22
GZIP = {"Accept-Encoding": "gzip"}


pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def api(tmp_path_factory):
    """The demo label, and no key."""
    async with opened(None, tmp_path_factory.mktemp("worksheets"), demo=True) as product:
        yield product


@pytest_asyncio.fixture(loop_scope="module")
async def own(tmp_path):
    """The same for one test alone."""
    async with opened(None, tmp_path, demo=True) as product:
        yield product


async def made(api, *about, name="As machines hear it"):
    """A new worksheet, and its address."""
    answer = await api.client.post(
        "/v1/worksheets", json={"name": name, "about": [*(about or (TRACK,))]}
    )
    assert answer.status_code == 201, answer.text
    return answer.json(), answer.headers["location"]


async def patch(api, path, etag="*", headers=None, **change):
    """The answer to a change of what has this ETag."""
    return await api.client.patch(path, json=change, headers={"If-Match": etag, **(headers or {})})


def facts(sheet, about):
    """What is frozen of one thing, by field."""
    return {one["field"]: one for one in sheet["facts"] if one["about"] == about}


def answer(about=TRACK, at=0, **said):
    """What is to be written under a question."""
    return {"about": about, "prompt": PROMPTS[kind_of(about)][at], **said}


def written(sheet):
    """All notes and marks, by subject."""
    return [(one["about"], one["note"], one["mark"]) for one in sheet["answers"]]


async def test_facts_are_frozen_with_source_method_and_date(api):
    """Of an artist, a track, its analysis and a playlist, in the order that was asked for."""
    sheet, path = await made(api, *ALL)

    assert [*dict.fromkeys(one["about"] for one in sheet["facts"])] == [*ALL]
    assert {one["source"] for one in sheet["facts"]} == {"library"}
    artist, track = facts(sheet, ARTIST), facts(sheet, TRACK)
    assert artist["genres"]["value"] == ["electronic", "house", "drum and bass", "ambient"]
    assert artist["related_artists"]["method"] == "estimated"
    measured = (await api.get(f"/v1/tracks/{LABEL.track_id}/features")).json()
    assert track["tempo"]["value"] == measured["tempo"] == pytest.approx(126, abs=0.1)
    assert (track["tempo"]["unit"], track["tempo"]["method"]) == ("BPM", "measured")
    assert 0.5 < track["tempo"]["confidence"] <= 1
    assert track["energy"]["method"] == "estimated"
    assert track["energy"]["uncertainty"] > 0
    assert track["loudness"]["unit"] == "LUFS"
    assert len(facts(sheet, ANALYSIS)["sections"]["value"]) == 2
    assert facts(sheet, PLAYLIST)["described"]["value"] == 6
    assert facts(sheet, PLAYLIST)["fit_because"]["value"]
    assert all(one["retrieved_at"] and one["now"] is None for one in sheet["facts"])
    assert (await api.get(path)).json() == sheet


async def test_the_questions_of_the_exercise_are_asked_of_each_thing(api):
    """Unanswered at first, in the order of the things."""
    sheet, _ = await made(api, *ALL)

    asked = [prompt for about in ALL for prompt in PROMPTS[kind_of(about)]]
    assert [one["prompt"] for one in sheet["answers"]] == asked
    assert {(note, mark) for _, note, mark in written(sheet)} == {("", None)}
    assert sheet["share"] is None
    assert sheet["brand_id"] is None


async def test_what_nobody_can_say_is_named_with_its_reason(api):
    """The questions are there all the same."""
    song = f"track:{id_of('track', 1)}"
    sheet, _ = await made(api, ARTIST, song)

    missing = {one["field"]: one for one in sheet["missing"]}
    assert missing[f"{ARTIST}/popularity"]["reason"] == "not-known"
    assert missing[f"{song}/features"]["reason"] == "not-known"
    assert missing[f"{song}/features"]["detail"]
    assert [one["about"] for one in sheet["answers"]][-1] == song


async def test_a_source_that_is_down_hinders_nobody(tmp_path):
    """A worksheet is begun, and read, whatever sources do; what failed can be frozen later."""
    song = f"track:{id_of('track', 1)}"
    async with Sandbox() as sandbox, opened(sandbox, tmp_path) as product:
        sandbox.fault("F05", path="/v1/*")
        sheet, path = await made(product, song)
        reading = await product.get(f"{path}?now=true")
        sandbox.clear_faults()
        product.clock.advance(3_600)
        renewed = await patch(product, path, renew=[song])

    assert sheet["facts"] == []
    assert {one["reason"] for one in sheet["missing"]} <= {"unreachable", "limited"}
    assert reading.status_code == 200
    assert facts(renewed.json(), song)["tempo"]["source"] == "spotify"
    gaps = [one["field"] for one in renewed.json()["missing"]]
    assert not any(gap.endswith(("/features", "/name")) for gap in gaps)


async def test_a_thing_that_is_not_there_is_refused_by_its_place(own):
    """Nothing is made of the rest."""
    body = {"name": "x", "about": [TRACK, f"track:{NOBODYS}"]}
    refused = await own.client.post("/v1/worksheets", json=body)

    assert is_problem(refused, "invalid-request")
    assert [one["pointer"] for one in refused.json()["errors"]] == ["body/about/1"]
    assert (await own.get("/v1/worksheets")).json() == {"items": [], "total": 0}


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"name": "x", "about": []},
        {"name": "", "about": [TRACK]},
        {"name": "\0", "about": [TRACK]},
        {"name": "x" * 201, "about": [TRACK]},
        {"name": "x", "about": ["album:" + "1" * 22]},
        {"name": "x", "about": [LABEL.track_id]},
        {"name": "x", "about": ["track:" + "z" * 22]},
        {"name": "x", "about": [TRACK] * (MOST_SUBJECTS + 1)},
        {"name": "x", "about": [TRACK], "facts": []},
    ],
)
async def test_a_worksheet_that_cannot_be_is_refused(api, body):
    """Each part that has to change is named."""
    refused = await api.client.post("/v1/worksheets", json=body)

    assert is_problem(refused, "invalid-request")
    assert refused.json()["errors"]


@pytest.mark.parametrize("content", [b'{"name": "\\ud800", "about": []}', b"{", b"\xff"])
async def test_half_a_character_is_no_name(api, content):
    """It could be neither kept nor shown."""
    sent = {"Content-Type": "application/json"}
    refused = await api.client.post("/v1/worksheets", content=content, headers=sent)

    assert is_problem(refused, "invalid-request")


async def test_answers_are_written_one_by_one(api):
    """A mark and a note; what is left out stays, null takes a mark away."""
    _, path = await made(api, ARTIST, TRACK)

    first = await patch(api, path, answers=[answer(note=" Yes.\n\nMostly  so. ", mark="surprised")])
    second = await patch(api, path, answers=[answer(ARTIST, 1, mark="agree")])
    third = await patch(api, path, answers=[answer(mark=None)])

    assert written(first.json())[-1] == (TRACK, "Yes.\n\nMostly so.", "surprised")
    assert written(second.json())[1:] == [
        (ARTIST, "", "agree"),
        (TRACK, "Yes.\n\nMostly so.", "surprised"),
    ]
    assert written(third.json())[-1] == (TRACK, "Yes.\n\nMostly so.", None)


@pytest.mark.parametrize(
    "change",
    [
        {"answers": [answer() | {"prompt": "Is it any good?"}]},
        {"answers": [answer(OTHER)]},
        {"answers": [answer(note="x" * (LONGEST_NOTE + 1))]},
        {"answers": [answer(mark="delighted")]},
        {"name": ""},
        {"renew": [OTHER]},
        {"remove": [OTHER]},
        {"remove": [TRACK]},
        {"add": [f"track:{NOBODYS}"]},
        {"add": [f"track:{at:022}" for at in range(MOST_SUBJECTS)]},
    ],
)
async def test_a_change_that_cannot_be_is_refused_and_nothing_is_lost(api, change):
    """All of it is done, or nothing."""
    _, path = await made(api)
    before = (await patch(api, path, answers=[answer(note="Mine")])).json()
    more = {"answers": [answer(note="Other")], **change}

    refused = await patch(api, path, **more)

    assert is_problem(refused, "invalid-request")
    assert refused.json()["errors"][0]["pointer"].startswith("body/")
    assert (await api.get(path)).json() == before


async def test_whoever_changes_says_what_they_have_seen(api):
    """Without If-Match nothing is done, whatever is sent."""
    _, path = await made(api)

    refused = await api.client.patch(path, json={"name": "Other"})

    assert is_problem(refused, "precondition-required")
    assert refused.json()["hint"]


async def test_of_two_who_change_the_same_version_one_is_shown_what_stands_now(api):
    """412, and nothing that either wrote is lost."""
    _, path = await made(api)
    etag = (await api.get(path)).headers["etag"]

    told = await asyncio.gather(
        *(patch(api, path, etag, answers=[answer(note=text)]) for text in ("Mine", "Theirs"))
    )

    assert sorted(one.status_code for one in told) == [200, 412]
    refused = next(one for one in told if one.status_code == 412)
    standing = (await api.get(path)).json()
    assert is_problem(refused, "changed-meanwhile")
    assert refused.json()["current"] == standing
    assert await ends_well(api, path, refused.headers["etag"])


async def ends_well(api, path, etag):
    """Whether a change of what has this ETag is done."""
    return (await patch(api, path, etag, name="Other")).status_code == 200


@pytest.mark.parametrize("accepted", ["gzip", "zstd", "identity"])
async def test_every_etag_that_is_told_can_be_sent_back(api, accepted):
    """Of whatever answer, in whatever encoding: each is strong, and fits."""
    headers = {"Accept-Encoding": accepted}
    body = {"name": "0", "about": [*ALL]}
    made_of = await api.client.post("/v1/worksheets", json=body, headers=headers)
    path = made_of.headers["location"]
    told = [made_of]
    for way in ("", "?now=true"):
        told.append(await api.get(path + way, headers=headers))
        told.append(await patch(api, path, told[-1].headers["etag"], headers, name=f"1{way}"))
    told.append(await patch(api, path, made_of.headers["etag"], headers, name="2"))
    told.append(await patch(api, path, told[-1].headers["etag"], headers, name="3"))

    assert [one.status_code for one in told] == [201, 200, 200, 200, 200, 412, 200]
    assert all(one.headers["etag"].startswith('"') for one in told)


async def test_a_thing_is_added_renewed_and_taken_away(api):
    """With its facts and questions; what was written of others stays."""
    _, path = await made(api, TRACK)
    await patch(api, path, answers=[answer(note="Mine")])

    added = (await patch(api, path, add=[ARTIST, TRACK])).json()
    renewed = (await patch(api, path, renew=[TRACK])).json()
    removed = (await patch(api, path, remove=[ARTIST])).json()

    assert [one["about"] for one in added["answers"]] == [TRACK, ARTIST, ARTIST]
    assert facts(added, ARTIST)["name"]["value"] == "Vanta Kiosk"
    assert written(renewed)[0] == (TRACK, "Mine", None)
    assert facts(renewed, TRACK)["tempo"] == facts(added, TRACK)["tempo"]
    assert written(removed) == [(TRACK, "Mine", None)]
    assert {one["about"] for one in removed["facts"]} == {TRACK}


async def test_before_and_after_a_fact_that_changed_says_what_holds_today(own):
    """The frozen one stays until it is renewed; without asking, nothing is looked up."""
    _, path = await made(own)
    await own.app.state.parts.own.tables.change(LABEL.track_id, {"title": "Lift"})
    plain, now = (await own.get(path)).json(), (await own.get(f"{path}?now=true")).json()
    renewed = (await patch(own, path, renew=[TRACK])).json()

    assert facts(plain, TRACK)["name"]["now"] is None
    assert (facts(now, TRACK)["name"]["value"], facts(now, TRACK)["name"]["now"]) == (
        "Escalator Kiss",
        "Lift",
    )
    assert facts(now, TRACK)["tempo"]["now"] is None
    assert facts(renewed, TRACK)["name"]["value"] == "Lift"


async def test_what_was_frozen_outlives_its_thing(own):
    """A file is deleted: its facts stay, and are what is read."""
    sheet, path = await made(own, TRACK, PLAYLIST)
    await own.client.delete(f"/v1/library/tracks/{LABEL.track_id}")

    now = (await own.get(f"{path}?now=true")).json()
    refused = await patch(own, path, renew=[TRACK])
    renewed = (await patch(own, path, renew=[PLAYLIST])).json()

    assert facts(now, TRACK) == facts(sheet, TRACK)
    assert [one["pointer"] for one in refused.json()["errors"]] == ["body/renew/0"]
    assert facts(renewed, PLAYLIST)["fit_because"] == facts(sheet, PLAYLIST)["fit_because"]


async def test_lists_are_told_in_parts_the_last_changed_first(own):
    """With how many there are in all."""
    paths = []
    for name in ("a", "b", "c"):
        paths.append((await made(own, name=name))[1])
        own.clock.advance(60)
    await patch(own, paths[0], answers=[answer(note="Mine")])

    first = (await own.get("/v1/worksheets?limit=2")).json()
    rest = (await own.get("/v1/worksheets?limit=2&offset=2")).json()

    assert [one["name"] for one in first["items"]] == ["a", "c"]
    assert [one["name"] for one in rest["items"]] == ["b"]
    assert first["total"] == rest["total"] == 3


async def test_a_deleted_worksheet_is_gone_for_everybody(api):
    """Its link leads nowhere any more."""
    _, path = await made(api)
    link = (await api.client.post(f"{path}/share")).json()

    gone = await api.client.delete(path)

    assert (gone.status_code, gone.content) == (204, b"")
    for one in (
        await api.get(path),
        await api.client.delete(path),
        await patch(api, path, name="x"),
        await api.client.post(f"{path}/share"),
        await api.client.delete(f"{path}/share"),
        await api.get(f"{path}/export"),
        await api.get("/v1/shared", headers={"Authorization": f"Bearer {link['secret']}"}),
    ):
        assert is_problem(one, "worksheet-not-found")


async def test_a_worksheet_is_taken_along_as_a_file(api):
    """Markdown for people, JSON for programs; both under its name, and kept by nobody."""
    sheet, path = await made(api, *ALL, name="Mine: =1+1/2")
    await patch(api, path, answers=[answer(note="Yes.\n# Not a heading\n- no list", mark="agree")])

    text, data = await api.get(f"{path}/export"), await api.get(f"{path}/export?format=json")

    assert text.headers["content-type"] == "text/markdown; charset=utf-8"
    assert "attachment" in text.headers["content-disposition"]
    assert text.headers["cache-control"] == "private, no-store"
    assert "# Mine: =1+1/2\n" in text.text
    assert "## 2 The track: Escalator Kiss\n" in text.text
    tempo = re.escape(f"{facts(sheet, TRACK)['tempo']['value']:.2f}")
    measured = rf"- Tempo: {tempo} BPM \(measured by Own files, \d+ \w+ \d{{4}}, confidence"
    assert re.search(measured, text.text)
    assert "- [x] I agree" in text.text
    assert "> \\# Not a heading\n> \\- no list" in text.text
    assert data.json()["id"] == sheet["id"]
    assert json.loads(data.text) == (await api.get(path)).json()


async def test_a_brand_is_held_against_the_first_track(api):
    """Its words are frozen, and which features are in its ranges, in words."""
    targets = {"energy": {"min": 0.4, "max": 0.6}, "valence": {"min": 0.0, "max": 0.1}}
    body = {"name": "Night machines", "words": "patient, nocturnal", "targets": targets}
    brand = (await api.client.post("/v1/brands", json=body)).json()["id"]
    about = f"brand:{brand}"

    sheet, path = await made(api, TRACK, about)
    await api.client.delete(f"/v1/brands/{brand}")
    later = (await api.get(f"{path}?now=true")).json()

    held = facts(sheet, about)
    assert sheet["brand_id"] == brand
    assert held["name"]["value"] == "Night machines"
    assert held["words"]["value"] == "patient, nocturnal"
    assert held["in_range"]["value"] == ["energy"]
    above = r"valence: 0\.\d\d is 0\.\d\d above your range, 0\.00 to 0\.10\. It is a guess"
    assert re.match(above, held["not_in_range"]["value"][0])
    assert held["brand_distance"]["value"] > 0
    assert facts(later, about) == held
    assert "## 2 Your brand: Night machines" in (await api.get(f"{path}/export")).text


async def test_only_so_many_worksheets_are_kept(own, monkeypatch):
    """The next one is refused in words before anybody is asked; what is there can be written in."""
    monkeypatch.setattr(own_worksheets, "MOST_WORKSHEETS", 2)
    paths = [(await made(own, name=f"No. {at}"))[1] for at in range(2)]

    refused = await own.client.post("/v1/worksheets", json={"name": "No. 2", "about": [TRACK]})
    written_in = await patch(own, paths[0], answers=[answer(note="Mine")])
    await own.client.delete(paths[1])
    again = await own.client.post("/v1/worksheets", json={"name": "No. 2", "about": [TRACK]})

    assert is_problem(refused, "conflict")
    assert "worksheets at most" in refused.json()["detail"]
    assert "Delete one" in refused.json()["hint"]
    assert written_in.status_code == 200
    assert again.status_code == 201
    assert (await own.get("/v1/worksheets")).json()["total"] == 2


async def test_of_several_begun_at_once_only_as_many_as_may_be_are_kept(own, monkeypatch):
    """Whoever is counted before the others are kept is counted again."""
    monkeypatch.setattr(own_worksheets, "MOST_WORKSHEETS", 2)
    body = {"name": "x", "about": [ARTIST]}
    told = await asyncio.gather(
        *(own.client.post("/v1/worksheets", json=body) for _ in range(PLACES))
    )

    assert sorted(one.status_code for one in told) == [201, 201, 409, 409]
    assert (await own.get("/v1/worksheets")).json()["total"] == 2


async def never():
    """A body that nobody may ask for."""
    raise AssertionError("a byte of it was read")
    yield b""


async def test_whoever_comes_when_all_places_are_taken_is_not_read(own):
    """Neither a new one nor a change; a place is given back whatever becomes of it."""
    _, path = await made(own)
    lists = own.app.state.parts.own.limits.lists
    headers = {"Content-Type": "application/json", "If-Match": "*"}
    lists.taken = PLACES
    refused = [
        await own.client.post("/v1/worksheets", content=never(), headers=headers),
        await own.client.patch(path, content=never(), headers=headers),
    ]
    lists.taken = 0
    broken = await own.client.patch(path, content=b"{", headers=headers)
    done = await patch(own, path, name="Other")

    assert all(is_problem(one, "queue-full") for one in refused)
    assert all(int(one.headers["retry-after"]) >= 1 for one in refused)
    assert (broken.status_code, done.status_code, lists.taken) == (422, 200, 0)


@pytest.mark.parametrize("way", ["post", "patch"])
async def test_a_body_larger_than_all_notes_is_refused(own, way):
    """Without a word of it being kept."""
    _, path = await made(own)
    before = (await own.get(path)).json()
    content = b'{"name": "' + b"x" * MOST_BYTES + b'"}'
    headers = {"Content-Type": "application/json", "If-Match": "*"}

    place = "/v1/worksheets" if way == "post" else path
    refused = await getattr(own.client, way)(place, content=content, headers=headers)

    assert is_problem(refused, "file-too-large")
    assert f"{MOST_BYTES:,} bytes" in refused.json()["detail"]
    assert (await own.get(path)).json() == before


async def test_all_notes_at_their_longest_fit_in_one_change(own):
    """Of as many artists as may be, in letters that are the longest on the way."""
    artists = [ARTIST, *(f"artist:{id_of('artist', at)}" for at in range(1, MOST_SUBJECTS))]
    _, path = await made(own, *artists)
    notes = [
        answer(one, at, note="\N{SAXOPHONE}" * LONGEST_NOTE) for one in artists for at in (0, 1)
    ]

    content = json.dumps({"answers": notes}).encode()
    headers = {"Content-Type": "application/json", "If-Match": "*"}
    done = await own.client.patch(path, content=content, headers=headers)

    assert done.status_code == 200
    assert {len(one["note"]) for one in done.json()["answers"]} == {LONGEST_NOTE}


async def test_what_a_source_says_at_great_length_is_kept_in_part(api):
    """A worksheet is kept for good, so no source decides how large it is."""
    heard = Track.model_validate_json((await api.get(f"/v1/tracks/{LABEL.track_id}")).content)
    seen = Observed(TRACK)
    seen.add(heard, "name", "x" * 1_000_000)
    seen.add(heard, "genres", tuple(map(str, range(5_000))))

    name, genres = (one.value for one in seen.facts)
    assert name == f"{'x' * (MOST_LETTERS - 1)}…"
    assert genres == tuple(map(str, range(MOST_ENTRIES)))
