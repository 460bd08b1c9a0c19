"""How a stored entry becomes an HTTP answer: headers, validators, which of its encodings.

Edge and routes both answer from here, so that a cached answer and a fresh one look alike.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import partial
from time import perf_counter

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from api.cache.entry import OWNER, Entry, Key
from api.cache.tiers import Served, Tiers
from api.caller import PUBLIC, caller
from api.clock import Clock
from api.http.conditional import holds
from api.http.content_encoding import (
    IDENTITY,
    TAG_SUFFIX,
    WORTH_ENCODING_BYTES,
    encode,
    forms,
    negotiate,
)
from api.http.scope import CACHE_KEY
from api.music.ids import OWN_PREFIX
from api.problems.refusals import (
    Closed,
    Garbled,
    Limited,
    NotConfigured,
    SourceError,
    Unknown,
    Unreachable,
)

Headers = list[tuple[bytes, bytes]]

_STRING = rb'"(?:[^"\\]|\\.)*+"'
_LIST = rb"\[(?:[^\"\[\]]|%s)*+\]" % _STRING
_LINKS = re.compile(  # what a page ends with; a page inside of something else does not end it
    rb'"next":(?:null|"([^"]*)"),"previous":(?:null|"([^"]*)"),'
    rb'"provenance":\[(?:[^"\[\]]|%s|%s)*+\],"missing":%s\}$' % (_STRING, _LIST, _LIST)
)
_LINKS_WITHIN = 16_000  # of its end: `missing` may be long
PRIVATE = (
    *("/v1/library", "/v1/jobs", "/v1/collections", "/v1/brands", "/v1/distance", "/v1/me"),
    *("/v1/worksheets", "/v1/shared"),
)
"""Here even reading is for our own pages: what lies there is nobody else's business."""
_OWN_ID = re.compile(rb"(?i)" + b"".join(rb"(?:%c|%%%02x)" % (c, c) for c in OWN_PREFIX.encode()))
EXPOSED = b"ETag, Age, Cache-Status, Link, Retry-After, Server-Timing, X-Request-ID, Location, Vary"
COMMON: Headers = [
    (b"access-control-allow-origin", b"*"),
    (b"access-control-expose-headers", EXPOSED),
    (b"x-content-type-options", b"nosniff"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"referrer-policy", b"no-referrer"),
]
WHY: dict[type[SourceError], str] = {
    Limited: "gated",
    Unreachable: "unreachable",
    Garbled: "garbled",
    Closed: "closed",
    NotConfigured: "not-configured",
    Unknown: "not-known",
}


@dataclass(frozen=True, slots=True)
class Asker:
    """What of a request decides the form of its answer."""

    encoding: str = IDENTITY
    if_none_match: str | None = None

    @classmethod
    def of(cls, headers: Headers) -> Asker:
        """Read from raw request headers, names in lower case."""
        accepted, held = [], []
        for name, value in headers:  # a field that is sent twice is one list (RFC 9110 §5.3)
            if name == b"accept-encoding":
                accepted.append(value)
            elif name == b"if-none-match":
                held.append(value)
        return cls(
            negotiate(b",".join(accepted)), b",".join(held).decode("latin-1") if held else None
        )


def is_private(scope: Scope) -> bool:
    """Whether a request is about what is this server's own: a file, job, list, brand, or own id.

    Neither answer nor refusal is then public: what is not there now may be there in a moment, and
    whether it is there is nobody else's business.
    """
    path: str = scope["path"]
    return (
        path.startswith(PRIVATE)
        or OWN_PREFIX in path
        or bool(_OWN_ID.search(scope["query_string"]))
    )


def body_in(entry: Entry, encoding: str) -> tuple[bytes | None, str]:
    """The body in this encoding, None if it has yet to be made; small ones stay as they are."""
    if encoding == IDENTITY or len(entry.body) < WORTH_ENCODING_BYTES:
        return entry.body, IDENTITY
    return entry.encodings.get(encoding), encoding


def etag(entry: Entry, encoding: str) -> str:
    """The strong validator of one encoded form."""
    return f'"{entry.etag}{TAG_SUFFIX[encoding]}"'


def not_modified(entry: Entry, if_none_match: str | None) -> bool:
    """Whether the client holds this body, in whatever encoding."""
    return if_none_match is not None and holds(if_none_match, forms(entry.etag))


