"""Where own files lie, and what is swept away after a crash."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from api.library.audio_store import HOUR_S, LocalAudioStore
from tests.worker.rows import track


@pytest.fixture
def audio_store(tmp_path):
    """A library of the test's own."""
    return LocalAudioStore(tmp_path)


def received(audio_store) -> Path:
    """A file that has just come."""
    path = audio_store.incoming()
    path.write_bytes(b"x")
    return path


def test_a_file_gets_a_place_of_its_own(audio_store, tmp_path):
    """Named by its bytes, found by its row, never that of another; the demo's lie elsewhere."""
    one, other = (audio_store.place_for("ab" * 32, "wav") for _ in range(2))
    coming = received(audio_store)
    with audio_store.kept(coming, one):
        pass
    with audio_store.kept(received(audio_store), other):
        pass
    shipped = tmp_path / "shipped.mp3"
    shipped.write_bytes(b"y")
    audio_store.remove(track(demo="piece", file=str(shipped)))
    audio_store.remove(track(file=other))
    audio_store.remove(track(file=other))

    assert one.startswith(f"library/ab/{'ab' * 32}-")
    assert one.endswith(".wav")
    assert not coming.exists()
    assert audio_store.path_of(track(file=one)).read_bytes() == b"x"
    assert not audio_store.path_of(track(file=other)).exists()
    assert shipped.exists()


def test_a_file_whose_row_does_not_come_is_moved_back(audio_store):
    """Whoever receives it removes it, and nothing is left at its place."""
    coming, place = received(audio_store), audio_store.place_for("ab" * 32, "wav")
    with pytest.raises(KeyboardInterrupt), audio_store.kept(coming, place):
        raise KeyboardInterrupt

    assert coming.read_bytes() == b"x"
    assert not audio_store.path_of(track(file=place)).exists()


def test_what_the_dead_were_receiving_is_swept(audio_store):
    """Ours from before the start, and that of processes that are gone; not that of the living."""
    ended = subprocess.run(
        [sys.executable, "-c", "import os; print(os.getpid())"],
        capture_output=True,
        check=True,
        text=True,
    )
    folder = audio_store.incoming().parent
    names = [f"{os.getpid()}-a", f"{ended.stdout.strip()}-b", "odd", f"{os.getppid()}-c", "1-d"]
    for name in names:
        (folder / name).write_bytes(b"")
    audio_store.sweep(set())

    assert {path.name for path in folder.iterdir()} == {f"{os.getppid()}-c", "1-d"}


def test_files_without_a_row_are_swept_when_they_are_old(audio_store, tmp_path):
    """A new one may be on its way into the database."""
    places = {name: audio_store.place_for(name * 32, "wav") for name in ("aa", "bb", "cc")}
    for name, place in places.items():
        with audio_store.kept(received(audio_store), place):
            pass
        if name != "cc":
            os.utime(tmp_path / place, (0, (tmp_path / place).stat().st_mtime - 2 * HOUR_S))
    audio_store.sweep({places["aa"]})

    kept = {path.stem[:2] for path in (tmp_path / "library").glob("??/*")}
    assert kept == {"aa", "cc"}
