"""Profiles that take longer than a request: made behind, followed, cancelled and tried again.

Each is a task of this process and a row in app.db. What a task has fetched is in the cache, so
one that a restart has interrupted goes on where it stood.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.exc import SQLAlchemyError

from api.caller import PUBLIC, caller
from api.clock import Clock, moment
from api.db.jobs import QueueFull
from api.db.models import ProfileJobRow
from api.db.profile_jobs import ProfileJobTables
from api.music import ids
from api.problems.errors import ApiError, Internal, Refused
from api.problems.jobs import JobGone, job_problem
from api.problems.refusals import whole_seconds
from api.problems.types import SLUGS
from api.schemas.library import Job, JobKind, JobState, Stage
from api.schemas.playlist import Fold
from api.schemas.provenance import SOURCE_TITLES, SourceName
from api.services.playlist_sounds import ProfileQuestion, ReadingProgress

MOST_ACTIVE = 4  # each holds a list of ten thousand; all of them share the sources’ pace
FULL_RETRY_S = 30.0
MINUTE_S, HOUR_S = 60, 3_600
_FULL = f"{MOST_ACTIVE} long playlists are being read already, which is as many as may."
_KEPT = "What was found is kept: tried again, it goes on from there."
_SIGNED_OUT = "This server was started again meanwhile. Open the playlist’s profile once more."
_log = logging.getLogger(__name__)

Work = Callable[[ProfileQuestion, ReadingProgress], Awaitable[object]]


@dataclass(slots=True)
class _Held:
    """A job that is at work in this process."""

    row: ProfileJobRow
    progress: ReadingProgress
    task: asyncio.Task[Any]
    is_open: asyncio.Event = field(default_factory=asyncio.Event)
    """Set once its row is there, or cannot be."""
    error: QueueFull | SQLAlchemyError | None = None
    follower: asyncio.Task[None] | None = None


class ProfileJobs:
    """The profiles that are being made behind. Raises Refused."""

    def __init__(self, tables: ProfileJobTables, work: Work, *, clock: Clock) -> None:
        self._tables = tables
        self._work = work
        self._clock = clock
        self._held: dict[ProfileQuestion, _Held] = {}

    async def resume(self) -> None:
        """Take up what a restart has interrupted; asked for by a person, that person asks again."""
        for row in await self._tables.unfinished():
            if row.principal != PUBLIC:
                problem = _problem("sources-unavailable", _SIGNED_OUT)
                await self._tables.fail(row.id, problem, percent=row.percent, now=self._clock())
                continue
            progress = ReadingProgress(self._clock, behind=True)
            self._hold(row, progress, self._at_work(_question(row), progress), is_new=False)

    async def close(self) -> None:
        """Let go of all; the next start takes them up."""
        held = list(self._held.values())
        followers = [one.follower for one in held if one.follower is not None]
        tasks: list[asyncio.Task[Any]] = [*followers, *(one.task for one in held)]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    @property
    def at_work(self) -> int:
        """How many are being made."""
        return len(self._held)

    async def active(self, question: ProfileQuestion) -> Job | None:
        """The job that is at work on this already."""
        if (held := self._held.get(question)) is None:
            return None
        await held.is_open.wait()
        return shown(held.row, held.progress) if self._held.get(question) is held else None

    async def start(self, question: ProfileQuestion, fold: Fold | None) -> Job:
        """Make this profile behind, or follow the job that does. Raises Refused: queue-full."""
        if (running := await self.active(question)) is not None:
            return running
        progress = ReadingProgress(self._clock, behind=True)
        return await self.go_on(
            question, fold, progress=progress, task=self._at_work(question, progress)
        )

    async def go_on(
        self,
        question: ProfileQuestion,
        fold: Fold | None,
        *,
        progress: ReadingProgress,
        task: asyncio.Task[Any],
    ) -> Job:
        """Let what a request has begun go on behind it; it ends if another is at it already."""
        progress.behind = True
        if (running := await self.active(question)) is not None:
            task.cancel()
            return running
        row = ProfileJobRow(
            id=ids.encode(secrets.randbits(128)),
            playlist_id=question.playlist_id,
            source=question.source,
            fold=fold,
            principal=question.principal,
            state=JobState.QUEUED,
            created_at=self._clock(),
        )
        held = self._hold(row, progress, task, is_new=True)
        await held.is_open.wait()
        if isinstance(held.error, QueueFull):
            raise _full() from held.error
        if held.error is not None:
            raise held.error
        return shown(row, progress)

    async def job(self, ident: str) -> Job:
        """A job, as it is now."""
        held = next((one for one in self._held.values() if one.row.id == ident), None)
        row = await self._tables.get(ident) if held is None else held.row
        if row is None or row.principal not in {PUBLIC, caller().principal}:
            raise JobGone
        return shown(row, None if held is None else held.progress)

    async def cancel(self, ident: str) -> Job:
        """End a job that is at work; one that was cancelled before is no error."""
        job = await self.job(ident)
        now = self._clock()
        cancelled = await self._tables.end(ident, JobState.CANCELLED, percent=job.percent, now=now)
        for question, held in list(self._held.items()):
            if held.row.id == ident:
                self._drop(question, held)
        job = await self.job(ident)
        if not cancelled and job.state is not JobState.CANCELLED:
            raise Refused("conflict", f"This job is {job.state}; there is nothing to cancel.")
        return job

    async def retry(self, ident: str) -> Job:
        """A new job for the same profile."""
        await self.job(ident)
        row = await self._tables.get(ident)
        if row is None:
            raise JobGone
        question = _question(row)._replace(principal=caller().principal)
        if (running := await self.active(question)) is not None:
            raise Refused("conflict", f"This playlist is being read: {running.href}.")
        return await self.start(question, Fold(row.fold) if row.fold else None)

    def _at_work(self, question: ProfileQuestion, progress: ReadingProgress) -> asyncio.Task[Any]:
        async def work() -> object:
            return await self._work(question, progress)

        return asyncio.create_task(work(), name=f"profile of {question.playlist_id}")

    def _hold(
        self,
        row: ProfileJobRow,
        progress: ReadingProgress,
        task: asyncio.Task[Any],
        *,
        is_new: bool,
    ) -> _Held:
        held = self._held[_question(row)] = _Held(row, progress, task)
        follow = self._follow(_question(row), held, is_new=is_new)
        held.follower = asyncio.create_task(follow, name=f"job {row.id}")
        return held

    def _drop(self, question: ProfileQuestion, held: _Held) -> None:
        if self._held.get(question) is held:
            del self._held[question]
        held.task.cancel()

    async def _follow(self, question: ProfileQuestion, held: _Held, *, is_new: bool) -> None:
        """Write down that it is at work and how it ends, whoever has gone away meanwhile."""
        row = held.row
        try:
            if is_new:
                await self._tables.open(row, most_active=MOST_ACTIVE)
            held.is_open.set()
            now = self._clock()
            if await self._tables.begin(row.id, now):
                row.state, row.started_at, row.tries = JobState.RUNNING, now, row.tries + 1
            await asyncio.wait([held.task])
            if self._held.get(question) is held:
                await self._end(held)
        except (QueueFull, SQLAlchemyError) as error:
            held.error = error
            if held.is_open.is_set():  # the next start takes it up
                _log.exception("job %s could not be written down", row.id)
        finally:
            self._drop(question, held)
            held.is_open.set()

    async def _end(self, held: _Held) -> None:
        ident, percent, now = held.row.id, held.progress.percent, self._clock()
        error = held.task.exception()
        if error is None:
            await self._tables.end(ident, JobState.DONE, percent=100.0, now=now)
            return
        if not isinstance(error, ApiError):
            _log.error("job %s failed", ident, exc_info=error)
            error = Internal()
        problem = _problem(error.slug, _in_words(error, held.progress))
        await self._tables.fail(ident, problem, percent=percent, now=now)


def shown(row: ProfileJobRow, progress: ReadingProgress | None) -> Job:
    """A row as the contract's Job; `progress` where it is at work."""
    runs = row.state == JobState.RUNNING and progress is not None
    return Job(
        id=row.id,
        kind=JobKind.PROFILE,
        href=f"/v1/jobs/{row.id}",
        state=JobState(row.state),
        stage=progress.stage if runs and progress is not None else None,
        percent=row.percent if progress is None else round(progress.percent, 1),
        queue_place=None,
        seconds_left=progress.seconds_left if runs and progress is not None else None,
        tries=row.tries,
        track_id=None,
        playlist_id=row.playlist_id,
        result=address(row) if row.state == JobState.DONE else None,
        problem=None if row.problem is None else job_problem(row.problem),
        created_at=moment(row.created_at),
        started_at=None if row.started_at is None else moment(row.started_at),
        finished_at=None if row.finished_at is None else moment(row.finished_at),
    )


