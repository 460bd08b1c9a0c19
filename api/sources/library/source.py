"""Own files as a source like any other: each capability is what is read and how it is told."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from api.cache.entry import Fetched
from api.paging import Listing, Window
from api.schemas.analysis import AudioAnalysis
from api.schemas.artist import Artist, RelatedArtists
from api.schemas.features import AudioFeatures
from api.schemas.lists import Page, SearchResults
from api.schemas.playlist import Playlist, PlaylistItem
from api.schemas.provenance import SourceName
from api.schemas.sources import CapabilityReport
from api.schemas.track import Album, Track, TrackList
from api.sources.base import BY_SPOTIFY_IDS, Query
from api.sources.library import collections, normalise
from api.sources.library.normalise import Own
from api.sources.library.queries import Files, Holdings
from api.sources.library.report import report


class LibrarySource:
    """What the owner's own files are, and what was heard in them. Raises SourceError."""

    name = SourceName.LIBRARY
    version = 1
    market: str | None = None
    at_home = True
    asked_by = BY_SPOTIFY_IDS
    features_at_once = 100

    def __init__(self, held: Holdings) -> None:
        self._held = held
        self._files = Files(held)

    def report(self) -> tuple[CapabilityReport, ...]:
        """Always open."""
        return report(self._held.trouble())

    async def revision(self) -> str | None:
        """Another one whenever anything on this machine has changed; None if nobody can tell."""
        return await self._held.revision.now()

    async def close(self) -> None:
        """There is nobody to hang up on; only the database need not be watched any more."""
        await self._held.revision.close()

    async def artist(self, ident: str, *, known: str | None) -> Fetched[Artist]:  # noqa: ARG002
        """The artist that the files name."""
        rows = await self._files.by_artist(ident)
        return Fetched(normalise.artist(rows, self._files.genres(rows), self._files.images(rows)))

    async def related(self, ident: str, *, known: str | None) -> Fetched[RelatedArtists]:  # noqa: ARG002
        """The other artists here, nearest by sound first."""
        rows = await self._files.by_artist(ident)
        near = await self._files.near(ident)
        if near is None:
            raise await self._files.why_unheard(Own(rows[-1], rows[-1].id))
        return Fetched(near)

    async def top_tracks(
        self,
        ident: str,
        *,
        market: str | None,  # noqa: ARG002  # own files can be played anywhere
        known: str | None,  # noqa: ARG002
    ) -> Fetched[TrackList]:
        """The artist's files, in the order in which they came."""
        rows = await self._files.by_artist(ident)
        return Fetched(normalise.track_list(ident, await self._files.owned(rows)))

    async def albums(
        self, ident: str, window: Window, *, market: str | None
    ) -> Fetched[Page[Album]]:
        """A part of the albums that the artist's files name."""
        rows = await self._files.by_artist(ident)
        listing = Listing(f"/v1/artists/{ident}/albums", window, {"market": market})
        return Fetched(normalise.albums(rows, listing, self._held.release_of))

    async def track(
        self,
        ident: str,
        *,
        market: str | None,  # noqa: ARG002
        known: str | None,  # noqa: ARG002
    ) -> Fetched[Track]:
        """The file as a track."""
        return Fetched(normalise.track(await self._files.one(ident)))

    async def tracks(
        self,
        idents: Sequence[str],
        *,
        market: str | None,  # noqa: ARG002
    ) -> dict[str, Fetched[Track]]:
        """Those that are here."""
        owned = await self._files.several(idents)
        return {ident: Fetched(normalise.track(own)) for ident, own in owned.items()}

    async def features(self, ident: str, *, known: str | None) -> Fetched[AudioFeatures]:  # noqa: ARG002
        """What was measured in the file, and estimated from it."""
        own = await self._files.one(ident)
        heard = await self._files.features([own])
        if ident not in heard:
            raise await self._files.why_unheard(own)
        return Fetched(heard[ident])

    async def features_of(self, idents: Sequence[str]) -> dict[str, Fetched[AudioFeatures]]:
        """Those that are here and analysed."""
        owned = await self._files.several(idents)
        heard = await self._files.features(list(owned.values()))
        return {ident: Fetched(said) for ident, said in heard.items()}

    async def analysis(self, ident: str, *, known: str | None) -> Fetched[AudioAnalysis]:  # noqa: ARG002
        """What was heard when."""
        return Fetched(await self._files.analysis(await self._files.one(ident)))

    async def playlist(self, ident: str, *, known: str | None) -> Fetched[Playlist]:  # noqa: ARG002
        """What a collection says of itself."""
        return Fetched(collections.playlist(await self._files.collection(ident)))

    async def playlist_items(self, ident: str, window: Window) -> Fetched[Page[PlaylistItem]]:
        """A part of a collection's positions."""
        counted = await self._files.collection(ident)
        rows = await self._held.collections.items(ident, offset=window.offset, limit=window.limit)
        named = await self._files.named(rows)
        listing = Listing(f"/v1/playlists/{ident}/items", window, {})
        return Fetched(
            await asyncio.to_thread(collections.items, counted, rows, known=named, listing=listing)
        )

    async def search(self, query: Query, *, known: str | None) -> Fetched[SearchResults]:  # noqa: ARG002
        """Files, their artists and collections, by words."""
        return Fetched(await self._files.search(query))
