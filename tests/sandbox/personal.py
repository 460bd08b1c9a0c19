"""What belongs to whoever has signed in: who they are, their playlists, what they play most."""

from collections.abc import Callable

from tests.sandbox import accounts, entries, landmarks, naming
from tests.sandbox import playlists as all_playlists
from tests.sandbox.answers import PRIVATE, Answer, Refusal, error, of
from tests.sandbox.asking import Ask, Window
from tests.sandbox.render import Json
from tests.sandbox.rules import Limits

MINE = Limits(50, 20)
TERMS = ("short_term", "medium_term", "long_term")
PLAYED = 60  # so many artists, and so many tracks, a listener has played


def me(ask: Ask) -> Answer:
    """Answer who has signed in."""
    return of(accounts.me(ask.user()), cache=PRIVATE)


def playlists(ask: Ask) -> Answer:
    """Answer a page of one's playlists; `next` leads to another address, as the real one does.

    Between them stands a null, where an editorial playlist is followed.
    """
    person = ask.user("playlist-read-private")
    own = [row for row in all_playlists.playlists() if row.owner == person]
    rows: list[Json | None] = [_listed(ask, row) for row in own]
    rows.insert(min(2, len(rows)), None)
    page = ask.page(MINE)
    window = Window(page, len(rows))
    return of(
        ask.paging(rows[page.part], window, below=f"/v1/users/{person}/playlists"), cache=PRIVATE
    )


def top_artists(ask: Ask) -> Answer:
    """Answer a page of the artists somebody played most."""
    return _top(ask, landmarks.ARTISTS, lambda n: ask.render.artist(ask.catalogue.artists[n]))


def top_tracks(ask: Ask) -> Answer:
    """Answer a page of the tracks somebody played most."""
    tracks = ask.catalogue.tracks
    return _top(ask, len(tracks), lambda n: ask.render.track(tracks[n]))


def _top(ask: Ask, count: int, render: Callable[[int], Json]) -> Answer:
    person, term = ask.user("user-top-read"), ask.request.query.get("time_range", "medium_term")
    if term not in TERMS:
        raise Refusal(error(400, "Invalid time range"))
    played = naming.seeded(f"top:{person}:{term}", count).sample(range(count), min(count, PLAYED))
    page = ask.page(MINE)
    items: list[Json | None] = [render(n) for n in played[page.part]]
    return of(ask.paging(items, Window(page, len(played))), cache=PRIVATE)


def _listed(ask: Ask, row: all_playlists.Playlist) -> Json:
    """Write a playlist as it stands in a list: how many entries, and none of them."""
    counted = {"href": f"{ask.base_url}/v1/playlists/{row.id}/items", "total": len(row.entries)}
    twin = {"tracks": counted} if ask.rules.twins else {}
    return entries.playlist(ask.render, row) | {"items": counted, **twin}
