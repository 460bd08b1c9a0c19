"""Spotify's public link preview as a source: title and picture of whatever can be linked to."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TypeVar

from api.cache.entry import Fetched
from api.music.ids import is_id
from api.paging import Window
from api.problems.refusals import Closed, DoesNotExist, SourceError, Unknown
from api.schemas.artist import Artist
from api.schemas.lists import Page
from api.schemas.playlist import Playlist, PlaylistItem
from api.schemas.provenance import Capability, SourceName
from api.schemas.sources import CapabilityReport
from api.schemas.track import Track
from api.sources.base import BY_SPOTIFY_IDS
from api.sources.oembed import texts
from api.sources.oembed.normalise import Previews
from api.sources.oembed.wire import WirePreview
from api.sources.open_access import NOT_FOUND, OpenClient, OpenSource, Service
from api.sources.resource import Origin, ResourceReader
from api.sources.upstream.client import UpstreamReply, UpstreamRequest
from api.sources.wire import About

NAME = SourceName.OEMBED
ASKED = (Capability.ARTIST, Capability.TRACK, Capability.PLAYLIST)
V = TypeVar("V")


def _judge(reply: UpstreamReply) -> SourceError | None:
    """A 404 that has nothing to say is how a page is known not to exist."""
    if reply.status == NOT_FOUND and not reply.body.strip():
        return DoesNotExist(NAME, texts.DOES_NOT_EXIST, status=NOT_FOUND)
    return None


SERVICE = Service(NAME, texts.TITLE, (1, 1.0), judge=_judge)


def requests_at(template: str) -> dict[Capability, UpstreamRequest]:
    """One address for everything; the kinds of page open and close apart."""
    return {one: UpstreamRequest(template, family=one) for one in ASKED}


class OEmbedSource(OpenSource[OpenClient]):
    """What Spotify shows of a page to anybody who links to it. Raises SourceError."""

    name = NAME
    asked_by = BY_SPOTIFY_IDS

    def __init__(
        self,
        client: OpenClient,
        reader: ResourceReader,
        *,
        previews: Previews,
        requests: Mapping[Capability, UpstreamRequest],
        report: Callable[[], tuple[CapabilityReport, ...]],
    ) -> None:
        super().__init__(client, reader, report=report)
        self._previews = previews
        self._requests = requests

    async def artist(self, ident: str, *, known: str | None) -> Fetched[Artist]:
        """The artist: name and picture."""
        return await self._ask(Capability.ARTIST, ident, self._previews.artist, known=known)

    async def track(self, ident: str, *, market: str | None, known: str | None) -> Fetched[Track]:  # noqa: ARG002
        """The track: title and picture."""
        return await self._ask(Capability.TRACK, ident, self._previews.track, known=known)

    async def playlist(self, ident: str, *, known: str | None) -> Fetched[Playlist]:
        """The playlist: name and picture."""
        return await self._ask(Capability.PLAYLIST, ident, self._previews.playlist, known=known)

    async def playlist_items(self, ident: str, window: Window) -> Fetched[Page[PlaylistItem]]:  # noqa: ARG002
        """Never: it does not tell what is in a playlist. Raises Closed."""
        raise Closed(NAME, texts.CONTENTS_CLOSED)

    async def _ask(
        self,
        capability: Capability,
        ident: str,
        make: Callable[[WirePreview, str, Origin], V],
        *,
        known: str | None,
    ) -> Fetched[V]:
        if not is_id(ident):
            raise Unknown(NAME, texts.NO_ID)
        page = f"{capability}/{ident}"
        params = {"url": f"https://open.spotify.com/{page}"}
        return await self._reader.one(
            replace(self._requests[capability], params=params, etag=known),
            WirePreview,
            lambda wire, origin: make(wire, ident, origin),
            about=About(page),
        )
