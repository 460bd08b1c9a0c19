"""What can be switched while the sandbox runs, its tokens, its limiter and its counters."""

import hashlib
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.sandbox.rules import RULES, AppClass, Genres, Rules

CLIENT_ID = "sandbox"
CLIENT_SECRET = "sandbox-secret"
PENALTY_S = 30  # what a call during a 429 adds, in the limiter


@dataclass(slots=True)
class Switches:
    """Everything a test or a person may change at run time."""

    app_class: AppClass = "extended"
    latency_ms: float = 0
    premium_missing: bool = False
    not_registered: bool = False
    genres: Genres = "class"
    etag: bool = True
    token_lifetime_s: float = 3600
    calls_per_window: int | None = None  # None: no rate limit
    window_s: float = 30

    @property
    def rules(self) -> Rules:
        """What the app class may do."""
        return RULES[self.app_class]


@dataclass(slots=True)
class Tokens:
    """Access tokens handed out, and when each dies. Deterministic texts, never guessable ones."""

    clock: Callable[[], float]
    deaths: dict[str, float] = field(default_factory=dict)
    users: set[str] = field(default_factory=set)

    def issue(self, lifetime_s: float, *, user: bool = False) -> str:
        """Hand out a new token; a user token also opens playlist items."""
        digest = hashlib.sha512(f"earprint-sandbox:token:{len(self.deaths)}".encode()).hexdigest()
        token = f"BQ{digest}"
        self.deaths[token] = self.clock() + lifetime_s
        if user:
            self.users.add(token)
        return token

    def expire(self) -> None:
        """Let every token handed out so far be expired."""
        self.deaths = dict.fromkeys(self.deaths, self.clock())

    def is_dead(self, token: str) -> bool:
        """Tell whether a token we handed out has expired."""
        return self.clock() >= self.deaths[token]


@dataclass(slots=True)
class Limiter:
    """A rolling window over the app's calls; calling during a 429 lengthens it."""

    clock: Callable[[], float]
    moments: deque[float] = field(default_factory=deque)
    until: float = 0

    def wait_s(self, switches: Switches) -> float:
        """Count one call; answer 0, or the seconds until calls are allowed again."""
        now = self.clock()
        if switches.calls_per_window is None:
            return 0
        if now < self.until:
            self.until += PENALTY_S
            return self.until - now
        while self.moments and self.moments[0] <= now - switches.window_s:
            self.moments.popleft()
        if len(self.moments) >= switches.calls_per_window:
            self.until = self.moments[0] + switches.window_s
            return self.until - now
        self.moments.append(now)
        return 0

    def forget(self) -> None:
        """Start over with an empty window."""
        self.moments.clear()
        self.until = 0


@dataclass(slots=True)
class Counters:
    """Calls by path template; and those made although a 429 had said to wait."""

    clock: Callable[[], float]
    calls: Counter[str] = field(default_factory=Counter)
    calls_during_429: Counter[str] = field(default_factory=Counter)
    waits: dict[str, float] = field(default_factory=dict)

    def count(self, template: str) -> None:
        """Count one call."""
        self.calls[template] += 1
        if self.clock() < self.waits.get(template, 0):
            self.calls_during_429[template] += 1

    def note_wait(self, template: str, retry_after: str | None) -> None:
        """Remember what a 429 of ours told the caller."""
        if retry_after is not None and retry_after.isdecimal():
            self.waits[template] = self.clock() + int(retry_after)

    def reset(self) -> None:
        """Count from nothing again."""
        self.calls.clear()
        self.calls_during_429.clear()
        self.waits.clear()


@dataclass(slots=True)
class State:
    """All of it, with one clock."""

    clock: Callable[[], float]
    switches: Switches = field(default_factory=Switches)
    credentials: dict[str, str] = field(default_factory=lambda: {CLIENT_ID: CLIENT_SECRET})
    tokens: Tokens = field(init=False)
    limiter: Limiter = field(init=False)
    counters: Counters = field(init=False)

    def __post_init__(self) -> None:
        self.tokens = Tokens(self.clock)
        self.limiter = Limiter(self.clock)
        self.counters = Counters(self.clock)
