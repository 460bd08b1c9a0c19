"""What Last.fm sends: XML put into JSON, so a list of one is its one entry, and of none a text."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from api.sources.wire import Count, Ident, Listed, Text, Wire, Zero2One


def as_list(sent: object) -> object:
    """A list, also of what came alone; what is a text stands where there is no entry."""
    if isinstance(sent, dict):
        return [sent]
    return [] if isinstance(sent, str) else sent


class LastFmSubject(Wire):
    """About whom an answer is, and which part of all it is."""

    artist: Text | None = None
    page: Any = None
    per_page: Any = Field(None, alias="perPage")
    total: Any = None
    pages: Any = Field(None, alias="totalPages")


class LastFmNeighbour(Wire):
    """An artist who is similar to another; many have an empty id."""

    name: Ident
    mbid: Text | None = None
    match: Zero2One | None = None
    url: Text | None = None
    image: Any = None
    streamable: Any = None


class LastFmNeighbours(Wire):
    """The neighbours of one artist; where there are none, `artist` may be its name."""

    artist: Annotated[Listed[LastFmNeighbour], BeforeValidator(as_list)]
    subject: LastFmSubject | None = Field(None, alias="@attr")
    text: Any = Field(None, alias="#text")


class LastFmSimilar(Wire):
    """The answer to artist.getSimilar."""

    similarartists: LastFmNeighbours


class LastFmTag(Wire):
    """A word given to an artist, and how often, of 100 for the one most often given."""

    name: Text | None = None
    count: Count | None = None
    url: Any = None


class LastFmTags(Wire):
    """The words given to one artist; where there are none, `artist` is its name."""

    tag: Annotated[Listed[LastFmTag | None], BeforeValidator(as_list)] | None = None
    artist: Text | None = None
    subject: LastFmSubject | None = Field(None, alias="@attr")
    text: Any = Field(None, alias="#text")


class LastFmTopTags(Wire):
    """The answer to artist.getTopTags."""

    toptags: LastFmTags


class LastFmCredit(Wire):
    """The artist of a track."""

    name: Text | None = None
    mbid: Any = None
    url: Any = None


class LastFmTrack(Wire):
    """A track that is played much; many have no id."""

    name: Ident
    mbid: Text | None = None
    url: Text | None = None
    listeners: Count | None = None
    artist: LastFmCredit | None = None
    playcount: Any = None
    image: Any = None
    streamable: Any = None
    place: Any = Field(None, alias="@attr")


class LastFmTracks(Wire):
    """The tracks of one artist; where there are none, `artist` may be its name."""

    track: Annotated[Listed[LastFmTrack], BeforeValidator(as_list)]
    artist: Any = None
    subject: LastFmSubject | None = Field(None, alias="@attr")
    text: Any = Field(None, alias="#text")


class LastFmTopTracks(Wire):
    """The answer to artist.getTopTracks."""

    toptracks: LastFmTracks
