"""Last.fm as a source: whose listeners are alike, and which words they give to an artist."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType
from typing import TypeVar

from api.cache.entry import Fetched
from api.music.ids import is_mbid
from api.problems.refusals import Unknown
from api.schemas.artist import Artist, RelatedArtists
from api.schemas.identity import IdScheme
from api.schemas.provenance import Capability, SourceName
from api.schemas.sources import CapabilityReport
from api.schemas.track import TrackList
from api.sources.lastfm import normalise, texts
from api.sources.lastfm.client import by_mbid, by_name
from api.sources.lastfm.wire import LastFmSimilar, LastFmTopTags, LastFmTopTracks
from api.sources.open_access import OpenClient, OpenSource
from api.sources.resource import Origin, ResourceReader
from api.sources.wire import Wire

W = TypeVar("W", bound=Wire)
T = TypeVar("T")
NameOf = Callable[[str], Awaitable[str | None]]


class LastFmSource(OpenSource[OpenClient]):
    """What Last.fm answers to whoever has a key. Raises SourceError."""

    name = SourceName.LASTFM
    asked_by: Mapping[Capability, IdScheme] = MappingProxyType(
        dict.fromkeys((Capability.ARTIST, Capability.RELATED, Capability.TOP_TRACKS), IdScheme.MBID)
    )

    def __init__(
        self,
        client: OpenClient,
        reader: ResourceReader,
        *,
        name_of: NameOf | None = None,
        report: Callable[[], tuple[CapabilityReport, ...]],
    ) -> None:
        super().__init__(client, reader, report=report)
        self._name_of = name_of

    async def artist(self, ident: str, *, known: str | None) -> Fetched[Artist]:  # noqa: ARG002  # it tells no validators
        """The artist: name and genres."""

        def made(wire: LastFmTopTags, said: Origin, name: str | None) -> Artist:
            return normalise.artist(wire, ident, said, name=name)

        return await self._asked(Capability.ARTIST, ident, LastFmTopTags, make=made)

    async def related(self, ident: str, *, known: str | None) -> Fetched[RelatedArtists]:  # noqa: ARG002  # it tells no validators
        """Up to a hundred similar artists."""

        def made(wire: LastFmSimilar, said: Origin, name: str | None) -> RelatedArtists:
            return normalise.related(wire, ident, said, name=name)

        return await self._asked(Capability.RELATED, ident, LastFmSimilar, make=made)

    async def top_tracks(
        self,
        ident: str,
        *,
        market: str | None,  # noqa: ARG002  # it counts listeners everywhere
        known: str | None,  # noqa: ARG002  # it tells no validators
    ) -> Fetched[TrackList]:
        """Up to ten tracks, most listened to first."""

        def made(wire: LastFmTopTracks, said: Origin, name: str | None) -> TrackList:
            return normalise.top_tracks(wire, ident, said, name=name)

        return await self._asked(Capability.TOP_TRACKS, ident, LastFmTopTracks, make=made)

    async def _asked(
        self,
        capability: Capability,
        mbid: str,
        model: type[W],
        *,
        make: Callable[[W, Origin, str | None], T],
    ) -> Fetched[T]:
        """By the id or, where Last.fm does not know that, by the name if somebody gives one."""
        if not is_mbid(mbid):
            raise Unknown(self.name, texts.NO_MBID)
        try:
            return await self._reader.one(
                by_mbid(capability, mbid),
                model,
                lambda wire, said: make(wire, said, None),
                about=None,  # it says the name of whom it is about, not the id
            )
        except Unknown:
            name = await self._name_of(mbid) if self._name_of else None
            if not name:
                raise
        return await self._reader.one(
            by_name(capability, name),
            model,
            lambda wire, said: make(wire, said, name),
            about=None,  # the name is checked where it is read
        )
