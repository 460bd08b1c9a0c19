"""An artist, its neighbours, its most played tracks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from api.schemas.artist import Artist, Image
from web.render import Data
from web.text.provenance import Head


@dataclass(frozen=True, kw_only=True)
class ArtistPage(Data):
    """One artist."""

    template: ClassVar[str] = "artist.html"

    artist: Artist
    picture: Image | None
    head: Head


@dataclass(frozen=True, slots=True)
class Related:
    """One related artist: how near, and who says so at which rank."""

    name: str
    href: str | None
    url: str | None
    picture: Image | None
    genres: str
    near: str
    score: float
    said_by: str


@dataclass(frozen=True, kw_only=True)
class RelatedPanel(Data):
    """Artists related to one artist. `by_sound`: found by comparing own files."""

    template: ClassVar[str] = "artist_related.html"

    ident: str
    by_sound: bool
    items: tuple[Related, ...]
    head: Head


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a track list; `note` says why something is not there."""

    position: int
    kind: str
    name: str
    artists: str
    href: str | None
    url: str | None
    length: str
    tempo: str | None
    key: str | None
    camelot: str | None
    energy: str | None
    note: str | None


@dataclass(frozen=True, kw_only=True)
class TopTracksPanel(Data):
    """An artist's most played tracks; of an own artist (`own`) the files here."""

    template: ClassVar[str] = "artist_top_tracks.html"

    ident: str
    own: bool
    rows: tuple[Row, ...]
    numbers: str | None
    head: Head
