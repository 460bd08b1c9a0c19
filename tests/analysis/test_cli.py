import json
import os
import subprocess
import sys
from pathlib import Path

from api.analysis import __main__ as program
from api.analysis import cli
from api.schemas.analysis import AudioAnalysis
from api.schemas.features import AudioFeatures

ROOT = Path(__file__).parents[2]


def test_a_line_per_file_and_1_if_any_had_a_problem(piece, tmp_path, capsys):
    """Features and analysis of the one, the problem of the other."""
    stranger = tmp_path / "song.mp3"
    stranger.write_bytes(b"#EXTM3U\nfile:///etc/passwd\n")

    code = cli.main([str(piece), str(stranger)])

    good, bad = map(json.loads, capsys.readouterr().out.splitlines())
    assert code == 1
    assert good["file"] == str(piece)
    features = AudioFeatures.model_validate(good["features"])
    analysis = AudioAnalysis.model_validate(good["analysis"])
    assert features.id == analysis.id
    assert features.uri == f"earprint:track:{features.id}"
    assert features.id.startswith("own_")
    assert bad["problem"]["code"] == "unsupported-format"
    assert set(bad) == {"file", "problem"}


def test_the_same_bytes_give_the_same_line(piece, tmp_path, capsys):
    """The id comes from the bytes, not the name; a second run says the same."""
    copy = tmp_path / "other name"
    copy.write_bytes(piece.read_bytes())

    assert cli.main([str(piece), str(piece), str(copy)]) == 0

    first, second, third = map(json.loads, capsys.readouterr().out.splitlines())
    assert first == second
    assert first["features"]["id"] == third["features"]["id"]


def test_without_files_it_says_how_it_is_used(capsys):
    """On the error stream, with its own exit code."""
    assert cli.main([]) == 2
    assert "python -m api.analysis FILE" in capsys.readouterr().err


def test_it_runs_as_a_program(tmp_path):
    """A missing file is a problem on standard output, and exit 1."""
    done = subprocess.run(  # noqa: S603  # our own program
        [sys.executable, "-m", "api.analysis", str(tmp_path / "nothing.wav")],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 1
    assert json.loads(done.stdout)["problem"]["code"] == "gone"


def test_it_asks_numpy_for_one_thread(monkeypatch, tmp_path, capsys):
    """Unless whoever starts it has said otherwise."""
    monkeypatch.setenv("OMP_NUM_THREADS", "2")
    monkeypatch.setenv("OPENBLAS_NUM_THREADS", "4")  # so that it is put back
    monkeypatch.delenv("OPENBLAS_NUM_THREADS")
    monkeypatch.setattr(sys, "argv", ["api.analysis", str(tmp_path / "nothing.wav")])

    code = program.main()

    assert code == 1
    assert "cannot be opened" in capsys.readouterr().out
    assert os.environ["OMP_NUM_THREADS"] == "2"
    assert os.environ["OPENBLAS_NUM_THREADS"] == "1"
