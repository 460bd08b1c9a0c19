"""How sure a source is, in words and bars."""

import pytest

from web.text.confidence import Sureness, sureness


@pytest.mark.parametrize(
    ("confidence", "bars", "says"),
    [
        (1.0, 4, "very likely right"),
        (0.9, 4, "very likely right"),
        (0.72, 3, "probably right"),
        (0.5, 2, "unsure"),
        (0.0, 1, "may well be wrong"),
    ],
)
def test_a_confidence_is_told_in_words_and_bars(confidence, bars, says):
    """Both say the same."""
    assert sureness(confidence) == Sureness(bars, says)
