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
    """About whom an answer is."""

    artist: Text | None = None


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
