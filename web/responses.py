"""Send HTML with the headers every page carries: policy and revalidation."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping

from fastapi import Request, Response

from api.caller import Person, caller
from api.http.conditional import client_holds
from web.render import Data, render
from web.request import PageRequest
from web.site import Site

OK = 200
_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_TICKING = re.compile(rb"\bttl=-?\d+")  # a countdown is no change worth sending the page again for


def page(
    request: PageRequest, data: Data, *, status: int = OK, headers: Mapping[str, str] = {}
) -> Response:
    """The whole page."""
    return html(request, render(data.template, data), status=status, headers=headers)


def fragment(
    request: PageRequest, data: Data, *, status: int = OK, headers: Mapping[str, str] = {}
) -> Response:
    """The block `panel` of the page, for htmx; never for a search engine."""
    own = {"X-Robots-Tag": "noindex", **headers}
    return html(request, render(data.template, data, "panel"), status=status, headers=own)


def drawing(request: PageRequest, data: Data) -> Response:
    """A picture of its own: an SVG that runs nothing and fetches nothing, wherever it is opened."""
    body = without_controls(render(data.template, data)).encode()
    policy = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; sandbox"
    headers = {
        "Content-Security-Policy": policy,
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "private, no-cache",
        "ETag": etag(body),
    }
    if knows(request.http, headers["ETag"]):
        return Response(status_code=304, headers=headers)
    return Response(body, headers=headers, media_type="image/svg+xml")


def without_controls(text: str) -> str:
    """Without what XML cannot hold, whoever has put it into a name (XML 1.0, 2.2)."""
    return _NO_XML.sub("", text)


def html(request: PageRequest, text: str, *, status: int, headers: Mapping[str, str]) -> Response:
    """`text` with policy and validators; 304 if the client has it already.

    What whoever has signed in is shown is kept nowhere, so that nothing is left when they sign out.
    """
    body = text.encode()
    own = {"Cache-Control": "private, no-store"} if isinstance(caller(), Person) else {}
    sent = {**_standing(request.site), **headers, **own}
    if status == OK and not own:
        sent["ETag"] = etag(body)
        if knows(request.http, sent["ETag"]):
            return Response(status_code=304, headers=sent)
    return Response(body, status, sent, media_type="text/html")


def _standing(site: Site) -> dict[str, str]:
    return {
        "Content-Security-Policy": site.policy,
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cache-Control": "private, no-cache",
    }


def etag(body: bytes) -> str:
    """A weak validator: the same for pages that differ in a countdown only."""
    return f'W/"{hashlib.sha256(_TICKING.sub(b"", body)).hexdigest()[:24]}"'


def knows(request: Request, tag: str) -> bool:
    """Whether the client holds this version (If-None-Match, weak comparison)."""
    return client_holds(request.headers, tag)
