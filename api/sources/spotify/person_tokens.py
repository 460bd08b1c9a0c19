"""Tokens of people who have signed in: refreshed once however many ask, and ended by Spotify only.

A refresh token lives in whoever keeps the grants; the tokens it buys live here, in memory.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from api.caller import PUBLIC, caller
from api.clock import Clock
from api.problems.refusals import SignInEnded
from api.schemas.provenance import SourceName
from api.sources.spotify.token import (
    SILENT_FOR_S,
    GrantRefused,
    HeldTokens,
    NotTheEndpoint,
    Token,
    TokenEndpoint,
    TokenKeeper,
    elsewhere,
    not_accepted,
)

ENDED = "Spotify has ended your sign-in, as it does after six months, or when you take it back."
DEAD_GRANT = "invalid_grant"


@dataclass(frozen=True, slots=True)
class Grant:
    """What somebody has allowed; of each `version` there is one refresh token."""

    refresh_token: str = field(repr=False)
    version: int


class Grants(Protocol):
    """Whoever keeps what people have allowed."""

    async def grant(self, principal: str) -> Grant | None:
        """What this person has allowed, if Spotify still takes it."""
        ...

    async def renewed(self, principal: str, grant: Grant, refresh_token: str) -> bool:
        """Keep another refresh token; False if this grant is no longer the one that counts."""
        ...

    async def ended(self, principal: str, grant: Grant) -> None:
        """Spotify takes it no more."""
        ...


class PersonTokens:
    """A token for each person. Raises SignInEnded where they have to sign in again."""

    def __init__(self, endpoint: TokenEndpoint, grants: Grants, clock: Clock) -> None:
        self._endpoint = endpoint
        self._grants = grants
        self._clock = clock
        self._held = HeldTokens(self._renew, clock)

    async def token(self, principal: str) -> str:
        """One that is good for now."""
        return await self._held.token(principal)

    async def replace(self, principal: str, rejected: str) -> str:
        """Another one than Spotify rejected; fifty who ask cause one POST."""
        self._held.reject(principal, rejected)
        return await self.token(principal)

    def forget(self, principal: str) -> None:
        """Nothing more is asked in this person's name."""
        self._held.forget(principal)

    async def close(self) -> None:
        """Let renewals land."""
        await self._held.close()

    async def _renew(self, principal: str) -> Token:
        grant = await self._grants.grant(principal)
        while grant is not None:
            try:
                token = await self._bought(principal, grant)
            except GrantRefused as refused:
                if refused.code != DEAD_GRANT:
                    raise not_accepted(refused) from refused
                token = None
            if token is not None:
                return token
            used, grant = grant, await self._grants.grant(principal)
            if grant == used:  # nobody else has renewed it meanwhile
                await self._grants.ended(principal, used)
                break
        raise SignInEnded(SourceName.SPOTIFY, ENDED)

    async def _bought(self, principal: str, grant: Grant) -> Token | None:
        """A token for this grant; None if the grant was replaced meanwhile, or is gone."""
        form = {"grant_type": "refresh_token", "refresh_token": grant.refresh_token}
        try:
            granted = await self._endpoint.granted(form)
        except NotTheEndpoint as other:
            raise elsewhere(other, retry_at=self._clock() + SILENT_FOR_S) from other
        another = granted.refresh_token or grant.refresh_token
        kept = await self._grants.renewed(principal, grant, another)
        return granted.token if kept else None


class CallersTokens:
    """Signs in the caller's name if that has signed in, else in the server's own."""

    def __init__(self, own: TokenKeeper, people: PersonTokens) -> None:
        self._own = own
        self._people = people

    async def token(self) -> str:
        """One that Spotify takes."""
        principal = caller().principal
        return await (self._own.token() if principal == PUBLIC else self._people.token(principal))

    async def replace(self, rejected: str) -> str:
        """Another one, as Spotify takes this one no more."""
        principal = caller().principal
        if principal == PUBLIC:
            return await self._own.replace(rejected)
        return await self._people.replace(principal, rejected)

    async def close(self) -> None:
        """Let renewals land, then hang up."""
        await self._people.close()
        await self._own.close()
