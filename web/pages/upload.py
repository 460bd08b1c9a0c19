"""Sending an own file: the form, and the way of its bytes to the API."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import ClassVar

from fastapi import APIRouter, Response

from web.client import ApiProblem
from web.forms import refused, see
from web.pages.jobs import job_to_follow
from web.render import Data
from web.request import PageRequest, PageRequestDep
from web.responses import page
from web.text.provenance import ProblemNotice, trouble

router = APIRouter()
SPOTIFY_ID = re.compile(r"[0-9A-Za-z]{22}")


@dataclass(frozen=True, kw_only=True)
class UploadPage(Data):
    """Where an own file is sent; `trouble` is why the last one could not be taken.

    `linked`: the Spotify id of the track that it is a file of; empty where none was named.
    """

    template: ClassVar[str] = "upload.html"

    trouble: ProblemNotice | None
    linked: str


@router.get("/upload")
async def get_upload(request: PageRequestDep) -> Response:
    """A form, and what happens with the file."""
    return page(request, _page(request))


@router.post("/upload")
async def post_upload(request: PageRequestDep) -> Response:
    """Pass the form on piece by piece, and lead to the job; of a known file to what was heard."""
    try:
        answer = await request.client.library.upload(request.http.stream(), request.http.headers)
    except ApiProblem as problem:
        return refused(request, _page(request, trouble(problem, request.base)), problem)
    track = answer.value
    return see(request, job_to_follow(track.job) or f"/tracks/{track.id}")


def _page(request: PageRequest, told: ProblemNotice | None = None) -> UploadPage:
    named = request.text("spotify_id")
    linked = named if SPOTIFY_ID.fullmatch(named) else ""
    return UploadPage(shell=request.shell(), trouble=told, linked=linked)
