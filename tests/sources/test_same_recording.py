"""Two descriptions of one recording are told from those of two, however they are written."""

import pytest

from api.schemas.artist import ArtistCredit
from api.sources.same_recording import agreement, plain_title
from tests.sources.reccobeats.sent import ARTIST, ONE, rows, sending, track


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Slow Water", "SLOW WATER!"),
        ("Déjà-vu", "Deja Vu"),
        ("Slow Water (feat. The Snow)", "Slow Water"),
        ("Slow Water ft. The Snow", "Slow Water"),
        ("???", "???"),
        ("Slow Water - 2011 Remaster", "Slow Water (Remastered 2011)"),
        ("Slow Water - Remastered", "Slow Water"),
    ],
)
def test_titles_are_one_however_they_are_written(one, other):
    """Services write guests, case, accents and punctuation in their own ways."""
    assert plain_title(one) == plain_title(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("???", "!!!"), ("Part I", "Part II"), ("Slow Water", "Slow Water (Live)"), ("1", "2")],
)
def test_titles_that_differ_stay_apart(one, other):
    """A second movement or a concert is another recording."""
    assert plain_title(one) != plain_title(other)


async def test_an_artist_in_common_is_enough():
    """By id or by name, whoever else is named."""
    async with sending(rows(track(ONE))) as (source, _):
        one = (await source.track(ONE, market=None, known=None)).value
    named = one.model_copy(update={"artists": (ArtistCredit(id=None, name="THE RAIN", uri=None),)})
    other = one.model_copy(update={"artists": (ArtistCredit(id=ARTIST, name="Rain", uri=None),)})

    assert agreement(one, named) == ("title", "artist", "length")
    assert agreement(one, other) == ("title", "artist", "length")
    assert agreement(named, other) is None