def headers_for(entry: Entry, encoding: str, *, now: float) -> Headers:
    """All headers of an entry's answer but those that tell of one request alone."""
    headers = [
        (b"content-type", b"application/json"),
        (b"etag", etag(entry, encoding).encode()),
        (b"cache-control", _cache_control(entry).encode()),
        (b"age", str(max(int(now - entry.stored_at), 0)).encode()),
        (b"vary", b"Accept-Encoding"),
        *COMMON,
    ]
    if encoding != IDENTITY:
        headers.append((b"content-encoding", encoding.encode()))
    if link := _link(entry.body):
        headers.append((b"link", link))
    return headers


def _cache_control(entry: Entry) -> str:
    """Lifetimes counted from when it was stored: a cache in front subtracts `Age` itself."""
    if entry.key.principal == OWNER:
        return "private, no-cache"
    if entry.key.principal != PUBLIC:
        return "private, no-store"
    ages = entry.ages
    fresh = int(ages.fresh_until - entry.stored_at)
    revalidate = int(ages.revalidate_until - ages.fresh_until)
    error = int(ages.error_until - ages.fresh_until)
    return f"public, max-age={fresh}, stale-while-revalidate={revalidate}, stale-if-error={error}"


def _link(body: bytes) -> bytes | None:
    """`Link` of a page, from the links that close its body."""
    match = _LINKS.search(body, max(len(body) - _LINKS_WITHIN, 0))
    if match is None:
        return None
    ends = zip(match.groups(), (b"next", b"prev"), strict=True)
    return b", ".join(b'<%s>; rel="%s"' % (url, rel) for url, rel in ends if url) or None


def cache_status(served: Served, *, now: float) -> str:
    """RFC 9211: how this answer came."""
    if served.entry.key.principal == OWNER:
        return "earprint; fwd=bypass; detail=own-file"
    ttl = int(served.entry.ages.fresh_until - now)
    if served.failure is not None:
        status = f"; fwd-status={served.failure.status}" if served.failure.status else ""
        return f"earprint; fwd=stale{status}; detail={why(served.failure)}"
    if served.hit:
        return f"earprint; hit; ttl={ttl}"
    forward = "stale" if served.replaced else "uri-miss"
    return f"earprint; fwd={forward}; stored{'; collapsed' if served.collapsed else ''}"


def why(failure: SourceError) -> str:
    """One word for a failure."""
    return next((word for kind, word in WHY.items() if isinstance(failure, kind)), "failed")


class StoredAnswer(Response):
    """A response that sends stored bytes in the encoding asked for, and tells the edge of them."""

    def __init__(self, served: Served, *, known_to_edge: bool = True) -> None:
        super().__init__(media_type="application/json")
        self._served = served
        self._known_to_edge = known_to_edge

    async def __call__(self, scope: Scope, _receive: Receive, send: Send) -> None:
        """Send it, or 304 where the client holds it already."""
        entry = self._served.entry
        clock: Clock = scope["app"].state.clock
        asker = Asker.of(scope["headers"])
        body, encoding = body_in(entry, asker.encoding)
        started = perf_counter()
        if body is None:
            tiers: Tiers = scope["app"].state.tiers
            body = await tiers.encoded(entry, encoding, partial(encode, encoding=encoding))
        encode_ms = (perf_counter() - started) * 1000
        now = clock()
        headers = headers_for(entry, encoding, now=now)
        headers += _of_this_request(self._served, now, encode_ms)
        held = not_modified(entry, asker.if_none_match)
        if not held:
            headers.append((b"content-length", b"%d" % len(body)))
        status = 304 if held else 200
        start = {"type": "http.response.start", "status": status, "headers": headers}
        await send(start | self._for_the_edge())
        await send({"type": "http.response.body", "body": b"" if held else body})

    def _for_the_edge(self) -> dict[str, Key]:
        """Nothing where the entry is not what this address always leads to."""
        key, who = self._served.entry.key, caller()
        always = self._known_to_edge and key.principal == PUBLIC and who.sees_own_music
        return {CACHE_KEY: key} if always else {}


def _of_this_request(served: Served, now: float, encode_ms: float) -> Headers:
    timing = f"cache;dur=0, upstream;dur={served.upstream_ms:.1f}, encode;dur={encode_ms:.2f}"
    return [
        (b"cache-status", cache_status(served, now=now).encode()),
        (b"server-timing", timing.encode()),
    ]
