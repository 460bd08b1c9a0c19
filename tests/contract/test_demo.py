"""What is shipped of the demo label is of one piece: files, catalogue and measurements."""

import json

import pytest

from api.analysis.version import ANALYSER_VERSION
from api.demo import catalogue
from api.demo.measured import MEASURED, measured
from api.demo.studio.measure import main, measure, name_of, write
from api.worker.process import Unheard

LABEL = catalogue()
TOLD = "run `make demo`"
PIECE = min(LABEL.tracks, key=lambda track: track.duration_s)


@pytest.mark.parametrize("track", LABEL.tracks, ids=lambda track: track.slug)
def test_every_piece_is_measured_as_it_is_shipped(track):
    """By this version of the analyser, in these very bytes."""
    heard = measured(track.slug)
    features = json.loads(heard.features)

    assert heard.sha256 == track.sha256, TOLD
    assert heard.analyser == ANALYSER_VERSION, TOLD
    assert features["id"] == track.id
    assert features["liveness"] is None
    assert json.loads(heard.analysis)["segments"]


def test_nothing_else_is_shipped():
    """A piece that was dropped takes its measurements with it."""
    assert {path.name for path in MEASURED.iterdir()} == {name_of(track) for track in LABEL.tracks}


def test_measuring_everything_keeps_what_is_as_before(tmp_path, monkeypatch, capsys):
    """A second run changes nothing; a stray result goes; what cannot be heard stops it."""
    for track in LABEL.tracks:
        (tmp_path / name_of(track)).write_bytes(measured(track.slug).packed())
    (tmp_path / "dropped.json.zst").write_bytes(b"")
    monkeypatch.setattr("api.demo.studio.measure.measure", lambda track: measured(track.slug))

    main(["--out", str(tmp_path)])

    assert capsys.readouterr().out.count("as before") == len(LABEL.tracks)
    assert not (tmp_path / "dropped.json.zst").exists()
    told = Unheard({"code": "no-signal", "title": "x", "detail": "Silence."})
    monkeypatch.setattr("api.demo.studio.measure.hear", lambda _order, _report: told)
    with pytest.raises(SystemExit, match="Silence"):
        measure(PIECE)


@pytest.mark.slow
@pytest.mark.timeout(120)
def test_what_is_shipped_is_what_is_heard_today(tmp_path):
    """One piece heard again: a change of the analyser without a new version shows here."""
    shipped = json.loads(measured(PIECE.slug).features)

    again = measure(PIECE)

    heard = json.loads(again.features)
    for field in ("tempo", "key", "mode", "time_signature", "duration_ms"):
        assert heard[field] == pytest.approx(shipped[field], rel=1e-3), TOLD
    for field in ("energy", "acousticness", "danceability", "valence", "instrumentalness"):
        assert heard[field] == pytest.approx(shipped[field], abs=0.02), TOLD
    path = tmp_path / name_of(PIECE)
    assert write(again, path)
    assert not write(again, path)
