"""Deezer as a source: who is related to an artist, and which track has an ISRC."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from api.cache.entry import Fetched
from api.music.ids import is_deezer_id, normalise_isrc
from api.problems.refusals import Unknown
from api.schemas.artist import RelatedArtists
from api.schemas.identity import IdScheme
from api.schemas.provenance import Capability, SourceName
from api.schemas.track import Track
from api.sources.deezer import normalise, texts
from api.sources.deezer.client import request_of
from api.sources.deezer.wire import DeezerRelated, DeezerTrack
from api.sources.open_access import OpenClient, OpenSource
from api.sources.wire import About


class DeezerSource(OpenSource[OpenClient]):
    """What Deezer answers to anybody. Raises SourceError."""

    name = SourceName.DEEZER
    asked_by: Mapping[Capability, IdScheme] = MappingProxyType(
        {Capability.RELATED: IdScheme.DEEZER, Capability.TRACK: IdScheme.ISRC}
    )

    async def related(self, ident: str, *, known: str | None) -> Fetched[RelatedArtists]:
        """Up to twenty related artists."""
        if not is_deezer_id(ident):
            raise Unknown(self.name, texts.NO_ID)
        return await self._reader.one(
            request_of(Capability.RELATED, ident, etag=known),
            DeezerRelated,
            lambda wire, said: normalise.related(wire, ident, said),
            about=None,  # the list does not name whose it is
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
