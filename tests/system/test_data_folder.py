"""R-30: files are private, whatever the umask and the name of the folder (B10, B11)."""

import asyncio
import os
import socket
import sqlite3
import stat
import subprocess
import sys
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from api.app import create_app
from api.cache.purge import purge
from api.settings import Settings
from api.system.data_folder import claim
from api.wiring import opened
from api.worker.supervisor import Supervisor
from tests.contract.repository import ROOT
from tests.library.own_files import send, song
from tests.routes.product import opened as product_in

UMASKS = (0o000, 0o022, 0o077, 0o777)


@contextmanager
def umask(mask: int):
    """A process that was started with this umask."""
    before = os.umask(mask)
    try:
        yield
    finally:
        os.umask(before)


@pytest.fixture(autouse=True)
def unchanged():
    """The umask of the tests themselves."""
    with umask(0o022):
        yield


def settings_in(folder: Path, **more) -> Settings:
    """Settings that no environment reaches."""
    return Settings(_env_file=None, data_dir=folder, worker=False, demo=False, **more)


def modes(folder: Path) -> dict[str, str]:
    """The permission bits of a folder and of all that is in it, links left out."""
    found = [folder, *(path for path in folder.rglob("*") if not path.is_symlink())]
    return {str(path.relative_to(folder)): oct(stat.S_IMODE(path.stat().st_mode)) for path in found}


def open_to_others(folder: Path) -> dict[str, str]:
    """What in it is not 0700 or 0600."""
    right = {True: "0o700", False: "0o600"}
    return {
        name: mode
        for name, mode in modes(folder).items()
        if mode != right[(folder / name).is_dir()]
    }


@pytest.mark.parametrize("mask", UMASKS)
async def test_b10_whatever_the_umask_no_other_user_reads_a_file(tmp_path, mask):
    """Databases with their journals, a file that is kept, one being received, the reserve."""
    with umask(mask):
        async with product_in(None, tmp_path / "deep" / "data") as product:
            await send(product, song())
            product.app.state.parts.own.audio_store.incoming().write_bytes(b"half")
            found = modes(tmp_path / "deep")
    there = {Path(name).name for name in found}

    assert {"app.db", "app.db-wal", "app.db-shm", "cache.db-wal", "queue.db", "reserve"} <= there
    assert open_to_others(tmp_path / "deep") == {}


@pytest.mark.parametrize(
    "command",
    [
        ("-c", "from api.worker.consume import run; run()"),
        ("-m", "api", "purge", "all"),
        ("-m", "alembic", "-c", str(ROOT / "alembic.ini"), "upgrade", "head"),
    ],
    ids=["worker", "purge", "alembic"],
)
def test_b10_each_command_keeps_to_it(tmp_path, command):
    """The worker by hand, a purge and a migration: the folder is private before they are done."""
    data = tmp_path / "data"
    environment = {"PATH": os.environ["PATH"], "EARPRINT_DATA_DIR": str(data)}
    with (
        umask(0),
        subprocess.Popen(  # noqa: S603  # our own
            [sys.executable, *command], cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True
        ) as process,
    ):
        for line in process.stdout or ():
            if '"ok"' in line:
                process.terminate()

    assert {"worker.lock", "cache.db", "app.db"} & set(modes(data))
    assert open_to_others(data) == {}


def test_b10_what_is_older_is_tightened_and_that_is_said_once(tmp_path, caplog):
    """Folders, databases, audio, logs and sockets; links and what they lead to stay as they are."""
    data, outside = tmp_path / "data", tmp_path / "outside"
    (data / "library" / "ab").mkdir(parents=True)
    outside.write_bytes(b"")
    for name in ("app.db", "app.db-wal", "cache.db", "server.log", "library/ab/x.wav"):
        (data / name).write_bytes(b"")
        (data / name).chmod(0o777 if name.endswith(("wav", "db")) else 0o644)
    (data / "library" / "ab" / "link").symlink_to(outside)
    (data / "elsewhere").symlink_to(tmp_path)
    with socket.socket(socket.AF_UNIX) as bound:
        bound.bind(str(data / "socket"))
        for path in (data, data / "library", data / "library" / "ab", tmp_path):
            path.chmod(0o755)
        claim(settings_in(data))
    first = caplog.messages[:]
    caplog.clear()
    claim(settings_in(data))

    assert open_to_others(data) == {}
    assert [line for line in first if "could be read by others" in line] == first != []
    assert caplog.messages == []
    assert [oct(stat.S_IMODE(path.stat().st_mode)) for path in (outside, tmp_path)] == [
        "0o644",
        "0o755",
    ]


def test_b10_a_program_that_lies_there_can_still_be_run(tmp_path):
    """Of what is not ours only the others' rights are taken."""
    (tmp_path / "backup.sh").write_text("#!/bin/sh\n")
    (tmp_path / "backup.sh").chmod(0o755)
    claim(settings_in(tmp_path))

    assert modes(tmp_path) == {".": "0o700", "backup.sh": "0o700"}


