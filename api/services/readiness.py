"""Whether everything that an answer needs is ready, part by part."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from api.schemas.sources import Health

NOT_READY = "not ready"
NEEDED = {"descriptors", "database"}
"""What is wrong with the other parts is said, but no reason not to answer."""

Check = Callable[[], Awaitable[str]]
"""`ok`, or what is wrong with a part."""


class Readiness:
    """The checks of all parts; `hears` tells whether new files can be opened and analysed."""

    def __init__(self, checks: Mapping[str, Check], hears: Callable[[], bool]) -> None:
        self._checks = checks
        self._hears = hears

    async def health(self) -> Health:
        """All parts, and the whole in a word."""
        checks = {part: await check() for part, check in self._checks.items()}
        ready = all(checks[part] == "ok" for part in NEEDED)
        return Health(status=self._in_a_word(checks) if ready else NOT_READY, checks=checks)

    def _in_a_word(self, checks: Mapping[str, str]) -> str:
        if checks["room"] != "ok":
            return "no room"
        return "ok" if self._hears() else "not hearing"
