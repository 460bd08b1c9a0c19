"""Jobs: the analysis of a file, or the profile of a long playlist."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Request, Response

from api.http.openapi import responses
from api.http.responses import at_home
from api.routes.dependencies import JobsDep
from api.schemas.library import Job

router = APIRouter(prefix="/v1/jobs", tags=["library"])
JobId = Annotated[
    str,
    Path(
        description="The job’s id, from the answer to an upload, or to a long playlist’s profile.",
        examples=["3CkaJF2BkFeNgnXzm1BUlQ"],
        pattern=r"^[0-9A-Za-z]{22}$",
    ),
]


@router.get(
    "/{job_id}",
    operation_id="get_job",
    response_model=Job,
    responses=responses("job-not-found", "cross-site"),
)
async def get_job(job_id: JobId, jobs: JobsDep, request: Request) -> Response:
    """How far a job is: its place in the queue, its stage, percent and seconds left.

    Ask again once a second until `state` is `done`, `failed` or `cancelled`.
    """
    return at_home(request, "job", await jobs.job(job_id))


@router.delete(
    "/{job_id}",
    operation_id="cancel_job",
    response_model=Job,
    responses=responses("job-not-found", "conflict", "cross-site", "no-room"),
)
async def cancel_job(job_id: JobId, jobs: JobsDep, request: Request) -> Response:
    """Cancel a job that waits or runs.

    The file stays, until it is deleted itself; what was fetched for a profile is kept.
    """
    return at_home(request, "job", await jobs.cancel(job_id))


@router.post(
    "/{job_id}/retry",
    operation_id="retry_job",
    response_model=Job,
    status_code=202,
    responses=responses("job-not-found", "conflict", "queue-full", "cross-site", "no-room"),
)
async def retry_job(job_id: JobId, jobs: JobsDep) -> Response:
    """Analyse the same file, or read the same playlist, once more as a new job: see `Location`."""
    job = await jobs.retry(job_id)
    headers = {"Location": job.href, "Cache-Control": "no-store"}
    body = job.model_dump_json()
    return Response(body, status_code=202, media_type="application/json", headers=headers)
