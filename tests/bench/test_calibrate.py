import numpy as np
import pytest

from api.analysis.contract.calibration import Estimate
from api.analysis.rhythm import readings
from tests.bench.audio.calibrate import (
    FEWEST_OF_A_KNOT,
    RECORDS,
    RENDERED,
    Answers,
    _weights,
    checked,
    table,
    weighed,
)


def answers(*groups, cues=1):
    """(cue, right, whether of a record) of each, as often as a knot needs at least."""
    rows = groups * FEWEST_OF_A_KNOT
    return Answers(
        cues=np.array([[cue + place / 1e5] * cues for place, (cue, _, _) in enumerate(rows)]),
        right=np.array([right for _, right, _ in rows], bool),
        pieces=np.arange(len(rows)),
        is_record=np.array([record for _, _, record in rows], bool),
    )


def test_a_table_rises_through_the_shares_that_are_right():
    """A part that is right less often than the one before it is pooled with it."""
    mixed = [(0.1, True, False), (0.1, False, False), (0.2, False, False), (0.9, True, False)]

    made = table(Estimate.TEMPO, answers(*mixed))

    assert made["confidence"] == [pytest.approx(1 / 3, abs=0.01), 1.0]
    assert made["margin"][-1] == pytest.approx(0.9, abs=0.01)
    assert made["answers"] == 4 * FEWEST_OF_A_KNOT
    assert made["right"] == 0.5
    assert "records" not in made
    assert made["right_is"] == "within 4 % of the truth"


def test_few_answers_make_one_knot():
    """Their share is all that can be said."""
    few = answers((0.5, True, False), (0.6, False, False))[np.arange(40) < 2]

    assert table(Estimate.TEMPO, few)["confidence"] == [0.5]


def test_records_weigh_as_much_as_all_that_is_rendered():
    """However few they are: half of what is said of a margin is theirs."""
    made = table(Estimate.TEMPO, answers(*[(0.5, True, False)] * 9, (0.5, False, True)))

    assert made["confidence"] == pytest.approx([0.5] * len(made["confidence"]), abs=0.1)
    assert made["records"] == {"answers": FEWEST_OF_A_KNOT, "right": 0.0}


def test_a_cue_that_speaks_for_nothing_weighs_nothing():
    """Only what rises with the share that is right is weighed; the weights are shares."""
    found = answers((0.1, False, False), (0.9, True, False), cues=2)
    found.cues[:, 1] = 1 - found.cues[:, 0]

    assert weighed(found).tolist() == pytest.approx([1.0, 0.0])


def test_what_is_said_is_checked_on_pieces_left_out():
    """Where a margin means the same in every piece, what is said of them is so."""
    found = answers((0.5, False, False), (0.5, True, False))

    (line,) = checked({Estimate.TEMPO: found})

    assert "(40)" in line
    assert "!" not in line


def test_a_record_is_heard_with_weights_that_have_not_heard_it(tmp_path):
    """By its style; rendered pieces and what no file left out are heard with the usual ones."""
    path = tmp_path / "fold.json"
    path.write_text('{"styles": ["blues"]}', encoding="utf-8")
    kinds = [(RECORDS, "blues"), (RENDERED, "blues"), (RECORDS, "jazz")]
    known = [(of, "", {"style": style}) for of, style in kinds]

    found = _weights(known, [path])

    assert found == [path, readings.WEIGHTS, readings.WEIGHTS]
