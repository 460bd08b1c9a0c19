"""Rows and files agree, whatever is uploaded, refused, cancelled and deleted at the same time."""

import asyncio
import hashlib
import random
import sqlite3
from contextlib import suppress

import pytest
from sqlmodel import Session, select

from api.db import session as databases
from api.db.models import JobRow, LibraryTrackRow
from api.music.ids import own_id
from api.worker.probe import Facts
from tests.db.locking import locked
from tests.library.own_files import TRACKS, is_problem, send, song
from tests.routes.product import opened
from tests.sampling import sampled

SEEDS = sampled(range(4), 4)


@pytest.fixture
async def product(tmp_path):
    """The API without any source and without a worker: jobs stay as they are."""
    async with opened(None, tmp_path, queue=2) as product:
        yield product


def files(tmp_path) -> set[str]:
    """Every file in the library's folder, as a row would say it."""
    folder = tmp_path / "library"
    return {str(path.relative_to(tmp_path)) for path in folder.rglob("*") if path.is_file()}


def rows(product) -> list[LibraryTrackRow]:
    """Every row of a file."""
    with Session(product.app.state.parts.database.engine) as session:
        return list(session.exec(select(LibraryTrackRow)))


class Gate:
    """A first look that waits until it is let through, once it is closed."""

    def __init__(self, probe):
        self._probe, self.is_open = probe, asyncio.Event()
        self.is_open.set()
        self.waits = asyncio.Event()

    async def check(self):
        await self._probe.check()

    async def facts(self, path):
        facts = await self._probe.facts(path)
        self.waits.set()
        await self.is_open.wait()
        return facts


@pytest.fixture
def gate(product):
    """The gate that all uploads go through."""
    uploads = product.app.state.parts.own.uploads
    uploads._probe = Gate(uploads._probe)
    return uploads._probe


async def held_up(product, gate, content=None):
    """An upload that has been looked at, and is not in the library yet."""
    gate.is_open.clear()
    gate.waits.clear()
    upload = asyncio.create_task(send(product, content or song(), title="Second"))
    await gate.waits.wait()
    return upload


async def test_a_second_upload_that_fails_takes_nothing_from_the_first(
    product, gate, tmp_path, monkeypatch
):
    """The same bytes twice at once: where the second job cannot start, the first file stays."""
    monkeypatch.setattr(databases, "PATIENCE_S", 0.1)
    second = await held_up(product, gate)
    own = product.app.state.parts.own.uploads
    own._probe = own._probe._probe
    first = (await send(product, song())).json()
    with locked(tmp_path / "app.db"):
        gate.is_open.set()
        refused = await second
    audio = await product.get(first["audio"])

    assert is_problem(refused, "busy")
    assert audio.content == song()
    assert files(tmp_path) == {row.file for row in rows(product)}


async def test_a_full_queue_takes_nothing_from_the_first_either(product, gate, tmp_path):
    """Nor is anything of the refused file kept."""
    late = await held_up(product, gate, song(7))
    own = product.app.state.parts.own.uploads
    own._probe = own._probe._probe
    first, _ = (await send(product, song())).json(), await send(product, song(8))
    gate.is_open.set()

    assert is_problem(await late, "queue-full")
    assert (await product.get(first["audio"])).content == song()
    assert files(tmp_path) == {row.file for row in rows(product)}


async def test_whoever_hangs_up_leaves_a_whole_track_or_nothing(product, gate, tmp_path):
    """An upload that is given up while its row is being written is in, with its file, or out."""
    for turns in range(2, 12, 2):
        upload = await held_up(product, gate)
        gate.is_open.set()
        for _ in range(turns):
            await asyncio.sleep(0)
        upload.cancel()
        with suppress(asyncio.CancelledError):
            await upload
        await asyncio.sleep(0.2)
        assert files(tmp_path) == {row.file for row in rows(product)}
        await product.client.delete(f"{TRACKS}/{own_id_of(song())}")


def own_id_of(content: bytes) -> str:
    """The id that these bytes have."""
    return own_id(hashlib.sha256(content).digest())


async def test_a_track_that_is_deleted_meanwhile_does_not_come_back(product):
    """A change of names is of a row that is here, or of none."""
    told = (await send(product, song())).json()
    tables = product.app.state.parts.own.tables
    row = await tables.track(told["id"])
    await product.client.delete(f"{TRACKS}/{told['id']}")
    changed = await tables.change(row.id, {"title": "Back again"})

    assert not changed
    assert rows(product) == []


