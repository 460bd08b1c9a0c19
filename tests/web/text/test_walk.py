"""The exercise as a path."""

import pytest

from web.text.walk import Look, walk, walk_at


def test_a_walk_says_where_one_is_and_what_is_behind():
    """Steps before the present one are done, the others are not."""
    path = walk(Look.ANALYSIS, track="t")

    assert path.number == 3
    assert [step.done for step in path.steps] == [True, True, False, False, False, False]
    assert [step.name for step in path.steps if step.here] == ["Analysis"]


def test_a_step_has_an_address_where_the_page_knows_what_it_is_about():
    """Nothing is linked that would lead nowhere, nor what is here already."""
    path = walk(Look.TRACK, artist="a", track="t")

    assert [step.href for step in path.steps[:3]] == ["/artists/a", None, "/tracks/t/analysis"]
    assert path.following == ("/tracks/t/analysis", "Next: second by second")


def test_an_artist_leads_to_the_top_track():
    """Which one it is, is asked when somebody goes there."""
    assert walk(Look.ARTIST, artist="a").following == (
        "/artists/a/top-track",
        "Next: the top track",
    )


def test_a_playlist_keeps_the_song_in_mind():
    """Whether it would fit is what the page is for."""
    path = walk(Look.COMPARE, track="t", playlist="p")

    assert path.steps[3].href == "/playlists/p?track=t"


def test_a_song_is_compared_with_the_list_it_was_held_against():
    """Without a list it waits for its other side."""
    alone, both = walk(Look.TRACK, track="t"), walk(Look.PLAYLIST, track="t", playlist="p")

    assert alone.steps[4].href == "/compare?a=t"
    assert both.following == ("/compare?a=t&b=playlist%3Ap", "Next: compare")


def test_what_is_compared_is_written_down_whole():
    """The worksheet is about all of it, also what no other step is about."""
    path = walk(Look.COMPARE, track="t", about=("track:t", "track:u", "brand:b"))

    assert path.following == (
        "/worksheets/new?about=track%3At&about=track%3Au&about=brand%3Ab",
        "Next: write it down",
    )


def test_an_id_of_another_kind_cannot_break_the_address():
    """Ids come from addresses that anybody can write."""
    assert walk(Look.TRACK, artist="a/../b?c").steps[0].href == "/artists/a%2F..%2Fb%3Fc"


@pytest.mark.parametrize(
    ("path", "number", "following"),
    [
        ("/artists/a", 1, ("/upload", "Next: a song of your own")),
        ("/tracks/t", 2, ("/upload", "Next: a song of your own")),
        ("/tracks/t/analysis", 3, ("/playlists?track=t", "Next: a playlist for it")),
        ("/playlists/p/profile", 4, ("/upload", "Next: a song of your own")),
    ],
)
def test_what_cannot_be_shown_is_no_dead_end(path, number, following):
    """The other looks may be known; where none is, a file of one's own leads on."""
    path_on = walk_at(path)

    assert path_on is not None
    assert (path_on.number, path_on.following) == (number, following)
    assert path_on.question == "Nothing can be shown here; the walk goes on."


def test_elsewhere_nobody_is_on_the_walk():
    """A job, a list of one's own files."""
    assert walk_at("/jobs/j") is None
    assert walk_at("/playlists") is None
