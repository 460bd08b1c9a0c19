"""Collections and the feature columns that came with them, in app.db. Rows in, rows out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine, insert, inspect, text
from sqlalchemy import select as sql_select
from sqlmodel import Session, col, delete, func, select

from api.db.models import CollectionItemRow, CollectionRow, ImportedFeaturesRow
from api.db.reserve import with_reserve
from api.db.session import Offload, writing

Values = dict[str, Any]

# As SQLite and PostgreSQL both say it: who waits for the lock waits for one statement.
_REPLACE = text(
    'INSERT INTO imported_features (track_id, "values", file, imported_at) '
    "VALUES (:track_id, :values, :file, :imported_at) ON CONFLICT (track_id) DO UPDATE SET "
    '"values" = excluded."values", file = excluded.file, imported_at = excluded.imported_at'
)


@dataclass(frozen=True, slots=True)
class Counted:
    """A collection, how many positions it has, how many of its tracks have imported features."""

    row: CollectionRow
    items: int
    imported: int


@dataclass(frozen=True, slots=True)
class Change:
    """New columns of a collection; and from position `start` on, if `items` are given, these."""

    row: Values
    start: int = 0
    items: list[Values] | None = None


Decide = Callable[[Counted, Callable[[], list[Values]]], Change]
"""Given what stands now, and a way to read its entries in order, without their places."""


class CollectionTables:
    """The rows of collections; all work on the database happens off the loop."""

    def __init__(self, engine: Engine, offload: Offload) -> None:
        self._engine = engine
        self._offload = offload

    async def add(
        self,
        row: CollectionRow,
        items: Sequence[Values],
        features: Sequence[Values] = (),
    ) -> None:
        """A new collection with all that belongs to it, or nothing of it.

        `items` and `features` are the columns of their rows: to make an object of each of 10,000
        takes three times as long as to read and to write them.
        """
        await self._offload(lambda: self._add(row, items, features))

    async def one(self, ident: str) -> Counted | None:
        """The collection with this own id."""
        return next(iter(await self._offload(lambda: self._counted(ident))), None)

    async def every(self) -> list[Counted]:
        """All collections, newest first."""
        return await self._offload(lambda: self._counted(None))

    async def items(self, ident: str, *, offset: int, limit: int) -> list[CollectionItemRow]:
        """A part of a collection's positions, in order."""
        return await self._offload(lambda: self._items(ident, offset, limit))

    async def change(self, ident: str, decide: Decide) -> Counted | None:
        """The collection as `decide` has changed it, None if there is none.

        Nobody else changes anything in between; what `decide` raises leaves everything as it was.
        """
        return await self._offload(lambda: self._change(ident, decide))

    async def delete(self, ident: str) -> bool:
        """Remove a collection, and imported features that no other holds; whether there was one."""
        return await self._offload(lambda: with_reserve(self._engine, lambda: self._delete(ident)))

    async def imported(self, track_ids: Sequence[str]) -> dict[str, ImportedFeaturesRow]:
        """The imported features of those of these tracks that have any, by Spotify's id."""
        return await self._offload(lambda: self._imported(track_ids))

    def _add(
        self,
        row: CollectionRow,
        items: Sequence[Values],
        features: Sequence[Values],
    ) -> None:
        """Three statements however long the list is."""
        with writing(self._engine) as session:
            connection = session.connection()
            connection.execute(insert(CollectionRow), row.model_dump())
            if items:
                connection.execute(insert(CollectionItemRow), items)
            if features:
                connection.execute(_REPLACE, features)

    def _counted(self, ident: str | None) -> list[Counted]:
        with Session(self._engine) as session:
            return _counted_in(session, ident)

    def _items(self, ident: str, offset: int, limit: int) -> list[CollectionItemRow]:
        chosen = (
            select(CollectionItemRow)
            .where(CollectionItemRow.collection_id == ident)
            .order_by(col(CollectionItemRow.position))
            .offset(offset)
            .limit(limit)
        )
        with Session(self._engine) as session:
            return list(session.exec(chosen))

    def _change(self, ident: str, decide: Decide) -> Counted | None:
        entry = CollectionItemRow
        with writing(self._engine) as session:
            session.exec(  # SQLite has the right to write already; others lock the row
                select(CollectionRow).where(CollectionRow.id == ident).with_for_update()
            )
            found = next(iter(_counted_in(session, ident)), None)
            if found is None:
                return None
            change = decide(found, lambda: _entries(session, ident))
            for name, value in change.row.items():
                setattr(found.row, name, value)
            if change.items is not None:
                places = enumerate(change.items, start=change.start)
                rows = [{**one, "collection_id": ident, "position": at} for at, one in places]
                beyond = col(entry.position) >= change.start
                session.exec(delete(entry).where(col(entry.collection_id) == ident, beyond))
                if rows:
                    session.connection().execute(insert(entry), rows)
                _drop_orphans(session)
            return next(iter(_counted_in(session, ident)))

    def _delete(self, ident: str) -> bool:
        with writing(self._engine) as session:
            gone = session.exec(delete(CollectionRow).where(col(CollectionRow.id) == ident))
            _drop_orphans(session)
            return gone.rowcount > 0

    def _imported(self, track_ids: Sequence[str]) -> dict[str, ImportedFeaturesRow]:
        chosen = select(ImportedFeaturesRow).where(col(ImportedFeaturesRow.track_id).in_(track_ids))
        with Session(self._engine) as session:
            return {row.track_id: row for row in session.exec(chosen)}


def _counted_in(session: Session, ident: str | None) -> list[Counted]:
    """The collection with this id, or all of them."""
    item, known = CollectionItemRow, ImportedFeaturesRow
    newest = (col(CollectionRow.made_at).desc(), col(CollectionRow.id))
    chosen = select(CollectionRow).order_by(*newest)
    counts = select(item.collection_id, func.count()).group_by(item.collection_id)
    described = (
        select(item.collection_id, func.count(func.distinct(known.track_id)))
        .join(known, col(known.track_id) == col(item.track_id))
        .group_by(item.collection_id)
    )
    if ident is not None:
        chosen = chosen.where(CollectionRow.id == ident)
        counts = counts.where(item.collection_id == ident)
        described = described.where(item.collection_id == ident)
    items, imported = dict(session.exec(counts).all()), dict(session.exec(described).all())
    return [
        Counted(row, items.get(row.id, 0), imported.get(row.id, 0)) for row in session.exec(chosen)
    ]


def _entries(session: Session, ident: str) -> list[Values]:
    """All entries of a collection in order, as columns without their places."""
    columns = [
        column
        for column in inspect(CollectionItemRow).columns
        if column.name not in {"collection_id", "position"}
    ]
    chosen = (
        sql_select(*columns)
        .where(col(CollectionItemRow.collection_id) == ident)
        .order_by(col(CollectionItemRow.position))
    )
    return [dict(one) for one in session.connection().execute(chosen).mappings()]


def _drop_orphans(session: Session) -> None:
    """Without the numbers of tracks that no collection has any more."""
    used = select(CollectionItemRow.track_id).where(col(CollectionItemRow.track_id).is_not(None))
    session.exec(delete(ImportedFeaturesRow).where(col(ImportedFeaturesRow.track_id).not_in(used)))
