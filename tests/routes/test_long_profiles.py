"""Profiles of lists that take longer than a request: a job, followed, ended, taken up again."""

import asyncio
import json
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from api.services import playlist_sounds, profile, profile_jobs
from api.services.cascade import REQUEST_BUDGET_S
from tests.routes.product import Product, opened
from tests.sandbox import id_of, landmarks
from tests.sandbox.answers import Answer, error
from tests.sandbox.many_tracks import MOST_IDS, ManyTracks, isrc, track

TRACKS = 230
FEATURES, BY_NUMBER = "/audio-features", "/track"
OVER = {"done", "failed", "cancelled"}


@pytest.fixture(autouse=True)
def _a_long_list_is_one_of_hundreds(monkeypatch):
    """What holds for ten thousand is tried with fewer; waits are short."""
    monkeypatch.setattr(playlist_sounds, "MOST_COLD", 100)
    monkeypatch.setattr(playlist_sounds, "SOON_S", 0.02)


@asynccontextmanager
async def before(many: ManyTracks, folder: Path, **more: Any) -> AsyncIterator[Product]:
    """The product that asks this ReccoBeats and nobody else outside."""
    sources = ("reccobeats", "exportify", "library")
    settings = {"sources": sources, "reccobeats": {"url": many.url}, **more}
    async with opened(None, folder, **settings) as product:
        yield product


async def listed(product: Product, tracks: int = TRACKS, *, first: int = 0) -> str:
    """The address of the profile of a list of so many tracks."""
    items = [track(number) for number in range(first, first + tracks)]
    made = await product.client.post("/v1/collections", json={"name": "Long", "items": items})
    return f"/v1/playlists/{made.json()['id']}/profile"


async def ended(product: Product, job: str) -> dict[str, Any]:
    """The job once it is over."""
    until = time.monotonic() + 20
    while (told := (await product.get(job)).json())["state"] not in OVER:
        assert time.monotonic() < until, told
        await asyncio.sleep(0.02)
    return told


async def called(many: ManyTracks, calls: int) -> None:
    """Wait until it has been asked so often."""
    until = time.monotonic() + 10
    while sum(many.calls.values()) < calls:
        assert time.monotonic() < until
        await asyncio.sleep(0.01)


