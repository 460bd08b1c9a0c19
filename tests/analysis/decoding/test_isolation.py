import json
import os
import resource
import shutil
import sys
import threading
import time
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest

from api.analysis import problems
from api.analysis.decoding import decode, decode_child, isolation, sandbox
from api.analysis.decoding.isolation import collect, decode_isolated
from api.analysis.decoding.sandbox import Limits
from tests.analysis.files import id3, small


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine without bubblewrap."""
    monkeypatch.setattr(sandbox, "obstacle", lambda: "bubblewrap is not installed")


@pytest.fixture
def flac(tmp_path: Path) -> Path:
    """A valid file of 6 s."""
    path = tmp_path / "piece"
    path.write_bytes(small("flac"))
    return path


@pytest.mark.parametrize("kind", ["wav", "mp3", "m4a", "alac", "opus"])
def test_the_child_hears_what_we_would(tmp_path, kind):
    """What comes through the pipe is the sound, to the last bit, in the sandbox if there is one."""
    path = tmp_path / "piece"
    path.write_bytes(small(kind))

    far, near = decode_isolated(path), decode.read(path)

    assert np.array_equal(far.samples, near.samples)
    assert np.array_equal(far.powers, near.powers)
    assert (far.duration_s, far.loudness_lufs) == (near.duration_s, near.loudness_lufs)
    assert (far.channels, far.source_rate) == (near.channels, near.source_rate)


@pytest.mark.usefixtures("bare")
def test_without_bubblewrap_limits_alone_hold(flac):
    """The child still decodes, and the keeper is told."""
    assert decode_isolated(flac).duration_s == 6.0
    assert "no sandbox: bubblewrap is not installed" in isolation.describe()


def test_the_keeper_is_told_of_the_sandbox(monkeypatch):
    """And of the limits."""
    monkeypatch.setattr(sandbox, "obstacle", lambda: None)

    assert "bubblewrap sandbox" in isolation.describe()
    assert "1024 MiB of memory, 60 s of processor time" in isolation.describe()


def test_older_systems_keep_their_libraries_elsewhere(monkeypatch, tmp_path):
    """A real /lib is bound, a link is linked, what is absent is left out."""
    (tmp_path / "lib").mkdir()
    (tmp_path / "bin").symlink_to("usr/bin")
    rooms = [str(tmp_path / name) for name in ("lib", "bin", "lib64")]
    monkeypatch.setattr(sandbox, "_SYSTEM", rooms)

    parts = sandbox._system()

    assert parts[6:] == ["--ro-bind", rooms[0], rooms[0], "--symlink", "usr/bin", rooms[1]]


@pytest.mark.skipif(sandbox.obstacle() is not None, reason=f"{sandbox.obstacle()}")
def test_inside_the_sandbox_there_is_nothing(flac):
    """Neither the file's folder, nor the network, nor a place to write."""
    code = (
        "import os, socket, sys\n"
        "print(os.path.exists(sys.argv[1]), os.path.exists('/etc/passwd'))\n"
        "print(sorted(os.environ))\n"
        "try: socket.create_connection(('127.0.0.1', 9), 1)\n"
        "except OSError as error: print(type(error).__name__)\n"
        "try: open('/usr/x', 'w')\n"
        "except OSError as error: print(type(error).__name__)\n"
    )
    command = sandbox.wrapped(sandbox.python(code, str(flac)), flac, Path(sandbox.__file__).parent)

    said = collect(command, wall_s=20).decode().splitlines()

    assert said[0] == "False False"
    assert "HOME" not in said[1]
    assert said[2] in {"ConnectionRefusedError", "OSError"}
    assert said[3] in {"OSError", "PermissionError"}


@pytest.mark.usefixtures("bare")
@pytest.mark.parametrize("limits", [Limits(memory_bytes=1 << 26), Limits(cpu_s=0)])
def test_limits_that_nothing_can_pass_are_no_fault_of_the_file(flac, limits):
    """Too little memory to start with, no processor time at all."""
    with pytest.raises(problems.NoDecoder, match="decoder does not work here"):
        decode_isolated(flac, limits=limits)


def test_a_child_that_hangs_is_killed_with_all_it_started(tmp_path):
    """The wall clock ends the whole group, also a grandchild that holds the pipe."""
    note = tmp_path / "pid"
    code = (
        "import subprocess, sys, time\n"
        f"child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])\n"
        f"open({str(note)!r}, 'w').write(str(child.pid))\n"
        "time.sleep(60)"
    )

    with pytest.raises(problems.CutShort, match="no answer for 2 seconds"):
        collect(sandbox.python(code), wall_s=2)

    assert ended(int(note.read_text()))


def test_a_child_that_does_not_leave_is_shown_out(monkeypatch):
    """It has said all there is to say, and is killed a moment later."""
    monkeypatch.setattr(isolation, "_GRACE_S", 0.1)
    code = "import os, time; os.write(1, b'done'); os.close(1); time.sleep(60)"

    assert collect(sandbox.python(code), wall_s=20) == b"done"


