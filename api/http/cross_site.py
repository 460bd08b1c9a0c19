"""Refuse what another web site makes a browser do: whoever opens a page asked for none of it.

Browsers say where a request comes from (`Sec-Fetch-Site`, `Origin`), and pages cannot change what
they say. Programs other than browsers send neither, and are let through. A name that is not ours is
refused in any case: under it a browser takes another site's page for one of our own.
"""

from __future__ import annotations

import hmac
from collections import deque

from fastapi import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.caller import ANOTHER_SITE, Person, asked_by, caller
from api.http.responses import problem_response
from api.http.session_cookie import CSRF_HEADER
from api.http.stored_answer import is_private
from api.problems.errors import Refused
from api.system.hosts import IN_PROCESS, OwnHosts

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
FORMS = frozenset({"application/x-www-form-urlencoded", "multipart/form-data"})
HEAD_BYTES = 4_096
_NOT_OF_A_PAGE = "This was not sent by a page that Earprint has shown in this sign-in."
_RELOAD = "Open the page anew and try again. Programs send no cookie, or its token as X-CSRF-Token."
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
        who = caller()
        if refusal is None and isinstance(who, Person) and request.method not in SAFE:
            body = _Body(receive)
            if not await _bears(who.csrf_token, request, body):
                refusal = Refused("cross-site", _NOT_OF_A_PAGE, hint=_RELOAD)
            receive = body.again
        with asked_by(ANOTHER_SITE if another_site else who):
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


class _Body:
    """A request's body whose beginning is looked at before anybody reads it."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._looked_at: deque[Message] = deque()

    async def head(self, size: int) -> bytes:
        """At least so many bytes of it, or all."""
        head = b""
        while len(head) < size:
            message = await self._receive()
            self._looked_at.append(message)
            head += message.get("body", b"")
            if not message.get("more_body", False):
                break
        return head

    async def again(self) -> Message:
        """The body from its first byte on."""
        return self._looked_at.popleft() if self._looked_at else await self._receive()


async def _bears(token: str, request: Request, body: _Body) -> bool:
    """Whether it was sent by a page of this very session.

    A form has the token in its first field, but where it stands does not matter: whoever can write
    it anywhere knows it, and no page of another site does.
    """
    if CSRF_HEADER in request.headers:
        return hmac.compare_digest(request.headers[CSRF_HEADER].encode(), token.encode())
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    return kind in FORMS and token.encode() in await body.head(HEAD_BYTES)


def followed_a_link(request: Request) -> bool:
    """Whether somebody went to it, so that it is shown to them alone."""
    mode, shown_in = map(request.headers.get, ("sec-fetch-mode", "sec-fetch-dest"))
    return request.method in SAFE and mode == "navigate" and shown_in in {None, "document"}
