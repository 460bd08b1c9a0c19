"""Refuse what another web site makes a browser do: whoever opens a page asked for none of it.

Browsers say where a request comes from (`Sec-Fetch-Site`, `Origin`), and pages cannot change what
they say. Programs other than browsers send neither, and are let through. A name that is not ours is
refused in any case: under it a browser takes another site's page for one of our own.
"""

from __future__ import annotations

from fastapi import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from api.caller import asked_by, caller, of_another_site
from api.http.responses import problem_response
from api.http.stored_answer import is_private
from api.problems.errors import Refused
from api.system.hosts import IN_PROCESS, OwnHosts

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_CROSS_SITE = "A page of another site asked for this."
_WRONG_HOST = "This server is not reached under the host name that was asked."
_NAME_IT = (
    "If the name leads here rightly, add it to the setting EARPRINT_HOSTS and start Earprint again."
)


class OwnPagesOnly:
    """Middleware: other sites may neither change anything nor learn what is private."""

    def __init__(self, app: ASGIApp, hosts: OwnHosts) -> None:
        self._app = app
        self._hosts = hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand the request on, or answer 403 or 421."""
        if scope["type"] != "http" or IN_PROCESS in scope:
            await self._app(scope, receive, send)
            return
        request = Request(scope)
        another_site = not followed_a_link(request) and self._is_foreign(request)
        refusal = self._refusal(request, another_site=another_site)
        with asked_by(of_another_site(caller()) if another_site else caller()):
            if refusal is None:
                await self._app(scope, receive, send)
            else:
                await problem_response(request, refusal)(scope, receive, send)

    def _refusal(self, request: Request, *, another_site: bool) -> Refused | None:
        if not self._hosts.are_asked(request.scope):
            return Refused("wrong-host", _WRONG_HOST, hint=_NAME_IT)
        if another_site and (request.method not in SAFE or is_private(request.scope)):
            return Refused("cross-site", _CROSS_SITE)
        return None

    def _is_foreign(self, request: Request) -> bool:
        """Whether a browser says that another site's page sent this.

        `same-origin` is believed before `Origin`, which a strict referrer policy turns into `null`.
        """
        site = request.headers.get("sec-fetch-site")
        if site in {"same-origin", "none"}:
            return False
        origin = request.headers.get("origin")
        if origin is None:
            return site is not None
        return not self._hosts.are_the_origin(origin, request.scope)


def followed_a_link(request: Request) -> bool:
    """Whether somebody went to it, so that it is shown to them alone."""
    mode, shown_in = map(request.headers.get, ("sec-fetch-mode", "sec-fetch-dest"))
    return request.method in SAFE and mode == "navigate" and shown_in in {None, "document"}
