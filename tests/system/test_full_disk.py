"""R-29 (B6): a disk without room loses nothing: said in words, and deleting still works."""

import errno
import os
import resource
import sqlite3
import subprocess
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import pytest
from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from api.db.reserve import BYTES, NAME, put_by, with_reserve
from api.db.session import Durability, make_engine
from api.http import multipart
from tests.library.own_files import TRACKS, is_problem, send, song
from tests.routes.product import opened
from tests.sandbox import id_of

LIST = {"name": "x", "items": ["3CkaJF2BkFeNgnXzm1BUlQ"]}
ROW = b"spotify:track:3CkaJF2BkFeNgnXzm1BUlQ,Song,120\n"
SHEET = b"Track URI,Track Name,Tempo\n" + ROW * 3_000


@pytest.fixture
async def product(tmp_path):
    """The API without any source and without a worker."""
    async with opened(None, tmp_path) as product:
        yield product


def left_over(folder: Path) -> list[str]:
    """Every file in the library's folder."""
    return sorted(str(path) for path in (folder / "library").rglob("*") if path.is_file())


@contextmanager
def no_more_than(size: int):
    """No file of this process may grow beyond this size: the system says EFBIG, SQLite “I/O”."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


async def sheet(product):
    """A spreadsheet of 150 KB is brought."""
    return await product.client.post("/v1/collections", files={"file": ("x.csv", SHEET)})


async def test_what_finds_no_room_is_refused_in_words_and_leaves_nothing(product, tmp_path):
    """The file that is received, its row, a list and a spreadsheet; then all of it works again."""
    with no_more_than(100_000):
        answers = [await send(product, song()), await sheet(product)]
        left = left_over(tmp_path)
        rows = (await product.get(TRACKS)).json()["total"]
    again = [await send(product, song()), await sheet(product)]

    assert all(is_problem(answer, "no-room") for answer in answers)
    assert "no room left" in answers[0].json()["detail"]
    assert (left, rows) == ([], 0)
    assert [answer.status_code for answer in again] == [202, 201]


async def test_a_brand_that_finds_no_room_is_refused_in_words(product):
    """New or changed, nothing of it is kept, and nothing that was there is lost."""
    path = (await product.client.post("/v1/brands", json={"name": "x"})).headers["location"]
    with no_more_than(1):
        made = await product.client.post("/v1/brands", json={"name": "y"})
        changed = await product.client.patch(path, json={"name": "z"})
    listed = (await product.get("/v1/brands")).json()["items"]
    gone = await product.client.delete(path)

    assert is_problem(made, "no-room")
    assert is_problem(changed, "no-room")
    assert [one["name"] for one in listed] == ["x"]
    assert gone.status_code == 204


@pytest.mark.parametrize(
    ("step", "number"),
    [
        ("mkdir", errno.ENOSPC),
        ("open", errno.EDQUOT),
        ("write", errno.ENOSPC),
        ("fsync", errno.EDQUOT),
        ("replace", errno.ENOSPC),
    ],
)
async def test_each_step_of_an_upload_may_find_the_disk_full(
    product, tmp_path, monkeypatch, step, number
):
    """Making the folder, the file, writing it, waiting for the disk, moving it to its place."""

    def full(*_: object, **__: object) -> None:
        raise OSError(number, os.strerror(number))

    await product.get(TRACKS)
    place = {"fsync": os, "write": multipart._FileSink}.get(step, Path)
    monkeypatch.setattr(place, step, full)
    answer = await send(product, song())
    monkeypatch.undo()

    assert is_problem(answer, "no-room")
    assert left_over(tmp_path) == []
    assert (await product.get(TRACKS)).json()["total"] == 0
    assert (await send(product, song())).status_code == 202


async def test_another_trouble_with_the_disk_is_a_mistake(product, monkeypatch, tmp_path):
    """Who may not write there reads the log; nothing of the inside is told."""

    def forbidden(*_: object, **__: object) -> None:
        raise OSError(errno.EACCES, "secret place")

    monkeypatch.setattr(Path, "replace", forbidden)
    answer = await send(product, song())

    assert is_problem(answer, "internal")
    assert "secret" not in answer.text
    assert left_over(tmp_path) == []


@pytest.fixture
def tiny(tmp_path):
    """A disk of five megabytes."""
    folder = tmp_path / "tiny"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=5m", "tmpfs", str(folder)]
    try:
        done = subprocess.run(mount, capture_output=True, check=False)  # noqa: S603  # our own
    except FileNotFoundError:
        pytest.skip("there is no mount here")
    if done.returncode:
        pytest.skip("only root may mount a disk of five megabytes, and not everywhere")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)  # noqa: S603, S607  # our own


def fill(folder: Path) -> None:
    """Leave no room at all."""
    with (folder / "filler").open("ab", buffering=0) as filler:
        try:
            while True:
                filler.write(bytes(4_096))
        except OSError:
            return


async def test_on_a_full_disk_everything_is_refused_but_deleting(tiny):
    """And reading; what was deleted makes room, which is used again."""
    async with opened(None, tiny / "data") as product:
        track = (await send(product, song())).json()
        made = [(await product.client.post("/v1/collections", json=LIST)).json() for _ in "12"]
        too_much = await send(product, song(120))
        fill(tiny)
        refused = [
            await send(product, song(7)),
            await send(product, song(), title="Other"),
            await product.client.post("/v1/collections", json=LIST),
            await sheet(product),
        ]
        read = await product.get(TRACKS)
        deleted = [
            await product.client.delete(path)
            for path in (
                f"/v1/collections/{made[0]['id']}",
                f"{TRACKS}/{track['id']}",
                f"/v1/collections/{made[1]['id']}",
            )
        ]
        again = await product.client.post("/v1/collections", json=LIST)

    assert all(is_problem(answer, "no-room") for answer in (too_much, *refused))
    assert read.json()["total"] == 1
    assert [answer.status_code for answer in deleted] == [204, 204, 204]
    assert again.status_code == 201
    assert left_over(tiny / "data") == []


async def test_b6_deleting_works_without_any_reserve(tiny):
    """The audio goes first, and makes the room that its row and the next deletions need."""
    async with opened(None, tiny / "data") as product:
        track = (await send(product, song())).json()
        made = (await product.client.post("/v1/collections", json=LIST)).json()
        (tiny / "data" / NAME).unlink()
        fill(tiny)
        full = await product.get("/readyz")
        cancelled = await product.client.delete(track["job"]["href"])
        deleted = await product.client.delete(f"{TRACKS}/{track['id']}")
        then = await product.client.delete(f"/v1/collections/{made['id']}")
        (tiny / "filler").unlink()
        well = await product.get("/readyz")
        again = await send(product, song())

    assert (full.status_code, full.json()["status"]) == (200, "no room")
    assert full.json()["checks"]["room"].startswith("no room")
    assert (deleted.status_code, then.status_code) == (204, 204)
    assert cancelled.status_code in {200, 507}
    assert (well.json()["status"], again.status_code) == ("ok", 202)


async def test_b6_a_job_is_cancelled_on_a_full_disk(tiny):
    """It is given the reserve, and so is the next one."""
    async with opened(None, tiny / "data") as product:
        tracks = [(await send(product, song(6 + number / 10))).json() for number in range(3)]
        fill(tiny)
        cancelled = [await product.client.delete(track["job"]["href"]) for track in tracks]

    assert [answer.status_code for answer in cancelled] == [200] * 3
    assert {answer.json()["state"] for answer in cancelled} == {"cancelled"}


async def test_b6_a_server_starts_on_a_full_disk(tiny):
    """What is there can be heard and deleted; it is not kept from it by the demo label either."""
    async with opened(None, tiny / "data") as product:
        track = (await send(product, song())).json()
    fill(tiny)
    async with opened(None, tiny / "data", demo=True) as product:
        audio = await product.get(track["audio"])
        refused = await send(product, song(7))
        deleted = await product.client.delete(f"{TRACKS}/{track['id']}")

    assert audio.content == song()
    assert is_problem(refused, "no-room")
    assert deleted.status_code == 204


async def test_b6_a_full_cache_fails_no_request(tiny, sandbox):
    """New answers are served and not kept; what was kept is still read; it mends itself."""
    artists = [f"/v1/artists/{id_of('artist', number)}" for number in (1, 2, 3)]
    async with opened(sandbox, tiny / "data") as product:
        await product.get(artists[0])
        fill(tiny)
        store = product.app.state.parts.tiers.store
        new = [await product.get(f"/v1/tracks/{id_of('track', n)}/analysis") for n in range(1, 9)]
        full = store.full, store.trouble
        product.app.state.parts.tiers.forget_in_memory("spotify")
        kept = await product.get(artists[0])
        said = (await product.get("/readyz")).json()["checks"]["cache"]
        (tiny / "filler").unlink()
        await product.get(artists[1])
        after = (await product.get("/readyz")).json()["checks"]["cache"]

    assert {answer.status_code for answer in [*new, kept]} == {200}
    assert full == (True, None)
    assert "; hit" in kept.headers["cache-status"]
    assert said.startswith("no room on the disk")
    assert after == "ok"


class _Full(sqlite3.OperationalError):
    """What SQLite says."""

    sqlite_errorcode = sqlite3.SQLITE_FULL


async def test_b6_the_audio_goes_first_where_its_row_finds_no_room(product, tmp_path):
    """As on a real full disk: no commit succeeds before something is removed."""
    track = (await send(product, song())).json()
    engine = product.app.state.parts.database.engine

    @event.listens_for(engine, "commit")
    def _no_room(_connection) -> None:
        if left_over(tmp_path):
            raise OperationalError("commit", None, _Full("database or disk is full"))

    cancelled = await product.client.delete(track["job"]["href"])
    deleted = await product.client.delete(f"{TRACKS}/{track['id']}")
    event.remove(engine, "commit", _no_room)

    assert is_problem(cancelled, "no-room")
    assert deleted.status_code == 204
    assert left_over(tmp_path) == []
    assert (await product.get(TRACKS)).json()["total"] == 0


async def never():
    """A body that nobody may ask for."""
    raise AssertionError("a byte of it was read")
    yield b""


@pytest.mark.parametrize("free", [{"f_bavail": 200}, {"f_favail": 0}], ids=["bytes", "files"])
async def test_b6_room_is_asked_for_before_a_byte_is_read(product, monkeypatch, free):
    """By the length that is declared, where there is one; the answer says what is free."""
    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    disk = {"f_bavail": 10**6, "f_frsize": 4_096, "f_files": 9, "f_favail": 9, **free}
    monkeypatch.setattr(os, "statvfs", lambda _folder: SimpleNamespace(**disk))
    refused = [
        await product.client.post(path, content=never(), headers={**headers, **length})
        for path in (TRACKS, "/v1/collections")
        for length in ({"Content-Length": "1900000"},)
    ]
    ready = await product.get("/readyz")
    disk["f_bavail"], disk["f_favail"] = 10**6, 9
    taken = await send(product, song())

    assert all(is_problem(answer, "no-room") for answer in refused)
    assert "needs 1.8 MB" in refused[0].json()["detail"]
    assert (ready.status_code, ready.json()["status"]) == (200, "no room")
    assert taken.status_code == 202


async def test_b6_room_that_goes_while_a_file_comes_is_noticed(product, tmp_path, monkeypatch):
    """Also where no length was declared: what was received is removed."""
    disk = {"f_bavail": 1_000, "f_frsize": 4_096, "f_files": 0, "f_favail": 0}
    monkeypatch.setattr(os, "statvfs", lambda _folder: SimpleNamespace(**disk))
    head = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.wav"\r\n\r\n'

    async def coming():
        yield head
        for _ in range(20):
            disk["f_bavail"] -= 64
            yield bytes(64 * 4_096)

    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    answer = await product.client.post(TRACKS, content=coming(), headers=headers)

    assert is_problem(answer, "no-room")
    assert left_over(tmp_path) == []


async def test_b6_a_start_that_finds_an_entry_without_its_file_says_so(tmp_path, caplog):
    """In the log, at /readyz and in the entry, until that is deleted, which works."""
    async with opened(None, tmp_path) as product:
        track = (await send(product, song(), title="Lost")).json()
    for path in (tmp_path / "library").glob("??/*"):
        path.unlink()
    async with opened(None, tmp_path) as product:
        log = caplog.text
        before = await product.get("/readyz")
        entry = (await product.get(f"{TRACKS}/{track['id']}")).json()
        deleted = await product.client.delete(f"{TRACKS}/{track['id']}")
        after = await product.get("/readyz")

    assert "1 files of the library are not on the disk any more, such as 'Lost'" in log
    assert before.status_code == 200
    assert "not on the disk any more" in before.json()["checks"]["library"]
    assert entry["audio"] is None
    assert [gap["reason"] for gap in entry["missing"] if gap["field"] == "audio"] == ["removed"]
    assert deleted.status_code == 204
    assert after.json()["checks"]["library"] == "ok"


def test_what_is_put_by_is_what_there_is_room_for(tmp_path):
    """A bound of it where there is plenty, less where there is little, and nothing in memory."""
    engine = make_engine(f"sqlite:///{tmp_path / 'app.db'}", Durability.FULL)
    put_by(engine)
    plenty = (tmp_path / NAME).stat().st_size
    with no_more_than(500_000):
        put_by(engine)
    little = (tmp_path / NAME).stat().st_size
    with no_more_than(1_000):
        put_by(engine)

    assert plenty == BYTES
    assert 250_000 < little <= 500_000
    assert not (tmp_path / NAME).exists()
    memory = make_engine("sqlite://", Durability.NORMAL)
    put_by(memory)
    assert with_reserve(memory, lambda: 1) == 1
