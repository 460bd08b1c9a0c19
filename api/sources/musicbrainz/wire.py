"""What MusicBrainz sends: names with hyphens, and null for anything but an id.

`Any` is what nobody reads.
"""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from pydantic import AfterValidator, ConfigDict, Field

from api.music.ids import is_mbid
from api.sources.wire import (
    NUMERIC,
    About,
    Flag,
    Ident,
    LengthMs,
    Listed,
    Text,
    Wire,
    calendar_date,
)


def _mbid(text: str) -> str:
    if not is_mbid(text):
        raise ValueError(text)
    return text


Mbid = Annotated[Text, AfterValidator(_mbid)]
CalendarDate = Annotated[Text, AfterValidator(calendar_date)]
Votes = Annotated[int, Field(gt=-(2**31), lt=2**31), NUMERIC]  # for it less those against it


class MusicBrainzName(Wire):
    """A thing as it is named beside another; of it only this is of use here."""

    model_config = ConfigDict(extra="ignore")

    id: Mbid
    name: Text | None = None


class MusicBrainzPage(Wire):
    """The other end of a link to a page elsewhere."""

    model_config = ConfigDict(extra="ignore")

    resource: Text


class MusicBrainzRelation(Wire):
    """A link between two things, of which only one end is sent."""

    model_config = ConfigDict(extra="ignore")

    ended: Flag | None = None
    artist: MusicBrainzName | None = None
    recording: MusicBrainzName | None = None
    url: MusicBrainzPage | None = None


class MusicBrainzUrl(Wire):
    """A page elsewhere, and whose it is."""

    id: Any = None
    resource: Ident
    relations: Listed[MusicBrainzRelation] | None = None


class MusicBrainzUrls(Wire):
    """Those of several pages that are known."""

    urls: Listed[MusicBrainzUrl]
    url_count: Any = Field(None, alias="url-count")
    url_offset: Any = Field(None, alias="url-offset")


class MusicBrainzGenre(Wire):
    """A tag that is a genre; nobody may have voted for it, or as many against it."""

    model_config = ConfigDict(extra="ignore")

    name: Ident
    count: Votes | None = None


class MusicBrainzArtist(Wire):
    """An artist."""

    id: Mbid
    name: Ident
    genres: Listed[MusicBrainzGenre] | None = None
    relations: Listed[MusicBrainzRelation] | None = None
    aliases: Any = None
    area: Any = None
    begin_area: Any = None  # and again with a hyphen
    begin: Any = Field(None, alias="begin-area")
    country: Any = None
    disambiguation: Any = None
    end_area: Any = None  # likewise
    end: Any = Field(None, alias="end-area")
    gender: Any = None
    gender_id: Any = Field(None, alias="gender-id")
    ipis: Any = None
    isnis: Any = None
    life_span: Any = Field(None, alias="life-span")
    sort_name: Any = Field(None, alias="sort-name")
    tags: Any = None  # what of them is a genre stands among the genres
    type: Any = None
    type_id: Any = Field(None, alias="type-id")

    def is_about(self, asked: About) -> bool:
        """Under its own id, or under that of the artist with whom it was merged."""
        return asked.may_be_other or self.id == asked.ident


class MusicBrainzCredit(Wire):
    """An artist as credited on a recording, perhaps under another name."""

    name: Text | None = None
    artist: MusicBrainzName | None = None
    joinphrase: Any = None


class MusicBrainzRelease(Wire):
    """A release on which a recording stands."""

    model_config = ConfigDict(extra="ignore")

    id: Mbid
    title: Text
    date: CalendarDate | None = None


class MusicBrainzRecording(Wire):
    """A recording."""

    id: Mbid
    title: Ident
    length: LengthMs | None = None
    first_release_date: CalendarDate | None = Field(None, alias="first-release-date")
    artist_credit: Listed[MusicBrainzCredit] | None = Field(None, alias="artist-credit")
    releases: Listed[MusicBrainzRelease] | None = None
    disambiguation: Any = None
    isrcs: Any = None
    video: Any = None


class MusicBrainzIsrc(Wire):
    """The recordings that bear an ISRC."""

    naming: ClassVar[frozenset[str]] = Wire.naming | {"isrc"}

    isrc: Ident
    recordings: Listed[MusicBrainzRecording]

    def is_about(self, asked: About) -> bool:
        """By the number itself."""
        return self.isrc == asked.ident
