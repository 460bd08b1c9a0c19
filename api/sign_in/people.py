"""Who is signed in, in which browsers; their refresh tokens, sealed; and the end of all that.

What decides who a request comes from is held in memory, and written to app.db before it counts.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import logging
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from api.caller import Person
from api.clock import Clock
from api.db.models import PersonRow, SessionRow
from api.db.people import Expiry, PeopleTables
from api.schemas.me import Me
from api.sign_in.sealer import CannotOpen, Sealer
from api.sources.spotify.authorization import Account
from api.sources.spotify.person_tokens import Grant

IDLE_S = 12 * 3_600.0
LONGEST_S = 30 * 86_400.0
NOTED_EVERY_S = 600.0  # how exactly it is remembered when a browser was last seen
CONSENT_MONTHS = 6
SECRET_BYTES = 32
_log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Session:
    """One browser."""

    principal: str
    began_at: float
    seen_at: float
    noted_at: float
    """The `seen_at` in the database."""


class People:
    """Everybody who is signed in. `on_forgotten` is told when somebody no longer is."""

    def __init__(
        self,
        tables: PeopleTables,
        sealer: Sealer | None,
        *,
        clock: Clock,
        on_forgotten: Callable[[str], None],
    ) -> None:
        self._tables = tables
        self._sealer = sealer
        self._clock = clock
        self._on_forgotten = on_forgotten
        self._people: dict[str, PersonRow] = {}
        self._sessions: dict[str, _Session] = {}
        self._notes: set[asyncio.Task[None]] = set()
        self._beginning = asyncio.Lock()

    async def load(self) -> None:
        """Read who is signed in; seal anew what an older key has sealed."""
        await self.sweep()
        if self._sealer is not None:
            await self._tables.reseal(self._resealed)
        people, sessions = await self._tables.all()
        self._people = {row.principal: row for row in people}
        self._sessions = {
            row.id: _Session(row.principal, row.began_at, row.seen_at, row.seen_at)
            for row in sessions
        }

    async def close(self) -> None:
        """Let what is being written be written."""
        await asyncio.gather(*self._notes, return_exceptions=True)

    def person(self, secret: str) -> Person | None:
        """Whoever is signed in in the browser whose cookie holds this."""
        ident = _hashed(secret)
        session = self._sessions.get(ident)
        if self._sealer is None or session is None or self._is_over(session):
            return None
        row = self._people[session.principal]
        self._note_seen(ident, session)
        return Person(row.principal, row.name, csrf_token_of(secret), ident)

    def me(self, who: Person) -> Me | None:
        """What is known of this person; None once Spotify has ended their sign-in."""
        row = self._people.get(who.principal)
        if row is None or row.refresh_token is None:
            return None
        return Me(
            id=row.spotify_id,
            name=row.name,
            scopes=tuple(row.scopes.split()),
            consent_ends=months_after(row.consented_at, CONSENT_MONTHS),
        )

    async def begin(self, account: Account, *, ends: Person | None) -> str:
        """Sign somebody in in one browser, in place of who was; what its cookie is to hold."""
        async with self._beginning:  # the same person in two browsers at once is one person
            return await self._begin(account, ends=ends)

    async def _begin(self, account: Account, *, ends: Person | None) -> str:
        now, secret = self._clock(), secrets.token_urlsafe(SECRET_BYTES)
        known = next((row for row in self._people.values() if row.account == account.key), None)
        if known is not None and known.refresh_token is None:  # nothing more is kept in its name
            await self._tables.forget(known.principal)
            self._forget(known.principal)
            known = None
        principal = known.principal if known else f"person-{secrets.token_hex(16)}"
        row = PersonRow(
            principal=principal,
            account=account.key,
            spotify_id=account.spotify_id,
            name=account.name,
            scopes=" ".join(account.scopes),
            consented_at=now,
            refresh_token=self._sealed(principal, account.refresh_token),
            version=known.version + 1 if known else 0,
        )
        ident, old = _hashed(secret), ends.session_hash if ends else None
        session = SessionRow(id=ident, principal=principal, began_at=now, seen_at=now)
        await self._tables.begin(row, session, ends=old)
        self._people[principal] = row
        self._sessions[ident] = _Session(principal, now, now, now)
        if old is not None:
            self._sessions.pop(old, None)
        await self.sweep()
        return secret

    async def sign_out(self, who: Person) -> None:
        """End this person's sign-in in every browser; their tokens and answers are gone."""
        await self._tables.forget(who.principal)
        self._forget(who.principal)

    async def sweep(self) -> None:
        """Forget sessions that are over, and whoever has none left."""
        now = self._clock()
        await self._tables.sweep(Expiry(idle=now - IDLE_S - NOTED_EVERY_S, begun=now - LONGEST_S))
        for ident in [one for one, held in self._sessions.items() if self._is_over(held)]:
            del self._sessions[ident]
        present = {session.principal for session in self._sessions.values()}
        for principal in self._people.keys() - present:
            await self._tables.forget(principal)
            self._forget(principal)

    async def spend(self, state: str, *, since: float) -> bool:
        """Whether a sign-in may be completed, which it may be once."""
        return await self._tables.spend(_hashed(state), now=self._clock(), since=since)

    async def grant(self, principal: str) -> Grant | None:
        """What this person has allowed, if Spotify still takes it."""
        row = await self._tables.person(principal)
        token = self._opened(row) if row else None
        return Grant(token, row.version) if row and token else None

    async def renewed(self, principal: str, grant: Grant, refresh_token: str) -> bool:
        """Keep another refresh token; False if this grant is no longer the one that counts."""
        return await self._replace(principal, grant, self._sealed(principal, refresh_token))

    async def ended(self, principal: str, grant: Grant) -> None:
        """Spotify takes it no more: the person is known, and has to sign in again."""
        if await self._replace(principal, grant, None):
            self._on_forgotten(principal)

    async def _replace(self, principal: str, grant: Grant, token: str | None) -> bool:
        if not await self._tables.renew(principal, grant.version, token):
            return False
        if row := self._people.get(principal):
            changes = {"refresh_token": token, "version": grant.version + 1}
            self._people[principal] = row.model_copy(update=changes)
        return True

    def _forget(self, principal: str) -> None:
        self._people.pop(principal, None)
        for ident in [one for one, held in self._sessions.items() if held.principal == principal]:
            del self._sessions[ident]
        self._on_forgotten(principal)

    def _is_over(self, session: _Session) -> bool:
        now = self._clock()
        return now - session.seen_at > IDLE_S or now - session.began_at > LONGEST_S

    def _note_seen(self, ident: str, session: _Session) -> None:
        session.seen_at = self._clock()
        if abs(session.seen_at - session.noted_at) > NOTED_EVERY_S:
            session.noted_at = session.seen_at
            task = asyncio.create_task(self._tables.seen(ident, session.seen_at), name="seen")
            self._notes.add(task)
            task.add_done_callback(self._noted)

    def _noted(self, task: asyncio.Task[None]) -> None:
        self._notes.discard(task)
        if not task.cancelled() and (error := task.exception()):
            _log.warning("when a browser was last seen was not noted: %s", type(error).__name__)

    def _sealed(self, principal: str, token: str) -> str:
        assert self._sealer is not None  # noqa: S101  # nobody signs in without
        return self._sealer.seal(token, place=_place(principal))

    def _opened(self, row: PersonRow) -> str | None:
        if self._sealer is None or row.refresh_token is None:
            return None
        try:
            return self._sealer.open(row.refresh_token, place=_place(row.principal))
        except CannotOpen:
            _log.warning("a sign-in cannot be used: no key of EARPRINT_SECRET opens it")
            return None

    def _resealed(self, row: PersonRow) -> str | None:
        """The refresh token under the current key; None where no key opens it."""
        assert self._sealer is not None  # noqa: S101  # asked only with one
        if row.refresh_token is None or self._sealer.is_current(row.refresh_token):
            return row.refresh_token
        token = self._opened(row)
        return None if token is None else self._sealed(row.principal, token)


def csrf_token_of(secret: str) -> str:
    """What forms send back: known to pages of this browser alone, and no way to its cookie."""
    return hmac.new(secret.encode(), b"csrf", hashlib.sha256).hexdigest()


def months_after(moment: float, months: int) -> datetime:
    """The same day so many months later, or the last of that month."""
    start = datetime.fromtimestamp(moment, UTC)
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    for day in range(start.day, 0, -1):
        try:
            return start.replace(year=year, month=month + 1, day=day)
        except ValueError:
            continue
    raise AssertionError  # every month has a first


def _hashed(secret: str) -> str:
    """Under what it is kept: whoever reads the database cannot use it."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _place(principal: str) -> str:
    return f"refresh token of {principal}"
