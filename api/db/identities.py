"""Who is whom, in app.db: what sources answered, and what a person has set. Rows only."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import Engine
from sqlmodel import Session, col, delete, select

from api.db.models import IdentityAnswerRow, IdentityCorrectionRow
from api.db.session import Offload, writing

AT_ONCE = 500  # values in one statement


class IdentityTables:
    """The rows; all work on the database happens off the loop."""

    def __init__(self, engine: Engine, offload: Offload) -> None:
        self._engine = engine
        self._offload = offload

    async def answers(
        self, kind: str, scheme: str, idents: Sequence[str], *, now: float
    ) -> list[IdentityAnswerRow]:
        """What sources said of these ids and may still be believed."""
        return await self._offload(lambda: self._answers(kind, scheme, idents, now=now))

    async def keep(self, rows: Iterable[IdentityAnswerRow]) -> None:
        """Insert or replace them, and drop what is too old."""
        kept = list(rows)
        await self._offload(lambda: self._keep(kept))

    async def corrections(self, kind: str, ident: str) -> list[IdentityCorrectionRow]:
        """What a person has set for this one."""
        return await self._offload(lambda: self._corrections(kind, ident))

    async def corrected(self, kind: str) -> list[IdentityCorrectionRow]:
        """Everything that a person has set for things of this kind."""
        return await self._offload(lambda: self._corrected(kind))

    async def own_files_of_tracks(self, idents: Sequence[str]) -> dict[str, str | None]:
        """Which own file a person has set for each of these tracks; None: that none is right."""
        rows = await self._offload(lambda: self._corrected("track"))
        return {
            row.ident: row.target for row in rows if row.scheme == "own" and row.ident in idents
        }

    async def correct(
        self, kind: str, ident: str, targets: Mapping[str, str | None], *, now: float
    ) -> None:
        """Set these, and leave others as they are; with no targets forget all."""
        await self._offload(lambda: self._correct(kind, ident, targets, now=now))

    async def kind_of(self, ident: str) -> str | None:
        """What kind of thing this id of Spotify's was last known as."""
        return await self._offload(lambda: self._kind_of(ident))

    def _answers(
        self, kind: str, scheme: str, idents: Sequence[str], *, now: float
    ) -> list[IdentityAnswerRow]:
        found: list[IdentityAnswerRow] = []
        with Session(self._engine) as session:
            for start in range(0, len(idents), AT_ONCE):
                wanted = (
                    select(IdentityAnswerRow)
                    .where(IdentityAnswerRow.kind == kind, IdentityAnswerRow.scheme == scheme)
                    .where(col(IdentityAnswerRow.ident).in_(idents[start : start + AT_ONCE]))
                    .where(IdentityAnswerRow.until > now)
                )
                found.extend(session.exec(wanted))
        return found

    def _keep(self, rows: Sequence[IdentityAnswerRow]) -> None:
        if not rows:
            return
        now = max(row.found_at for row in rows)
        with writing(self._engine) as session:
            session.exec(delete(IdentityAnswerRow).where(col(IdentityAnswerRow.until) <= now))
            for row in rows:
                session.merge(row)

    def _corrections(self, kind: str, ident: str) -> list[IdentityCorrectionRow]:
        of_one = select(IdentityCorrectionRow).where(
            IdentityCorrectionRow.kind == kind, IdentityCorrectionRow.ident == ident
        )
        with Session(self._engine) as session:
            return list(session.exec(of_one))

    def _corrected(self, kind: str) -> list[IdentityCorrectionRow]:
        with Session(self._engine) as session:
            all_of = select(IdentityCorrectionRow).where(IdentityCorrectionRow.kind == kind)
            return list(session.exec(all_of))

    def _correct(
        self, kind: str, ident: str, targets: Mapping[str, str | None], *, now: float
    ) -> None:
        with writing(self._engine) as session:
            if not targets:
                session.exec(
                    delete(IdentityCorrectionRow).where(
                        col(IdentityCorrectionRow.kind) == kind,
                        col(IdentityCorrectionRow.ident) == ident,
                    )
                )
            for scheme, target in targets.items():
                session.merge(
                    IdentityCorrectionRow(
                        kind=kind, ident=ident, scheme=scheme, target=target, set_at=now
                    )
                )

    def _kind_of(self, ident: str) -> str | None:
        with Session(self._engine) as session:
            corrected = select(IdentityCorrectionRow.kind).where(
                IdentityCorrectionRow.ident == ident
            )
            asked = select(IdentityAnswerRow.kind).where(IdentityAnswerRow.ident == ident)
            return session.exec(corrected).first() or session.exec(asked).first()


def forget(engine: Engine, source: str) -> int:
    """Delete what this source, or every source with `all`, has said; how many rows that were."""
    rows = delete(IdentityAnswerRow)
    if source != "all":
        rows = rows.where(col(IdentityAnswerRow.source) == source)
    with writing(engine) as session:
        return session.exec(rows).rowcount
