"""Whether everything that an answer needs is ready, part by part."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from api.schemas.sources import CacheFigures, JobFigures, ServerHealth

NOT_READY = "not ready"
NEEDED = {"descriptors", "database"}
"""What is wrong with the other parts is said, but no reason not to answer."""

Check = Callable[[], Awaitable[str]]
"""`ok`, or what is wrong with a part."""


@dataclass(frozen=True, slots=True)
class Counters:
    """Who counts: the cache of answers, and the jobs, which nobody can while the database fails."""

    cache: Callable[[], Awaitable[CacheFigures]]
    jobs: Callable[[], Awaitable[JobFigures | None]]


class Readiness:
    """The checks of all parts; `hears` tells whether new files can be opened and analysed."""

    def __init__(
        self, checks: Mapping[str, Check], hears: Callable[[], bool], counters: Counters
    ) -> None:
        self._checks = checks
        self._hears = hears
        self._counters = counters

    async def health(self) -> ServerHealth:
        """All parts, and the whole in a word."""
        checks = {part: await check() for part, check in self._checks.items()}
        ready = all(checks[part] == "ok" for part in NEEDED)
        return ServerHealth(
            status=self._in_a_word(checks) if ready else NOT_READY,
            checks=checks,
            cache=await self._counters.cache(),
            jobs=await self._counters.jobs() if ready else None,
        )

    def _in_a_word(self, checks: Mapping[str, str]) -> str:
        if checks["room"] != "ok":
            return "no room"
        return "ok" if self._hears() else "not hearing"
