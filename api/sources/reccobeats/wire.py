"""What ReccoBeats sends: rows in any order, each about the Spotify track that its `href` names."""

from __future__ import annotations

import re
from typing import Any, ClassVar, Generic, Self, TypeVar

from api.music.ids import is_id
from api.sources.sound import WireSound
from api.sources.wire import Ident, LengthMs, Listed, Text, Wire

_PAGE = re.compile(r"https?://open\.spotify\.com/(track|artist)/([0-9A-Za-z]{22})/?(?:\?.*)?\Z")


def spotify_id(href: str | None, kind: str) -> str | None:
    """The id in the address of a track's or artist's page; None if it is no such address."""
    page = _PAGE.match(href or "")
    return page[2] if page and page[1] == kind and is_id(page[2]) else None


class WireRow(Wire):
    """Something about one track."""

    naming = frozenset({"id", "href", "isrc"})
    incidental: ClassVar[frozenset[str]] = naming
    """What two rows about one track may differ in."""

    id: Text | None = None
    """ReccoBeats' own, a UUID, under which nobody here asks."""
    href: Text | None = None
    isrc: Text | None = None

    @property
    def track_id(self) -> str | None:
        """Of which track of Spotify's it is; its place in the answer says nothing."""
        return spotify_id(self.href, "track")

    def says_as(self, other: Self) -> bool:
        """Whether both say the same."""
        fields = type(self).model_fields.keys() - self.incidental
        return all(getattr(self, name) == getattr(other, name) for name in fields)


class WireTrackSound(WireRow, WireSound):
    """How a track sounds."""


class WireTrackArtist(Wire):
    """An artist as named on a track."""

    id: Any = None
    name: Text | None = None
    href: Text | None = None


class WireTrackRow(WireRow):
    """A track."""

    naming = frozenset({"id", "href"})
    incidental = naming | {"ean", "upc", "availableCountries", "popularity"}

    trackTitle: Ident  # noqa: N815  # as it is sent
    artists: Listed[WireTrackArtist] | None = None
    durationMs: LengthMs | None = None  # noqa: N815  # as it is sent
    ean: Any = None
    upc: Any = None
    availableCountries: Any = None  # noqa: N815  # as it is sent
    popularity: Any = None
    """ReccoBeats' own number, which is on no scale that we know."""


R = TypeVar("R", bound=WireRow)


class Rows(Wire, Generic[R]):
    """All rows of an answer."""

    content: Listed[R]
