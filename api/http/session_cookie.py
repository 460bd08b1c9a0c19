"""The cookies of whoever signs in, and the caller that a request's cookie makes of it.

`__Host-` binds them to this very host over https; browsers take them on a loopback address, too.
"""

from __future__ import annotations

from collections.abc import Callable

from starlette.types import Scope

from api.caller import ANYBODY, Caller, Person

SESSION = "__Host-session"
SIGN_IN = "__Host-sign-in"
CSRF_HEADER = "x-csrf-token"
CSRF_FIELD = "csrf_token"
_KEPT = "Path=/; Secure; HttpOnly; SameSite=Lax"


def kept(name: str, value: str, *, for_s: float) -> str:
    """`Set-Cookie` that keeps a value for so long; with 0 it is forgotten."""
    return f"{name}={value}; Max-Age={int(for_s)}; {_KEPT}"


def in_cookies(scope: Scope, name: str) -> str:
    """What a cookie of this name holds; empty where there is none, or two."""
    header = b"; ".join(value for key, value in scope["headers"] if key == b"cookie")
    if name.encode() not in header:
        return ""
    cookies = [part.strip().partition("=") for part in header.decode("latin-1").split(";")]
    values = [value for key, _, value in cookies if key == name]
    return values[0] if len(values) == 1 else ""


class SignedInCaller:
    """Who a request comes from: whoever is signed in in its browser, or anybody."""

    def __init__(self, person: Callable[[str], Person | None]) -> None:
        self._person = person

    def __call__(self, scope: Scope) -> Caller:
        """Looked up in memory: this is asked before the cache is."""
        secret = in_cookies(scope, SESSION)
        return (self._person(secret) if secret else None) or ANYBODY
