"""Where own files lie, and what is swept away after a crash."""

import os
import subprocess
import sys

import pytest

from api.shelf import HOUR_S, Shelf
from tests.jobs.rows import track


@pytest.fixture
def shelf(tmp_path):
    """A library of the test's own."""
    return Shelf(tmp_path)


def test_a_file_gets_the_name_of_its_bytes(shelf, tmp_path):
    """And is found by its row; the demo's lie elsewhere, and stay there."""
    received = shelf.incoming()
    received.write_bytes(b"x")
    place = shelf.keep(received, "ab" * 32, "wav")
    shipped = tmp_path / "shipped.mp3"
    shipped.write_bytes(b"y")
    shelf.remove(track(demo="piece", file=str(shipped)))

    assert place == f"library/ab/{'ab' * 32}.wav"
    assert not received.exists()
    assert shelf.path_of(track(file=place)).read_bytes() == b"x"
    assert shipped.exists()
    shelf.remove(track(file=place))
    shelf.remove(track(file=place))
    assert not shelf.path_of(track(file=place)).exists()


def test_what_the_dead_were_receiving_is_swept(shelf):
    """Ours from before the start, and that of processes that are gone; not that of the living."""
    ended = subprocess.run(
        [sys.executable, "-c", "import os; print(os.getpid())"],
        capture_output=True,
        check=True,
        text=True,
    )
    folder = shelf.incoming().parent
    names = [f"{os.getpid()}-a", f"{ended.stdout.strip()}-b", "odd", f"{os.getppid()}-c", "1-d"]
    for name in names:
        (folder / name).write_bytes(b"")
    shelf.sweep(set())

    assert {path.name for path in folder.iterdir()} == {f"{os.getppid()}-c", "1-d"}


def test_files_without_a_row_are_swept_when_they_are_old(shelf, tmp_path):
    """A new one may be on its way into the database."""
    for digest in ("aa" * 32, "bb" * 32, "cc" * 32):
        received = shelf.incoming()
        received.write_bytes(b"x")
        place = tmp_path / shelf.keep(received, digest, "wav")
        if not digest.startswith("c"):
            os.utime(place, (0, place.stat().st_mtime - 2 * HOUR_S))
    shelf.sweep({"aa" * 32})

    kept = {path.stem[:2] for path in (tmp_path / "library").glob("??/*")}
    assert kept == {"aa", "cc"}
