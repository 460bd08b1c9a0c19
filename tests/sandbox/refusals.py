"""Faults that are an answer: 401, 403, 404, 429, 5xx, a redirect, and the token endpoint's own.

Recorded: the 401s, `Resource not found`, `analysis not found`, `API rate limit exceeded` and
invalid_grant. Documented: QUOTA_EXCEEDED. The 403s are known from bug reports, the 5xx bodies are
invented.
"""

import time
from collections.abc import Callable
from email.utils import formatdate
from urllib.parse import parse_qsl

from tests.sandbox import accounts, service
from tests.sandbox.answers import (
    NO_STORE,
    PRIVATE,
    Answer,
    error,
    of,
    token_error,
    unauthorised,
)
from tests.sandbox.injection import Call

METADATA = "http://169.254.169.254/latest/meta-data/"
DATE_S = 120
Act = Callable[[Call], Answer]


def expired(_call: Call) -> Answer:
    """Answer 401 as for an expired token."""
    return unauthorised("The access token expired")


def storm(call: Call) -> Answer:
    """Let every token expire at the first call: all concurrent callers meet a 401."""
    if call.hit == 1:
        call.state.tokens.expire()
    return call.proceed()


def refused(status: int, message: str | None = None, **more: str) -> Act:
    """Make a fault that answers the Web API's error body."""
    return lambda _call: error(status, message, **more)


def limited(retry_after: str | None) -> Act:
    """Make a 429 with this Retry-After, absent when None."""

    def act(_call: Call) -> Answer:
        plain = error(429, service.RATE_LIMITED)
        return plain if retry_after is None else plain.but(retry_after=retry_after)

    return act


def limited_until(call: Call) -> Answer:
    """Answer 429 with an HTTP date two minutes ahead; option seconds."""
    moment = formatdate(time.time() + call.option("seconds", DATE_S), usegmt=True)
    return error(429, service.RATE_LIMITED).but(retry_after=moment)


def limited_empty(_call: Call) -> Answer:
    """Answer 429 with no body at all."""
    return Answer(429, headers={"cache-control": PRIVATE, "retry-after": "5"})


def quota(_call: Call) -> Answer:
    """Answer the dev-mode quota's 429 of one bucket."""
    return error(429, "Too many requests", reason="QUOTA_EXCEEDED").but(retry_after="3600")


def html(status: int) -> Act:
    """Make an error with a proxy's web page as its body."""
    page = f"<html><head><title>{status}</title></head><body>nope</body></html>".encode()
    return lambda _call: Answer(status, page, {"content-type": "text/html"})


def flapping(call: Call) -> Answer:
    """Answer 503 on every odd call, the truth on every even one."""
    return error(503, "Service temporarily unavailable") if call.hit % 2 else call.proceed()


def gateway_timeout(_call: Call) -> Answer:
    """Answer 504 in the plain text of a proxy."""
    return Answer(504, b"upstream request timeout", {"content-type": "text/plain"})


def redirect(call: Call) -> Answer:
    """Answer 302 to a cloud's metadata address; option location."""
    return Answer(302, headers={"location": call.option("location", METADATA)})


def invalid_grant(_call: Call) -> Answer:
    """Answer that the refresh token is dead."""
    return token_error("invalid_grant", "Refresh token revoked")


def refreshing(*, rotate: bool) -> Act:
    """Make a fault that accepts any refresh token, and hands out a new one or none."""

    def act(call: Call) -> Answer:
        form = dict(parse_qsl(call.request.body.decode("utf-8", "replace")))
        if form.get("grant_type") != "refresh_token":
            return call.proceed()
        more = {"refresh_token": f"AQ-rotated-{call.hit}"} if rotate else {}
        return of({**accounts.granted(call.state), **more}, cache=NO_STORE)

    return act