def address(row: ProfileJobRow) -> str:
    """Where the profile is, as it was first asked for."""
    given = {"source": row.source, "fold": row.fold}
    query = "&".join(f"{name}={value}" for name, value in given.items() if value is not None)
    return f"/v1/playlists/{row.playlist_id}/profile" + (f"?{query}" if query else "")


def _question(row: ProfileJobRow) -> ProfileQuestion:
    source = None if row.source is None else SourceName(row.source)
    return ProfileQuestion(row.playlist_id, source, row.principal)


def _problem(slug: str, detail: str) -> dict[str, str]:
    return {"code": slug, "title": SLUGS[slug].title, "detail": detail}


def _in_words(error: ApiError, progress: ReadingProgress) -> str:
    """Who refused what and until when, and what is there by now."""
    said = [
        f"{SOURCE_TITLES[one.source]}: {one.detail}{_until(one.retry_after)}"
        for one in error.attempts
    ]
    told = [*said] if said else [error.detail]
    if progress.stage is Stage.TRACKS and progress.settled:
        told.append(f"{progress.settled:,} of {progress.tracks:,} tracks had been asked about.")
        told.append(_KEPT)
    return " ".join(told)


def _until(wait_s: int | None) -> str:
    if wait_s is None or wait_s < MINUTE_S:
        return ""
    size, unit = (HOUR_S, "hour") if wait_s >= HOUR_S else (MINUTE_S, "minute")
    number = round(wait_s / size)
    return f" It may be asked again in about {number} {unit}{'' if number == 1 else 's'}."


def _full() -> Refused:
    return Refused("queue-full", _FULL, retry_after=whole_seconds(FULL_RETRY_S))
