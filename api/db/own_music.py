"""Own files looked up as music: by artist, by words, by the id another service has for them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import Engine
from sqlmodel import Session, col, select

from api.db.models import LibraryTrackRow
from api.db.session import Offload

Rows = list[LibraryTrackRow]


class OwnMusic:
    """Reads the rows of own files, off the loop, the first that came first."""

    def __init__(self, engine: Engine, offload: Offload) -> None:
        self._engine = engine
        self._offload = offload

    async def everything(self) -> Rows:
        """Every file there is."""
        return await self._offload(self._rows)

    async def of_artist(self, artist_id: str) -> Rows:
        """Every file of one artist."""
        return await self._offload(lambda: self._rows(LibraryTrackRow.artist_id == artist_id))

    async def of_artists(self, artist_ids: Sequence[str]) -> dict[str, Rows]:
        """Every file of each of these artists, by artist id."""
        found: dict[str, Rows] = defaultdict(list)
        chosen = col(LibraryTrackRow.artist_id).in_(artist_ids)
        for row in await self._offload(lambda: self._rows(chosen)):
            found[row.artist_id].append(row)
        return found

    async def by_ids(self, idents: Sequence[str]) -> dict[str, LibraryTrackRow]:
        """Those of these files that there are, by own id."""
        rows = await self._offload(lambda: self._rows(col(LibraryTrackRow.id).in_(idents)))
        return {row.id: row for row in rows}

    async def by_spotify_ids(self, idents: Sequence[str]) -> dict[str, LibraryTrackRow]:
        """The newest file linked to each of these tracks of Spotify's, by Spotify's id."""
        linked = col(LibraryTrackRow.spotify_id).in_(idents)
        rows = await self._offload(lambda: self._rows(linked))
        return {row.spotify_id: row for row in rows if row.spotify_id}

    async def by_isrcs(self, isrcs: Sequence[str]) -> dict[str, LibraryTrackRow]:
        """The newest file with each of these recording numbers, by number."""
        rows = await self._offload(lambda: self._rows(col(LibraryTrackRow.isrc).in_(isrcs)))
        return {row.isrc: row for row in rows if row.isrc}

    def _rows(self, *conditions: object) -> Rows:
        order = (col(LibraryTrackRow.added_at), col(LibraryTrackRow.id))
        chosen = select(LibraryTrackRow).where(*conditions).order_by(*order)  # type: ignore[arg-type]
        with Session(self._engine) as session:
            return list(session.exec(chosen))
