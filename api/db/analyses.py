"""What each version of the analyser has heard in own files, and which of them are outdated."""

from __future__ import annotations

from sqlalchemy import Engine
from sqlmodel import Session, col, select

from api.db.models import LibraryAnalysisRow, LibraryTrackRow, NoteRow, PastAnalysisRow
from api.db.session import Offload, writing

NOTE = "analyse-again"
"""Since when all outdated files are to be heard again, in unix seconds."""


def keep_heard(session: Session, heard: LibraryAnalysisRow) -> None:
    """Let this count from now on; what another version has heard is kept beside it."""
    before = session.get(LibraryAnalysisRow, heard.track_id)
    if before is not None and before.analyser != heard.analyser:
        session.merge(PastAnalysisRow(**before.model_dump()))
    again = session.get(PastAnalysisRow, (heard.track_id, heard.analyser))
    if again is not None:
        session.delete(again)
    session.merge(heard)


class AnalysisTables:
    """The rows of analyses by version; all work on the database happens off the loop."""

    def __init__(self, engine: Engine, offload: Offload) -> None:
        self._engine = engine
        self._offload = offload

    async def of_version(
        self, ident: str, analyser: int
    ) -> LibraryAnalysisRow | PastAnalysisRow | None:
        """What this version has heard in a file."""
        return await self._offload(lambda: self._of_version(ident, analyser))

    async def outdated(self, analyser: int) -> list[LibraryTrackRow]:
        """The files that were heard last by an older version than this, the first that came."""
        return await self._offload(lambda: self._outdated(analyser))

    async def asked_at(self) -> float | None:
        """Since when all of them are to be heard again; None while nobody wants that."""
        return await self._offload(self._asked_at)

    async def ask(self, at: float | None) -> None:
        """Note since when; None is that nobody wants it any more."""
        await self._offload(lambda: self._ask(at))

    def _of_version(self, ident: str, analyser: int) -> LibraryAnalysisRow | PastAnalysisRow | None:
        with Session(self._engine) as session:
            counts = session.get(LibraryAnalysisRow, ident)
            if counts is not None and counts.analyser == analyser:
                return counts
            return session.get(PastAnalysisRow, (ident, analyser))

    def _outdated(self, analyser: int) -> list[LibraryTrackRow]:
        older = col(LibraryAnalysisRow.analyser) < analyser
        order = (col(LibraryTrackRow.added_at), col(LibraryTrackRow.id))
        chosen = select(LibraryTrackRow).join(LibraryAnalysisRow).where(older).order_by(*order)
        with Session(self._engine) as session:
            return list(session.exec(chosen))

    def _asked_at(self) -> float | None:
        with Session(self._engine) as session:
            note = session.get(NoteRow, NOTE)
            return None if note is None else float(note.value)

    def _ask(self, at: float | None) -> None:
        with writing(self._engine) as session:
            if at is not None:
                session.merge(NoteRow(name=NOTE, value=repr(at)))
            elif (note := session.get(NoteRow, NOTE)) is not None:
                session.delete(note)
