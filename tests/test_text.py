"""B13: whatever strangers write into the log stays one short line without escapes of its own."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.text import LONGEST, quoted


@given(st.text() | st.binary() | st.integers())
@pytest.mark.parametrize("most", [10, LONGEST])
def test_a_quoted_thing_is_one_short_line(most, said):
    """Printable ASCII, whatever it was, and never longer than may be."""
    told = quoted(said, most)

    assert len(told) <= most
    assert told.isascii()
    assert told.isprintable()


def test_what_is_short_and_plain_is_quoted_whole():
    """A reader finds it again."""
    assert quoted("mood") == "'mood'"
    assert quoted("x" * 5_000).endswith("...'")
