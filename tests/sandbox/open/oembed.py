"""Spotify's oEmbed: title and picture of a page; 404 without a body where there is no such page."""

import re
from typing import Any

from tests.sandbox import ids
from tests.sandbox.answers import Answer, Request, of
from tests.sandbox.catalogue import catalogue
from tests.sandbox.open.service import OpenService
from tests.sandbox.playlists import playlists

PATH = "/oembed"
SIZE = 300
PLAYERS = "https://open.spotify.com"
PAGE = re.compile(
    r"(?:https://open\.spotify\.com/(?:intl-[a-z]+/)?|spotify:)"
    r"(?P<kind>artist|album|track|playlist)[/:](?P<id>\w+)(?:\?.*)?"
)


def answer(request: Request, base_url: str) -> Answer:
    """Answer one call."""
    page = PAGE.fullmatch(request.query.get("url", ""))
    if page is None or request.path != PATH:
        return Answer(404)
    shown = _title_and_picture(page["kind"], page["id"])
    if shown is None:
        return Answer(404)
    title, picture = shown
    frame = f"{PLAYERS}/embed/{page['kind']}/{page['id']}?utm_source=oembed"
    return of(
        {
            "html": f'<iframe title="Spotify Embed" src="{frame}"></iframe>',
            "iframe_url": frame,
            "width": 456,
            "height": 352,
            "version": "1.0",
            "provider_name": "Spotify",
            "provider_url": "https://spotify.com",
            "type": "rich",
            "title": title,
            **(_thumbnail(f"{base_url}/image/{picture}-{SIZE}") if picture else {}),
        }
    )


def _title_and_picture(kind: str, ident: str) -> tuple[str, str | None] | None:
    if kind == "playlist":
        found = next((one for one in playlists() if one.id == ident), None)
        if found is None or found.secret:
            return None
        return found.name, f"playlist-{found.n}" if found.pictured else None
    n = catalogue().number(kind, ident)
    if n is None:
        return None
    if kind == "artist":
        artist = catalogue().artists[n]
        return artist.name, f"artist-{n}" if artist.pictured else None
    album = catalogue().albums[catalogue().tracks[n].album if kind == "track" else n]
    title = catalogue().tracks[n].name if kind == "track" else album.name
    return title, f"album-{album.n}" if album.pictured else None


def _thumbnail(url: str) -> dict[str, Any]:
    return {"thumbnail_url": url, "thumbnail_width": SIZE, "thumbnail_height": SIZE}


def _lie(answered: Any) -> Any:
    """Show another page's frame."""
    frame = f"{PLAYERS}/embed/track/{ids.id_of('stranger', 0)}?utm_source=oembed"
    return answered | {"iframe_url": frame, "title": "Somebody Else’s Song"}


SERVICE = OpenService("oembed", {"OEMBED_URL": PATH}, (PATH,), answer, _lie)
