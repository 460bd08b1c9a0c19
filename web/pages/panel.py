"""Panels: the same block at two addresses, a page of its own and a fragment for htmx.

A GET never looks at an htmx header; the address decides. A panel that cannot be filled still
answers with a panel: the page mirrors the API's status, the fragment answers 200 unless asking
again can help. One whose content a job still has to bring says how far that is, and asks again.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import ClassVar
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Response

from web.client import ApiProblem, JobPending
from web.pages.jobs import doing, job_path, time_left
from web.render import Data
from web.request import PageRequest, PageRequestDep
from web.responses import OK, fragment, page
from web.text.labels import JOB_WORDS, PANELS, JobWords
from web.text.provenance import ProblemNotice, trouble

SERVER_ERROR = 500
WORKING = 202


@dataclass(frozen=True, kw_only=True)
class WorkingPanel(Data):
    """A panel whose content a job still has to bring; it asks for itself again."""

    template: ClassVar[str] = "panel_working.html"

    panel: str
    title: str
    href: str
    back: str
    job: str
    percent: int
    doing: str
    left: str
    words: JobWords


@dataclass(frozen=True, kw_only=True)
class TroublePanel(Data):
    """A panel that cannot be filled, and why. `href`: its own page; `back`: what it belongs to."""

    template: ClassVar[str] = "panel_trouble.html"

    panel: str
    title: str
    href: str
    back: str
    trouble: ProblemNotice


@dataclass(frozen=True, slots=True)
class Panel:
    """A panel: `path` below `parent`/{ident}, and what fills it.

    `options`: the parameters of its address that say in which form.
    """

    name: str
    parent: str
    path: str
    build: Callable[[PageRequest, str], Awaitable[Data]]
    options: tuple[str, ...] = ()


def add_panel(router: APIRouter, panel: Panel) -> None:
    """Serve `panel` at /parent/{ident}/path and at /fragments/parent/{ident}/path."""

    async def as_page(ident: str, request: PageRequestDep) -> Response:
        return await _page(request, panel, ident)

    async def as_fragment(ident: str, request: PageRequestDep) -> Response:
        return await _fragment(request, panel, ident)

    path = f"/{panel.parent}/{{ident}}/{panel.path}"
    router.add_api_route(path, as_page)
    router.add_api_route(f"/fragments{path}", as_fragment)


async def _page(request: PageRequest, panel: Panel, ident: str) -> Response:
    try:
        data = await panel.build(request, ident)
    except JobPending as working:
        waiting = _working(request, panel, ident=ident, working=working)
        return page(request, waiting, status=WORKING)
    except ApiProblem as problem:
        refused = _refused(request, panel, ident=ident, problem=problem)
        status = problem.problem.status
        return page(request, refused, status=status, headers=problem.headers)
    return page(request, data)


async def _fragment(request: PageRequest, panel: Panel, ident: str) -> Response:
    try:
        data = await panel.build(request, ident)
    except JobPending as working:
        data = _working(request, panel, ident=ident, working=working)
    except ApiProblem as problem:
        return refused_fragment(request, panel, ident=ident, problem=problem)
    return fragment(request, data)


def refused_fragment(
    request: PageRequest, panel: Panel, *, ident: str, problem: ApiProblem
) -> Response:
    """A panel that says why it is empty; 503 only where asking again can help."""
    refused = _refused(request, panel, ident=ident, problem=problem)
    status = problem.problem.status if problem.problem.status >= SERVER_ERROR else OK
    return fragment(request, refused, status=status, headers=problem.headers)


def _working(
    request: PageRequest, panel: Panel, *, ident: str, working: JobPending
) -> WorkingPanel:
    back = f"/{panel.parent}/{quote(ident, safe=':')}"
    return WorkingPanel(
        shell=request.shell(),
        panel=panel.name,
        title=PANELS[panel.name],
        href=f"{back}/{panel.path}{_query(request, panel)}",
        back=back,
        job=job_path(working.job),
        percent=round(working.job.percent),
        doing=doing(working.job),
        left=time_left(working.job),
        words=JOB_WORDS[working.job.kind],
    )


def _query(request: PageRequest, panel: Panel) -> str:
    """The options of the panel that were asked for."""
    given = {name: value for name in panel.options if (value := request.text(name))}
    return f"?{urlencode(given)}" if given else ""


def _refused(
    request: PageRequest, panel: Panel, *, ident: str, problem: ApiProblem
) -> TroublePanel:
    back = f"/{panel.parent}/{quote(ident, safe=':')}"
    return TroublePanel(
        shell=request.shell(),
        panel=panel.name,
        title=PANELS[panel.name],
        href=f"{back}/{panel.path}{_query(request, panel)}",
        back=back,
        trouble=trouble(problem, request.base),
    )