def test_b10_a_folder_for_everybody_stays_one(tmp_path, caplog):
    """Whoever names /tmp does not take it from all others; the log says so."""
    tmp_path.chmod(0o1777)
    (tmp_path / "app.db").write_bytes(b"")
    claim(settings_in(tmp_path))

    assert modes(tmp_path) == {".": "0o1777", "app.db": "0o600"}
    assert any("for everybody" in line for line in caplog.messages)


def test_b10_what_belongs_to_another_user_is_said_and_stops_nothing(tmp_path, caplog, monkeypatch):
    """Be it that it cannot be changed, or that it can, as root does."""
    (tmp_path / "app.db").write_bytes(b"")
    monkeypatch.setattr(os, "geteuid", lambda: 4_711)
    claim(settings_in(tmp_path))
    as_root = caplog.messages[-1]
    (tmp_path / "app.db").chmod(0o644)

    def forbidden(*_: object, **__: object) -> None:
        raise PermissionError(1, "no")

    monkeypatch.setattr(Path, "chmod", forbidden)
    claim(settings_in(tmp_path))

    assert "belong to another user" in as_root
    assert "belong to another user" in caplog.messages[-1]


def test_b10_a_database_that_lies_elsewhere_is_private_too(tmp_path):
    """Its folder is not ours to change."""
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir(mode=0o755)
    database = elsewhere / "mine.db"
    database.write_bytes(b"")
    claim(settings_in(tmp_path / "data", database_url=f"sqlite:///{database}"))

    assert modes(elsewhere) == {".": "0o755", "mine.db": "0o600"}


NAMES = st.text(
    st.characters(exclude_characters="/\0", categories=["L", "M", "N", "P", "S", "Z", "Cc"]),
    min_size=1,
    max_size=40,
).filter(lambda name: name not in {".", ".."} and len(name.encode()) < 200)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(name=NAMES)
@example("a?b")
@example("a?mode=memory&cache=shared")
@example("%41")
@example("100%")
@example("%(here)s")
@example("a#b")
@example("a b")
@example(" ")
@example("'quoted\" `name`")
@example("two\nlines")
@example("Müsik ♫")
@example(":memory:")
@example("file:x")
@example("-rf")
@example("user:secret@host:1")
@example("~")
@example("$HOME")
@example("[a]*")
@example("back\\slash")
def test_b11_both_databases_lie_in_the_folder_whatever_its_name(tmp_path, name):
    """Each is a file of its own in it, with its own tables; nothing is made beside it."""
    here = tmp_path / "here"
    with suppress(FileNotFoundError):
        for path in sorted(here.rglob("*"), reverse=True):
            path.rmdir() if path.is_dir() else path.unlink()
    here.mkdir(exist_ok=True)

    async def start_and_stop() -> None:
        app = create_app(settings_in(here / name))
        async with opened(app.state.parts):
            await app.state.parts.own.queue.put("x")

    asyncio.run(start_and_stop())

    assert [path.name for path in here.iterdir()] == [name]
    assert {"app.db", "cache.db", "queue.db"} <= {path.name for path in (here / name).iterdir()}
    assert "library_track" in tables(here / name / "app.db")
    assert tables(here / name / "cache.db") == {"cache_entry", "cache_purge"}


def tables(path: Path) -> set[str]:
    """The tables of a database, opened as the file that it is."""
    connection = sqlite3.connect(path)
    try:
        return {name for (name,) in connection.execute("SELECT name FROM sqlite_master")} - {
            name
            for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'index'")
        }
    finally:
        connection.close()


@pytest.mark.parametrize("name", ["file:%41?mode=memory", "two\nlines"])
def test_b11_worker_purge_and_migration_find_the_same_folder(tmp_path, name, monkeypatch):
    """They are told of it by the environment, as the server is."""
    folder = tmp_path / name
    environment = Supervisor(settings_in(folder))._environment
    for variable in ("EARPRINT_DATA_DIR", "EARPRINT_DATABASE_URL"):
        monkeypatch.setenv(variable, environment[variable])
    monkeypatch.chdir(tmp_path)
    subprocess.run(  # noqa: S603  # our own
        [sys.executable, "-m", "alembic", "-c", str(ROOT / "alembic.ini"), "upgrade", "head"],
        env={**environment, "PYTHONPATH": str(ROOT)},
        cwd=tmp_path,
        check=True,
    )
    said = asyncio.run(purge("all"))

    assert said == "0 cached answers of all deleted."
    assert [path.name for path in tmp_path.iterdir()] == [name]
    assert {"app.db", "cache.db"} <= {path.name for path in folder.iterdir()}


def test_b11_a_name_that_no_folder_can_have_is_refused_in_a_line(monkeypatch, tmp_path):
    """A NUL, which only a .env file can bring."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("EARPRINT_DATA_DIR", raising=False)
    (tmp_path / ".env").write_text('EARPRINT_DATA_DIR="a\0b"\n')
    from api.settings import load_settings  # noqa: PLC0415  # reads .env of this folder

    with pytest.raises(SystemExit) as ended:
        load_settings()

    assert str(ended.value).startswith("Setting EARPRINT_DATA_DIR: ")
    assert "\n" not in str(ended.value)
