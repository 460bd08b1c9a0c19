"""Several things in one answer: a page of a longer list, a batch by ids, a search."""

from __future__ import annotations

from typing import Annotated, Generic, TypeVar

from pydantic import Field

from api.schemas.artist import Artist
from api.schemas.base import Model
from api.schemas.playlist import Playlist
from api.schemas.problem import Attempt, Problem
from api.schemas.provenance import Gaps, Resource, Said, SourceName
from api.schemas.track import Track

T = TypeVar("T")


class Page(Resource, Generic[T]):
    """A part of a longer list. `next` and `previous` are our own links, also in `Link`."""

    href: str
    items: tuple[T, ...]
    limit: Annotated[int, Field(ge=1)]
    offset: Annotated[int, Field(ge=0)]
    total: Annotated[int | None, Field(ge=0)]
    next: str | None
    previous: str | None
    provenance: Said
    missing: Gaps = ()


class BatchItem(Model, Generic[T]):
    """One of the things asked for: its value, or the problem with it."""

    id: str
    ok: bool
    value: T | None
    problem: Problem | None


class Batch(Model, Generic[T]):
    """Answers in the order asked; one that fails takes no other with it."""

    items: tuple[BatchItem[T], ...]


class FoundAt(Model):
    """What one source found: one page per type that was asked for."""

    source: SourceName
    artists: Page[Artist] | None
    tracks: Page[Track] | None
    playlists: Page[Playlist] | None


class SearchResults(Model):
    """One page per type that was asked for; null for the others. Of the first source that answered.

    What each of them found stands in `by_source`, unmixed.
    """

    artists: Page[Artist] | None
    tracks: Page[Track] | None
    playlists: Page[Playlist] | None
    by_source: tuple[FoundAt, ...] = ()
    attempts: Annotated[
        tuple[Attempt, ...], Field(description="Who was not asked, failed, or found nothing.")
    ] = ()
