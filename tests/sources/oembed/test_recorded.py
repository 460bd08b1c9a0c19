"""Every recorded link preview comes whole through the source, or is left out as listed."""

import pytest

from api.problems.refusals import Garbled
from api.sources import oembed
from tests.conftest import SHARED
from tests.sources.opened import assembled
from tests.sources.recorded import ABSENT, Replaying, recorded

pytestmark = pytest.mark.shared
FILES = list(recorded(SHARED, "oembed"))
NOT_ASKED = {"album", "episode"}  # no source is asked about them; a track is not taken for one


def ident_of(recording):
    """The id that was asked about."""
    (url,) = recording.asked("url")
    return url.rpartition("/")[2]


def pictures(value):
    """Where its pictures are."""
    images = value.album.images if hasattr(value, "album") else value.images
    return [(image.url, image.width, image.height) for image in images]


@pytest.mark.parametrize("recording", FILES or [ABSENT], ids=lambda one: one.file)
async def test_it_comes_through_whole(recording):
    """Title and picture; a preview that names an album or episode is none of a track."""
    ident, told = ident_of(recording), recording.body
    async with (
        Replaying(recording) as replay,
        assembled(oembed.make_source, oembed={"url": f"{replay.accounts_url}/oembed"}) as source,
    ):
        if recording.kind in NOT_ASKED and "iframe_url" in told:
            with pytest.raises(Garbled):
                await source.track(ident, market=None, known=None)
            return
        if recording.kind == "playlist":
            found = (await source.playlist(ident, known=None)).value
        else:  # an album's of 2019 names nothing
            found = (await source.track(ident, market=None, known=None)).value

    assert (found.id, found.name) == (ident, told["title"])
    assert pictures(found) == [
        (told["thumbnail_url"], told["thumbnail_width"], told["thumbnail_height"])
    ]


def test_there_is_nothing_of_an_unknown_kind():
    """A new kind is read, or listed."""
    assert {one.kind for one in FILES} == {"track", "playlist", *NOT_ASKED}
