"""Jobs as callers see them: their place in the queue, and how long they will still take."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TypeVar

from api.clock import Clock
from api.db.ledger import LONGEST_S, JobLedger
from api.db.models import JobRow
from api.db.session import Offload
from api.problems.types import SLUGS
from api.schemas.library import Job, JobProblem, JobState, Stage

T = TypeVar("T")
WORTH_EXTRAPOLATING = 20.0  # percent; before that the first stage alone would speak


@dataclass(frozen=True, slots=True)
class Outlook:
    """What is known of the queue at one moment, to say when a job will be over."""

    now: float
    cores: int
    typical_s: float | None = None
    running: int = 0
    places: dict[str, int] = field(default_factory=dict)
    """Job id → its place among those that wait, from 1."""


class JobTables:
    """The jobs, off the loop. `cores`: how many analyses run side by side."""

    def __init__(
        self, ledger: JobLedger, offload: Offload, *, clock: Clock, cores: int = 1
    ) -> None:
        self.ledger = ledger
        self._offload = offload
        self._clock = clock
        self._cores = cores

    async def job(self, ident: str) -> Job | None:
        """The job with this id, as it is now."""
        return await self._offload(lambda: self._one(self.ledger.get(ident)))

    async def of_track(self, track_id: str) -> Job | None:
        """The latest analysis of this file: waiting, running or over."""
        return (await self.of_tracks([track_id])).get(track_id)

    async def of_tracks(self, track_ids: Iterable[str]) -> dict[str, Job]:
        """The latest job of each of these files that has one, by own id."""
        return await self._offload(lambda: self._shown(self.ledger.latest(track_ids)))

    async def cancel(self, ident: str, now: float) -> bool:
        """End a job that waits or runs, also on a full disk; False if it was over already."""
        return await self._offload(lambda: self.ledger.freeing().cancel(ident, now))

    async def run(self, work: Callable[[JobLedger], T]) -> T:
        """The result of `work` with the ledger, off the loop."""
        return await self._offload(lambda: work(self.ledger))

    def _one(self, row: JobRow | None) -> Job | None:
        return None if row is None else self._shown({row.track_id: row})[row.track_id]

    def _shown(self, rows: dict[str, JobRow]) -> dict[str, Job]:
        outlook = Outlook(self._clock(), self._cores)
        if any(row.finished_at is None for row in rows.values()):
            outlook = self._outlook()
        return {track_id: shown(row, outlook) for track_id, row in rows.items()}

    def _outlook(self) -> Outlook:
        places = {ident: place for place, ident in enumerate(self.ledger.waiting(), 1)}
        return Outlook(
            self._clock(), self._cores, self.ledger.typical_s(), self.ledger.running(), places
        )


def shown(row: JobRow, outlook: Outlook) -> Job:
    """A row as the contract's Job."""
    return Job(
        id=row.id,
        href=f"/v1/jobs/{row.id}",
        state=JobState(row.state),
        stage=None if row.stage is None else Stage(row.stage),
        percent=row.percent,
        queue_place=outlook.places.get(row.id),
        seconds_left=seconds_left(row, outlook),
        tries=row.tries,
        track_id=row.track_id,
        result=f"/v1/tracks/{row.track_id}/features" if row.state == JobState.DONE else None,
        problem=None if row.problem is None else job_problem(row.problem),
        created_at=_moment(row.created_at),
        started_at=None if row.started_at is None else _moment(row.started_at),
        finished_at=None if row.finished_at is None else _moment(row.finished_at),
    )


def job_problem(told: str) -> JobProblem:
    """`{"code", "title", "detail"}` in the words of /problems."""
    problem = json.loads(told)
    slug = problem["code"]
    title, status = SLUGS[slug].title, SLUGS[slug].status
    return JobProblem(
        type=f"/problems/{slug}", title=title, status=status, detail=problem["detail"]
    )


def seconds_left(row: JobRow, outlook: Outlook) -> float | None:
    """A guess: from the job's own pace once it has one, before that from the last analyses."""
    if row.state == JobState.RUNNING and row.started_at is not None:
        spent = outlook.now - row.started_at
        if not 0 <= spent <= LONGEST_S:  # the clock was set meanwhile
            return outlook.typical_s
        if row.percent >= WORTH_EXTRAPOLATING:
            return round(spent * (100 - row.percent) / row.percent, 1)
        return None if outlook.typical_s is None else round(max(outlook.typical_s - spent, 1.0), 1)
    if row.state == JobState.QUEUED and outlook.typical_s is not None:
        ahead = outlook.places.get(row.id, 1) - 1 + outlook.running
        return round(outlook.typical_s * (ahead // outlook.cores + 1), 1)
    return None


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
