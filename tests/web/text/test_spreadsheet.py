import pytest

from api.text import cell
from web.text.spreadsheet import spreadsheet

BEGINNINGS = [*"=+-@\t\r\n", "\uff1d", "\uff0b", "\uff0d", "\uff20", "'="]


@pytest.mark.parametrize("beginning", BEGINNINGS)
def test_no_text_is_worked_out_by_a_spreadsheet(beginning):
    """Whatever it begins with, letters as wide as those of Japanese included."""
    assert cell(f"{beginning}1+1") == f"'{beginning}1+1"
    assert f"'{beginning}1+1" in spreadsheet(("Name",), [(f"{beginning}1+1",)])


def test_numbers_and_plain_words_stay_as_they_are():
    """A negative number is a number, and a title may have a sign in its middle."""
    assert (cell(-7.5), cell("a-ha"), cell(None)) == (-7.5, "a-ha", None)