async def test_a_long_list_is_a_job_and_then_a_profile(tmp_path):
    """202 with where to look; meanwhile the same job for all who ask; after it nobody is asked."""
    async with ManyTracks(TRACKS) as many, before(many, tmp_path) as product:
        path = await listed(product)
        many.hold.clear()
        asking = asyncio.create_task(product.get(path))
        await called(many, 1)
        many.hold.set()
        first = await asking
        many.hold.clear()
        second, folded = await product.get(path), await product.get(f"{path}?fold=tempo")
        running = (await product.get(first.headers["location"])).json()
        many.hold.set()
        done = await ended(product, first.headers["location"])
        calls = dict(many.calls)
        after = await product.get(done["result"])

    job = first.json()
    assert (first.status_code, second.status_code) == (202, 202)
    assert first.headers["location"] == job["href"] == second.headers["location"]
    assert folded.headers["location"] == job["href"]
    assert int(first.headers["retry-after"]) >= 1
    assert "no-store" in first.headers["cache-control"]
    assert (job["kind"], job["track_id"], job["queue_place"]) == ("profile", None, None)
    assert job["playlist_id"] == path.split("/")[3]
    assert running["state"] in {"queued", "running"}
    assert 0 <= running["percent"] < 100
    assert (done["state"], done["percent"], done["result"]) == ("done", 100, path)
    assert after.status_code == 200
    assert after.json()["described"] == TRACKS - TRACKS // 10
    assert after.json()["by_source"] == {"reccobeats": after.json()["described"]}
    assert calls == dict(many.calls) == {FEATURES: -(-TRACKS // MOST_IDS)}


async def test_what_is_known_of_a_list_by_now_is_told_while_it_is_read(tmp_path):
    """Table and profile of those tracks alone, kept by nobody; the rest says that it was not asked.

    Nobody is asked for it, and once all is known the whole is told.
    """
    async with ManyTracks(TRACKS) as many, before(many, tmp_path) as product:
        path = await listed(product)
        table = path.replace("/profile", "/table")
        many.hold.clear()
        asking = asyncio.create_task(product.get(path))
        await called(many, 1)
        many.hold.set()
        job = (await asking).headers["location"]
        many.hold.clear()
        await called(many, 2)
        calls = dict(many.calls)
        rows, spread, plain = [
            await product.get(address)
            for address in (f"{table}?so_far=true&limit=500", f"{path}?so_far=true", table)
        ]
        same = dict(many.calls)
        many.hold.set()
        await ended(product, job)
        after = await product.get(f"{table}?so_far=true&limit=500")

    assert (rows.status_code, spread.status_code, plain.status_code) == (200, 200, 202)
    told, profile_ = rows.json(), spread.json()
    assert 0 < told["described"] == profile_["described"] < TRACKS - TRACKS // 10
    assert told["items_total"] == TRACKS
    assert any("nobody has been asked" in (row["reason"] or "") for row in told["items"])
    assert "have not been asked about yet" in told["missing"][0]["detail"]
    assert "no-store" in rows.headers["cache-control"]
    assert same == calls
    assert after.json()["described"] == TRACKS - TRACKS // 10
    assert after.json()["missing"] == []


async def test_a_short_list_is_answered_at_once(tmp_path):
    """As before."""
    async with ManyTracks(100) as many, before(many, tmp_path) as product:
        answer = await product.get(await listed(product, 100))

    assert answer.status_code == 200
    assert many.calls == {FEATURES: 3}


async def test_what_is_not_done_in_time_goes_on_behind(tmp_path, monkeypatch):
    """No call is made twice for having been begun by a request."""
    monkeypatch.setattr(playlist_sounds, "MOST_COLD", 10_000)
    monkeypatch.setattr(profile, "REQUEST_BUDGET_S", profile.ARITHMETIC_S + 0.5)
    async with ManyTracks(600, answer_s=0.2) as many, before(many, tmp_path) as product:
        path = await listed(product, 600)
        first = await product.get(path)
        monkeypatch.setattr(profile, "REQUEST_BUDGET_S", REQUEST_BUDGET_S)
        done = await ended(product, first.headers["location"])
        after = await product.get(path)

    assert (first.status_code, done["state"], after.status_code) == (202, "done", 200)
    assert many.calls == {FEATURES: 15}
    assert set(Counter(many.asked).values()) == {1}


async def test_a_short_list_that_is_late_is_no_job(tmp_path, monkeypatch):
    """A silent source would make one of every list."""
    monkeypatch.setattr(profile, "REQUEST_BUDGET_S", profile.ARITHMETIC_S + 0.2)
    async with ManyTracks(100, answer_s=0.5) as many, before(many, tmp_path) as product:
        answer = await product.get(await listed(product, 100))

    assert answer.status_code == 503
    assert answer.json()["type"] == "/problems/sources-unavailable"


async def test_another_site_learns_of_no_job(tmp_path, sandbox):
    """Which lists have been asked for here is nobody else’s business: it may ask again later."""
    path = f"/v1/playlists/{id_of('playlist', landmarks.VERY_LONG_PLAYLIST)}/profile"
    origin = {"Origin": "https://example.com"}
    async with opened(sandbox, tmp_path) as product:
        first = await product.get(path, headers=origin)
        job = await product.get(path)
        meanwhile = await product.get(path, headers=origin)
        followed = await product.get(job.headers["location"], headers=origin)
        await ended(product, job.headers["location"])
        after = await product.get(path, headers=origin)

    assert job.status_code == 202
    assert first.status_code == 503
    assert meanwhile.status_code != 202
    assert followed.status_code == 403
    assert after.status_code == 200


async def test_a_source_that_sends_nonsense_is_not_asked_for_ever(tmp_path, monkeypatch):
    """It is not told from silence."""
    monkeypatch.setattr(playlist_sounds, "TRIES", 2)
    async with ManyTracks(TRACKS) as many, before(many, tmp_path) as product:
        path = await listed(product)
        many.refuse_after = 2
        many.refuse = Answer(200, b"nonsense", {"content-type": "application/json"})
        failed = await ended(product, (await product.get(path)).headers["location"])

    assert failed["state"] == "failed"
    assert failed["problem"]["type"] == "/problems/bad-upstream-answer"
    assert sum(many.calls.values()) < 12


async def test_recordings_are_looked_for_by_number_in_the_job(tmp_path):
    """Forty numbers a call; whom a request had asked about by id alone, too."""
    rows = "".join(
        f"spotify:track:{track(n)},Song {n},Many,{200_000},{isrc(n)}\n" for n in range(TRACKS)
    )
    text = "Track URI,Track Name,Artist Name(s),Duration (ms),ISRC\n" + rows
    async with ManyTracks(TRACKS) as many, before(many, tmp_path) as product:
        file = {"file": ("long.csv", text.encode(), "text/csv")}
        made = (await product.client.post("/v1/collections", files=file)).json()
        path = f"{made['playlist']}/profile"
        first = await product.get(path)
        await ended(product, first.headers["location"])
        after = (await product.get(path)).json()
        calls = Counter(many.calls)
        await product.get(path)
        one = (await product.get(f"/v1/tracks/{track(9)}/features")).json()

    assert after["described"] == TRACKS
    assert calls[FEATURES] + calls[BY_NUMBER] <= 3 * -(-TRACKS // MOST_IDS) + 2
    assert calls == Counter(many.calls)
    assert one["id"] == track(9)
    assert isrc(9) in one["provenance"][0]["detail"]


async def test_a_track_that_a_batch_does_not_know_is_looked_for_by_its_number(tmp_path):
    """Whoever opens it alone is not told what was not tried."""
    text = (
        "Track URI,Track Name,Artist Name(s),Duration (ms),ISRC\n"
        f"spotify:track:{track(9)},Song 9,Many,200000,{isrc(9)}\n"
        f"spotify:track:{track(8)},Song 8,Many,200000,{isrc(8)}\n"
    )
    async with ManyTracks(TRACKS) as many, before(many, tmp_path) as product:
        file = {"file": ("two.csv", text.encode(), "text/csv")}
        made = (await product.client.post("/v1/collections", files=file)).json()
        short = await product.get(f"{made['playlist']}/profile")

    assert short.json()["described"] == 1
    assert many.calls == {FEATURES: 1}


async def test_a_job_can_be_cancelled_and_tried_again(tmp_path):
    """What was fetched is kept; a running one cannot be begun a second time."""
    async with ManyTracks(TRACKS) as many, before(many, tmp_path) as product:
        path = await listed(product)
        job = (await product.get(path)).headers["location"]
        many.hold.clear()
        again = await product.client.post(f"{job}/retry")
        cancelled = await product.client.delete(job)
        twice = await product.client.delete(job)
        many.hold.set()
        retried = await product.client.post(f"{job}/retry")
        done = await ended(product, retried.headers["location"])
        late = await product.client.delete(retried.headers["location"])
        known = Counter(ident for ident in many.asked)

    assert again.status_code == 409
    assert (cancelled.status_code, cancelled.json()["state"]) == (200, "cancelled")
    assert twice.json()["state"] == "cancelled"
    assert (retried.status_code, retried.json()["state"]) == (202, "queued")
    assert retried.headers["location"] != job
    assert done["state"] == "done"
    assert late.status_code == 409
    assert max(known.values()) <= 2


async def test_as_many_at_once_as_may(tmp_path, monkeypatch):
    """Beyond that it is 503 with when to ask again, and nothing is kept of it."""
    monkeypatch.setattr(profile_jobs, "MOST_ACTIVE", 2)
    slow = ManyTracks(4 * TRACKS, answer_s=0.4)
    async with slow as many, before(many, tmp_path) as product:
        paths = [await listed(product, first=number * TRACKS) for number in range(3)]
        answers = await asyncio.gather(*map(product.get, paths[:2]))
        jobs = [answer.headers["location"] for answer in answers]
        full = await product.get(paths[2])
        many.answer_s = 0.0
        for job in jobs:
            await ended(product, job)
        later = await product.get(paths[2])
        await ended(product, later.headers["location"])

    assert full.status_code == 503
    assert full.json()["type"] == "/problems/queue-full"
    assert int(full.headers["retry-after"]) >= 1
    assert later.status_code == 202


async def test_a_restart_goes_on_where_it_stood(tmp_path):
    """The same job, and nothing is asked for that was answered before."""
    async with ManyTracks(TRACKS) as many:
        async with before(many, tmp_path) as product:
            path = await listed(product)
            job = (await product.get(path)).headers["location"]
            await called(many, 3)
            many.hold.clear()
            asyncio.get_running_loop().call_later(0.3, many.hold.set)
        asked = len(many.asked)
        async with before(many, tmp_path) as product:
            done = await ended(product, job)
            after = await product.get(path)
            ids = Counter(many.asked)

    assert asked < TRACKS
    assert (done["state"], done["tries"]) == ("done", 2)
    assert after.json()["described"] == TRACKS - TRACKS // 10
    assert set(ids.values()) == {1}


@pytest.mark.parametrize(
    ("refusal", "words"),
    [
        (error(429).but(retry_after="43200"), "about 12 hours"),
        (error(500), "ReccoBeats: It says that it has a fault of its own."),
    ],
)
async def test_a_job_that_cannot_go_on_says_why(tmp_path, monkeypatch, refusal: Answer, words):
    """In plain words, with what is there by now; tried again, it goes on from there."""
    monkeypatch.setattr(playlist_sounds, "PATIENCE_S", 1.0)
    async with ManyTracks(TRACKS) as many, before(many, tmp_path) as product:
        path = await listed(product)
        many.refuse_after = 2
        many.refuse = refusal
        job = (await product.get(path)).headers["location"]
        failed = await ended(product, job)
        partial = await product.get(path)
        many.refuse = None
        product.clock.advance(50_000)
        retried = await product.client.post(f"{job}/retry")
        done = await ended(product, retried.headers["location"])

    problem = failed["problem"]
    assert failed["state"] == "failed"
    assert problem["type"] == "/problems/sources-unavailable"
    assert words in problem["detail"]
    assert f"of {TRACKS} tracks" in problem["detail"]
    assert "goes on from there" in problem["detail"]
    assert partial.status_code == 200
    assert "could not be asked about" in json.dumps(partial.json()["missing"])
    assert done["state"] == "done"


async def test_a_short_wait_is_waited_out(tmp_path):
    """A job is behind those who wait, and in no hurry."""
    async with ManyTracks(TRACKS) as many, before(many, tmp_path) as product:
        path = await listed(product)
        many.refuse_after = 2
        many.refuse = error(503)
        job = (await product.get(path)).headers["location"]
        await called(many, 4)
        many.refuse = None
        product.clock.advance(20)
        done = await ended(product, job)

    assert done["state"] == "done"


async def test_folded_tempi_change_nothing_else(tmp_path):
    """Which is told; any other value is refused."""
    async with ManyTracks(100) as many, before(many, tmp_path) as product:
        path = await listed(product, 100)
        plain = (await product.get(path)).json()
        folded = (await product.get(f"{path}?fold=tempo")).json()
        again = (await product.get(path)).json()
        wrong = await product.get(f"{path}?fold=key")

    told = folded["provenance"][-1]
    assert again == plain
    assert told["fields"] == ["features.tempo"]
    assert "usual in this list" in told["detail"]
    assert folded["features"]["tempo"]["sd"] < plain["features"]["tempo"]["sd"]
    others = {name: spread for name, spread in plain["features"].items() if name != "tempo"}
    assert {name: folded["features"][name] for name in others} == others
    for name in ("keys", "described", "excluded", "time_signatures", "missing"):
        assert folded[name] == plain[name]
    assert wrong.status_code == 422


async def test_a_fit_into_a_long_list_leads_to_the_same_job(tmp_path):
    """Once that is done, both are there."""
    async with ManyTracks(TRACKS) as many, before(many, tmp_path) as product:
        path = await listed(product)
        fit = f"{path.removesuffix('/profile')}/fit?track={track(0)}"
        first = await product.get(fit)
        await ended(product, first.headers["location"])
        after = await product.get(fit)

    assert (first.status_code, after.status_code) == (202, 200)
    assert first.json()["kind"] == "profile"


async def test_a_long_list_is_taken_along_once_it_was_read(tmp_path):
    """A file cannot wait for a job: it is told to come again."""
    async with ManyTracks(TRACKS) as many, before(many, tmp_path) as product:
        path = await listed(product)
        export = f"{path.removesuffix('/profile')}/export?format=csv"
        first = await product.get(export)
        job = (await product.get(path)).headers["location"]
        await ended(product, job)
        after = await product.get(export)

    assert first.status_code == 503
    assert int(first.headers["retry-after"]) >= 1
    assert after.status_code == 200
    assert after.text.count("ReccoBeats") >= TRACKS - TRACKS // 10


async def test_offline_nobody_is_asked_and_no_job_begins(tmp_path):
    """Switched off is no reason to wait."""
    async with ManyTracks(TRACKS) as many, before(many, tmp_path, offline=True) as product:
        answer = await product.get(await listed(product))

    assert answer.status_code == httpx.codes.NOT_FOUND
    assert many.calls == {}
