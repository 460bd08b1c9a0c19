"""MusicBrainz as a source: who is whom, genres of artists, recordings by ISRC.

Things are looked up by their ids and pages; it is never searched.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import TypeVar

from api.cache.entry import Fetched
from api.music.id_schemes import ID_CHECKS
from api.music.ids import is_isrc, is_mbid
from api.problems.refusals import Unknown
from api.schemas.artist import Artist
from api.schemas.identity import IdScheme
from api.schemas.provenance import Capability, SourceName
from api.schemas.reference import Kind
from api.schemas.sources import CapabilityReport
from api.schemas.track import Track
from api.sources.base import Link
from api.sources.musicbrainz import normalise, texts
from api.sources.musicbrainz.wire import (
    MusicBrainzArtist,
    MusicBrainzIsrc,
    MusicBrainzUrls,
)
from api.sources.open_access import OpenClient, OpenSource, check_told
from api.sources.resource import ResourceReader
from api.sources.upstream.client import UpstreamRequest
from api.sources.wire import About, Wire, readable

W = TypeVar("W", bound=Wire)
MOST_AT_ONCE = 50  # a hundred are allowed, and their addresses too long for some servers
REQUESTS = {
    Capability.ARTIST: UpstreamRequest("/artist/{id}", family="artist"),
    Capability.TRACK: UpstreamRequest("/isrc/{id}", family="isrc"),
}
URLS = UpstreamRequest("/url", family="url")
SPOTIFY_PAGE = "https://open.spotify.com/{}/{}"
OWNERS = {Kind.ARTIST: "artist-rels", Kind.TRACK: "recording-rels"}
LINKS: Mapping[Kind, Mapping[IdScheme, frozenset[IdScheme]]] = MappingProxyType(
    {
        Kind.ARTIST: {
            IdScheme.SPOTIFY: frozenset({IdScheme.MBID}),
            # Its ids at Spotify, too, but one call each: others tell them for many in one.
            IdScheme.MBID: frozenset({IdScheme.WIKIDATA, IdScheme.DEEZER}),
        },
        Kind.TRACK: {
            IdScheme.SPOTIFY: frozenset({IdScheme.MBID}),
            IdScheme.ISRC: frozenset({IdScheme.MBID}),
        },
    }
)


class MusicBrainzSource(OpenSource[OpenClient]):
    """What MusicBrainz answers anybody, once a second. Raises SourceError."""

    name = SourceName.MUSICBRAINZ
    asked_by: Mapping[Capability, IdScheme] = MappingProxyType(
        {Capability.ARTIST: IdScheme.MBID, Capability.TRACK: IdScheme.ISRC}
    )
    links_at_once = MOST_AT_ONCE
    links_from = LINKS

    def __init__(
        self,
        client: OpenClient,
        reader: ResourceReader,
        *,
        with_genres: bool,
        report: Callable[[], tuple[CapabilityReport, ...]],
    ) -> None:
        super().__init__(client, reader, report=report)
        self._with_genres = with_genres

    async def links(
        self, kind: Kind, scheme: IdScheme, idents: Sequence[str]
    ) -> Mapping[str, tuple[Link, ...]]:
        """By Spotify's ids in one call; by others in one for each."""
        if scheme not in LINKS.get(kind, {}):
            return {}
        valid = list(filter(ID_CHECKS[scheme], idents))
        if scheme is IdScheme.SPOTIFY:
            found = await self._owners_of(kind, valid) if valid else {}
        else:
            ask = self._pages_of if kind is Kind.ARTIST else self._recordings_with
            found = {ident: await ask(ident) for ident in valid}
        return {ident: links for ident, links in found.items() if links}

    async def artist(self, ident: str, *, known: str | None) -> Fetched[Artist]:
        """The artist, with the genres that people voted for."""
        if not is_mbid(ident):
            raise Unknown(self.name, texts.NO_ID)
        includes = "genres" if self._with_genres else None
        request = _about(REQUESTS[Capability.ARTIST], ident, includes)
        return await self._reader.one(
            replace(request, etag=known),
            MusicBrainzArtist,
            lambda w, o: normalise.artist(w, ident, o, with_genres=self._with_genres),
            about=About(ident, may_be_other=True),
        )

    async def track(
        self,
        ident: str,
        *,
        market: str | None,  # noqa: ARG002  # it plays nothing anywhere
        known: str | None,
    ) -> Fetched[Track]:
        """The recording that bears this ISRC, if it is one."""
        if not is_isrc(ident):
            raise Unknown(self.name, texts.NO_ISRC)
        request = _about(REQUESTS[Capability.TRACK], ident, "artists releases")
        return await self._reader.one(
            replace(request, etag=known),
            MusicBrainzIsrc,
            lambda w, o: normalise.track(w, ident, o),
            about=About(ident),
        )

    async def _owners_of(self, kind: Kind, idents: Sequence[str]) -> dict[str, tuple[Link, ...]]:
        pages = {SPOTIFY_PAGE.format(kind, ident): ident for ident in idents}
        params = {"resource": list(pages), "inc": OWNERS[kind], "fmt": "json"}
        try:
            reply = await self._client.get(replace(URLS, params=params))
        except Unknown:
            return {}
        data = reply.data
        if len(pages) == 1 and isinstance(data, dict) and "urls" not in data:
            data = {"urls": [data]}  # as it answers about one
        wire = await self._reader.read(replace(reply, data=data), MusicBrainzUrls, None)
        told: dict[str, tuple[Link, ...]] = {}
        for url in readable(wire.urls):
            ident, links = pages.get(url.resource), normalise.owner_links(url, kind)
            if ident is not None and (links or not url.is_odd):
                told[ident] = tuple(dict.fromkeys((*told.get(ident, ()), *links)))
        check_told(self.name, idents, told, rows=len(wire.urls), is_odd=wire.is_odd)
        return told

    async def _pages_of(self, ident: str) -> tuple[Link, ...]:
        request = _about(REQUESTS[Capability.ARTIST], ident, "url-rels")
        wire = await self._known(request, MusicBrainzArtist, About(ident, may_be_other=True))
        links = normalise.page_links(wire) if wire else ()
        if wire is not None:
            normalise.check_whole(wire, links)
        return links

    async def _recordings_with(self, ident: str) -> tuple[Link, ...]:
        request = _about(REQUESTS[Capability.TRACK], ident, None)
        wire = await self._known(request, MusicBrainzIsrc, About(ident))
        links = normalise.recording_links(wire) if wire else ()
        if wire is not None:
            normalise.check_whole(wire, links)
        return links

    async def _known(self, request: UpstreamRequest, model: type[W], about: About) -> W | None:
        """What it says of the thing; None if it does not know it."""
        try:
            reply = await self._client.get(request)
        except Unknown:
            return None
        return await self._reader.read(reply, model, about)


def _about(request: UpstreamRequest, ident: str, includes: str | None) -> UpstreamRequest:
    return replace(request, values={"id": ident}, params={"inc": includes, "fmt": "json"})