async def test_two_who_name_a_file_at_once_do_not_undo_each_other(product):
    """Each upload changes what it says, and nothing that it has read before."""
    told = (await send(product, song(), title="One", artist="Me")).json()
    await asyncio.gather(
        send(product, song(), title="Two"),
        send(product, song(), artist="Her"),
        send(product, song(), album="Record"),
    )
    now = (await product.get(f"{TRACKS}/{told['id']}")).json()

    assert (now["title"], now["artist"], now["album"]) == ("Two", "Her", "Record")


async def test_bytes_that_are_gone_from_the_disk_are_put_back(product, tmp_path):
    """Sending the file once more is how its owner mends the library."""
    told = (await send(product, song())).json()
    for path in (tmp_path / "library").glob("??/*"):
        path.unlink()
    gone = await product.get(told["audio"])
    again = await send(product, song())
    audio = await product.get(told["audio"])

    assert is_problem(gone, "track-not-found")
    assert again.status_code == 200
    assert audio.content == song()
    assert files(tmp_path) == {row.file for row in rows(product)}


async def test_a_job_cannot_be_tried_again_for_a_file_that_is_deleted_meanwhile(product):
    """It is gone with its file."""
    told = (await send(product, song())).json()
    jobs = product.app.state.parts.own.jobs
    await product.client.delete(told["job"]["href"])
    job = await jobs.job(told["job"]["id"])
    await product.client.delete(f"{TRACKS}/{told['id']}")
    jobs.job = lambda _ident: asyncio.sleep(0, job)
    answer = await product.client.post(f"{told['job']['href']}/retry")

    assert is_problem(answer, "job-not-found")


async def test_a_collection_is_deleted_once(product):
    """Whoever is second is told that there is none."""
    made = (
        await product.client.post(
            "/v1/collections", json={"name": "x", "items": ["3CkaJF2BkFeNgnXzm1BUlQ"]}
        )
    ).json()
    path = f"/v1/collections/{made['id']}"
    answers = await asyncio.gather(*(product.client.delete(path) for _ in range(4)))

    assert sorted(answer.status_code for answer in answers) == [204, 404, 404, 404]


class QuickProbe:
    """Takes anything for music, after a while."""

    async def check(self) -> None:
        """There is nothing to say against any."""

    async def facts(self, _path) -> Facts:
        await asyncio.sleep(random.random() / 100)
        return Facts("wav")


@pytest.mark.parametrize("seed", SEEDS)
async def test_rows_and_files_agree_after_anything(product, tmp_path, monkeypatch, seed):
    """Uploads, deletes, cancelled jobs, lost connections, full queues and locks, at random."""
    chance = random.Random(seed)
    own = product.app.state.parts.own
    own.uploads._probe = QuickProbe()
    monkeypatch.setattr(databases, "PATIENCE_S", 0.05)
    contents = [bytes([number]) * 300 for number in range(3)]

    async def act() -> None:
        content = chance.choice(contents)
        await asyncio.sleep(chance.random() / 50)
        match chance.choice(("send", "send", "send", "delete", "delete", "jobs", "lock")):
            case "send":
                fields = chance.choice(({}, {"title": "x"}, {"artist": "y"}))
                async with asyncio.timeout(chance.choice((0.005, 0.02, 20, 20))):
                    answer = await send(product, content, **fields)
                assert answer.status_code in {200, 202, 409, 503}, answer.text
            case "delete":
                answer = await product.client.delete(f"{TRACKS}/{own_id_of(content)}")
                assert answer.status_code in {204, 404, 503}, answer.text
            case "jobs":
                await end_a_job(chance, product)
            case "lock":
                with suppress(sqlite3.OperationalError), locked(tmp_path / "app.db"):
                    await asyncio.sleep(chance.random() / 8)

    for _ in sampled(range(4), 2):
        told = await asyncio.gather(*(act() for _ in range(12)), return_exceptions=True)
        assert [one for one in told if one and not isinstance(one, TimeoutError)] == []
        await asyncio.sleep(0.15)  # until what was given up has come to its end
        there = {row.file: row.sha256 for row in rows(product)}
        assert files(tmp_path) == set(there)
        assert all((tmp_path / file).read_bytes() in contents for file in there)


async def end_a_job(chance, product) -> None:
    """Cancel one of them, or try it again."""
    with Session(product.app.state.parts.database.engine) as session:
        idents = list(session.exec(select(JobRow.id)))
    if idents:
        path = f"/v1/jobs/{chance.choice(idents)}"
        cancelled = await product.client.delete(path)
        again = await product.client.post(f"{path}/retry")
        assert {cancelled.status_code, again.status_code} <= {200, 202, 404, 409, 503}
