"""Own files and what was heard in them, in app.db. Reading and writing rows, nothing else."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext, suppress
from typing import NamedTuple, TypeVar

from backports import zstd
from sqlalchemy import ColumnElement, Engine, or_
from sqlalchemy import select as sql_select
from sqlalchemy.exc import OperationalError
from sqlmodel import Session, col, func, select, update

from api.db.analyses import keep_heard
from api.db.models import LibraryAnalysisRow, LibraryTrackRow, PastAnalysisRow
from api.db.reserve import with_reserve
from api.db.session import Offload, is_full, writing

PACKING_LEVEL = 10  # of a quarter second's work at most, once per file
Rows = list[LibraryTrackRow]
Row = TypeVar("Row", LibraryTrackRow, LibraryAnalysisRow)


class HeardFile(NamedTuple):
    """What is compared of an analysed file: its artist, and its features as JSON.

    `added_at` is in unix seconds; `analyser` is the version that heard it.
    """

    artist_id: str
    added_at: float
    features: bytes
    analyser: int


class HeardFeatures(NamedTuple):
    """The features of a file as JSON, and which version of the analyser heard them."""

    analyser: int
    body: bytes


class HeardBy(NamedTuple):
    """Which version of the analyser has heard a file, and when."""

    analyser: int
    made_at: float


class FileNames(NamedTuple):
    """What a file is called, without the rest of its row."""

    id: str
    artist_id: str
    title: str
    artist: str
    album: str | None
    isrc: str | None


class LibraryTables:
    """The rows of own files; all work on the database happens off the loop."""

    def __init__(self, engine: Engine, offload: Offload) -> None:
        self._engine = engine
        self._offload = offload

    async def track(self, ident: str) -> LibraryTrackRow | None:
        """The file with this own id."""
        return await self._offload(lambda: self._row(LibraryTrackRow, ident))

    async def by_spotify_id(self, spotify_id: str) -> LibraryTrackRow | None:
        """The newest file that its owner has linked to this track of Spotify's."""
        return await self._offload(lambda: self._newest(LibraryTrackRow.spotify_id, spotify_id))

    async def by_isrc(self, isrc: str) -> LibraryTrackRow | None:
        """The newest file with this recording number."""
        return await self._offload(lambda: self._newest(LibraryTrackRow.isrc, isrc))

    async def tracks(
        self, offset: int, limit: int, spotify_id: str | None = None
    ) -> tuple[list[LibraryTrackRow], int]:
        """A part of the files, newest first, and how many there are in all.

        With `spotify_id` of those alone that their owner has linked to this track of Spotify's.
        """
        linked = [col(LibraryTrackRow.spotify_id) == spotify_id] if spotify_id else []
        return await self._offload(lambda: self._page(offset, limit, linked))

    async def analysis(self, ident: str) -> LibraryAnalysisRow | None:
        """What was heard in a file; see `analysis_json`."""
        return await self._offload(lambda: self._row(LibraryAnalysisRow, ident))

    async def features(self, idents: list[str]) -> dict[str, HeardFeatures]:
        """The features of those of these files that are analysed, by own id."""
        return await self._offload(
            lambda: self._features(col(LibraryAnalysisRow.track_id).in_(idents))
        )

    async def versions(self, idents: Sequence[str]) -> dict[str, list[HeardBy]]:
        """Who has heard these files, by own id: what counts first, then the newest."""
        return await self._offload(lambda: self._versions(idents))

    async def sounds(self) -> dict[str, HeardFeatures]:
        """The features of every analysed file, by own id."""
        return await self._offload(self._features)

    async def heard(self) -> list[HeardFile]:
        """Of every analysed file."""
        return await self._offload(self._heard)

    async def add(self, row: LibraryTrackRow) -> None:
        """A new file, committed on return. Raises IntegrityError if its bytes are there already."""
        await self._offload(lambda: self._insert(row))

    async def change(
        self,
        ident: str,
        changes: Mapping[str, str | None],
        around: Callable[[], AbstractContextManager[None]] = nullcontext,
    ) -> bool:
        """Other values in these columns of a file; False, and nothing, if it is not here any more.

        The change is committed inside of `around`, which is left by an exception if it fails.
        """
        return await self._offload(lambda: self._change(ident, changes, around))

    async def delete(
        self, ident: str, then: Callable[[LibraryTrackRow], None] = lambda _row: None
    ) -> bool:
        """Remove a file's row, with its analysis and its jobs; whether there was one.

        Once that is committed, `then` is called with what the row was. On a full disk it is called
        before, as what it removes makes the room that the row's deletion needs.
        """
        return await self._offload(lambda: self._deleted(ident, then))

    async def own(self) -> list[LibraryTrackRow]:
        """Every file that its owner has brought."""
        return await self._offload(self._own)

    async def save_analysis(self, row: LibraryAnalysisRow) -> None:
        """Insert or replace what was heard; `packed_analysis` makes the row."""
        await self._offload(lambda: self._keep(row))

    async def places(self) -> set[str]:
        """Where every file lies, as its row says it."""
        return await self._offload(self._places)

    async def everything(self) -> Rows:
        """Every file there is, the first that came first."""
        return await self._offload(self._rows)

    async def names(self) -> list[FileNames]:
        """What every file there is is called, the first that came first."""
        return await self._offload(self._names)

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

    async def standing_for(self, spotify_id: str, isrcs: Sequence[str]) -> Rows:
        """Every file linked to this track of Spotify’s, or with one of its numbers."""
        linked = col(LibraryTrackRow.spotify_id) == spotify_id
        numbered = col(LibraryTrackRow.isrc).in_(isrcs)
        return await self._offload(lambda: self._rows(or_(linked, numbered)))

    async def by_isrcs(self, isrcs: Sequence[str]) -> dict[str, LibraryTrackRow]:
        """The newest file with each of these recording numbers, by number."""
        rows = await self._offload(lambda: self._rows(col(LibraryTrackRow.isrc).in_(isrcs)))
        return {row.isrc: row for row in rows if row.isrc}

    def _row(self, kind: type[Row], ident: str) -> Row | None:
        with Session(self._engine) as session:
            return session.get(kind, ident)

    def _newest(self, column: object, value: str) -> LibraryTrackRow | None:
        newest = col(LibraryTrackRow.added_at).desc()
        with Session(self._engine) as session:
            return session.exec(
                select(LibraryTrackRow).where(column == value).order_by(newest).limit(1)
            ).first()

    def _page(
        self, offset: int, limit: int, conditions: Sequence[ColumnElement[bool]]
    ) -> tuple[list[LibraryTrackRow], int]:
        newest = (col(LibraryTrackRow.added_at).desc(), col(LibraryTrackRow.id))
        chosen = select(LibraryTrackRow).where(*conditions).order_by(*newest)
        counted = select(func.count()).select_from(LibraryTrackRow).where(*conditions)
        with Session(self._engine) as session:
            total = session.exec(counted).one()
            return list(session.exec(chosen.offset(offset).limit(limit))), total

    def _features(self, *conditions: ColumnElement[bool]) -> dict[str, HeardFeatures]:
        row = LibraryAnalysisRow
        chosen = select(row.track_id, row.analyser, row.features).where(*conditions)
        with Session(self._engine) as session:
            return {ident: HeardFeatures(by, said) for ident, by, said in session.exec(chosen)}

    def _versions(self, idents: Sequence[str]) -> dict[str, list[HeardBy]]:
        found: dict[str, list[HeardBy]] = defaultdict(list)
        with Session(self._engine) as session:
            for table in (LibraryAnalysisRow, PastAnalysisRow):
                chosen = select(table.track_id, table.analyser, table.made_at)
                order = col(table.analyser).desc()
                among = col(table.track_id).in_(idents)
                for ident, analyser, at in session.exec(chosen.where(among).order_by(order)):
                    found[ident].append(HeardBy(analyser, at))
        return found

    def _heard(self) -> list[HeardFile]:
        columns = (
            *(LibraryTrackRow.artist_id, LibraryTrackRow.added_at),
            *(LibraryAnalysisRow.features, LibraryAnalysisRow.analyser),
        )
        with Session(self._engine) as session:
            joined = session.exec(select(*columns).join(LibraryAnalysisRow))
            return [HeardFile(*row) for row in joined]

    def _names(self) -> list[FileNames]:
        columns = [getattr(LibraryTrackRow, name) for name in FileNames._fields]
        order = (col(LibraryTrackRow.added_at), col(LibraryTrackRow.id))
        with Session(self._engine) as session:
            rows = session.connection().execute(sql_select(*columns).order_by(*order))
            return [FileNames(*row) for row in rows]

    def _insert(self, row: LibraryTrackRow) -> None:
        with writing(self._engine) as session:
            session.add(row)

    def _change(
        self,
        ident: str,
        changes: Mapping[str, str | None],
        around: Callable[[], AbstractContextManager[None]],
    ) -> bool:
        changed = update(LibraryTrackRow).where(col(LibraryTrackRow.id) == ident).values(**changes)
        with suppress(_NotHere), around(), writing(self._engine) as session:
            if not session.exec(changed).rowcount:
                raise _NotHere
            return True
        return False

    def _deleted(self, ident: str, then: Callable[[LibraryTrackRow], None]) -> bool:
        try:
            return self._delete(ident, then)
        except OperationalError as error:
            if not is_full(error):
                raise
        return with_reserve(self._engine, lambda: self._delete_last(ident, then))

    def _delete_last(self, ident: str, first: Callable[[LibraryTrackRow], None]) -> bool:
        """Under the right to write, so that no lock comes between the file and its row."""
        with writing(self._engine) as session:
            row = session.get(LibraryTrackRow, ident)
            if row is not None:
                first(row)
                session.delete(row)
        return row is not None

    def _delete(self, ident: str, then: Callable[[LibraryTrackRow], None]) -> bool:
        with writing(self._engine) as session:
            row = session.get(LibraryTrackRow, ident)
            if row is not None:
                session.delete(row)
        if row is None:
            return False
        then(row)
        return True

    def _keep(self, row: LibraryAnalysisRow) -> None:
        with writing(self._engine) as session:
            keep_heard(session, row)

    def _own(self) -> list[LibraryTrackRow]:
        with Session(self._engine) as session:
            brought = col(LibraryTrackRow.demo).is_(None)
            return list(session.exec(select(LibraryTrackRow).where(brought)))

    def _places(self) -> set[str]:
        with Session(self._engine) as session:
            return set(session.exec(select(LibraryTrackRow.file)))

    def _rows(self, *conditions: object) -> Rows:
        order = (col(LibraryTrackRow.added_at), col(LibraryTrackRow.id))
        chosen = select(LibraryTrackRow).where(*conditions).order_by(*order)  # type: ignore[arg-type]
        with Session(self._engine) as session:
            return list(session.exec(chosen))


class _NotHere(Exception):
    """No row was changed, so nothing around the change is to stay."""


def packed_analysis(
    track_id: str, *, analyser: int, features: bytes, analysis: bytes, made_at: float
) -> LibraryAnalysisRow:
    """The row of an analysis, from canonical JSON. `analyser`: the version that heard it."""
    return LibraryAnalysisRow(
        track_id=track_id,
        analyser=analyser,
        features=features,
        analysis=zstd.compress(analysis, PACKING_LEVEL),
        made_at=made_at,
    )


def genres_of(row: LibraryTrackRow) -> tuple[str, ...]:
    """What a file's owner calls it; nothing where nothing was said."""
    return tuple(json.loads(row.genres)) if row.genres else ()


def analysis_json(row: LibraryAnalysisRow | PastAnalysisRow) -> bytes:
    """The audio analysis in a row, as canonical JSON."""
    return zstd.decompress(row.analysis)
