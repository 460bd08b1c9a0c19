"""Why there is no such job, and why one ended without a result."""

from __future__ import annotations

import json

from api.problems.errors import Refused
from api.problems.types import SLUGS
from api.schemas.library import JobProblem


class JobGone(Refused):
    """There is no such job: it never was, or went with its file."""

    def __init__(self) -> None:
        super().__init__("job-not-found", "There is no job with this id.")


def job_problem(told: str) -> JobProblem:
    """`{"code", "title", "detail"}` in the words of /problems."""
    problem = json.loads(told)
    slug = problem["code"]
    title, status = SLUGS[slug].title, SLUGS[slug].status
    return JobProblem(
        type=f"/problems/{slug}", title=title, status=status, detail=problem["detail"]
    )
