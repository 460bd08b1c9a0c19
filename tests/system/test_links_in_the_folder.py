"""R-29, R-30 and the small row of links: none in the data folder leads out of it.

The data folder itself may be a link. What a row names is read, written and deleted inside of it.
"""

import logging
import multiprocessing
import os
import threading
from pathlib import Path

import pytest
from sqlmodel import Session, update

from api.db.models import LibraryTrackRow
from api.db.reserve import NAME, put_by
from api.db.session import Durability, make_engine
from api.worker.consume import LOCK, alone
from api.worker.job import Analyst
from tests.library.own_files import TRACKS, is_problem, send, song
from tests.routes.product import opened
from tests.worker import hearings
from tests.worker.rows import NOW

SECRET = b"not for anybody" * 100


@pytest.fixture
async def product(tmp_path):
    """The API without any source and without a worker, in the folder `data`."""
    async with opened(None, tmp_path / "data") as product:
        yield product


@pytest.fixture
def outside(tmp_path):
    """A folder beside the data folder, with a file in it; the test ends with both as they were."""
    folder = tmp_path / "outside"
    folder.mkdir()
    (folder / "secret.wav").write_bytes(SECRET)
    yield folder
    assert {path.name: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == {
        "secret.wav": SECRET
    }


def lead_out(product, place: str) -> None:
    """Every row names this place."""
    with Session(product.app.state.parts.database.engine) as session:
        session.exec(update(LibraryTrackRow).values(file=place))
        session.commit()


@pytest.mark.parametrize(
    "place",
    [
        "../outside/secret.wav",
        "library/../../outside/secret.wav",
        "library/ab/../../../outside/secret.wav",
        "{outside}/secret.wav",
        "library/ab/../../app.db",
        "app.db",
        "./app.db",
        "library/a\0b",
        "",
        "library",
    ],
)
async def test_a_row_that_names_another_place_is_refused(product, outside, place):
    """Its audio is not sent, a deletion takes the row alone, and the same bytes mend it."""
    track = (await send(product, song())).json()
    lead_out(product, place.format(outside=outside))
    audio = await product.get(f"{TRACKS}/{track['id']}/audio")
    mended = await send(product, song())
    again = await product.get(f"{TRACKS}/{track['id']}/audio")
    lead_out(product, place.format(outside=outside))
    deleted = await product.client.delete(f"{TRACKS}/{track['id']}")

    assert is_problem(audio, "track-not-found")
    assert (mended.status_code, again.content) == (200, song())
    assert deleted.status_code == 204
    assert (await product.get(TRACKS)).status_code == 200


def a_file_is_a_link(data: Path, outside: Path) -> None:
    """Somebody has put a link where the file was."""
    [file] = (data / "library").glob("??/*")
    file.unlink()
    file.symlink_to(outside / "secret.wav")


def its_folder_is_a_link(data: Path, outside: Path) -> None:
    """Somebody has put a link where the file's folder was."""
    [file] = (data / "library").glob("??/*")
    file.unlink()
    file.parent.rmdir()
    file.parent.symlink_to(outside)
    (outside / "secret.wav").rename(outside / file.name)


def the_library_is_a_link(data: Path, outside: Path) -> None:
    """Somebody has put a link where the library was."""
    [file] = (data / "library").glob("??/*")
    (data / "library").rename(data / "away")
    (data / "library").symlink_to(outside)
    (outside / file.parent.name).mkdir()
    (outside / "secret.wav").rename(outside / file.parent.name / file.name)


def undo(outside: Path) -> None:
    """Give the file outside its name again."""
    for path in [path for path in outside.rglob("*") if path.is_file()]:
        path.rename(outside / "secret.wav")


@pytest.mark.parametrize("link", [a_file_is_a_link, its_folder_is_a_link, the_library_is_a_link])
async def test_a_link_is_neither_read_nor_deleted_through(product, tmp_path, outside, link):
    """A file, its folder, the whole library: 404 for the audio, 204 for the row, the rest stays."""
    track = (await send(product, song())).json()
    link(tmp_path / "data", outside)
    audio = await product.get(f"{TRACKS}/{track['id']}/audio")
    deleted = await product.client.delete(f"{TRACKS}/{track['id']}")
    undo(outside)

    assert is_problem(audio, "track-not-found")
    assert deleted.status_code == 204


@pytest.mark.parametrize("where", ["library", "library/incoming", "library/{shard}"])
@pytest.mark.parametrize("dangling", [False, True])
async def test_a_link_is_not_written_through(product, tmp_path, outside, where, dangling, caplog):
    """An upload is refused in words, and the log says where the link is."""
    probe = (await send(product, song())).json()
    await product.client.delete(f"{TRACKS}/{probe['id']}")
    place = tmp_path / "data" / where.format(shard=probe["sha256"][:2])
    place.rename(tmp_path / "away")
    place.symlink_to(outside / "new" if dangling else outside)
    refused = await send(product, song())
    place.unlink()
    (tmp_path / "away").rename(place)
    taken = await send(product, song())

    assert is_problem(refused, "conflict")
    assert "link" in refused.json()["detail"]
    assert any("leads out of the data folder" in line for line in caplog.messages)
    assert taken.status_code == 202


async def test_a_start_sweeps_through_no_link(tmp_path, outside):
    """What lies in the folder of another is not Earprint's to sweep, however old."""
    library = tmp_path / "data" / "library"
    library.mkdir(parents=True)
    (library / "incoming").symlink_to(outside)
    (library / "ab").symlink_to(outside)
    os.utime(outside / "secret.wav", (0, 0))
    async with opened(None, tmp_path / "data") as product:
        assert (await product.get(TRACKS)).json()["total"] == 0


async def test_the_data_folder_itself_may_be_a_link(tmp_path):
    """That is its owner's choice."""
    (tmp_path / "disk").mkdir()
    (tmp_path / "data").symlink_to(tmp_path / "disk")
    async with opened(None, tmp_path / "data") as product:
        track = (await send(product, song())).json()
        audio = await product.get(track["audio"])
        deleted = await product.client.delete(f"{TRACKS}/{track['id']}")

    assert (audio.content, deleted.status_code) == (song(), 204)
    assert not [path for path in (tmp_path / "disk" / "library").rglob("*") if path.is_file()]


async def test_what_the_worker_would_hear_is_not_a_link_either(product, tmp_path, outside, caplog):
    """The job fails, and says why; nothing is wrong with the music."""
    track = (await send(product, song())).json()
    a_file_is_a_link(tmp_path / "data", outside)
    own = product.app.state.parts.own
    Analyst(
        engine=product.app.state.parts.database.engine,
        audio_store=own.audio_store,
        clock=lambda: NOW,
        context=multiprocessing.get_context("forkserver"),
        stopping=threading.Event(),
        hear=hearings.well,
    ).work(track["job"]["id"])
    job = (await product.get(track["job"]["href"])).json()

    assert (job["state"], job["problem"]["type"]) == ("failed", "/problems/analysis-failed")
    assert "link" in job["problem"]["detail"]


def test_reserve_and_lock_empty_nothing_that_a_link_leads_to(tmp_path, outside, caplog):
    """Both are files of no contents, made with every start."""
    caplog.set_level(logging.ERROR)
    data = tmp_path / "data"
    engine = make_engine(f"sqlite:///{data / 'app.db'}", Durability.FULL)
    (data / NAME).symlink_to(outside / "secret.wav")
    (data / LOCK).symlink_to(outside / "secret.wav")
    put_by(engine)
    with pytest.raises(OSError, match="symbolic links"), alone(data):
        pass
    engine.dispose()

    assert not (data / NAME).is_symlink()
