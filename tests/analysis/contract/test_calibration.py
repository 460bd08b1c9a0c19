import json
import struct

import numpy as np
import pytest

from api.analysis.contract import calibration
from api.analysis.contract.calibration import CUES, Estimate, confidence, confidences
from tests.bench.audio.notes import onsets_s
from tests.bench.audio.sureness import answers, deciles, lines


def test_every_kind_has_a_table_that_rises():
    """More margin never means less confidence, and every confidence is a share."""
    tables = json.loads(calibration.TABLES.read_text(encoding="utf-8"))["tables"]

    assert set(tables) == set(Estimate)
    for table in tables.values():
        assert table["margin"] == sorted(table["margin"])
        assert table["confidence"] == sorted(table["confidence"])
        assert 0 <= table["confidence"][0] <= table["confidence"][-1] <= 1


@pytest.mark.parametrize("kind", Estimate)
def test_a_margin_beyond_the_table_is_worth_its_end(kind):
    """What was never seen is not believed more than what was."""
    table, count = calibration.tables()[kind], len(CUES[kind])

    assert confidence(kind, *[-1e9] * count) == table["confidence"][0]
    assert confidence(kind, *[1e9] * count) == table["confidence"][-1]
    assert confidences(kind, *[[]] * count).shape == (0,)
    assert np.all(np.diff(confidences(kind, *[np.linspace(-1, 2, 50)] * count)) >= 0)


@pytest.mark.parametrize("kind", Estimate)
def test_no_cue_makes_an_answer_less_sure(kind):
    """Each has a weight of its own, none below 0, and together they are 1."""
    table = json.loads(calibration.TABLES.read_text(encoding="utf-8"))["tables"][kind]

    assert tuple(table["cues"]) == CUES[kind]
    assert min(table["weights"]) >= 0
    assert sum(table["weights"]) == pytest.approx(1, abs=0.001)


def analysis(**track):
    """An analysis with four beats in one bar, two sections and two segments."""
    rows = [{"start": start, "confidence": 0.9} for start in (0.0, 6.0, 7.0, 8.06)]
    said = {"tempo": 60.0, "key": 0, "mode": 1, "time_signature": 4}
    sure = {f"{name}_confidence": 0.8 for name in said}
    return {
        "track": said | sure | track,
        "beats": rows,
        "bars": rows[1:2],
        "sections": rows[:2],
        "segments": rows[:2],
    }


PIECE = {
    "tempo": 61.0,
    "key": 0,
    "mode": 0,
    "metre_accept": [4],
    "beats": [0.0, 6.0, 7.0, 8.0],
    "downbeats": [6.5],
    "sections": [{"start": 0.0}, {"start": 6.4}],
}


def test_answers_are_compared_with_what_is_true():
    """Each answer is right or wrong by its own rule; the first seconds are left out of beats."""
    found = answers(PIECE, analysis(), [6.04])

    assert found["tempo"] == [(0.8, True)]
    assert found["key"] == [(0.8, True)]
    assert found["mode"] == [(0.8, False)]
    assert found["beat"] == [(0.9, True), (0.9, True), (0.9, True)]
    assert found["bar"] == [(0.9, False)]
    assert found["section"] == [(0.9, True)]
    assert found["segment"] == [(0.9, True)]


def test_what_was_not_answered_is_neither_right_nor_wrong():
    """A tempo of None says nothing that could be wrong."""
    assert "tempo" not in answers(PIECE, analysis(tempo=None, tempo_confidence=None))


def test_tenths_tell_what_was_said_and_what_was_so():
    """30 answers at 0.95 of which two thirds are right are 28 points apart."""
    found = [(0.95, place % 3 > 0) for place in range(30)] + [(0.1, False)] * 5

    (part,) = deciles(found)

    assert part.n == 30
    assert part.apart == pytest.approx(28.3, abs=0.1)
    assert part.is_outside
    (line,) = lines("made up", {"tempo": found})
    assert line.value == 1
    assert "95→67! (30)" in str(line)


def test_notes_begin_where_the_midi_file_says(tmp_path):
    """Running through tempo, controller and note events, at 500 ms a quarter."""
    events = b"\x00\xff\x51\x03\x07\xa1\x20" + b"\x00\xc0\x05" + b"\x00\x90\x3c\x40"
    events += b"\x83\x60\x80\x3c\x00" + b"\x00\x90\x3e\x40" + b"\x00\x90\x40\x00"
    events += b"\x00\xff\x2f\x00"
    head = b"MThd" + struct.pack(">IHHH", 6, 0, 1, 480)
    path = tmp_path / "piece.mid"
    path.write_bytes(head + b"MTrk" + struct.pack(">I", len(events)) + events)

    assert onsets_s(path) == [0.0, 0.5]
