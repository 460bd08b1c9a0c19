"""Deezer as a source: artists and tracks by name, by an artist, and by a recording’s number."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from api.cache.entry import Fetched
from api.music.ids import is_deezer_id, normalise_isrc
from api.paging import FURTHEST_HIT, Listing
from api.problems.refusals import Unknown
from api.schemas.artist import Artist, RelatedArtists
from api.schemas.identity import IdScheme
from api.schemas.lists import Page, SearchResults
from api.schemas.provenance import Capability, SourceName
from api.schemas.reference import Kind
from api.schemas.track import Track, TrackList
from api.sources.base import Link, Query
from api.sources.deezer import normalise, texts
from api.sources.deezer.client import TRACK_BY_ID, request_of, search_for
from api.sources.deezer.wire import DeezerArtists, DeezerTrack, DeezerTracks
from api.sources.open_access import OpenClient, OpenSource
from api.sources.wire import About


class DeezerSource(OpenSource[OpenClient]):
    """What Deezer answers to anybody. Raises SourceError."""

    name = SourceName.DEEZER
    asked_by: Mapping[Capability, IdScheme] = MappingProxyType(
        {
            Capability.RELATED: IdScheme.DEEZER,
            Capability.TOP_TRACKS: IdScheme.DEEZER,
            Capability.TRACK: IdScheme.ISRC,
        }
    )
    links_at_once = 1
    links_from: Mapping[Kind, Mapping[IdScheme, frozenset[IdScheme]]] = MappingProxyType(
        {Kind.TRACK: {IdScheme.DEEZER: frozenset({IdScheme.ISRC})}}
    )

    async def related(self, ident: str, *, known: str | None) -> Fetched[RelatedArtists]:
        """Up to twenty related artists."""
        if not is_deezer_id(ident):
            raise Unknown(self.name, texts.NO_ID)
        return await self._reader.one(
            request_of(Capability.RELATED, ident, etag=known),
            DeezerArtists,
            lambda wire, said: normalise.related(wire, ident, said),
            about=None,  # the list does not name whose it is
        )

    async def top_tracks(
        self,
        ident: str,
        *,
        market: str | None,  # noqa: ARG002  # it counts what is played everywhere
        known: str | None,
    ) -> Fetched[TrackList]:
        """Up to ten tracks, under Deezer’s own ids."""
        if not is_deezer_id(ident):
            raise Unknown(self.name, texts.NO_ID)
        return await self._reader.one(
            request_of(Capability.TOP_TRACKS, ident, etag=known),
            DeezerTracks,
            lambda wire, said: normalise.top_tracks(wire, ident, said),
            about=None,  # each entry names the artist
        )

    async def track(self, ident: str, *, market: str | None, known: str | None) -> Fetched[Track]:  # noqa: ARG002  # sold or not, it is the same recording
        """The recording with this ISRC."""
        isrc = normalise_isrc(ident)
        if isrc is None:
            raise Unknown(self.name, texts.NO_ISRC)
        return await self._reader.one(
            request_of(Capability.TRACK, isrc, etag=known),
            DeezerTrack,
            lambda wire, said: normalise.track(wire, ident, said),
            about=About(isrc),
        )

    async def search(self, query: Query, *, known: str | None) -> Fetched[SearchResults]:  # noqa: ARG002  # two answers have no one validator
        """Artists and tracks, under Deezer’s own ids."""
        artists, tracks = await asyncio.gather(self._artists(query), self._tracks(query))
        if artists is None and tracks is None:
            raise Unknown(self.name, texts.NO_PLAYLISTS)
        return Fetched(SearchResults(artists=artists, tracks=tracks, playlists=None))

    async def _artists(self, query: Query) -> Page[Artist] | None:
        if "artist" not in query.types:
            return None
        reply = await self._client.get(search_for("artist", query))
        wire = await self._reader.read(reply, DeezerArtists, None)
        listing = _hits("artist", query)
        return self._reader.made(
            lambda said: normalise.artists_found(wire, listing, said, words=query.text)
        )

    async def _tracks(self, query: Query) -> Page[Track] | None:
        if "track" not in query.types:
            return None
        reply = await self._client.get(search_for("track", query))
        wire = await self._reader.read(reply, DeezerTracks, None)
        listing = _hits("track", query)
        return self._reader.made(lambda said: normalise.tracks_found(wire, listing, said))

    async def links(
        self, kind: Kind, scheme: IdScheme, idents: Sequence[str]
    ) -> Mapping[str, tuple[Link, ...]]:
        """The recording’s number of a track, which its lists do not tell; a call for each."""
        if kind is not Kind.TRACK or scheme is not IdScheme.DEEZER:
            return {}
        asked = [ident for ident in idents if is_deezer_id(ident)]
        links: dict[str, tuple[Link, ...]] = {}
        for ident in asked:
            reply = await self._client.get(replace(TRACK_BY_ID, values={"id": ident}))
            wire = await self._reader.read(reply, DeezerTrack, About(ident))
            isrc = normalise_isrc(wire.isrc or "")
            links[ident] = (Link(IdScheme.ISRC, isrc),) if isrc else ()
        return links


def _hits(kind: str, query: Query) -> Listing:
    return Listing("/v1/search", query.window, {"q": query.text, "type": kind}, FURTHEST_HIT)
