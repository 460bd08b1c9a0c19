"""Control paths under /__sandbox/: look at the sandbox, and switch it, while it runs."""

import asyncio
import json
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any, get_args

from tests.sandbox.answers import Answer, Request, of
from tests.sandbox.faults import FAULTS, by_name
from tests.sandbox.rules import AppClass, Genres

if TYPE_CHECKING:
    from tests.sandbox.box import Sandbox

PREFIX = "/__sandbox/"
ANSWER_FIRST_S, SHUT_S = 0.05, 10
CHOICES = {"app_class": get_args(AppClass), "genres": get_args(Genres)}


def answer(sandbox: "Sandbox", request: Request) -> Answer:
    """Answer GET state or faults, and POST any of the actions below."""
    name = request.path.removeprefix(PREFIX)
    if request.method in {"GET", "HEAD"}:
        return _shown(sandbox, name)
    try:
        return of(_ACTIONS[name](sandbox, _sent(request)))
    except (LookupError, ValueError, TypeError) as problem:
        return of({"problem": str(problem)}, status=400)


def _shown(sandbox: "Sandbox", name: str) -> Answer:
    if name in {"", "state"}:
        return of(sandbox.described())
    if name == "faults":
        return of([_row(fault) for fault in FAULTS])
    return of({"problem": f"nothing at {name}"}, status=404)


def _row(fault: Any) -> dict[str, Any]:
    told = ("id", "name", "sentence", "server_side", "made_by")
    return {name: getattr(fault, name) for name in told}


def _sent(request: Request) -> dict[str, Any]:
    sent = json.loads(request.body or b"{}")
    if not isinstance(sent, dict):
        raise TypeError("send a JSON object")
    return sent


def _switch(sandbox: "Sandbox", sent: dict[str, Any]) -> Any:
    """Set any of the switches; refuses the whole object when one is wrong."""
    known = type(sandbox.switches).__slots__
    for name, value in sent.items():
        if name not in known:
            raise LookupError(f"no switch is called {name}")
        if name in CHOICES and value not in CHOICES[name]:
            raise ValueError(f"{name} is one of {', '.join(CHOICES[name])}")
    for name, value in sent.items():
        setattr(sandbox.switches, name, value)
    sandbox.state.limiter.forget()
    return sandbox.described()


def _inject(sandbox: "Sandbox", sent: dict[str, Any]) -> Any:
    """Inject {"fault": …, "path": …, "times": …, "options": {…}}."""
    options = sent.get("options", {})
    inject = partial(
        sandbox.fault, sent["fault"], path=sent.get("path"), times=sent.get("times"), **options
    )
    if by_name(sent["fault"]).shuts:  # nobody could switch it off again over HTTP
        inject = partial(inject, **({"seconds": SHUT_S} | options))
        asyncio.get_running_loop().call_later(ANSWER_FIRST_S, inject)
    else:
        inject()
    return sandbox.described()


def _trouble(sandbox: "Sandbox", sent: dict[str, Any]) -> Any:
    """Trouble an open source: {"service": …, "how": …, "times": …, "options": {…}}."""
    options = sent.get("options", {})
    sandbox.trouble(sent["service"], sent["how"], times=sent.get("times"), **options)
    return sandbox.described()


def _clear(sandbox: "Sandbox", _sent: dict[str, Any]) -> Any:
    sandbox.clear_faults()
    return sandbox.described()


def _reset(sandbox: "Sandbox", _sent: dict[str, Any]) -> Any:
    sandbox.state.counters.reset()
    return sandbox.described()


def _expire(sandbox: "Sandbox", _sent: dict[str, Any]) -> Any:
    sandbox.expire_tokens()
    return {}


def _user_token(sandbox: "Sandbox", _sent: dict[str, Any]) -> Any:
    return {"access_token": sandbox.issue_token(user=True)}


_ACTIONS: dict[str, Callable[["Sandbox", dict[str, Any]], Any]] = {
    "state": _switch,
    "faults": _inject,
    "troubles": _trouble,
    "clear": _clear,
    "reset": _reset,
    "expire-tokens": _expire,
    "user-token": _user_token,
}
