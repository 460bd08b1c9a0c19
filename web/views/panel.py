"""Panels: the same block at two addresses, a page of its own and a fragment for htmx.

A GET never looks at an htmx header; the address decides. A panel that cannot be filled still
answers with a panel: the page mirrors the API's status, the fragment answers 200 unless asking
again can help. One whose content is still being analysed says how far that is, and asks again.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from urllib.parse import quote

from fastapi import APIRouter, Response

from web.client import AnalysisPending, ApiProblem
from web.pages import Data, TroublePanel, WorkingPanel
from web.request import Ask, AskDep
from web.responses import OK, fragment, page
from web.text.provenance import trouble
from web.views.files import job_path
from web.views.jobs import doing

SERVER_ERROR = 500
WORKING = 202


@dataclass(frozen=True, slots=True)
class Panel:
    """A panel: `path` below `parent`/{ident}, its title, and what fills it."""

    name: str
    title: str
    parent: str
    path: str
    build: Callable[[Ask, str], Awaitable[Data]]


def add_panel(router: APIRouter, panel: Panel) -> None:
    """Serve `panel` at /parent/{ident}/path and at /fragments/parent/{ident}/path."""

    async def as_page(ident: str, ask: AskDep) -> Response:
        return await _page(ask, panel, ident)

    async def as_fragment(ident: str, ask: AskDep) -> Response:
        return await _fragment(ask, panel, ident)

    path = f"/{panel.parent}/{{ident}}/{panel.path}"
    router.add_api_route(path, as_page)
    router.add_api_route(f"/fragments{path}", as_fragment)


async def _page(ask: Ask, panel: Panel, ident: str) -> Response:
    try:
        data = await panel.build(ask, ident)
    except AnalysisPending as working:
        waiting = _working(ask, panel, ident=ident, working=working)
        return page(ask.request, ask.site, waiting, status=WORKING)
    except ApiProblem as problem:
        refused = _refused(ask, panel, ident=ident, problem=problem)
        status = problem.problem.status
        return page(ask.request, ask.site, refused, status=status, headers=problem.headers)
    return page(ask.request, ask.site, data)


async def _fragment(ask: Ask, panel: Panel, ident: str) -> Response:
    try:
        data = await panel.build(ask, ident)
    except AnalysisPending as working:
        data = _working(ask, panel, ident=ident, working=working)
    except ApiProblem as problem:
        refused = _refused(ask, panel, ident=ident, problem=problem)
        status = problem.problem.status if problem.problem.status >= SERVER_ERROR else OK
        return fragment(ask.request, ask.site, refused, status=status, headers=problem.headers)
    return fragment(ask.request, ask.site, data)


def _working(ask: Ask, panel: Panel, *, ident: str, working: AnalysisPending) -> WorkingPanel:
    back = f"/{panel.parent}/{quote(ident, safe=':')}"
    return WorkingPanel(
        shell=ask.shell(),
        panel=panel.name,
        title=panel.title,
        href=f"{back}/{panel.path}",
        back=back,
        job=job_path(working.job),
        percent=round(working.job.percent),
        doing=doing(working.job),
    )


def _refused(ask: Ask, panel: Panel, *, ident: str, problem: ApiProblem) -> TroublePanel:
    back = f"/{panel.parent}/{quote(ident, safe=':')}"
    return TroublePanel(
        shell=ask.shell(),
        panel=panel.name,
        title=panel.title,
        href=f"{back}/{panel.path}",
        back=back,
        trouble=trouble(problem, ask.base),
    )
