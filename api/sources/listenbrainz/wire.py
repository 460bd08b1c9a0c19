"""What ListenBrainz sends: lists of artists by their MusicBrainz ids. Any field may be null."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from api.sources.wire import NUMERIC, About, Count, Listed, Text, Wire

FORMER_LENGTH, FORMER_PLACE = 4, 3  # in a page of several tables, of which the last is the list
MOST_TOGETHER = 1e15
TimesTogether = Annotated[float, Field(ge=0, le=MOST_TOGETHER), NUMERIC]


class ListenBrainzNeighbour(Wire):
    """An artist who is listened to together with another."""

    artist_mbid: Text | None = None
    name: Text | None = None
    score: TimesTogether | None = None
    reference_mbid: Text | None = None
    comment: Any = None
    gender: Any = None
    type: Any = None


class ListenBrainzNeighbours(Wire):
    """The neighbours of one artist, who may be named in each."""

    artists: Listed[ListenBrainzNeighbour | None]


class ListenBrainzTag(Wire):
    """A word given to an artist; one with a genre’s id is a genre."""

    tag: Text | None = None
    count: Count | None = None
    genre_mbid: Text | None = None
    artist_mbid: Any = None


class ListenBrainzTags(Wire):
    """The words given to an artist."""

    artist: Listed[ListenBrainzTag | None] | None = None


class ListenBrainzArtist(Wire):
    """An artist; `rels` has one address of each kind."""

    naming = frozenset({"artist_mbid", "mbid", "type", "area", "begin_year", "end_year", "gender"})

    artist_mbid: Text | None = None
    mbid: Text | None = None
    name: Text | None = None
    rels: Any = None
    tag: ListenBrainzTags | None = None
    area: Any = None
    begin_year: Any = None
    end_year: Any = None
    gender: Any = None
    type: Any = None

    def is_about(self, asked: About) -> bool:
        """By either of its ids, which are the same."""
        return asked.ident in {self.artist_mbid, self.mbid}


class ListenBrainzArtists(Wire):
    """Those of the artists asked for who are known."""

    artists: Listed[ListenBrainzArtist | None]


def listed(sent: object) -> object:
    """A list, in its present or its former form, as an object that a model can be made of."""
    if not isinstance(sent, list):
        return sent
    if len(sent) == FORMER_LENGTH:
        last = sent[FORMER_PLACE]
        if isinstance(last, dict) and isinstance(last.get("data"), list):
            return {"artists": last["data"]}
    return {"artists": sent}
