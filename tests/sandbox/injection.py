"""Which faults stand, on which paths, for how many calls; and the call as a fault sees it."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from typing import Any

from tests.sandbox.answers import Answer, Request
from tests.sandbox.state import State

API_PATHS = "/v1/*"


@dataclass(slots=True)
class Call:
    """One call on its way through the faults: each may ask what the inner ones would answer."""

    request: Request
    template: str
    state: State
    inner: Callable[[Request], Answer]
    options: dict[str, Any] = field(default_factory=dict)
    hit: int = 0  # counts the calls this fault has met, from 1

    def proceed(self) -> Answer:
        """Answer what would have been answered without this fault."""
        return self.inner(self.request)

    def full(self) -> Answer:
        """Answer the same, but never 304: for faults that need a body to spoil."""
        headers = {k: v for k, v in self.request.headers.items() if k != "if-none-match"}
        return self.inner(replace(self.request, headers=headers))

    def option(self, name: str, usual: Any) -> Any:
        """Read an option given at injection."""
        return self.options.get(name, usual)

    def matches(self, pattern: str) -> bool:
        """Tell whether a pattern such as /v1/artists/* fits the path or its template."""
        return self.template == pattern or fnmatchcase(self.request.path, pattern)


@dataclass(frozen=True, slots=True)
class Fault:
    """One row of the catalogue. `act` is None when no single answer makes the fault."""

    id: str
    name: str
    sentence: str
    act: Callable[[Call], Answer] | None = None
    path: str = API_PATHS  # where it applies unless told otherwise
    times: int | None = None  # for how many calls unless told otherwise
    shuts: bool = False  # closes the listener instead of answering
    made_by: str = "the sandbox"

    @property
    def server_side(self) -> bool:
        """Whether the sandbox can produce it; if not, `made_by` says who does."""
        return self.act is not None or self.shuts


@dataclass(slots=True)
class Injected:
    """A fault that stands."""

    fault: Fault
    path: str
    left: int | None
    options: dict[str, Any]
    hits: int = 0

    def wraps(self, call: Call) -> bool:
        """Tell whether it meets this call."""
        return self.fault.act is not None and self.left != 0 and call.matches(self.path)

    def around(self, call: Call) -> Call:
        """Answer a call that runs through this fault, and count it."""
        self.hits += 1
        if self.left is not None:
            self.left -= 1
        act, hit = self.fault.act, self.hits
        assert act is not None

        def inner(request: Request) -> Answer:
            inside = Call(request, call.template, call.state, call.inner, self.options, hit)
            return act(inside)

        return Call(call.request, call.template, call.state, inner)


class Injections:
    """The standing faults, first injected innermost."""

    def __init__(self) -> None:
        self._standing: list[Injected] = []

    def add(
        self, fault: Fault, *, path: str | None, times: int | None, options: dict[str, Any]
    ) -> None:
        """Let a fault stand, on its own path and for its own number of calls unless told."""
        left = fault.times if times is None else times
        self._standing.append(Injected(fault, path or fault.path, left, options))

    def clear(self) -> bool:
        """Let none stand; answer whether one of them had closed the listener."""
        shut = any(injected.fault.shuts for injected in self._standing)
        self._standing.clear()
        return shut

    def answer(self, call: Call) -> Answer:
        """Answer through every fault that meets this call."""
        for injected in list(self._standing):
            if injected.wraps(call):
                call = injected.around(call)
        return call.proceed()

    def described(self) -> list[dict[str, Any]]:
        """Describe the standing faults."""
        return [
            {"id": row.fault.id, "path": row.path, "left": row.left, "hits": row.hits}
            for row in self._standing
        ]
