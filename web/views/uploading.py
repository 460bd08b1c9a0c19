"""Sending an own file: the form, and the way of its bytes to the API."""

from __future__ import annotations

from fastapi import APIRouter, Response

from web.client import ApiProblem
from web.forms import refused, see
from web.pages import UploadPage
from web.request import Ask, AskDep
from web.responses import page
from web.text.provenance import Trouble, trouble
from web.views.files import job_to_follow

router = APIRouter()


@router.get("/upload")
async def get_upload(ask: AskDep) -> Response:
    """A form, and what happens with the file."""
    return page(ask.request, ask.site, _page(ask))


@router.post("/upload")
async def post_upload(ask: AskDep) -> Response:
    """Pass the form on piece by piece, and lead to the job; of a known file to what was heard."""
    request = ask.request
    try:
        answer = await ask.client.library.upload(request.stream(), request.headers)
    except ApiProblem as problem:
        return refused(ask, _page(ask, trouble(problem, ask.base)), problem)
    track = answer.value
    return see(ask, job_to_follow(track.job) or f"/tracks/{track.id}")


def _page(ask: Ask, told: Trouble | None = None) -> UploadPage:
    return UploadPage(shell=ask.shell(), trouble=told)
