"""Jobs of every kind under one address."""

from __future__ import annotations

from contextlib import suppress
from typing import Protocol

from api.problems.jobs import JobGone
from api.schemas.library import Job


class JobKeeper(Protocol):
    """Whoever knows the jobs of one kind. Raises Refused, JobGone where it is none of them."""

    async def job(self, ident: str) -> Job:
        """A job, as it is now."""
        ...

    async def cancel(self, ident: str) -> Job:
        """End a job that is not over."""
        ...

    async def retry(self, ident: str) -> Job:
        """A new job for the same."""
        ...


class AllJobs:
    """The jobs of all keepers. Raises Refused."""

    def __init__(self, *keepers: JobKeeper) -> None:
        self._keepers = keepers

    async def job(self, ident: str) -> Job:
        """A job, as it is now."""
        return await (await self._keeper(ident)).job(ident)

    async def cancel(self, ident: str) -> Job:
        """End a job that waits or runs; one that was cancelled before is no error."""
        return await (await self._keeper(ident)).cancel(ident)

    async def retry(self, ident: str) -> Job:
        """A new job for the same file or playlist."""
        return await (await self._keeper(ident)).retry(ident)

    async def _keeper(self, ident: str) -> JobKeeper:
        for keeper in self._keepers:
            with suppress(JobGone):
                await keeper.job(ident)
                return keeper
        raise JobGone
