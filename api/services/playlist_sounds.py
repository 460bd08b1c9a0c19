"""What one source says of the sound of every track of a playlist, in little memory.

A request asks about a thousand tracks at most, within its own time. What nobody waits for may ask
about ten thousand: behind those who wait, as often as the source takes it, and it waits where the
source asks for that. What was fetched is in the cache, so whoever begins again gets further.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, nullcontext
from dataclasses import dataclass, field
from typing import Any, Generic, NamedTuple, TypeVar

from api.cache.tiers import Served
from api.clock import Clock
from api.music.ids import OWN_PREFIX
from api.problems.errors import (
    ApiError,
    BadUpstreamAnswer,
    StillWorking,
    TryLater,
    Unavailable,
)
from api.problems.refusals import SourceError
from api.schemas.features import AudioFeatures
from api.schemas.library import Stage
from api.schemas.provenance import Capability, Provenance, Reason, SourceName
from api.services.batch import kept
from api.services.cascade import Cascade, Lookup
from api.services.distributions import Placed, TrackSound
from api.services.features import NO_RECORDINGS, Features
from api.services.playlists import Playlists, Whole
from api.sources.base import IsrcFeatureSource
from api.sources.same_recording import NumberedRecording

MOST_ITEMS = 10_000
MOST_COLD = 1_000  # tracks that a request may ask an outside source about
AT_ONCE = 4
BEHIND_AT_ONCE = 2  # over all that nobody waits for: two calls in flight keep ReccoBeats’ pace full
PATIENCE_S = 600.0  # longer than that nobody wants to watch a bar stand still
TRIES = 5
SOON_S = 5.0
A_WHILE = 100  # tracks that are looked up together, and between two looks at who wants the loop
ENTRIES_PERCENT = 10.0  # of the work is reading the list itself
NOT_KNOWN = "The source does not know this track."
LATE = "The source could not be asked about this track just now."
UNASKED = "The list is still being read, and nobody has been asked about this track yet."
NOBODY = "Nobody here has numbers for these tracks."
NO_TRACKS = "There is no track in this playlist that could have features."
LATER = (TryLater, BadUpstreamAnswer, StillWorking)
_CLOSED = frozenset({Reason.CLOSED, Reason.NOT_CONFIGURED})
T = TypeVar("T")


class ProfileQuestion(NamedTuple):
    """Whose sound is asked for: of which list, of which source if of one alone, for whom."""

    playlist_id: str
    source: SourceName | None
    principal: str


class TooMany(Exception):
    """More tracks would have to be asked about than a request may."""


@dataclass(slots=True)
class ReadingProgress:
    """How far the reading of a list is. `behind`: nobody waits for it, so it may take its time."""

    clock: Clock
    behind: bool = False
    stage: Stage = Stage.ENTRIES
    entries: int = 0
    entries_total: int = 0
    tracks: int = 0
    settled: int = 0
    asked: int = 0
    asking_since: float = 0.0

    def read(self, entries: int, total: int) -> None:
        """So many entries have been read."""
        self.entries, self.entries_total = entries, total

    def ask(self, tracks: int, *, settled: int) -> None:
        """A source is asked about all tracks but those that are settled."""
        self.stage, self.tracks, self.settled = Stage.TRACKS, tracks, settled
        self.asked, self.asking_since = 0, self.clock()

    def settle(self, tracks: int) -> None:
        """It has said of so many more what it knows."""
        self.settled += tracks
        self.asked += tracks

    @property
    def percent(self) -> float:
        """How much is done."""
        if self.stage is Stage.ENTRIES:
            return ENTRIES_PERCENT * min(self.entries / max(self.entries_total, 1), 1)
        share = min(self.settled / max(self.tracks, 1), 1)
        return ENTRIES_PERCENT + (100 - ENTRIES_PERCENT) * share

    @property
    def seconds_left(self) -> float | None:
        """From its own pace, once some calls have been answered; None before that."""
        spent = self.clock() - self.asking_since
        if self.stage is Stage.ENTRIES or self.asked < A_WHILE or spent <= 0:
            return None
        return round((self.tracks - self.settled) * spent / self.asked, 1)


@dataclass(frozen=True, slots=True)
class DescribedList:
    """A playlist, and what one source says of those of its tracks that it knows."""

    whole: Whole
    source: SourceName
    sounds: Mapping[str, TrackSound]
    """By the id of the track as it stands in the playlist."""
    said: tuple[Provenance, ...]
    """Who says so of the first of them."""
    parts: Sequence[Served]
    """The answers that it is made of, without their bytes."""
    late: int
    """Tracks of which the source may know more later."""
    late_tracks: frozenset[str] = frozenset()
    refusal: ApiError | None = None
    """Why nobody says anything of them."""
    is_whole: bool = True
    """Whether it has been asked about all of them."""

    def why_not(self, ident: str) -> str:
        """Why a track has no numbers."""
        if self.refusal is not None:
            return NOBODY
        if ident not in self.late_tracks:
            return NOT_KNOWN
        return LATE if self.is_whole else UNASKED

    @property
    def versions(self) -> set[int | None]:
        """Which versions of the analyser have heard the tracks."""
        return {sound.analyser for sound in self.sounds.values()}

    @property
    def placed(self) -> list[Placed]:
        """The entries that have features."""
        return [
            Placed(item.position, item.name, self.sounds[item.track.id])
            for item in self.whole.items
            if item.track is not None and item.track.id in self.sounds
        ]


@dataclass(slots=True)
class KnownSounds(Generic[T]):
    """What a source has said so far of the tracks of a list, each as `read` makes it."""

    read: Callable[[bytes], T]
    order: Mapping[str, int]
    known: dict[str, T] = field(default_factory=dict)
    parts: dict[str, Served] = field(default_factory=dict)
    late: dict[str, ApiError] = field(default_factory=dict)
    refusal: ApiError | None = None
    stopped: ApiError | None = None
    """Why no more was asked: the source wants to be left alone for long, or is silent."""
    _first: str | None = None
    _first_body: bytes = b""

    def take(self, ident: str, outcome: Served | ApiError) -> None:
        """Keep what is needed of an answer, and let go of its bytes."""
        self.late.pop(ident, None)
        if isinstance(outcome, ApiError):
            if isinstance(outcome, LATER):
                self.late[ident] = outcome
            self.refusal = self.refusal or outcome
            return
        body = outcome.entry.body
        self.known[ident], self.parts[ident] = self.read(body), outcome.without_body()
        if self._first is None or self.order[ident] < self.order[self._first]:
            self._first, self._first_body = ident, body

    @property
    def said(self) -> tuple[Provenance, ...]:
        """Who says so of the first track."""
        return AudioFeatures.model_validate_json(self._first_body).provenance

    def in_order(self) -> list[Served]:
        """The answers, in the order of the list however they came."""
        return [self.parts[ident] for ident in self.order if ident in self.parts]

    @property
    def problem(self) -> ApiError | None:
        """Why nothing is known; what may end comes first."""
        return next(iter(self.late.values()), None) or self.refusal


class PlaylistSounds:
    """Reads playlists together with the features of their tracks. Raises ApiError, TooMany."""

    def __init__(self, cascade: Cascade, playlists: Playlists, features: Features) -> None:
        self._cascade = cascade
        self._playlists = playlists
        self._features = features
        self._behind = asyncio.Semaphore(BEHIND_AT_ONCE)

    async def of(self, question: ProfileQuestion, progress: ReadingProgress) -> DescribedList:
        """The list and its tracks, from the first source that knows any of them.

        Raises TooMany where more would have to be asked than a request may; where nobody waits,
        raises what stopped it before all was asked.
        """
        whole = await self._whole(question.playlist_id, progress)
        recordings = {
            item.track.id: recording
            for item in whole.items
            if item.track is not None and (recording := item.track.recording) is not None
        }
        tracks = tracks_of(whole)
        source, sounds = await self.first(
            tracks, question.source, progress, read=TrackSound.read, recordings=recordings
        )
        if progress.behind and sounds.stopped is not None:
            raise sounds.stopped
        return DescribedList(
            whole=whole,
            source=source,
            sounds=sounds.known,
            said=sounds.said,
            parts=[whole.head, *whole.pages, *sounds.in_order()],
            late=len(sounds.late),
            late_tracks=frozenset(sounds.late),
        )

    async def so_far(self, question: ProfileQuestion) -> DescribedList | None:
        """The list, and what is kept of its tracks while a source is being asked about them.

        Nobody is asked anything. None where nothing is kept yet.
        """
        progress = ReadingProgress(self._cascade.clock)
        whole = await self._whole(question.playlist_id, progress)
        order = {ident: place for place, ident in enumerate(tracks_of(whole))}
        able = self._cascade.registry.able(Capability.FEATURES, question.source, in_batches=True)
        for source in able if order else ():
            if source.at_home:  # which is quick, and keeps nothing
                continue
            sounds = KnownSounds(TrackSound.read, order)
            asked = _Asked(source, sounds, progress=progress, recordings=NO_RECORDINGS)
            cold = await self._not_kept(asked)
            if sounds.known:
                return DescribedList(
                    whole=whole,
                    source=source.name,
                    sounds=sounds.known,
                    said=sounds.said,
                    parts=[whole.head, *whole.pages, *sounds.in_order()],
                    late=len(cold),
                    late_tracks=frozenset(cold),
                    is_whole=False,
                )
        return None

    async def _whole(self, ident: str, progress: ReadingProgress) -> Whole:
        for tries_left in reversed(range(TRIES)):
            try:
                return await self._playlists.whole(ident, MOST_ITEMS, on_page=progress.read)
            except LATER as error:
                wait_s = error.retry_after or SOON_S
                if not (progress.behind and tries_left) or wait_s > PATIENCE_S:
                    raise
                await asyncio.sleep(wait_s)
        raise AssertionError  # the last try returns or raises

    async def first(
        self,
        tracks: Sequence[str],
        only: SourceName | None,
        progress: ReadingProgress,
        *,
        read: Callable[[bytes], T],
        recordings: Mapping[str, NumberedRecording] = NO_RECORDINGS,
    ) -> tuple[SourceName, KnownSounds[T]]:
        """The first source that has features of any of the tracks, and what it said."""
        refusals: list[ApiError] = []
        if only is None and all(ident.startswith(OWN_PREFIX) for ident in tracks):
            only = SourceName.LIBRARY  # nobody else is told of own ids
        able = self._cascade.registry.able(Capability.FEATURES, only, in_batches=True)
        for source in able if tracks else ():
            sounds = KnownSounds(read, {ident: place for place, ident in enumerate(tracks)})
            asked = _Asked(source, sounds, progress=progress, recordings=recordings)
            await self._ask(asked)
            if sounds.known:
                return source.name, sounds
            refusals += [sounds.problem] if sounds.problem is not None else []
        raise _joint(refusals) if refusals else self._nobody(tracks, only)

    async def _ask(self, asked: _Asked[T]) -> None:
        """Ask one source about all tracks of which its answer is not kept.

        What a request began may have been asked by ids alone, and only once: nobody waits any
        more for the rest, so that is made up for.
        """
        source, sounds, progress = asked.source, asked.sounds, asked.progress
        cold = await self._not_kept(asked)
        progress.ask(len(sounds.order), settled=len(sounds.order) - len(cold))
        size = source.features_at_once
        first, rest = cold[:size], cold[size:]
        silence = await self._batch(asked, first) if first else None
        if silence is not None and not source.at_home:
            sounds.late |= dict.fromkeys(rest, silence) if isinstance(silence, LATER) else {}
            return
        if len(rest) > MOST_COLD and not (progress.behind or source.at_home):
            raise TooMany
        await self._side_by_side(asked, rest)
        if progress.behind and sounds.stopped is None:
            again = [*sounds.late, *await self._unknown_by_id(asked, cold)]
            progress.ask(len(sounds.order), settled=len(sounds.order) - len(again))
            await self._side_by_side(asked, again)

    async def _side_by_side(self, asked: _Asked[T], idents: Sequence[str]) -> None:
        """Ask about these, a few batches at once."""
        size = asked.source.features_at_once
        batches = (idents[at : at + size] for at in range(0, len(idents), size))
        async with _joined_workers() as workers:
            for _ in range(1 if asked.source.at_home else AT_ONCE):
                workers.create_task(self._work(asked, batches))

    async def _unknown_by_id(self, asked: _Asked[T], idents: Iterable[str]) -> list[str]:
        """Those that have been asked about by their id alone."""
        sounds = asked.sounds
        unknown = [i for i in idents if i in asked.recordings and i not in sounds.known]
        tried = await self._kept(asked, [i for i in unknown if i not in sounds.late])
        return [ident for ident, answer in tried.items() if answer is None]

    async def _kept(
        self, asked: _Asked[T], idents: Sequence[str]
    ) -> dict[str, Served | SourceError | None]:
        """What is kept of the source's word about each track, if that answers the question."""
        questions = [self._question(asked, ident) for ident in idents]
        return dict(zip(idents, await kept(self._cascade, asked.source, questions), strict=True))

    def _question(self, asked: _Asked[T], ident: str) -> Lookup:
        has_isrc = ident in asked.recordings
        return self._features.question(ident, asked.source.name, has_isrc=has_isrc)

    async def _work(self, asked: _Asked[T], batches: Iterator[Sequence[str]]) -> None:
        """Take one batch after the other of those that others leave."""
        for idents in batches:
            if asked.sounds.stopped is not None:
                asked.sounds.late |= dict.fromkeys(idents, asked.sounds.stopped)
            else:
                await self._batch(asked, idents)

    async def _not_kept(self, asked: _Asked[T]) -> list[str]:
        """Take what is kept; the tracks that the source has to be asked about."""
        source, sounds = asked.source, asked.sounds
        if source.at_home:
            return list(sounds.order)
        told = [ident for ident in sounds.order if not ident.startswith(OWN_PREFIX)]
        cold: list[str] = []
        for start in range(0, len(told), A_WHILE):
            part = told[start : start + A_WHILE]
            for ident, answer in (await self._kept(asked, part)).items():
                if answer is None:
                    cold.append(ident)
                elif isinstance(answer, Served):
                    sounds.take(ident, answer)
                elif sounds.refusal is None:
                    sounds.refusal = self._cascade.problem(self._question(asked, ident), [answer])
            await asyncio.sleep(0)  # others may want the loop
        if not cold and not sounds.known and sounds.refusal is None:
            own = next(iter(sounds.order))
            (unheard,) = await self._features.of_many([own], source.name)
            sounds.take(own, unheard)
        return cold

    async def _batch(self, asked: _Asked[T], idents: Sequence[str]) -> ApiError | None:
        """Ask about these; the refusal, if it is one of everything and not of these tracks.

        Where nobody waits, it is asked again after the time that the source wants.
        """
        left, tries_left = list(idents), TRIES
        while True:
            outcomes = await self._outcomes(asked, left)
            later = [i for i, outcome in outcomes.items() if isinstance(outcome, LATER)]
            wait_s = asked.patience_s([outcomes[i] for i in later]) if tries_left > 1 else None
            again = set() if wait_s is None else set(later)
            for ident, outcome in outcomes.items():
                if ident not in again:
                    asked.sounds.take(ident, outcome)
            asked.progress.settle(len(outcomes) - len(later))
            if wait_s is None:
                return asked.silence(list(outcomes.values()), is_whole=len(left) == len(idents))
            tries_left = tries_left - 1 if len(later) == len(left) else TRIES
            left = later
            await asyncio.sleep(wait_s)

    async def _outcomes(
        self, asked: _Asked[T], idents: Sequence[str]
    ) -> dict[str, Served | ApiError]:
        async with self._behind if asked.is_behind else nullcontext():
            outcomes = await self._features.of_many(
                idents, asked.source.name, recordings=asked.recordings
            )
        return dict(zip(idents, outcomes, strict=True))

    def _nobody(self, tracks: Sequence[str], only: SourceName | None) -> ApiError:
        unable = self._cascade.registry.unable(Capability.FEATURES, only)
        attempts = tuple(refusal.attempt(self._cascade.clock()) for refusal in unable)
        hint = NO_TRACKS if not tracks else "Connect a source of audio features; see /v1/sources."
        return Unavailable("playlist profile", attempts, hint=hint)