def test_a_child_that_talks_without_end_is_cut_off(monkeypatch):
    """No more is read than a quarter of an hour of samples."""
    monkeypatch.setattr(isolation, "MOST_BYTES", 1 << 20)
    code = "import sys\nwhile True: sys.stdout.write('x' * 65536)"

    with pytest.raises(problems.BadAudio, match="more memory"):
        collect(sandbox.python(code), wall_s=20)


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"abc",
        b"\xff\xff\xff\xff",
        b"[]" + decode_child.LENGTH.pack(2),
        b"{}" + decode_child.LENGTH.pack(2),
        b'{"problem": 3}' + decode_child.LENGTH.pack(14),
        b"nonsense" + decode_child.LENGTH.pack(8),
    ],
)
def test_an_answer_without_sense_is_bad_audio(said):
    """A child that was taken over can lie, but not break its parent."""
    with pytest.raises(problems.BadAudio):
        isolation._understood(bytearray(said))


@pytest.mark.parametrize("change", [{"samples": 1}, {"powers": 0}, {"surprise": 1}])
def test_an_answer_that_contradicts_itself_is_bad_audio(flac, change):
    """Counts that do not match the bytes, fields that are not expected."""
    out = BytesIO()
    decode_child.answer(flac, out)
    said = out.getvalue()
    (length,) = decode_child.LENGTH.unpack(said[-4:])
    told = json.loads(said[-4 - length : -4])
    told["sound"] |= change
    lie = json.dumps(told).encode()

    with pytest.raises(problems.BadAudio, match="broke on it"):
        isolation._understood(
            bytearray(said[: -4 - length] + lie + decode_child.LENGTH.pack(len(lie)))
        )


def test_the_child_tells_its_problem(tmp_path):
    """Code and words cross the pipe, and this side of it is the same."""
    path = tmp_path / "piece"
    path.write_bytes(b"#EXTM3U\nfile:///etc/passwd\n")
    out = BytesIO()

    decode_child.answer(path, out)

    with pytest.raises(problems.UnsupportedFormat, match="Use WAV"):
        isolation._understood(bytearray(out.getvalue()))
    with pytest.raises(problems.UnsupportedFormat, match="Use WAV"):
        decode_isolated(path)


def test_a_file_that_is_not_there_is_a_problem_too(tmp_path):
    """Neither is a folder."""
    for path in (tmp_path / "nothing", tmp_path):
        with pytest.raises(problems.BadAudio, match="cannot be opened"):
            decode_isolated(path)


def test_the_child_limits_itself_before_it_reads(monkeypatch, flac):
    """Both the soft and the hard limit of each kind are set, then the file is decoded."""
    asked: dict[int, tuple[int, int]] = {}
    monkeypatch.setattr(resource, "setrlimit", asked.__setitem__)
    out = BytesIO()

    decode_child.main([str(flac), str(1 << 30), "60"], out)

    assert asked[resource.RLIMIT_AS] == (1 << 30, 1 << 30)
    assert asked[resource.RLIMIT_CPU] == (60, 61)
    assert asked[resource.RLIMIT_FSIZE] == asked[resource.RLIMIT_CORE] == (0, 0)
    assert asked[resource.RLIMIT_NOFILE] == (32, 32)
    assert isolation._understood(bytearray(out.getvalue())).duration_s == 6.0


def test_a_child_out_of_memory_says_so(monkeypatch, tmp_path):
    """MemoryError is a problem of the file."""
    monkeypatch.setattr(decode, "read", out_of_memory)
    out = BytesIO()

    decode_child.answer(tmp_path / "x", out)

    with pytest.raises(problems.BadAudio, match="memory"):
        isolation._understood(bytearray(out.getvalue()))


def test_many_threads_may_decode_at_once(flac):
    """No child hears another's file."""
    heard: list[float] = []
    threads = [
        threading.Thread(target=lambda: heard.append(decode_isolated(flac).duration_s))
        for _ in range(3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert heard == [6.0] * 3


def test_a_large_picture_costs_nothing(tmp_path):
    """50 MB of cover art before the first frame: the sound is found behind it."""
    path = tmp_path / "piece"
    path.write_bytes(id3(50 << 20) + small("mp3"))

    assert decode_isolated(path).duration_s == pytest.approx(6, abs=0.1)


@pytest.mark.parametrize(
    ("found", "answers", "words"),
    [
        (None, 0, "not installed"),
        (sys.executable, 1, "not allowed"),
        ("/nonexistent/bwrap", 0, "does not start"),
    ],
)
def test_the_keeper_is_told_why_there_is_no_sandbox(monkeypatch, found, answers, words):
    """Not installed, refused by the kernel, or broken: in words for people."""
    monkeypatch.setattr(shutil, "which", lambda _: found)
    sandbox.obstacle.cache_clear()

    told = sandbox.obstacle()

    sandbox.obstacle.cache_clear()
    assert words in str(told)


def out_of_memory(path: Path) -> None:
    """Decode nothing."""
    raise MemoryError(path)


def ended(pid: int) -> bool:
    """Whether a process is gone, or about to be: a killed orphan may still wait to be reaped."""
    for _ in range(100):
        status = Path(f"/proc/{pid}/status")
        try:
            if "State:\tZ" in status.read_text():
                return True
            os.kill(pid, 0)
        except (ProcessLookupError, FileNotFoundError):
            return True
        time.sleep(0.02)
    return False
