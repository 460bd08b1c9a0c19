"""A disk without room: said in words, nothing left behind, and deleting still works."""

import errno
import os
import resource
import subprocess
from contextlib import contextmanager
from pathlib import Path

import pytest

from api import forms
from api.db.reserve import BYTES, NAME, put_by, with_reserve
from api.db.session import Durability, make_engine
from tests.api.own_files import TRACKS, is_problem, send, song
from tests.api.product import opened

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
    place = {"fsync": os, "write": forms._Sink}.get(step, Path)
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
