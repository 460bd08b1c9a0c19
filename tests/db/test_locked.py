"""A database that somebody else has locked: waited for, then said, never a mistake of ours."""

import asyncio
import sqlite3
from contextlib import closing

import pytest

from api.db import session as databases
from tests.db.locking import locked
from tests.library.own_files import TRACKS, is_problem, send, song
from tests.routes.product import opened

BRAND = {"name": "x"}
LIST = {"name": "x", "items": ["3CkaJF2BkFeNgnXzm1BUlQ"]}


@pytest.fixture
async def product(tmp_path):
    """The API without any source and without a worker."""
    async with opened(None, tmp_path) as product:
        yield product


@pytest.fixture
def impatient(monkeypatch):
    """Requests that wait for a moment only."""
    monkeypatch.setattr(databases, "PATIENCE_S", 0.1)


async def every_write(product):
    """What each request that writes is answered."""
    sent = (await send(product, song())).json()
    made = (await product.client.post("/v1/collections", json=LIST)).json()
    brand = (await product.client.post("/v1/brands", json=BRAND)).headers["location"]
    return {
        "brand": lambda: product.client.post("/v1/brands", json=BRAND),
        "rebrand": lambda: product.client.patch(brand, json=BRAND),
        "unbrand": lambda: product.client.delete(brand),
        "upload": lambda: send(product, song(7)),
        "names": lambda: send(product, song(), title="Other"),
        "delete": lambda: product.client.delete(f"{TRACKS}/{sent['id']}"),
        "cancel": lambda: product.client.delete(sent["job"]["href"]),
        "list": lambda: product.client.post("/v1/collections", json=LIST),
        "sheet": lambda: product.client.post("/v1/collections", files={"file": ("x.csv", SHEET)}),
        "unlist": lambda: product.client.delete(f"/v1/collections/{made['id']}"),
    }


def kept(tmp_path) -> list[str]:
    """Every file in the library's folder."""
    return sorted(str(path) for path in (tmp_path / "library").rglob("*") if path.is_file())


SHEET = b"Track URI,Track Name,Tempo\nspotify:track:3CkaJF2BkFeNgnXzm1BUlQ,Song,120\n"


@pytest.mark.parametrize("how", ["IMMEDIATE", "EXCLUSIVE"])
async def test_a_lock_that_lasts_is_said(product, tmp_path, impatient, how):
    """503 with the seconds to wait, in words; and nothing was changed, on the disk neither."""
    writes = await every_write(product)
    before = kept(tmp_path)
    with locked(tmp_path / "app.db", how):
        answers = {name: await write() for name, write in writes.items()}
        read = await product.get(TRACKS)

    assert [name for name, answer in answers.items() if not is_problem(answer, "busy")] == []
    assert {answer.headers["retry-after"] for answer in answers.values()} == {"2"}
    assert all("Nothing was changed" in answer.json()["hint"] for answer in answers.values())
    assert read.status_code == 200
    assert kept(tmp_path) == before
    assert (await product.get("/v1/collections")).json()["items"][0]["name"] == "x"


async def test_a_lock_that_passes_is_waited_for(product, tmp_path):
    """All go through, and meanwhile whoever reads is not held up, however many wait to write."""
    writes = await every_write(product)
    with locked(tmp_path / "app.db"):
        going = [asyncio.create_task(writes["list"]()) for _ in range(2 * databases.THREADS)]
        await asyncio.sleep(0.3)
        async with asyncio.timeout(1):
            reads = [await product.get(TRACKS) for _ in range(5)]
        waiting = [task for task in going if not task.done()]
    answers = await asyncio.gather(*going)

    assert len(waiting) == len(going)
    assert {read.status_code for read in reads} == {200}
    assert {answer.status_code for answer in answers} == {201}


async def test_a_read_that_meets_a_lock_is_answered_alike(
    product, tmp_path, impatient, monkeypatch
):
    """Where somebody has opened the file for themselves alone, reads wait, too."""
    monkeypatch.setattr(databases, "BUSY_TIMEOUT_MS", 50)
    engine = product.app.state.parts.database.engine
    engine.dispose()
    with closing(sqlite3.connect(tmp_path / "app.db")) as other:
        other.execute("PRAGMA journal_mode=DELETE")
    with locked(tmp_path / "app.db", "EXCLUSIVE"):
        answer = await product.get(TRACKS)

    assert is_problem(answer, "busy")
    assert (await product.get(TRACKS)).status_code == 200


async def test_whoever_has_read_may_write_whatever_others_wrote_meanwhile(product, tmp_path):
    """A writer holds its right from the first statement, so that no snapshot is too old for it."""
    engine = product.app.state.parts.database.engine
    with databases.writing(engine) as session:
        session.connection().exec_driver_sql("SELECT count(*) FROM note").all()
        with pytest.raises(sqlite3.OperationalError), locked(tmp_path / "app.db"):
            pass
        session.connection().exec_driver_sql("INSERT INTO note VALUES ('a', 'b')")

    with engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT value FROM note").scalar() == "b"


async def test_a_locked_cache_stops_no_answer(tmp_path, monkeypatch):
    """It works from memory then, and says so."""
    monkeypatch.setattr(databases, "PATIENCE_S", 0.1)
    monkeypatch.setattr(databases, "BUSY_TIMEOUT_MS", 50)
    async with opened(None, tmp_path, demo=True) as product:
        with locked(tmp_path / "cache.db", "EXCLUSIVE"):
            answers = [await product.get(path) for path in (TRACKS, "/v1/sources", "/readyz")]

    assert {answer.status_code for answer in answers} == {200}
