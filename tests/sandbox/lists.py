"""Playlists: endpoints whose answers depend on whose list it is and who asks."""

from tests.sandbox import entries, fields, landmarks, playlists
from tests.sandbox.answers import Answer, Refusal, error, of
from tests.sandbox.asking import Ask, Page, Window
from tests.sandbox.playlists import LISTENER, Playlist
from tests.sandbox.render import Json
from tests.sandbox.rules import Limits

FIRST_ENTRIES = Page(100, 0)


def playlist(ask: Ask) -> Answer:
    """Answer a playlist; its first hundred entries too, to those who may see them."""
    row = _playlist(ask)
    written = entries.playlist(ask.render, row)
    if _may_see_entries(ask, row):
        page = _entries_page(ask, row, FIRST_ENTRIES)
        twin = {"tracks": page} if ask.rules.twins else {}
        written |= {"items": page, **twin}
    return of(_selected(ask, written))


def playlist_tracks(ask: Ask) -> Answer:
    """Answer a page of entries under the old name, which client credentials may read."""
    row = _playlist(ask)
    if not ask.rules.strangers and row.owner != (ask.person or LISTENER):
        raise Refusal(error(403, "Forbidden"))
    return _entries(ask, row, ask.rules.playlist_tracks)


def playlist_items(ask: Ask) -> Answer:
    """Answer a page of entries under the new name; needs the signed-in owner."""
    person = ask.user()
    row = _playlist(ask)
    if row.owner != person:
        raise Refusal(error(403, "Forbidden"))
    return _entries(ask, row, ask.rules.playlist_items)


def _playlist(ask: Ask) -> Playlist:
    number = playlists.number(ask.valid(ask.path_id))
    if number is None or number == landmarks.EDITORIAL_PLAYLIST:
        raise Refusal(error(404, "Resource not found"))
    row = playlists.playlists()[number]
    if row.secret and row.owner != ask.person:
        raise Refusal(error(404, "Resource not found"))
    return row


def _may_see_entries(ask: Ask, row: Playlist) -> bool:
    own = row.owner == (ask.person or LISTENER)
    return ask.rules.strangers or (own and (ask.by_user or ask.rules.twins))


def _entries(ask: Ask, row: Playlist, limits: Limits) -> Answer:
    return of(_selected(ask, _entries_page(ask, row, ask.page(limits))))


def _entries_page(ask: Ask, row: Playlist, page: Page) -> Json:
    episodes = "episode" in ask.request.query.get("additional_types", "track").split(",")
    shown = range(len(row.entries))[page.part]
    items: list[Json | None] = [
        entries.entry(ask.render, row.entries[place], place=place, episodes=episodes)
        for place in shown
    ]
    return ask.paging(items, Window(page, len(row.entries)), below=_list_path(ask, row))


def _list_path(ask: Ask, row: Playlist) -> str:
    asked = ask.request.path.rsplit("/", 1)[1]
    usual = "tracks" if ask.rules.twins else "items"
    return f"/v1/playlists/{row.id}/{asked if asked in {'tracks', 'items'} else usual}"


def _selected(ask: Ask, value: Json) -> Json:
    wanted = ask.request.query.get("fields")
    chosen: Json = fields.select(value, fields.parse(wanted)) if wanted else value
    return chosen
