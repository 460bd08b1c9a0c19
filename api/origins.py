"""Refuse what another web site makes a browser do: whoever opens a page asked for none of it.

Browsers say where a request comes from (`Sec-Fetch-Site`, `Origin`), and pages cannot change what
they say. Programs other than browsers send neither, and are let through.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from fastapi import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from api.answers import PRIVATE
from api.errors import Refused
from api.respond import problem_response

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_DEFAULT_PORTS = {"http": 80, "https": 443}


class OwnPagesOnly:
    """Middleware: other sites may neither change anything nor read what is private."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand the request on, or answer 403."""
        if scope["type"] == "http" and _is_refused(request := Request(scope)):
            refusal = Refused("cross-site", "A page of another site asked for this.")
            await problem_response(request, refusal)(scope, receive, send)
        else:
            await self._app(scope, receive, send)


def _is_refused(request: Request) -> bool:
    if request.method not in SAFE:
        return is_foreign(request)
    private = request.scope["path"].startswith(PRIVATE)
    followed_a_link = request.headers.get("sec-fetch-mode") == "navigate"
    return private and not followed_a_link and is_foreign(request)


def is_foreign(request: Request) -> bool:
    """Whether a browser says that another site's page sent this.

    `same-origin` is believed before `Origin`, which a strict referrer policy turns into `null`.
    """
    site = request.headers.get("sec-fetch-site")
    if site in {"same-origin", "none"}:
        return False
    origin = request.headers.get("origin")
    if origin is None:
        return site is not None
    return not _is_own(origin, request.headers.get("host", ""))


def _is_own(origin: str, host: str) -> bool:
    """Compared without the scheme: a proxy may have taken TLS away."""
    try:
        sent, own = urlsplit(origin), urlsplit(f"{origin.partition(':')[0]}://{host}")
        ports = sent.port, own.port
    except ValueError:
        return False
    usual = _DEFAULT_PORTS.get(sent.scheme)
    return (sent.hostname, ports[0] or usual) == (own.hostname, ports[1] or usual)
