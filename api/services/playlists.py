"""Playlists and what is in them; one check of the snapshot renews everything that is kept."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from api.cache.policy import TtlClass
from api.cache.tiers import Served
from api.links import Window
from api.refusals import Garbled
from api.schemas.provenance import Capability
from api.services.asking import Asked, Desk
from api.sources.base import Found


class Playlists:
    """Playlists. Raises ApiError."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def playlist(self, ident: str) -> Served:
        """What the playlist says of itself."""
        return await self._desk.first(_playlist_asked(ident))

    async def items(self, ident: str, window: Window) -> Served:
        """A part of its entries; unchanged as long as the playlist's snapshot is."""

        async def ask(source: Any, known: str | None) -> Found[Any]:  # noqa: ANN401
            snapshot = await self._snapshot(source, ident)
            if known is not None and known == snapshot:
                return Found(None, known)
            found = await source.playlist_items(ident, window)
            return Found(found.value, snapshot)

        return await self._desk.first(
            Asked(
                capability=Capability.PLAYLIST,
                subject="playlist",
                thing="playlist",
                kind=f"playlist-items:{window.limit}:{window.offset}",
                ident=ident,
                ttl=TtlClass.PLAYLIST,
                ask=ask,
            )
        )

    async def _snapshot(self, source: Any, ident: str) -> str | None:  # noqa: ANN401  # any Source
        """Which state the playlist is in; its entries do not need what it says of itself."""
        try:
            playlist = await self._desk.of(source, replace(_playlist_asked(ident), wait=True))
        except Garbled:
            return None
        return playlist.entry.validator


def _playlist_asked(ident: str) -> Asked:
    return Asked(
        capability=Capability.PLAYLIST,
        subject="playlist",
        thing="playlist",
        kind="playlist",
        ident=ident,
        ttl=TtlClass.PLAYLIST,
        ask=lambda source, known: source.playlist(ident, known=known),
    )
