"""What the weights of rhythm are fitted by: readings judged by the truth, the best preferred."""

import json

import numpy as np
import pytest
import soundfile

from api.analysis import spectra
from api.analysis.fitting import rhythm
from api.analysis.rhythm import beatnet, cues, metre, readings
from api.analysis.sound import RATE
from tests.analysis.rhythm.test_rhythm import bars

WALTZ = {
    "file": "waltz.wav",
    "tempo": 120.0,
    "time_signature": "3/4",
    "beats": np.arange(0.5, 24, 0.5).tolist(),
    "downbeats": np.arange(0.5, 24, 1.5).tolist(),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """One waltz with its truth."""
    where = tmp_path_factory.mktemp("truth")
    soundfile.write(where / "waltz.wav", bars(3, seconds=24), RATE)
    (where / "truth.json").write_text(json.dumps({"pieces": [WALTZ]}))
    return where


def test_a_piece_is_heard_straight_and_bent(folder):
    """Each piece yields two examples whose wishes are shares, most of them for the true reading."""
    straight, bent = rhythm.examples(folder)

    assert straight.wanted.shape == (len(straight.beats), len(metre.GROUPINGS))
    assert straight.wanted.sum() == pytest.approx(1.0)
    assert bent.wanted.sum() == pytest.approx(1.0)
    best = np.unravel_index(straight.wanted.argmax(), straight.wanted.shape)[1]
    assert metre.COUNTS[best] == 3


def test_fitting_prefers_what_is_wanted(folder, tmp_path):
    """Weights fitted on a piece choose its wanted reading, and are written as plain numbers."""
    rhythm.main([str(tmp_path / "weights.json"), str(folder)])

    table = json.loads((tmp_path / "weights.json").read_text())
    first = next(rhythm.examples(folder))
    scores = (first.beats @ table["beats"])[:, None] + first.groupings @ table["groupings"]
    assert first.wanted.flat[scores.argmax()] > 0.5 * first.wanted.max()


@pytest.mark.parametrize(
    ("signature", "count"),
    [("4/4", 4), ("3/4", 3), ("6/8", 2), ("12/8", 4), ("9/8", 3), ("3/8", 3), ("2/4", 2)],
)
def test_compound_metres_count_dotted_beats(signature, count):
    """A bar of six eighths has two beats; a bar of three has three."""
    truth = rhythm._truth(WALTZ | {"time_signature": signature}, 24.0)

    assert truth.count == count


def test_records_move_what_rendered_music_taught(folder, tmp_path):
    """A list of records is heard as it is, on a grid too, and fitted with the rendered pieces."""
    soundfile.write(tmp_path / "record.wav", bars(4, seconds=24), RATE)
    record = {"file": "record.wav", "tempo": 120.0, "tempi": [120.0], "grid": 0.5, "metre": 4}
    (tmp_path / "truth.json").write_text(json.dumps([record, {"file": "record.wav"}]))

    (heard,) = rhythm.examples(tmp_path)
    rendered = list(rhythm.examples(folder))

    best = np.unravel_index(heard.wanted.argmax(), heard.wanted.shape)[1]
    assert metre.COUNTS[best] == 4
    alone, both = rhythm.worth_of(rendered), rhythm.worth_of([*rendered, heard])
    assert not np.array_equal(alone.groupings, both.groupings)


def test_doubts_leave_the_other_weights_as_they_stand(folder, tmp_path, monkeypatch):
    """What is known of music that the network knows is not changed by music that it does not."""
    monkeypatch.setattr(cues.Cues, "doubt", 0.5)
    out = tmp_path / "weights.json"
    before = {"beats": [0.5] * 102, "groupings": [0.25] * 47}
    out.write_text(json.dumps(before))

    rhythm.main(["--doubts", str(out), str(folder)])

    after = json.loads(out.read_text())
    assert after["beats"][:51] == before["beats"][:51]
    assert after["beats"][51:] != before["beats"][51:]
    assert after["groupings"] == before["groupings"]


def test_truth_beyond_the_end_of_a_file_is_no_truth(folder):
    """An excerpt of a record is judged by what is in it."""
    excerpt = WALTZ | {"beats": [1.0, 23.0, 25.0, 60.0]}

    assert len(rhythm.listen(folder / "waltz.wav", excerpt).truth.beats_s) == 2


def test_agreement_leaves_out_the_start():
    """Beats within 70 ms of a true one are hits; what comes before 5 s is not judged."""
    true, found = np.array([1.0, 6.0, 7.0]), np.array([1.0, 5.95, 6.5, 7.0])

    picks = np.array([[True] * 4, [True, False, False, False], [False, True, False, False]])

    assert rhythm.agreement(true, found, picks) == pytest.approx([0.8, 0.0, 2 / 3])


def test_bent_beats_stay_on_their_sounds(folder):
    """Where the tempo bends, the true times bend with the spectra."""
    straight = rhythm.listen(folder / "waltz.wav", WALTZ)

    bent = rhythm.bend(straight, (0.05, 12.0))

    beats = bent.truth.beats_s
    laid = cues.gather(bent.heard, bent.activations).struck(beats)[:, -1]
    assert (laid > 0.5).mean() > 0.9
    assert np.ptp(np.diff(beats)) > 0.03


def test_the_weights_fit_the_figures():
    """The committed weights are as many as there are figures."""
    samples = bars(4, seconds=12)
    heard = cues.gather(spectra.measure(samples), beatnet.activations(samples))
    proposed = readings.propose(heard)
    worth = readings.weights()

    assert proposed[0].beat_figures.shape == worth.beats.shape
    assert proposed[0].grouping_figures.shape == (len(metre.GROUPINGS), len(worth.groupings))
    assert np.isfinite(np.concatenate([worth.beats, worth.groupings])).all()
