"""Analyses by version: an older one says so, is made anew on request, and is kept beside it."""

import json
from typing import Any

import pytest

from api.analysis.version import ANALYSER_VERSION as NOW
from api.db.library import packed_analysis
from tests.library.own_files import TRACKS, finish, is_problem, row_of, send, song
from tests.routes.product import opened
from tests.web import own, sound

OLD = NOW - 1
ALL = "/v1/library/analyses"
NOBODY = "own_3CkaJF2BkFeNgnXzm1BUlQ"


@pytest.fixture
async def product(tmp_path):
    """The API without any source and without a worker; eight files may wait."""
    async with opened(None, tmp_path, queue=8) as product:
        yield product


def heard(ident: str, analyser: int, **numbers: Any):
    """What this version of the analyser would have kept."""
    features = own.features(ident, **numbers).model_dump_json().encode()
    analysis = sound.analysis().model_copy(update={"id": ident}).model_dump_json().encode()
    return packed_analysis(
        ident, analyser=analyser, features=features, analysis=analysis, made_at=1_800_000_000.0
    )


async def outdated(product, number: int = 0) -> str:
    """A file that the version before has heard, as at 124 BPM."""
    sent = (await send(product, song(6 + number / 4))).json()
    await finish(product, sent["job"]["id"], heard(sent["id"], OLD, tempo=124.0))
    product.clock.advance(1)
    return sent["id"]


async def renew(product, ident: str):
    """The answer to having it heard again."""
    return await product.client.post(f"{TRACKS}/{ident}/analyses")


def versions(told: dict[str, Any]) -> set[int]:
    """The versions that an answer names, and says to be different."""
    named = [one for one in told["provenance"] if one["analyser"]]
    assert all("measured by different versions of the analyser" in one["detail"] for one in named)
    return {one["analyser"] for one in named}


async def test_an_older_analysis_says_which_version_made_it(product):
    """In its provenance, in words and as a number; the file says which one is here."""
    ident = await outdated(product)
    features = (await product.get(f"/v1/tracks/{ident}/features")).json()
    analysis = (await product.get(f"/v1/tracks/{ident}/analysis?include=track")).json()
    file = (await product.get(f"{TRACKS}/{ident}")).json()

    for said in (*features["provenance"], *analysis["provenance"]):
        assert said["analyser"] == OLD
        assert f"version {OLD} of the analyser heard it, and version {NOW} is" in said["detail"]
    assert (file["analyser"], file["analyser_now"]) == (OLD, NOW)


async def test_a_present_analysis_is_called_nothing_older(product):
    """Its version stands there all the same."""
    sent = (await send(product, song())).json()
    assert (sent["analyser"], sent["analyses"]) == (None, [])
    await finish(product, sent["job"]["id"], heard(sent["id"], NOW))

    said = (await product.get(f"/v1/tracks/{sent['id']}/features")).json()["provenance"]

    assert {one["analyser"] for one in said} == {NOW}
    assert not any("is here" in (one["detail"] or "") for one in said)


async def test_a_file_is_heard_again_on_request_and_once(product):
    """The old numbers count until the new ones are there, and are kept with their version."""
    ident = await outdated(product)

    asked, again = await renew(product, ident), await renew(product, ident)
    meanwhile = (await product.get(f"/v1/tracks/{ident}/features")).json()
    job = asked.json()["job"]
    await finish(product, job["id"], heard(ident, NOW, tempo=62.0))
    file = (await product.get(f"{TRACKS}/{ident}")).json()
    told = [(await product.get(one["features"])).json() for one in file["analyses"]]
    old = (await product.get(file["analyses"][1]["analysis"])).json()
    third = await renew(product, ident)

    assert (asked.status_code, asked.headers["location"]) == (202, job["href"])
    assert (again.status_code, again.json()["job"]["id"]) == (202, job["id"])
    assert meanwhile["tempo"] == 124.0
    assert [one["analyser"] for one in file["analyses"]] == [NOW, OLD]
    assert [one["tempo"] for one in told] == [62.0, 124.0]
    assert (await product.get(f"/v1/tracks/{ident}/features")).json()["tempo"] == 62.0
    assert (old["id"], old["provenance"][0]["analyser"]) == (ident, OLD)
    assert (third.status_code, third.json()["job"]["state"]) == (200, "done")
    assert "location" not in third.headers


async def test_a_file_that_is_gone_from_the_disk_stays_as_it_was_heard(product, tmp_path):
    """The refusal says what to do."""
    ident = await outdated(product)
    for path in (tmp_path / "library").rglob("*.wav"):
        path.unlink()

    refused = await renew(product, ident)
    every = (await product.client.post(ALL)).json()

    assert is_problem(refused, "conflict")
    assert "Send the same file to put it back" in refused.json()["detail"]
    assert (every["outdated"], every["gone"]) == (0, 1)
    assert (await product.get(f"/v1/tracks/{ident}/features")).json()["tempo"] == 124.0


async def test_what_is_not_here_is_heard_by_no_version(product):
    """Neither a file nor a version that has not heard it."""
    ident = await outdated(product)
    kept = [f"{TRACKS}/{ident}/analyses/{NOW}/{part}" for part in ("features", "analysis")]

    assert is_problem(await renew(product, NOBODY), "track-not-found")
    answers = [await product.get(one) for one in kept]
    assert [is_problem(one, "track-not-found") for one in answers] == [True, True]
    not_heard = f"Version {NOW} of the analyser has not heard this file"
    assert all(one.json()["detail"].startswith(not_heard) for one in answers)


