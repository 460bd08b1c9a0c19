"""Forms that are passed on to the API as they arrive, and the two ways of answering them.

A script that sends one says `HX-Request: true` and gets a fragment; a browser gets a redirect, or
the whole page. Nothing of a form is parsed or held here: its parts have the names the API uses.
"""

from __future__ import annotations

from fastapi import Response
from fastapi.responses import RedirectResponse

from web.client import ApiProblem
from web.render import Data
from web.request import PageRequest
from web.responses import fragment, page

SEE_OTHER = 303
UNSAFE = {"Cache-Control": "no-store", "Vary": "HX-Request"}


def by_script(request: PageRequest) -> bool:
    """Whether a script of ours asks, which wants a fragment."""
    return request.http.headers.get("hx-request") == "true"


def see(request: PageRequest, href: str) -> Response:
    """Lead on to `href`, a path of this site."""
    if by_script(request):
        return Response(headers={"HX-Redirect": href, **UNSAFE})
    return RedirectResponse(href, SEE_OTHER, headers=UNSAFE)


def refused(request: PageRequest, data: Data, problem: ApiProblem) -> Response:
    """The form again, or its notice alone, with the API's status."""
    send = fragment if by_script(request) else page
    headers = {**UNSAFE, **problem.headers}
    return send(request, data, status=problem.problem.status, headers=headers)


def answered(request: PageRequest, data: Data) -> Response:
    """What became of the form, as a page."""
    return page(request, data, headers=UNSAFE)
