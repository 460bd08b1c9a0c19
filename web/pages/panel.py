"""Panels: the same block at two addresses, a page of its own and a fragment for htmx.

Where it is quick, it also stands in the page it belongs to (`quickly`, `inlined`), and nothing
has to load.

A GET never looks at an htmx header; the address decides. A panel that cannot be filled still
answers with a panel: the page mirrors the API's status, the fragment answers 200 unless asking
again can help. One whose content a job still has to bring says how far that is, and asks again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import ClassVar
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Response

from web.client import ApiProblem, JobPending
from web.pages.jobs import doing, job_path, time_left
from web.render import Data, render
from web.request import PageRequest, PageRequestDep
from web.responses import OK, fragment, page
from web.text.labels import JOB_WORDS, PANELS, JobWords
from web.text.provenance import ProblemNotice, trouble

BLOCK = "panel"
PICKED = "picked"  # sent by a form of a panel, not where the panel only loads
PATIENCE_S = 0.4  # that a page waits for a panel of its own; what takes longer comes by itself
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


@dataclass(frozen=True, kw_only=True)
class WaitingPanel(Data):
    """The place of a panel that is still on its way. `href`: its own page; `shown`: what it has."""

    template: ClassVar[str] = "panel_waiting.html"

    panel: str
    href: str
    shown: str


def nothing_else(_request: PageRequest, _ident: str, _problem: ApiProblem) -> Data | None:
    """A refusal is shown as any other."""
    return None


def nowhere(_request: PageRequest, _ident: str) -> str:
    """The address of the page says nothing of this panel."""
    return ""


@dataclass(frozen=True, slots=True)
class Panel:
    """A panel: `path` below `parent`/{ident}, and what fills it.

    `options`: the parameters of its address that say in which form. `instead`: what it shows where
    the API refuses, if that is more than why. `shown_at`: the address of its page in the view that
    somebody has picked here (PICKED), for the Back button and to be kept.
    """

    name: str
    parent: str
    path: str
    build: Callable[[PageRequest, str], Awaitable[Data]]
    options: tuple[str, ...] = ()
    instead: Callable[[PageRequest, str, ApiProblem], Data | None] = nothing_else
    shown_at: Callable[[PageRequest, str], str] = nowhere


def add_panel(router: APIRouter, panel: Panel) -> None:
    """Serve `panel` at /parent/{ident}/path and at /fragments/parent/{ident}/path."""

    async def as_page(ident: str, request: PageRequestDep) -> Response:
        return await _page(request, panel, ident)

    async def as_fragment(ident: str, request: PageRequestDep) -> Response:
        return await _fragment(request, panel, ident)

    path = f"/{panel.parent}/{{ident}}/{panel.path}"
    router.add_api_route(path, as_page)
    router.add_api_route(f"/fragments{path}", as_fragment)


async def quickly(request: PageRequest, panel: Panel, ident: str, *, shown: str) -> Data:
    """The panel for its page: filled if that is quick, else a place that it will come to.

    `shown`: what the link to its own page says until then.
    """
    task = asyncio.create_task(_told(request, panel, ident))
    done, _ = await asyncio.wait([task], timeout=PATIENCE_S)
    if done:
        return task.result()
    task.cancel()  # the wait only: what a source says is kept for whoever asks next
    return WaitingPanel(
        shell=request.shell(),
        panel=panel.name,
        href=_address(request, panel, ident),
        shown=shown,
    )


@dataclass(frozen=True, slots=True)
class Inlined:
    """A panel as it stands in the page that it belongs to: escaped when it was rendered."""

    html: str

    def __html__(self) -> str:
        """What a template takes as it is."""
        return self.html


def inlined(data: Data) -> Inlined:
    """A panel for the page that it belongs to."""
    return Inlined(render(data.template, data, BLOCK))


async def _told(request: PageRequest, panel: Panel, ident: str) -> Data:
    """What fills it, or why nothing does."""
    try:
        return await panel.build(request, ident)
    except JobPending as working:
        return _working(request, panel, ident=ident, working=working)
    except ApiProblem as problem:
        return _refused(request, panel, ident=ident, problem=problem)


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
    address = panel.shown_at(request, ident) if request.text(PICKED) else ""
    return fragment(request, data, headers={"HX-Push-Url": address} if address else {})


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
        href=_address(request, panel, ident),
        back=back,
        job=job_path(working.job),
        percent=round(working.job.percent),
        doing=doing(working.job),
        left=time_left(working.job),
        words=JOB_WORDS[working.job.kind],
    )


def _address(request: PageRequest, panel: Panel, ident: str) -> str:
    """Its own page, with the options of the panel that were asked for."""
    given = {name: value for name in panel.options if (value := request.text(name))}
    path = f"/{panel.parent}/{quote(ident, safe=':')}/{panel.path}"
    return f"{path}?{urlencode(given)}" if given else path


def _refused(request: PageRequest, panel: Panel, *, ident: str, problem: ApiProblem) -> Data:
    if (instead := panel.instead(request, ident, problem)) is not None:
        return instead
    back = f"/{panel.parent}/{quote(ident, safe=':')}"
    return TroublePanel(
        shell=request.shell(),
        panel=panel.name,
        title=PANELS[panel.name],
        href=_address(request, panel, ident),
        back=back,
        trouble=trouble(problem, request.base),
    )