class _Asked(Generic[T]):
    """One source that is asked about a list. `recordings`: what may be looked for by its ISRC.

    A request has no calls left for that: it asks by ids alone.
    """

    def __init__(
        self,
        source: Any,  # noqa: ANN401  # any Source
        sounds: KnownSounds[T],
        *,
        progress: ReadingProgress,
        recordings: Mapping[str, NumberedRecording],
    ) -> None:
        self.source = source
        self.sounds = sounds
        self.progress = progress
        self._recordings = recordings if isinstance(source, IsrcFeatureSource) else NO_RECORDINGS

    @property
    def recordings(self) -> Mapping[str, NumberedRecording]:
        """Those that may be looked for now."""
        return self._recordings if self.progress.behind else NO_RECORDINGS

    @property
    def is_behind(self) -> bool:
        """Whether somebody outside is asked, and nobody waits for the answer."""
        return self.progress.behind and not self.source.at_home

    def patience_s(self, later: Sequence[Served | ApiError]) -> float | None:
        """How long to wait for what may come later; None where that is not waited for."""
        waits = [one.retry_after or SOON_S for one in later if isinstance(one, ApiError)]
        return max(waits) if waits and self.is_behind and max(waits) <= PATIENCE_S else None

    def silence(self, outcomes: Sequence[Served | ApiError], *, is_whole: bool) -> ApiError | None:
        """The refusal, if the source refuses everything rather than not to know these tracks.

        Where nobody waits and it cannot be waited out, nothing more is asked; so, too, where a
        whole batch cannot be read.
        """
        refused = [one for one in outcomes if isinstance(one, ApiError)]
        if len(refused) < len(outcomes):
            return None
        of_the_source = all(map(_is_of_the_source, refused))
        odd = is_whole and len(refused) > 1
        is_late = all(isinstance(one, LATER) for one in refused)
        if self.is_behind and is_late and (of_the_source or odd):
            self.sounds.stopped = refused[0]
        return refused[0] if of_the_source else None


@asynccontextmanager
async def _joined_workers() -> AsyncIterator[asyncio.TaskGroup]:
    """Tasks that end together; the first error among them is raised as it is."""
    try:
        async with asyncio.TaskGroup() as workers:
            yield workers
    except BaseExceptionGroup as group:
        raise group.exceptions[0] from None


def _is_of_the_source(refusal: ApiError) -> bool:
    """Whether the source refuses everything, rather than not to know a track."""
    closed = {attempt.reason for attempt in refusal.attempts} <= _CLOSED
    return isinstance(refusal, TryLater) or (bool(refusal.attempts) and closed)


def _joint(refusals: Sequence[ApiError]) -> ApiError:
    """The first that leaves hope, else the first; it tells what every source said."""
    chosen = next((one for one in refusals if isinstance(one, LATER)), refusals[0])
    told = {attempt.source: attempt for one in refusals for attempt in one.attempts}
    chosen.attempts = tuple(told.values())
    return chosen


def tracks_of(whole: Whole) -> list[str]:
    """Each track once, in the order of the list."""
    return list(dict.fromkeys(item.track.id for item in whole.items if item.track))
