"""The rows of the demo label in app.db. They are told apart from others by their slug, `demo`."""

from __future__ import annotations

from collections.abc import Callable, Container, Sequence
from typing import TypeVar

from sqlalchemy import Engine
from sqlmodel import Session, col, select

from api.db.analyses import keep_heard
from api.db.models import (
    CollectionItemRow,
    CollectionRow,
    LibraryAnalysisRow,
    LibraryTrackRow,
    NoteRow,
)
from api.db.session import Offload, writing

NOTE = "demo-label"
T = TypeVar("T")


class DemoRows:
    """What of the label is there, within one transaction."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def note(self) -> str | None:
        """What was noted when the label was put in last."""
        note = self._session.get(NoteRow, NOTE)
        return None if note is None else note.value

    def put_note(self, value: str) -> None:
        """Note it for the next time."""
        self._session.merge(NoteRow(name=NOTE, value=value))

    def tracks(self) -> list[LibraryTrackRow]:
        """The label's pieces."""
        shipped = col(LibraryTrackRow.demo).is_not(None)
        return list(self._session.exec(select(LibraryTrackRow).where(shipped)))

    def collections(self) -> list[CollectionRow]:
        """The label's collections."""
        shipped = col(CollectionRow.demo).is_not(None)
        return list(self._session.exec(select(CollectionRow).where(shipped)))

    def track(self, ident: str) -> LibraryTrackRow | None:
        """The file with this own id, the label's or not."""
        return self._session.get(LibraryTrackRow, ident)

    def remove_all_but(self, tracks: Container[str]) -> None:
        """Remove the label's collections, and its pieces but those with these own ids."""
        for row in self.tracks():
            if row.id not in tracks:
                self._session.delete(row)
        for collection in self.collections():
            self._session.delete(collection)
        self._session.flush()

    def put_track(self, row: LibraryTrackRow, heard: LibraryAnalysisRow) -> None:
        """Insert or replace a piece, and what was heard in it."""
        self._session.merge(row)
        self._session.flush()
        keep_heard(self._session, heard)

    def put_collection(self, row: CollectionRow, items: Sequence[CollectionItemRow]) -> None:
        """Insert a collection with its contents."""
        self._session.flush()
        self._session.add(row)
        self._session.flush()
        self._session.add_all(items)


class DemoTables:
    """The label's rows, off the loop."""

    def __init__(self, engine: Engine, offload: Offload) -> None:
        self._engine = engine
        self._offload = offload

    async def read(self, work: Callable[[DemoRows], T]) -> T:
        """The result of `work` on the rows as they are."""

        def unit() -> T:
            with Session(self._engine) as session:
                return work(DemoRows(session))

        return await self._offload(unit)

    async def write(self, work: Callable[[DemoRows], T]) -> T:
        """The result of `work`, all that it changes committed at once or not at all."""

        def unit() -> T:
            with writing(self._engine) as session:
                return work(DemoRows(session))

        return await self._offload(unit)
