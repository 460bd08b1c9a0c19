"""Who has signed in, in app.db: people, their browsers' sessions, spent sign-ins. Rows only."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import Engine, exists
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, delete, select, update

from api.db.models import PersonRow, ProfileJobRow, SessionRow, SpentSignInRow
from api.db.session import Offload, writing


@dataclass(frozen=True, slots=True)
class Expiry:
    """Sessions not seen since `idle`, and those from before `begun`, are over."""

    idle: float
    begun: float


class PeopleTables:
    """The rows; all work on the database happens off the loop."""

    def __init__(self, engine: Engine, offload: Offload) -> None:
        self._engine = engine
        self._offload = offload

    async def all(self) -> tuple[list[PersonRow], list[SessionRow]]:
        """Everybody who is signed in, and in which browsers."""
        return await self._offload(self._all)

    async def spend(self, state: str, *, now: float, since: float) -> bool:
        """Whether a sign-in may be completed: once. Forgets those from before `since`."""
        return await self._offload(lambda: self._spend(state, now=now, since=since))

    async def begin(self, person: PersonRow, session: SessionRow, *, ends: str | None) -> None:
        """Keep both, in place of what was known of the person; end another session."""
        await self._offload(lambda: self._begin(person, session, ends=ends))

    async def seen(self, session: str, at: float) -> None:
        """A browser has asked for something."""
        await self._offload(lambda: self._seen(session, at))

    async def person(self, principal: str) -> PersonRow | None:
        """What is kept of somebody."""
        return await self._offload(lambda: self._person(principal))

    async def renew(self, principal: str, version: int, token: str | None) -> bool:
        """Replace the refresh token; False where it is no longer the one of this version."""
        return await self._offload(lambda: self._renew(principal, version, token))

    async def reseal(self, seal: Callable[[PersonRow], str | None]) -> None:
        """Replace every refresh token by what `seal` makes of its row."""
        await self._offload(lambda: self._reseal(seal))

    async def forget(self, principal: str) -> None:
        """Delete somebody, their sessions and what was done in their name."""
        await self._offload(lambda: self._forget(principal))

    async def sweep(self, expiry: Expiry) -> None:
        """Delete sessions that are over, and whoever has none left."""
        await self._offload(lambda: self._sweep(expiry))

    def _all(self) -> tuple[list[PersonRow], list[SessionRow]]:
        with Session(self._engine) as session:
            return list(session.exec(select(PersonRow))), list(session.exec(select(SessionRow)))

    def _spend(self, state: str, *, now: float, since: float) -> bool:
        try:
            with writing(self._engine) as session:
                session.exec(delete(SpentSignInRow).where(col(SpentSignInRow.spent_at) < since))
                session.add(SpentSignInRow(state=state, spent_at=now))
        except IntegrityError:
            return False
        return True

    def _begin(self, person: PersonRow, new: SessionRow, *, ends: str | None) -> None:
        with writing(self._engine) as session:
            session.merge(person)
            session.flush()
            session.exec(delete(SessionRow).where(col(SessionRow.id) == ends))
            session.add(new)

    def _seen(self, ident: str, at: float) -> None:
        with writing(self._engine) as session:
            session.exec(update(SessionRow).where(col(SessionRow.id) == ident).values(seen_at=at))

    def _person(self, principal: str) -> PersonRow | None:
        with Session(self._engine) as session:
            return session.get(PersonRow, principal)

    def _renew(self, principal: str, version: int, token: str | None) -> bool:
        with writing(self._engine) as session:
            replaced = session.exec(
                update(PersonRow)
                .where(col(PersonRow.principal) == principal, col(PersonRow.version) == version)
                .values(refresh_token=token, version=version + 1)
            )
            return replaced.rowcount > 0

    def _reseal(self, seal: Callable[[PersonRow], str | None]) -> None:
        with writing(self._engine) as session:
            for row in session.exec(select(PersonRow)):
                token = seal(row)
                if token != row.refresh_token:
                    row.refresh_token, row.version = token, row.version + 1
                    session.add(row)

    def _forget(self, principal: str) -> None:
        with writing(self._engine) as session:
            session.exec(delete(ProfileJobRow).where(col(ProfileJobRow.principal) == principal))
            session.exec(delete(SessionRow).where(col(SessionRow.principal) == principal))
            session.exec(delete(PersonRow).where(col(PersonRow.principal) == principal))

    def _sweep(self, expiry: Expiry) -> None:
        with writing(self._engine) as session:
            over = (col(SessionRow.seen_at) < expiry.idle) | (
                col(SessionRow.began_at) < expiry.begun
            )
            session.exec(delete(SessionRow).where(over))
            held = exists().where(col(SessionRow.principal) == col(PersonRow.principal))
            session.exec(delete(PersonRow).where(~held))
