"""A playlist, its entries, and what it sounds like."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from api.schemas.artist import Image
from api.schemas.playlist import Playlist
from web.charts.histogram import Bars
from web.pages.artists import Row
from web.render import Data
from web.text.meanings import Meaning
from web.text.provenance import Head, Trouble


@dataclass(frozen=True, slots=True)
class Pager:
    """Where in a longer list this is, and the links to its neighbours (page, fragment)."""

    says: str
    previous: tuple[str, str] | None
    next: tuple[str, str] | None


@dataclass(frozen=True, slots=True)
class Entries:
    """A part of a playlist's entries. `numbers`: what is known of their tempo, key and energy.

    While `numbers` is None, the same part with numbers is at `page` and `fragment`.
    """

    rows: tuple[Row, ...]
    numbers: str | None
    pager: Pager
    page: str
    fragment: str
    head: Head


@dataclass(frozen=True, kw_only=True)
class PlaylistPage(Data):
    """One playlist with a part of its entries, or why they cannot be shown."""

    template: ClassVar[str] = "playlist.html"

    playlist: Playlist
    picture: Image | None
    entries: Entries | None
    trouble: Trouble | None
    head: Head


@dataclass(frozen=True, kw_only=True)
class ItemsPanel(Data):
    """A part of a playlist's entries, with tempo, key and energy where known."""

    template: ClassVar[str] = "playlist_items.html"

    ident: str
    entries: Entries


@dataclass(frozen=True, slots=True)
class Spread:
    """How one feature spreads over a playlist: a sentence, the bars, the figures."""

    meaning: Meaning
    finding: str
    bars: Bars
    figures: tuple[tuple[str, str], ...]
    table: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class KeyBar:
    """How many tracks are in one key; `width` in percent of the most frequent."""

    camelot: str
    name: str
    number: int
    width: float


@dataclass(frozen=True, slots=True)
class OutlierRow:
    """A track that stands apart."""

    position: int
    name: str
    href: str
    distance: str
    because: str


@dataclass(frozen=True, kw_only=True)
class ProfilePanel(Data):
    """What a playlist sounds like."""

    template: ClassVar[str] = "playlist_profile.html"

    ident: str
    summary: str
    left_out: tuple[str, ...]
    spreads: tuple[Spread, ...]
    keys: tuple[KeyBar, ...]
    metres: str
    outliers: tuple[OutlierRow, ...]
    head: Head
