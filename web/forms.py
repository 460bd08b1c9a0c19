"""Forms: those with files are passed on to the API as they arrive, small ones are read here.

A script that sends one says `HX-Request: true` and gets a fragment; a browser gets a redirect, or
the whole page.
"""

from __future__ import annotations

from http import HTTPStatus
from urllib.parse import parse_qs

from fastapi import HTTPException, Response
from fastapi.responses import RedirectResponse

from web.client import ApiProblem
from web.render import Data
from web.request import PageRequest
from web.responses import fragment, page

SEE_OTHER = 303
YEAR_S = 365 * 86_400
MOST_BYTES, MOST_FIELDS = 100_000, 1_000
UNSAFE = {"Cache-Control": "no-store", "Vary": "HX-Request"}


def by_script(request: PageRequest) -> bool:
    """Whether a script of ours asks, which wants a fragment."""
    return request.http.headers.get("hx-request") == "true"


def see(request: PageRequest, href: str) -> Response:
    """Lead on to `href`, a path of this site."""
    if by_script(request):
        return Response(headers={"HX-Redirect": href, **UNSAFE})
    return RedirectResponse(href, SEE_OTHER, headers=UNSAFE)


def is_here(path: str) -> bool:
    """Whether it is a path of this site: no other host, nothing that a header cannot hold."""
    return (
        path.startswith("/")
        and not path.startswith(("//", "/\\"))
        and path.isascii()
        and path.isprintable()
    )


def remembered(answer: Response, choice: str, value: str) -> Response:
    """The answer, and from now on this choice of the reader's, for a year."""
    answer.set_cookie(choice, value, max_age=YEAR_S, httponly=True, samesite="lax")
    return answer


def refused(request: PageRequest, data: Data, problem: ApiProblem) -> Response:
    """The form again, or its notice alone, with the API's status."""
    send = fragment if by_script(request) else page
    headers = {**UNSAFE, **problem.headers}
    return send(request, data, status=problem.problem.status, headers=headers)


def answered(request: PageRequest, data: Data) -> Response:
    """What became of the form, as a page."""
    return page(request, data, headers=UNSAFE)


async def fields(request: PageRequest, most_bytes: int = MOST_BYTES) -> dict[str, list[str]]:
    """What a small form says, stripped. Raises HTTPException."""
    body = bytearray()
    async for chunk in request.http.stream():
        body += chunk
        if len(body) > most_bytes:
            raise HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    try:
        said = parse_qs(body.decode("utf-8", "replace"), max_num_fields=MOST_FIELDS)
    except ValueError as error:
        raise HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE) from error
    return {name: [value.strip() for value in values] for name, values in said.items()}
