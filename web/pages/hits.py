"""Artists, tracks and playlists in a list: a name, a word about each, and where it leads."""

from __future__ import annotations

from dataclasses import dataclass

from api.schemas.artist import Artist, Image
from api.schemas.playlist import Playlist
from api.schemas.track import Track
from web.site import Site
from web.text import formatting
from web.text.labels import NAMELESS


@dataclass(frozen=True, slots=True)
class Hit:
    """One thing in a list."""

    name: str
    about: str
    href: str
    url: str | None
    picture: Image | None


def hit(site: Site, item: Artist | Track | Playlist) -> Hit:
    """It, as far as this installation shows pictures."""
    images = (item.album.images if item.album else ()) if isinstance(item, Track) else item.images
    return Hit(
        name=item.name or NAMELESS,
        about=_about(item),
        href=f"/{type(item).__name__.lower()}s/{item.id}",
        url=formatting.safe_url(item.url),
        picture=site.picture(images),
    )


def _about(item: Artist | Track | Playlist) -> str:
    if isinstance(item, Artist):
        return formatting.listed(item.genres or ())
    if isinstance(item, Track):
        return formatting.listed([artist.name for artist in item.artists])
    total = "" if item.items_total is None else f", {_entries(item.items_total)}"
    private = ", private" if item.public is False else ""
    return f"by {item.owner.name or item.owner.id}{total}{private}"


def _entries(number: int) -> str:
    return "1 entry" if number == 1 else f"{formatting.count(number)} entries"
