"""One job, followed: its steps, its place in the queue, how it ended."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar
from urllib.parse import quote

from fastapi import APIRouter, Response

from api.problems.types import SLUGS
from api.schemas.library import STAGES, Job, JobProblem, JobState, Stage
from web.client import ApiProblem, ApiResponse, JobPending
from web.forms import see
from web.pages.files import MOVING, delete_path
from web.render import Data
from web.request import PageRequest, PageRequestDep
from web.responses import fragment, page
from web.text import formatting, labels
from web.text.labels import JobWords
from web.text.provenance import CallShown, shown

router = APIRouter()
PROBLEMS = "/problems/"


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a job: `state` is done, now, later or stopped."""

    label: str
    about: str
    state: str


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a job ended without a result, and what to do."""

    title: str
    detail: str
    remedy: str | None
    href: str | None


@dataclass(frozen=True, kw_only=True)
class JobPage(Data):
    """One job. While `moves` it asks for itself again; done, its result is at `result`.

    `home`: where what it is about belongs. `delete`: of a file, where it can be deleted.
    """

    template: ClassVar[str] = "job.html"

    ident: str
    name: str
    title: str
    words: JobWords
    home: tuple[str, str]
    result: str
    moves: bool
    done: bool
    percent: int
    steps: tuple[Step, ...]
    wait: str
    failure: Failure | None
    delete: str | None
    announce: str
    call: CallShown


@router.get("/jobs/{ident}")
async def get_job(ident: str, request: PageRequestDep) -> Response:
    """How far a job is; a script keeps this up to date, else the browser reloads it."""
    return page(request, await _page(request, await request.client.library.job(ident)))


@router.get("/fragments/jobs/{ident}")
async def job_fragment(ident: str, request: PageRequestDep) -> Response:
    """The same, for the page that is watching; when it is done it leads to the result."""
    answer = await request.client.library.job(ident)
    data = await _page(request, answer)
    headers = {"HX-Redirect": data.result} if data.done else {}
    return fragment(request, data, headers=headers)


@router.post("/jobs/{ident}/cancel")
async def cancel(ident: str, request: PageRequestDep) -> Response:
    """Stop a job, and show that it stopped."""
    job = (await request.client.library.job(ident)).value
    await request.client.library.cancel(ident)
    return see(request, job_path(job))


@router.post("/jobs/{ident}/retry")
async def retry(ident: str, request: PageRequestDep) -> Response:
    """Begin again, and show how far it is."""
    return see(request, job_path((await request.client.library.retry(ident)).value))


async def _page(request: PageRequest, answer: ApiResponse[Job]) -> JobPage:
    job = answer.value
    name = await _name(request, job)
    return JobPage(
        shell=request.shell(),
        ident=job.id,
        name=name,
        title=labels.JOB_TITLES[job.kind][job.state],
        words=labels.JOB_WORDS[job.kind],
        home=_home(job),
        result=_result(job),
        moves=job.state in MOVING,
        done=job.state is JobState.DONE,
        percent=round(job.percent),
        steps=_steps(job),
        wait=time_left(job),
        failure=None if job.problem is None else _failure(job.problem),
        delete=None if job.track_id is None else delete_path(job.track_id),
        announce=f"{name}: {doing(job)}",
        call=shown(answer.call, request.base),
    )


async def _name(request: PageRequest, job: Job) -> str:
    """What the job is about."""
    try:
        if job.track_id is None:
            return (await request.client.playlist(job.playlist_id or "")).value.name
        return (await request.client.library.track(job.track_id)).value.title
    except ApiProblem:
        return "A playlist" if job.track_id is None else "Your file"


def _home(job: Job) -> tuple[str, str]:
    if job.track_id is None:
        return _playlist_path(job), "Back to the playlist"
    return "/library", "Library"


def _result(job: Job) -> str:
    """The page that shows what the job has made."""
    if job.track_id is not None:
        return f"/tracks/{job.track_id}"
    query = (job.result or "").partition("?")[2]
    return f"{_playlist_path(job)}/profile" + (f"?{query}" if query else "")


def _playlist_path(job: Job) -> str:
    return f"/playlists/{quote(job.playlist_id or '', safe=':')}"


def job_path(job: Job) -> str:
    """Where a job can be followed."""
    return f"/jobs/{quote(job.id, safe='')}"


def job_to_follow(job: Job | None) -> str | None:
    """Where a job can be followed that is not done."""
    return job_path(job) if job and job.state is not JobState.DONE else None


def doing(job: Job) -> str:
    """What a job is about, in a few words that change with its steps only."""
    if job.state is JobState.RUNNING and job.stage:
        return labels.STEPS[job.stage][0].lower()
    return labels.JOB_STATES[job.kind][job.state]


def job_state(job: Job | None) -> str | None:
    """What a job that is not done is doing, and how far it is."""
    if job is None or job.state is JobState.DONE:
        return None
    ending = f", {job.percent:.0f} %" if job.state is JobState.RUNNING else ""
    return labels.JOB_STATES[job.kind][job.state] + ending


def _steps(job: Job) -> tuple[Step, ...]:
    return tuple(Step(*labels.STEPS[stage], _step(job, stage)) for stage in STAGES[job.kind])


def _step(job: Job, stage: Stage) -> str:
    if job.state is JobState.DONE:
        return "done"
    if job.stage is None:
        return "later"
    order = STAGES[job.kind]
    here, now = order.index(stage), order.index(job.stage)
    if here < now:
        return "done"
    if here > now:
        return "later"
    return "now" if job.state is JobState.RUNNING else "stopped"


@dataclass(frozen=True, slots=True)
class ReadingNow:
    """How far the job is that reads a long list. `fragment`: what asks for the panel again.

    `done`: how many of how many entries are described, where any are.
    """

    percent: int
    done: str
    left: str
    job: str
    fragment: str


def reading_now(
    working: JobPending, fragment: str, done: tuple[int, int] | None = None
) -> ReadingNow:
    """The same from the job."""
    known, total = map(formatting.count, done or (0, 0))
    return ReadingNow(
        percent=round(working.job.percent),
        done=f"{known} of {total} done" if done else "",
        left=time_left(working.job),
        job=job_path(working.job),
        fragment=fragment,
    )


def time_left(job: Job) -> str:
    """Where it is in the queue, or how long it takes: only what is known."""
    left = job.seconds_left
    about = "" if left is None else f"about {formatting.span(max(1, left))} left"
    if job.state is JobState.QUEUED:
        return ", ".join(part for part in (_place(job.queue_place), about) if part)
    return about if job.state is JobState.RUNNING else ""


def _place(place: int | None) -> str:
    if place is None:
        return "waiting for its turn"
    if place == 1:
        return "next in the queue"
    return f"{formatting.counted(place - 1, 'file')} before it in the queue"


def _failure(problem: JobProblem) -> Failure:
    text = SLUGS.get(problem.type.removeprefix(PROBLEMS))
    return Failure(
        title=problem.title,
        detail=problem.detail,
        remedy=text.remedy if text else None,
        href=problem.type if text else None,
    )
