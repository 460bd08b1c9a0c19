"""What a file is called: its owner's words, its tags, its name."""

import pytest

from api.library.names import UNKNOWN_ARTIST, UNNAMED, Names, names_for, names_in
from api.problems.errors import InvalidRequest
from api.text import one_line

NOTHING = Names()


def test_everything_that_does_not_fit_is_said_at_once():
    """One entry each, in order."""
    with pytest.raises(InvalidRequest) as refusal:
        names_in({"isrc": "x", "album": "y" * 400, "spotify_id": "own_3CkaJF2BkFeNgnXzm1BUlQ"})

    pointers = [part.pointer for part in refusal.value.errors]
    assert pointers == ["body/album", "body/isrc", "body/spotify_id"]


@pytest.mark.parametrize(
    ("file_name", "title"),
    [
        ("Kitchen.wav", "Kitchen"),
        ("C:\\music\\a b.flac", "a b"),
        ("../../etc/passwd", "passwd"),
        ("a.b.mp3", "a.b"),
        ("", UNNAMED),
        ("..", UNNAMED),
        (".wav", ".wav"),
        ("x\x00\n\u2028y.wav", "x y"),
    ],
)
def test_without_better_words_it_has_the_name_of_its_file(file_name, title):
    """Without folders, ending and what cannot be printed."""
    names = names_for(NOTHING, {}, file_name)

    assert (names.title, names.artist) == (title, UNKNOWN_ARTIST)


def test_tags_are_strangers_words():
    """Cut, put on one line, and left out where they are nonsense."""
    tags = {"title": "a\x00b" + "c" * 999, "artist": " ", "isrc": "no", "album": "x\ny"}
    names = names_for(NOTHING, tags, "f.wav")

    assert (names.title, len(names.title or "")) == ("a b" + "c" * 297, 300)
    assert (names.artist, names.isrc, names.album) == (UNKNOWN_ARTIST, None, "x y")


def test_one_line_stays_as_it_is():
    """Letters of any script are printable."""
    assert one_line("  Ægir –  日本  ") == "Ægir – 日本"
