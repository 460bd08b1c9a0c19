"""Reading the spreadsheets that people have."""

import pytest

from api.library import sheet
from tests.library.sheets import NEWEST, NUMBERS, OTHER, TRACK, newest, older, resaved


def rows(data):
    """The rows of a file."""
    return sheet.read(data).rows


def test_todays_columns_are_read():
    """Names, artists split at semicolons, lengths, dates and the twelve features."""
    (row,) = rows(newest())

    assert (row.line, row.reference, row.name) == (2, f"spotify:track:{TRACK}", "Paper, Lanterns")
    assert row.artists == ("Ada Reed", "Tom Vale")
    assert (row.album, row.duration_ms, row.isrc) == ("Small Hours", 417_533, None)
    assert row.added_at == 1_660_528_800
    assert len(row.features) == 12
    assert row.features["instrumentalness"] == 6.1e-05
    assert row.features["time_signature"] == 4


def test_older_columns_are_read():
    """Bare ids, one artist with a comma in the name, and 1970 for a date nobody knows."""
    (row,) = rows(older())

    assert row.reference == OTHER
    assert row.artists == ("Ines, The Painter",)
    assert row.added_at is None


def test_a_file_that_was_saved_again_is_read():
    """Semicolons, decimal commas and Windows-1252, as a spreadsheet program leaves them."""
    (row,) = rows(resaved())

    assert row.name == "Grüße"
    assert row.features == {"energy": 0.887, "tempo": 117.481, "key": -1}


def test_utf_16_with_tabs_is_read():
    """What Excel calls Unicode text."""
    data = f"Track URI\tTempo\nspotify:track:{TRACK}\t90\n".encode("utf-16")

    assert rows(data)[0].features == {"tempo": 90}


def test_the_id_column_is_known_by_its_cells():
    """Under whatever name."""
    data = f"Titel,Adresse\nHarbour,https://open.spotify.com/track/{TRACK}\n".encode()

    (row,) = rows(data)

    assert row.reference.endswith(TRACK)
    assert row.name == "Harbour"


def test_lines_keep_their_numbers():
    """Empty ones and cells of several lines count, so that a refusal names the right line."""
    data = f'Track URI,Track Name\n\nspotify:track:{TRACK},"one\ntwo"\n,last\n'.encode()

    first, last = rows(data)

    assert (first.line, first.name, last.line, last.name) == (3, "one two", 5, "last")


def test_a_formula_is_a_text():
    """Nothing that stands in a cell is ever computed, and what follows is unhurt."""
    line = f'spotify:track:{TRACK},"=HYPERLINK(""http://example.org"";""x"")","+1+1"'
    data = f"Track URI,Track Name,Album Name\n{line}\n".encode()

    (row,) = rows(data)

    assert row.name == '=HYPERLINK("http://example.org";"x")'
    assert row.album == "+1+1"


def test_short_rows_and_wrong_numbers_say_nothing():
    """What is not there or is no number is absent, and no other column moves."""
    data = f"{NEWEST}\nspotify:track:{TRACK},Short\n".encode()
    wrong = newest(f"spotify:track:{TRACK},n,a,b,d,many,p,e,b,soon,g,l,much{NUMBERS[5:]}")

    assert rows(data)[0].features == {}
    (row,) = rows(wrong)
    assert (row.duration_ms, row.added_at) == (None, None)
    assert "danceability" not in row.features
    assert len(row.features) == 11


def test_escaped_commas_belong_to_the_name():
    """As another edition of Exportify writes them."""
    data = (
        "Track URI,Artist URI(s),Artist Name(s)\n"
        f'spotify:track:{TRACK},"spotify:artist:a, spotify:artist:b","Ines\\, The Painter, Tom"\n'
    ).encode()

    assert rows(data)[0].artists == ("Ines, The Painter", "Tom")


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "The file is empty."),
        (b"\n\n", "The file is empty."),
        (
            b"PK\x03\x04rest",
            "This is an Excel workbook or a ZIP archive: save it as CSV, or unpack it, first.",
        ),
        (
            b"RIFF\x00\x00\x00\x00WAVE",
            "The file is not text, or it is damaged. Save it again as “CSV UTF-8” and bring that.",
        ),
        (b"\xff\xfe\x00", "The file is empty."),
        (
            b"Name,Age\nx,3\n",
            "No line has a link, an id or an ISRC of a track; its columns are “Name”, “Age”.",
        ),
        (
            b"Track URI,Track Name\n",
            "No line has a link, an id or an ISRC of a track: there is nothing below the heading.",
        ),
    ],
)
def test_what_is_no_spreadsheet_is_refused_with_its_reason(data, reason):
    """In a sentence that says what to do about it."""
    with pytest.raises(sheet.NotASheet) as caught:
        sheet.read(data)

    assert str(caught.value) == reason


def test_too_many_rows_and_endless_cells_are_refused():
    """Ten thousand rows are many; a cell of a megabyte is an attack."""
    many = "Track URI\n" + f"spotify:track:{TRACK}\n" * (sheet.MOST_ROWS + 1)
    endless = 'Track URI\n"' + "x" * 200_000 + '"\n'

    for data, part in (
        (many, "more than 10,000 rows"),
        (endless, "Line 2 has more than 100,000 letters"),
    ):
        with pytest.raises(sheet.NotASheet, match=part):
            sheet.read(data.encode())
    assert len(rows(many.encode()[: -len(TRACK) - 15])) == sheet.MOST_ROWS


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "x"])
def test_impossible_dates_are_unknown(moment):
    """No date takes the row away."""
    data = f"Track URI,Added At\nspotify:track:{TRACK},{moment}\n".encode()

    assert rows(data)[0].reference
