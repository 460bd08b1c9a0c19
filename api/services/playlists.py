"""Playlists and what is in them; one check of the snapshot renews everything that is kept.

What takes several calls is read under one snapshot: it is asked for again afterwards, and where it
has changed meanwhile the reading is done once more.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, field_validator

from api.cache.entry import Entry, Fetched, TtlClass
from api.cache.tiers import Served
from api.music.ids import OWN_PREFIX
from api.paging import Window, offset_in
from api.problems.refusals import Garbled
from api.schemas.lists import Page
from api.schemas.playlist import ItemKind, Playlist, PlaylistItem
from api.schemas.provenance import Capability, Gaps, Missing, Reason
from api.services.cascade import Cascade, InWhoseName, Lookup
from api.sources.same_recording import CreditedArtist, NumberedRecording

READINGS = 2  # one more, if the playlist was changed during the first
PAGE = 100
PAGE_AT_HOME = 500  # each begins with a look at the whole list
AT_ONCE = 4
CHANGED = Missing(
    field="items",
    reason=Reason.NOT_KNOWN,
    detail=(
        "The playlist was being changed while it was read: entries may be missing here or stand "
        "here twice. Ask again in a minute."
    ),
)


class Named(BaseModel):
    """Which track it is, and what tells its recording from others; all else is left unread."""

    id: str
    name: str
    isrc: str | None = None
    artists: tuple[CreditedArtist, ...] = ()
    duration_ms: int | None = None

    @field_validator("artists", mode="before")
    @classmethod
    def _players(cls, said: Any) -> Any:  # noqa: ANN401  # as it was read
        return tuple((one["id"], one["name"]) for one in said)

    @property
    def recording(self) -> NumberedRecording | None:
        """By what it can be found where its id is not known."""
        if self.isrc is None:
            return None
        return NumberedRecording(self.isrc, self.name, self.artists, self.duration_ms)


class Position(BaseModel):
    """What a reader of a whole playlist wants to know of a `PlaylistItem`."""

    position: int
    kind: ItemKind
    name: str
    artists: tuple[str, ...] = ()
    duration_ms: int | None = None
    track: Named | None
    reason: str | None = None


class _ReadPage(BaseModel):
    """The same of a `Page[PlaylistItem]`: a whole playlist has a thousand of them at once."""

    items: tuple[Position, ...]
    next: str | None
    missing: Gaps


OnPage = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class _PagesWanted:
    """How a whole playlist is to be read: `reach` entries for all that is known, `most` at most."""

    reach: int
    most: int
    snapshot: str | None
    on_page: OnPage
    keep_bytes: bool


@dataclass(frozen=True, slots=True)
class Whole:
    """A playlist with its entries, as far as they were wanted."""

    head: Served
    playlist: Playlist
    pages: Sequence[Served]
    """Without their bytes, unless those were asked for."""
    items: tuple[Position, ...]
    is_cut: bool
    """Whether it goes on behind the last of these entries."""
    changed: bool
    """Whether it was changed while it was read."""


class Playlists:
    """Playlists. Raises ApiError."""

    def __init__(self, cascade: Cascade) -> None:
        self._cascade = cascade

    async def playlist(self, ident: str) -> Served:
        """What the playlist says of itself."""
        return await self._cascade.first(_playlist_lookup(ident))

    async def items(self, ident: str, window: Window) -> Served:
        """A part of its entries; unchanged as long as the playlist's snapshot is."""
        return await self._cascade.first(self._items_lookup(ident, window))

    async def whole(
        self,
        ident: str,
        most: int,
        *,
        on_page: OnPage = lambda _read, _total: None,
        keep_bytes: bool = False,
    ) -> Whole:
        """The playlist and its entries, `most` of them at most, read under one snapshot.

        `on_page` is told how many entries have been read, and of how many.
        """
        snapshot: str | None = None
        for _ in range(READINGS):
            head = await self.playlist(ident)
            total = Playlist.model_validate_json(head.entry.body).items_total
            reading = _PagesWanted(
                reach=min(max(total or 1, 1), most),
                most=most,
                snapshot=snapshot,
                on_page=on_page,
                keep_bytes=keep_bytes,
            )
            on_page(0, reading.reach)
            pages = await self._pages(ident, reading)
            read = {served.entry.validator for served, _ in pages}
            if len(pages) > 1 and (len(read) > 1 or not all(served.hit for served, _ in pages)):
                head = await self._cascade.first(
                    _playlist_lookup(ident, since=self._cascade.clock())
                )
            snapshot = head.entry.validator
            steady = read <= {snapshot} and not any(CHANGED in page.missing for _, page in pages)
            if steady:
                break
        return Whole(
            head=head,
            playlist=Playlist.model_validate_json(head.entry.body),
            pages=[served for served, _ in pages],
            items=tuple(item for _, page in pages for item in page.items),
            is_cut=pages[-1][1].next is not None,
            changed=not steady,
        )

    async def _pages(self, ident: str, reading: _PagesWanted) -> list[tuple[Served, _ReadPage]]:
        """Parts side by side as far as the total says, then one by one as long as they lead on.

        A total may be far too large: behind an empty part that leads nowhere no more is begun.
        """
        at_home = ident.startswith(OWN_PREFIX)
        seats, size = seats_for(at_home=at_home), PAGE_AT_HOME if at_home else PAGE
        most, done, end_of_list = reading.most, 0, reading.most

        async def run(start: int, end: int) -> list[tuple[Served, _ReadPage]]:
            nonlocal done, end_of_list
            pages: list[tuple[Served, _ReadPage]] = []
            offset: int | None = start
            while offset is not None and start <= offset < end:
                window = Window(min(size, end - offset), offset)
                async with seats:
                    if offset > end_of_list:
                        return pages
                    lookup = self._items_lookup(ident, window, reading.snapshot)
                    served = await self._cascade.first(lookup)
                read = await asyncio.to_thread(_ReadPage.model_validate_json, served.entry.body)
                pages.append((served if reading.keep_bytes else served.without_body(), read))
                if not read.items and read.next is None:
                    end_of_list = min(end_of_list, offset)
                done += len(read.items)
                reading.on_page(done, reading.reach)
                start, offset = offset + 1, offset_in(pages[-1][1].next)
            return pages

        runs = await asyncio.gather(
            *(run(start, min(start + size, most)) for start in range(0, reading.reach, size)),
            return_exceptions=True,  # none is left behind to fail when nobody asks any more
        )
        pages: list[tuple[Served, _ReadPage]] = []
        for one in runs:
            if isinstance(one, BaseException):
                raise one
            pages += one
        following = offset_in(pages[-1][1].next)
        return pages + ([] if following is None else await run(following, most))

    def _items_lookup(self, ident: str, window: Window, snapshot: str | None = None) -> Lookup:
        async def ask(source: Any, _native: str, known: str | None) -> Fetched[Any]:  # noqa: ANN401
            try:
                head = await self._cascade.of(source, _playlist_lookup(ident, wait=True))
            except Garbled:  # its entries do not need what it says of itself
                return Fetched((await source.playlist_items(ident, window)).value)
            if known is not None and known == head.entry.validator:
                return Fetched(None, known)
            return await self._steadily(source, ident, window, head=head)

        return Lookup(
            capability=Capability.PLAYLIST,
            subject="playlist",
            thing="playlist",
            kind=f"playlist-items:{window.limit}:{window.offset}",
            ident=ident,
            by_market=True,
            ttl=TtlClass.PLAYLIST,
            in_name=InWhoseName.PERSON_IF_REFUSED,
            ask=ask,
            holds=None if snapshot is None else lambda entry: entry.validator == snapshot,
        )

    async def _steadily(
        self,
        source: Any,  # noqa: ANN401  # any PlaylistSource
        ident: str,
        window: Window,
        *,
        head: Served,
    ) -> Fetched[Page[PlaylistItem]]:
        """A part under one snapshot; the page says so where there was none."""
        for _ in range(READINGS):
            found = await source.playlist_items(ident, window)
            page, snapshot = found.value, head.entry.validator
            if not _may_have_changed(page, found.calls, head):
                return Fetched(page, snapshot)
            head = await self._cascade.of(
                source, _playlist_lookup(ident, since=self._cascade.clock())
            )
            if head.entry.validator == snapshot:
                return Fetched(page, snapshot)
        # of no snapshot, so that no check of one renews it
        return Fetched(page.model_copy(update={"missing": (*page.missing, CHANGED)}))


def seats_for(*, at_home: bool) -> asyncio.Semaphore:
    """How many questions are out at once: what lies on this machine is work for it, not waiting."""
    return asyncio.Semaphore(1 if at_home else AT_ONCE)


def _may_have_changed(page: Page[PlaylistItem], calls: int, head: Served) -> bool:
    """Whether a reading took several calls, or counts other entries than the playlist does."""
    said = Playlist.model_validate_json(head.entry.body).items_total
    counts = {page.total, said} - {None}
    return head.entry.validator is not None and (calls > 1 or len(counts) > 1)


def _playlist_lookup(ident: str, *, wait: bool = False, since: float | None = None) -> Lookup:
    """The question for the playlist; what was found before `since` is not good enough."""

    def holds(entry: Entry) -> bool:
        return since is None or entry.stored_at > since

    return Lookup(
        capability=Capability.PLAYLIST,
        subject="playlist",
        thing="playlist",
        kind="playlist",
        ident=ident,
        by_market=True,
        ttl=TtlClass.PLAYLIST,
        in_name=InWhoseName.PERSON_IF_REFUSED,
        ask=lambda source, native, known: source.playlist(native, known=known),
        wait=wait,
        holds=holds,
    )
