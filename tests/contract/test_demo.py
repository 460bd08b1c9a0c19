"""What is shipped of the demo label is of one piece: files, catalogue and measurements."""

import json

import pytest

from api.analysis.version import ANALYSER_VERSION
from api.demo import catalogue
from api.demo.measure import measure, name_of, write
from api.demo.measured import MEASURED, measured

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