async def test_all_songs_are_heard_again_through_half_of_the_queue(product):
    """Whoever brings a file meanwhile finds room; what fails is not tried for ever."""
    idents = [await outdated(product, number) for number in range(6)]
    analyses, jobs = (getattr(product.app.state.parts.own, name) for name in ("analyses", "jobs"))
    assert (await product.get(ALL)).json() == {
        "analyser": NOW,
        "outdated": 6,
        "gone": 0,
        "asked_at": None,
    }

    first = await product.client.post(ALL)
    await product.client.post(ALL)
    waiting = await jobs.figures()
    brought = await send(product, song(9))
    begun = {ident: await jobs.of_track(ident) for ident in idents}
    begun = {ident: job for ident, job in begun.items() if job.state == "queued"}
    for ident, job in begun.items():
        await finish(product, job.id, heard(ident, NOW))
    await analyses.go_on()
    left = [ident for ident in idents if ident not in begun]
    assert [(await jobs.of_track(ident)).state for ident in left] == ["queued", "queued"]
    for ident in left:
        job_id = (await jobs.of_track(ident)).id
        problem = {"code": "bad-audio", "title": "Broken", "detail": "Broken."}
        jobs.tables.fail(job_id, problem, now=product.clock())
    await analyses.go_on()
    over = (await product.get(ALL)).json()

    assert (first.status_code, first.json()["asked_at"] is not None) == (202, True)
    assert (waiting.waiting, brought.status_code) == (4, 202)
    assert (over["outdated"], over["asked_at"]) == (2, None)


async def test_hearing_all_again_can_be_stopped(product):
    """What waits stays; no more is begun."""
    for number in range(6):
        await outdated(product, number)
    await product.client.post(ALL)

    stopped = await product.client.delete(ALL)
    await product.app.state.parts.own.analyses.go_on()

    assert stopped.status_code == 204
    assert (await product.get(ALL)).json()["asked_at"] is None
    assert (await product.app.state.parts.own.jobs.figures()).waiting == 4


async def test_a_deleted_file_takes_all_its_versions_along(product):
    """Nothing that was heard in it is left."""
    ident = await outdated(product)
    await product.app.state.parts.own.tables.save_analysis(heard(ident, NOW))
    kept = f"{TRACKS}/{ident}/analyses/{OLD}/features"
    before = await product.get(kept)
    await product.client.delete(f"{TRACKS}/{ident}")

    assert before.status_code == 200
    assert is_problem(await product.get(kept), "track-not-found")
    assert await product.app.state.parts.own.tables.versions([ident]) == {}


@pytest.fixture
async def both(product):
    """Two files by their own ids, each heard by another version."""
    idents = ["own_" + letter * 22 for letter in "12"]
    tables = product.app.state.parts.own.tables
    for ident, version, energy in zip(idents, (OLD, NOW), (0.2, 0.8), strict=True):
        await tables.add(row_of(ident, sha256=ident, file=ident))
        await tables.save_analysis(heard(ident, version, energy=energy))
    return idents


async def test_whatever_compares_versions_says_so(product, both):
    """A list's profile and table, the fit of a song, what and who is near, and a brand."""
    old, new = both
    made = (
        await product.client.post("/v1/collections", json={"name": "Both", "items": both})
    ).json()
    brand = (await product.client.post("/v1/brands", json={"name": "Old", "from": [old]})).json()
    at = made["playlist"]
    paths = [f"{at}/profile", f"{at}/table", f"{at}/fit?track={new}"]
    paths += [f"/v1/library/nearest?track={new}", f"/v1/brands/{brand['id']}/distance?track={new}"]
    artist = (await product.get(f"{TRACKS}/{new}")).json()["artist_id"]
    paths += [f"/v1/artists/{artist}/related"]

    told = {path: (await product.get(path)).json() for path in paths}

    assert {path: versions(one) for path, one in told.items()} == {one: {OLD, NOW} for one in paths}
    assert brand["made_from"][0]["analyser"] == OLD


async def test_what_one_version_has_heard_is_not_called_mixed(product, both):
    """A list of one song, or of several that the same version heard."""
    made = (
        await product.client.post("/v1/collections", json={"name": "One", "items": both[:1]})
    ).json()
    told = (await product.get(f"{made['playlist']}/profile")).json()
    assert not any("different versions" in (one["detail"] or "") for one in told["provenance"])


async def test_a_worksheet_keeps_what_the_older_version_said(product):
    """Its facts stay frozen with their version; beside them stands what the newer one says."""
    ident = await outdated(product)
    made = await product.client.post(
        "/v1/worksheets", json={"name": "Then", "about": [f"track:{ident}"]}
    )
    await product.app.state.parts.own.tables.save_analysis(heard(ident, NOW, tempo=62.0))

    sheet = (await product.get(f"/v1/worksheets/{made.json()['id']}?now=true")).json()
    tempo = next(one for one in sheet["facts"] if one["field"] == "tempo")

    assert (tempo["value"], tempo["analyser"]) == (124.0, OLD)
    assert (tempo["now"], tempo["now_analyser"]) == (62.0, NOW)


async def test_asking_for_all_survives_a_restart(tmp_path):
    """What was not begun yet is begun by whoever runs then."""
    async with opened(None, tmp_path, queue=2) as product:
        idents = [await outdated(product, number) for number in range(2)]
        await product.client.post(ALL)
    async with opened(None, tmp_path, queue=2) as product:
        jobs = product.app.state.parts.own.jobs
        await finish(product, (await jobs.of_track(idents[0])).id, heard(idents[0], NOW))
        await product.app.state.parts.own.analyses.go_on()
        assert (await jobs.of_track(idents[1])).state == "queued"


def test_old_answers_are_read_as_they_were_written():
    """Provenance from before versions were counted has none."""
    said = json.loads(own.features().model_dump_json())
    for one in said["provenance"]:
        del one["analyser"]
    assert own.features().model_validate(said).provenance[0].analyser is None
