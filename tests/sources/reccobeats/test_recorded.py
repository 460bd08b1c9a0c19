"""Every recorded answer of ReccoBeats comes whole through the source, or is refused as listed."""

import pytest

from api.problems.refusals import BadQuestion
from api.sources import reccobeats
from tests.conftest import SHARED
from tests.sources.opened import assembled
from tests.sources.reccobeats.sent import NUMBERS, ONE
from tests.sources.recorded import ABSENT, Replaying, recorded

pytestmark = pytest.mark.shared
FILES = list(recorded(SHARED, "reccobeats"))
NOT_USED = {  # kinds that answer questions which are not asked
    "artist": "an artist is a name there, which its tracks tell as well",
    "artist-track": "lists of an artist's tracks are asked elsewhere",
    "recommendation": "likeness of sound is no relation",
    "track-audio-features": "features are asked by Spotify's ids, in batches",
}


def ident_of(row):
    """The id that a row names."""
    return row["href"].rpartition("/")[2]


USED = [one for one in FILES if one.kind not in NOT_USED]


@pytest.mark.parametrize("recording", USED or [ABSENT], ids=lambda one: one.file)
async def test_it_comes_through_whole(recording):
    """Each row under the id that it names, each of its values in its place."""
    async with (
        Replaying(recording) as replay,
        assembled(reccobeats.make_source, reccobeats={"url": replay.accounts_url}) as source,
    ):
        if recording.kind == "errors":
            await refuses(source)
        elif recording.kind == "track":
            await has_tracks(source, recording)
        else:
            await has_features(source, recording)


async def refuses(source):
    """More ids than it takes: a question of ours that is malformed."""
    with pytest.raises(BadQuestion):
        await source.features(ONE, known=None)
    with pytest.raises(BadQuestion):
        await source.track(ONE, market=None, known=None)


async def has_features(source, recording):
    """All numbers of all rows."""
    told = {ident_of(row): row for row in recording.body["content"]}

    found = await source.features_of(recording.asked("ids"))

    assert found.keys() == told.keys()
    for ident, row in told.items():
        value = found[ident].value
        assert {name: getattr(value, name) for name in NUMBERS} == {n: row[n] for n in NUMBERS}


async def has_tracks(source, recording):
    """Title, artists and length of all rows."""
    told = {ident_of(row): row for row in recording.body["content"]}

    found = await source.tracks(recording.asked("ids"), market=None)

    assert found.keys() == told.keys()
    for ident, row in told.items():
        value = found[ident].value
        assert (value.name, value.duration_ms) == (row["trackTitle"], row["durationMs"])
        assert value.isrc == row["isrc"]
        assert [(one.id, one.name) for one in value.artists] == [
            (ident_of(artist), artist["name"]) for artist in row["artists"]
        ]


def test_there_is_nothing_of_an_unknown_kind():
    """A new kind is read, or listed with why not."""
    assert {one.kind for one in FILES} == {"audio-features", "track", "errors", *NOT_USED}
