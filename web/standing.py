"""How each source is, for the foot of every page; and what is said where none can be asked.

The API is asked for it at most every few seconds: it answers from memory and asks nobody outside.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from api.schemas.provenance import SourceName
from api.schemas.sources import CapabilityReport, SourceReport, SourceStatus, State
from web.client import ApiClient, ApiProblem
from web.text import formatting, labels

KEPT_S = 10.0
UNTRIED = "untried"
AT_HOME = {SourceName.LIBRARY, SourceName.EXPORTIFY}
BEST_FIRST = (State.OPEN, State.LIMITED, State.UNREACHABLE, State.CLOSED, State.NOT_CONFIGURED)
"""Whose state stands for a source’s: one open door makes it open."""


@dataclass(frozen=True, slots=True)
class SourceLight:
    """One source at the foot of a page: a dot, and the same in a word."""

    slug: str
    name: str
    mark: str
    word: str


@dataclass(frozen=True, slots=True)
class Standing:
    """All sources in the order in which they are asked; `all_down`: what to say where none can."""

    lights: tuple[SourceLight, ...] = ()
    says: str = ""
    all_down: str | None = None


class Watch:
    """The standing of the sources as it was a few seconds ago at most."""

    def __init__(self, client: ApiClient, clock: Callable[[], float]) -> None:
        self._client = client
        self._clock = clock
        self._asked_at = float("-inf")
        self.latest = Standing()

    async def look(self) -> None:
        """Ask again if the last answer is old; one that cannot be had leaves what was known."""
        now = self._clock()
        if 0 <= now - self._asked_at < KEPT_S:
            return
        self._asked_at = now
        try:
            self.learn((await self._client.sources()).value)
        except ApiProblem:
            return

    def learn(self, report: SourceReport) -> None:
        """Take what a page has been told."""
        self.latest = Standing(
            lights=tuple(light(each) for each in report.sources),
            says=in_short(report.sources),
            all_down=all_down(report.sources),
        )


def light(source: SourceStatus) -> SourceLight:
    """How a source is as a whole."""
    state = state_of(source)
    mark = mark_of(source, state, source.capabilities)
    word = "not asked yet" if mark == UNTRIED else labels.STATES[state]
    return SourceLight(source.source.value, labels.SOURCES[source.source], mark, word)


def in_short(report: Sequence[SourceStatus]) -> str:
    """How many can be asked; empty where there are none."""
    able = sum(state_of(each) is State.OPEN for each in report)
    many = formatting.counted(len(report), "source")
    if not report:
        return ""
    if able == len(report):
        return f"{many.capitalize()} can be asked here now."
    return f"{formatting.counted(able, 'source').capitalize()} of {len(report)} can be asked now."


def all_down(report: Sequence[SourceStatus]) -> str | None:
    """What to say where nobody outside can be asked."""
    outside = [each for each in report if each.source not in AT_HOME]
    if not report or any(state_of(each) is State.OPEN for each in outside):
        return None
    if not any(is_set_up(each) for each in outside):
        return "Nobody outside is asked on this server."
    return "Nobody outside can be asked just now. What was fetched before is still shown."


def mark_of(source: SourceStatus, state: State, reports: Sequence[CapabilityReport]) -> str:
    """The state, but what is open and was never asked is only believed to be."""
    tried = source.source in AT_HOME or any(each.since for each in reports)
    return UNTRIED if state is State.OPEN and not tried else state.value


def state_of(source: SourceStatus) -> State:
    """How the source is as a whole."""
    states = {each.state for each in source.capabilities if source.configured}
    return next((state for state in BEST_FIRST if state in states), State.NOT_CONFIGURED)


def is_set_up(source: SourceStatus) -> bool:
    """Whether it can be asked with the settings as they are, some of which it may refuse."""
    states = {each.state for each in source.capabilities}
    return source.configured and states != {State.NOT_CONFIGURED}
