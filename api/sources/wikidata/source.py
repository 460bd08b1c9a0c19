"""Wikidata as a source: who is whom, for many artists in one query, and genres."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from api.cache.entry import Fetched
from api.music.id_schemes import ID_CHECKS
from api.music.ids import is_qid
from api.problems.refusals import Unknown
from api.schemas.artist import Artist
from api.schemas.identity import IdScheme
from api.schemas.provenance import Capability, SourceName
from api.schemas.reference import Kind
from api.schemas.sources import CapabilityReport
from api.sources.base import Link
from api.sources.open_access import OpenClient, OpenSource
from api.sources.resource import ResourceReader
from api.sources.upstream.client import UpstreamRequest
from api.sources.wikidata import normalise, texts
from api.sources.wikidata.queries import PROPERTIES, VARIABLES, artist_query, links_query
from api.sources.wikidata.wire import SparqlAnswer

MOST_AT_ONCE = 100  # 250 took about a second in 2026
LINKS: Mapping[IdScheme, frozenset[IdScheme]] = MappingProxyType(
    {scheme: frozenset(VARIABLES) - {scheme} for scheme in PROPERTIES}
)


class WikidataSource(OpenSource[OpenClient]):
    """What Wikidata answers whoever says who they are. Raises SourceError."""

    name = SourceName.WIKIDATA
    asked_by: Mapping[Capability, IdScheme] = MappingProxyType(
        {Capability.ARTIST: IdScheme.WIKIDATA}
    )
    links_at_once = MOST_AT_ONCE
    links_from: Mapping[Kind, Mapping[IdScheme, frozenset[IdScheme]]] = MappingProxyType(
        {Kind.ARTIST: LINKS}
    )

    def __init__(
        self,
        client: OpenClient,
        reader: ResourceReader,
        *,
        request: UpstreamRequest,
        report: Callable[[], tuple[CapabilityReport, ...]],
    ) -> None:
        super().__init__(client, reader, report=report)
        self._request = request

    async def links(
        self, kind: Kind, scheme: IdScheme, idents: Sequence[str]
    ) -> Mapping[str, tuple[Link, ...]]:
        """In one query; an artist may have several ids of a kind, and an id several artists."""
        if scheme not in self.links_from.get(kind, {}):
            return {}
        valid = list(filter(ID_CHECKS[scheme], idents))
        if not valid:
            return {}
        reply = await self._client.get(self._asking(links_query(scheme, valid)))
        wire = await self._reader.read(reply, SparqlAnswer, None)
        return normalise.links(wire, scheme, valid)

    async def artist(self, ident: str, *, known: str | None) -> Fetched[Artist]:  # noqa: ARG002
        """The artist: its name, and its genres, which may be used for anything."""
        if not is_qid(ident):
            raise Unknown(self.name, texts.NO_ID)
        return await self._reader.one(
            self._asking(artist_query(ident)),
            SparqlAnswer,
            lambda w, o: normalise.artist(w, ident, o),
            about=None,  # each row names its item
        )

    def _asking(self, query: str) -> UpstreamRequest:
        return replace(self._request, form={"query": query})
