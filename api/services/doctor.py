"""Ask every configured source one question per capability, live, and say what came back.

Earprint was built against recorded answers and stand-ins. Whoever runs it is the first to meet the
living services: this shows which of them answer, and what has changed in what they send.
"""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from types import MappingProxyType
from typing import Any

from api import __version__
from api.clock import Clock, moment
from api.paging import Window
from api.problems.refusals import (
    Closed,
    Garbled,
    Limited,
    NotConfigured,
    SourceError,
    Unknown,
    Unreachable,
)
from api.schemas.doctor import Checked, CheckedSource, Checkup, Outcome
from api.schemas.identity import IdScheme
from api.schemas.provenance import SOURCE_TITLES, Capability
from api.sources import resource
from api.sources.base import Query, Source
from api.sources.registry import Absent, Registry

C = Capability
Ask = Callable[[Any, str], Awaitable[Any]]
ONE = Window(1, 0)
QUESTIONS: Mapping[Capability, Ask] = MappingProxyType(
    {
        C.ARTIST: lambda source, ident: source.artist(ident, known=None),
        C.RELATED: lambda source, ident: source.related(ident, known=None),
        C.TOP_TRACKS: lambda source, ident: source.top_tracks(ident, market=None, known=None),
        C.ALBUMS: lambda source, ident: source.albums(ident, ONE, market=None),
        C.TRACK: lambda source, ident: source.track(ident, market=None, known=None),
        C.FEATURES: lambda source, ident: source.features(ident, known=None),
        C.ANALYSIS: lambda source, ident: source.analysis(ident, known=None),
        C.PLAYLIST: lambda source, ident: source.playlist(ident, known=None),
        C.SEARCH: lambda source, words: source.search(Query(words, ("artist",), ONE), known=None),
    }
)
ABOUT_TRACKS = frozenset({C.TRACK, C.FEATURES, C.ANALYSIS})
ARTIST: Mapping[IdScheme, str] = MappingProxyType(
    {  # Daft Punk, whom everybody knows
        IdScheme.SPOTIFY: "4tZwfgrHOc3mvqYlEYSvVi",
        IdScheme.MBID: "056e4f3e-d505-4dad-8ec1-d04f521cbb56",
        IdScheme.WIKIDATA: "Q185828",
        IdScheme.DEEZER: "27",
    }
)
TRACK: Mapping[IdScheme, str] = MappingProxyType(
    {  # Harder, Better, Faster, Stronger
        IdScheme.SPOTIFY: "5W3cjX2J3tjhG8zb6u0qHn",
        IdScheme.ISRC: "GBDUW0000059",
    }
)
PLAYLIST = "37i9dQZF1DXcBWIGoYBM5M"  # of Spotify’s own
WORDS = "Daft Punk"
DO = {
    Outcome.ANSWERED: None,
    Outcome.KNOWS_NONE: "Nothing, if you asked about your own music; else its catalogue has moved.",
    Outcome.CLOSED: "Nothing here: the source answers this to others only. /sources says more.",
    Outcome.LIMITED: "Wait as long as it asks, then try again.",
    Outcome.UNREACHABLE: "Try again later; if it stays so, see whether this machine reaches it.",
    Outcome.CHANGED: "Report it, with this text: it answers in a form that Earprint cannot read.",
    Outcome.NOT_CONFIGURED: "Set what the sentence names, if you want this source.",
}
_OUTCOMES: tuple[tuple[type[SourceError], Outcome], ...] = (
    (Unknown, Outcome.KNOWS_NONE),
    (Closed, Outcome.CLOSED),
    (NotConfigured, Outcome.NOT_CONFIGURED),
    (Limited, Outcome.LIMITED),
    (Unreachable, Outcome.UNREACHABLE),
    (Garbled, Outcome.CHANGED),
)


class Doctor:
    """Questions about music that everybody knows, put to whoever is outside."""

    def __init__(self, registry: Registry, clock: Clock) -> None:
        self._registry = registry
        self._clock = clock

    async def checkup(self) -> Checkup:
        """What each of them answers; sources side by side, each one's questions in turn."""
        outside = [
            one for one in self._registry.members if isinstance(one, Absent) or not one.at_home
        ]
        with _drift_noted() as noted:
            sources = await asyncio.gather(*map(self._source, outside))
        changed = {one.source: _of(noted, one.source) for one in sources}
        return Checkup(
            version=__version__,
            asked_at=moment(self._clock()),
            sources=tuple(
                one.model_copy(update={"changed": changed[one.source]}) for one in sources
            ),
        )

    async def _source(self, source: Source | Absent) -> CheckedSource:
        if isinstance(source, Absent):
            outcome = Outcome.NOT_CONFIGURED
            told = Checked(capability=None, outcome=outcome, detail=source.detail, do=DO[outcome])
            return CheckedSource(source=source.name, checks=(told,))
        able = [one for one in Capability if source in self._registry.able(one)]
        return CheckedSource(
            source=source.name, checks=tuple([await self._asked(source, one) for one in able])
        )

    async def _asked(self, source: Source, capability: Capability) -> Checked:
        started = self._clock()
        outcome, detail = Outcome.ANSWERED, f"{SOURCE_TITLES[source.name]} answers this."
        try:
            await QUESTIONS[capability](source, self._subject(source, capability))
        except SourceError as refusal:
            outcome = next(told for kind, told in _OUTCOMES if isinstance(refusal, kind))
            detail = refusal.detail
        return Checked(
            capability=capability,
            outcome=outcome,
            detail=detail,
            do=DO[outcome],
            seconds=round(max(self._clock() - started, 0.0), 2),
        )

    def _subject(self, source: Source, capability: Capability) -> str:
        """What the question is about, in the source's own ids."""
        if capability is C.SEARCH:
            return WORDS
        if capability is C.PLAYLIST:
            return PLAYLIST
        known = TRACK if capability in ABOUT_TRACKS else ARTIST
        return known[source.asked_by.get(capability, IdScheme.SPOTIFY)]


class _Noted(logging.Handler):
    """Keeps what the drift alarm says."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(record.getMessage())


@contextmanager
def _drift_noted() -> Iterator[list[str]]:
    """What sources send that nobody told us about, or that cannot be read."""
    handler, log = _Noted(), logging.getLogger(resource.__name__)
    log.addHandler(handler)
    try:
        yield handler.lines
    finally:
        log.removeHandler(handler)


def _of(lines: list[str], source: str) -> tuple[str, ...]:
    """One source's lines, without its name."""
    named = re.compile(rf"{source}:? ")
    return tuple(named.sub("", line, count=1) for line in lines if named.match(line))


def in_words(checkup: Checkup) -> str:
    """The checkup for people: a line per question, and what to do."""
    lines = [f"Earprint {checkup.version}, asked {checkup.asked_at:%Y-%m-%d %H:%M} UTC"]
    for source in checkup.sources:
        lines.append(f"\n{SOURCE_TITLES[source.source]}")
        for one in source.checks:
            what = f"{one.capability}: " if one.capability else ""
            seconds = "" if one.seconds is None else f" ({one.seconds:.2f} s)"
            lines.append(f"  {what}{one.outcome}{seconds}. {one.detail}")
            if one.do is not None:
                lines.append(f"    What to do: {one.do}")
        lines += [f"  changed: {line}" for line in source.changed]
    return "\n".join(lines)
