"""What Spotify tells somebody who has signed in about themselves."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from api.cache.entry import Fetched, TtlClass
from api.cache.tiers import Served
from api.paging import Window
from api.schemas.me import Stretch
from api.schemas.provenance import Capability, SourceName
from api.services.cascade import Cascade, InWhoseName, Lookup


class PersonalLists:
    """The caller's own playlists, and what they play most. Raises ApiError."""

    def __init__(self, cascade: Cascade) -> None:
        self._cascade = cascade

    async def playlists(self, window: Window) -> Served:
        """A part of the playlists they made or follow."""
        return await self._list(
            Capability.PLAYLIST,
            "playlists",
            window,
            ask=lambda spotify: spotify.my_playlists(window),
        )

    async def top_artists(self, window: Window, stretch: Stretch) -> Served:
        """A part of the artists they played most."""
        return await self._list(
            Capability.ARTIST,
            f"top artists, {stretch}",
            window,
            ask=lambda spotify: spotify.my_top_artists(window, stretch),
        )

    async def top_tracks(self, window: Window, stretch: Stretch) -> Served:
        """A part of the tracks they played most."""
        return await self._list(
            Capability.TRACK,
            f"top tracks, {stretch}",
            window,
            ask=lambda spotify: spotify.my_top_tracks(window, stretch),
        )

    async def _list(
        self,
        capability: Capability,
        kind: str,
        window: Window,
        *,
        ask: Callable[[Any], Awaitable[Fetched[Any]]],
    ) -> Served:
        lookup = Lookup(
            capability=capability,
            subject="own lists",
            thing="playlist",
            kind=f"me:{kind}",
            ident=f"{window.limit}:{window.offset}",
            ttl=TtlClass.PLAYLIST,
            ask=lambda source, _ident, _known: ask(source),
            only=SourceName.SPOTIFY,
            in_name=InWhoseName.PERSON,
        )
        return await self._cascade.first(lookup)
