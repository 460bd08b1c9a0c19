"""What can be switched while the sandbox runs, its tokens, its limiter and its counters."""

import hashlib
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.sandbox.rules import RULES, AppClass, Genres, Rules

CLIENT_ID = "sandbox"
CLIENT_SECRET = "sandbox-secret"
CODE_LIFE_S = 600
CONSENT_LIFE_S = 182 * 86_400
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
    listener: str = "sandbox-listener"  # who is at the consent page
    consents: bool = True
    rotates: bool = False  # a new refresh token with each access token

    @property
    def rules(self) -> Rules:
        """What the app class may do."""
        return RULES[self.app_class]


@dataclass(slots=True)
class Tokens:
    """Access tokens handed out, and when each dies. Deterministic texts, never guessable ones."""

    clock: Callable[[], float]
    deaths: dict[str, float] = field(default_factory=dict)
    people: dict[str, str] = field(default_factory=dict)
    scopes: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def issue(
        self, lifetime_s: float, *, person: str | None = None, scopes: tuple[str, ...] = ()
    ) -> str:
        """Hand out a new token; a person's also opens what is theirs."""
        digest = hashlib.sha512(f"earprint-sandbox:token:{len(self.deaths)}".encode()).hexdigest()
        token = f"BQ{digest}"
        self.deaths[token] = self.clock() + lifetime_s
        if person is not None:
            self.people[token], self.scopes[token] = person, scopes
        return token

    def expire(self) -> None:
        """Let every token handed out so far be expired."""
        self.deaths = dict.fromkeys(self.deaths, self.clock())

    def is_dead(self, token: str) -> bool:
        """Tell whether a token we handed out has expired."""
        return self.clock() >= self.deaths[token]


@dataclass(frozen=True, slots=True)
class Consent:
    """Who has allowed what, and how that is to be claimed."""

    person: str
    scopes: tuple[str, ...]
    redirect_uri: str
    challenge: str
    at: float


@dataclass(slots=True)
class Consents:
    """Codes, which work once, and refresh tokens, which die six months after the consent."""

    clock: Callable[[], float]
    codes: dict[str, Consent] = field(default_factory=dict)
    refresh_tokens: dict[str, Consent] = field(default_factory=dict)
    made: int = 0

    def code_for(self, consent: Consent) -> str:
        """Hand out a code."""
        code = self._secret("code")
        self.codes[code] = consent
        return code

    def spent(self, code: str) -> Consent | None:
        """Take a code; None for one that there never was, or no longer is."""
        consent = self.codes.pop(code, None)
        return None if consent is None or self.clock() > consent.at + CODE_LIFE_S else consent

    def refresh_token_for(self, consent: Consent) -> str:
        """Hand out a refresh token."""
        token = self._secret("refresh")
        self.refresh_tokens[token] = consent
        return token

    def of(self, token: str) -> Consent | None:
        """What a refresh token stands for; None for one that was replaced, or never was."""
        return self.refresh_tokens.get(token)

    def rotated(self, token: str) -> str:
        """Replace a refresh token by another."""
        return self.refresh_token_for(self.refresh_tokens.pop(token))

    def revoke(self, person: str) -> None:
        """Let whatever this person has allowed be allowed no more."""
        self.refresh_tokens = {
            token: consent
            for token, consent in self.refresh_tokens.items()
            if consent.person != person
        }

    def is_dead(self, consent: Consent) -> bool:
        """Tell whether six months have passed since the consent."""
        return self.clock() > consent.at + CONSENT_LIFE_S

    def _secret(self, kind: str) -> str:
        self.made += 1
        seed = f"earprint-sandbox:{kind}:{self.made}".encode()
        return f"AQ{hashlib.sha512(seed).hexdigest()}"


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
    redirect_uris: set[str] = field(default_factory=set)
    tokens: Tokens = field(init=False)
    consents: Consents = field(init=False)
    limiter: Limiter = field(init=False)
    counters: Counters = field(init=False)

    def __post_init__(self) -> None:
        self.tokens = Tokens(self.clock)
        self.consents = Consents(self.clock)
        self.limiter = Limiter(self.clock)
        self.counters = Counters(self.clock)
