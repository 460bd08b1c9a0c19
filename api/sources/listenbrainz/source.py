"""ListenBrainz as a source: artists by their MusicBrainz ids, and who is listened to with whom."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from api.cache.entry import Fetched
from api.music.ids import is_mbid
from api.problems.refusals import Garbled, SourceError, Unknown, Unreachable
from api.schemas.artist import Artist, RelatedArtists
from api.schemas.identity import IdScheme
from api.schemas.provenance import Capability, SourceName
from api.schemas.reference import Kind
from api.schemas.sources import CapabilityReport
from api.sources.base import Link
from api.sources.listenbrainz import normalise, texts
from api.sources.listenbrainz.client import ListenBrainzClient, metadata_of
from api.sources.listenbrainz.wire import (
    ListenBrainzArtist,
    ListenBrainzArtists,
    ListenBrainzNeighbours,
    listed,
)
from api.sources.open_access import OpenSource
from api.sources.relations import told
from api.sources.resource import ResourceReader
from api.sources.wire import About, readable


class ListenBrainzSource(OpenSource[ListenBrainzClient]):
    """What ListenBrainz answers to anybody. Raises SourceError."""

    name = SourceName.LISTENBRAINZ
    asked_by: Mapping[Capability, IdScheme] = MappingProxyType(
        {Capability.ARTIST: IdScheme.MBID, Capability.RELATED: IdScheme.MBID}
    )
    links_at_once = 50
    links_from: Mapping[Kind, Mapping[IdScheme, frozenset[IdScheme]]] = MappingProxyType(
        {Kind.ARTIST: {IdScheme.MBID: frozenset({IdScheme.DEEZER, IdScheme.WIKIDATA})}}
    )

    def __init__(
        self,
        client: ListenBrainzClient,
        reader: ResourceReader,
        *,
        names_genres: bool,
        metadata_within_s: float,
        report: Callable[[], tuple[CapabilityReport, ...]],
    ) -> None:
        super().__init__(client, reader, report=report)
        self._names_genres = names_genres
        self._metadata_within_s = metadata_within_s

    async def artist(self, ident: str, *, known: str | None) -> Fetched[Artist]:  # noqa: ARG002  # it tells no validators
        """The artist: name and genres."""
        self._check(ident)
        wires = await self._metadata([ident], with_tags=self._names_genres)
        if ident not in wires:
            raise Unknown(self.name, texts.NO_SUCH_ARTIST)
        return Fetched(
            self._reader.made(
                lambda said: normalise.artist(
                    wires[ident], ident, said, with_genres=self._names_genres
                )
            )
        )

    async def related(self, ident: str, *, known: str | None) -> Fetched[RelatedArtists]:  # noqa: ARG002  # it tells no validators
        """Up to a hundred artists, with their genres and ids elsewhere where those can be had."""
        self._check(ident)
        reply = await self._client.similar(ident)
        reply = replace(reply, data=listed(reply.data))
        wire = await self._reader.read(reply, ListenBrainzNeighbours, None)
        rows = told(self.name, wire.artists, texts.NOBODY)
        if {row.reference_mbid for row in rows} - {ident, None}:
            raise Garbled(self.name, texts.SOMEBODY_ELSE)
        neighbours = await self._who_they_are([row.artist_mbid or "" for row in rows])
        return Fetched(
            self._reader.made(
                lambda said: normalise.related(
                    wire, ident, said, known=neighbours, with_genres=self._names_genres
                )
            )
        )

    async def links(
        self, kind: Kind, scheme: IdScheme, idents: Sequence[str]
    ) -> dict[str, tuple[Link, ...]]:
        """The Deezer and Wikidata ids to which the addresses of these artists lead."""
        asked = list(filter(is_mbid, dict.fromkeys(idents)))
        if scheme not in self.links_from.get(kind, {}) or not asked:
            return {}
        wires = await self._metadata(asked, with_tags=False)
        return {ident: normalise.links(wire) for ident, wire in wires.items()}

    def _check(self, ident: str) -> None:
        if not is_mbid(ident):
            raise Unknown(self.name, texts.NO_MBID)

    async def _who_they_are(
        self, mbids: Sequence[str]
    ) -> dict[str, ListenBrainzArtist] | SourceError:
        """Those of the artists who are known, or why nobody can say in time."""
        asked = list(filter(is_mbid, dict.fromkeys(mbids)))
        if not asked:
            return {}
        try:
            async with asyncio.timeout(self._metadata_within_s):
                return await self._metadata(asked, with_tags=self._names_genres)
        except TimeoutError:
            return Unreachable(self.name, texts.TOO_SLOW)
        except SourceError as refusal:
            return refusal

    async def _metadata(
        self, mbids: Sequence[str], *, with_tags: bool
    ) -> dict[str, ListenBrainzArtist]:
        """Those of the artists who are known, by the id asked for, in one call."""
        reply = await self._client.get(metadata_of(mbids, with_tags=with_tags))
        reply = replace(reply, data=listed(reply.data))
        sent = (await self._reader.read(reply, ListenBrainzArtists, None)).artists
        wires = [wire for wire in readable(sent) if not wire.says_nothing()]
        found = {
            mbid: next((wire for wire in wires if wire.is_about(About(mbid))), None)
            for mbid in mbids
        }
        known = {mbid: wire for mbid, wire in found.items() if wire is not None}
        if sent and not known:
            raise Garbled(self.name, texts.SOMEBODY_ELSE if wires else texts.NOTHING)
        return known
