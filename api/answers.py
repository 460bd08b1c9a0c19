"""How a stored entry becomes an HTTP answer: headers, validators, encodings. Pure but for encoding.

Edge and routes both answer from here, so that a cached answer and a fresh one look alike.
"""

from __future__ import annotations

import asyncio
import re
import zlib
from dataclasses import dataclass
from functools import lru_cache

from backports import zstd

from api.cache.entry import OWNER, PUBLIC, Entry
from api.cache.tiers import Served
from api.refusals import Closed, Garbled, Limited, NotConfigured, SourceError, Unknown, Unreachable

Headers = list[tuple[bytes, bytes]]

IDENTITY, GZIP, ZSTD = "identity", "gzip", "zstd"
WORTH_ENCODING_BYTES = 1_000
OFF_THE_LOOP_BYTES = 32_000
GZIP_LEVEL = 5
_ETAG_SUFFIX = {IDENTITY: "", GZIP: "-gz", ZSTD: "-zst"}
_SUFFIXES = re.compile(r"-(gz|zst)$")
_STRING = rb'"(?:[^"\\]|\\.)*+"'
_LIST = rb"\[(?:[^\"\[\]]|%s)*+\]" % _STRING
_LINKS = re.compile(  # what a page ends with; a page inside of something else does not end it
    rb'"next":(?:null|"([^"]*)"),"previous":(?:null|"([^"]*)"),'
    rb'"provenance":\[(?:[^"\[\]]|%s|%s)*+\],"missing":%s\}$' % (_STRING, _LIST, _LIST)
)
_LINKS_WITHIN = 16_000  # of its end: `missing` may be long
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
        encoding, if_none_match = IDENTITY, None
        for name, value in headers:
            if name == b"accept-encoding":
                encoding = negotiate(value)
            elif name == b"if-none-match":
                if_none_match = value.decode("latin-1")
        return cls(encoding, if_none_match)


@lru_cache(maxsize=512)
def negotiate(accept: bytes) -> str:
    """The best encoding the client takes: zstd before gzip before none."""
    weights: dict[str, float] = {}
    for offer in accept.decode("latin-1").lower().split(","):
        coding, _, parameters = offer.partition(";")
        weights[coding.strip()] = _weight(parameters)
    wanted = {name: weights.get(name, weights.get("*", 0.0)) for name in (ZSTD, GZIP)}
    best = max(wanted, key=lambda name: wanted[name])
    return best if wanted[best] > 0 else IDENTITY


def _weight(parameters: str) -> float:
    match = re.search(r"q\s*=\s*([0-9.]+)", parameters)
    try:
        return float(match.group(1)) if match else 1.0
    except ValueError:
        return 0.0


def body_in(entry: Entry, encoding: str) -> tuple[bytes | None, str]:
    """The body in this encoding, None if it has yet to be made; small ones stay as they are."""
    if encoding == IDENTITY or len(entry.body) < WORTH_ENCODING_BYTES:
        return entry.body, IDENTITY
    return entry.encodings.get(encoding), encoding


async def encode(body: bytes, encoding: str) -> bytes:
    """The body in an encoding; large ones are packed off the loop."""
    pack = _gzip if encoding == GZIP else zstd.compress
    if len(body) < OFF_THE_LOOP_BYTES:
        return pack(body)
    return await asyncio.to_thread(pack, body)


def _gzip(body: bytes) -> bytes:
    packer = zlib.compressobj(GZIP_LEVEL, zlib.DEFLATED, 31)
    return packer.compress(body) + packer.flush()


def etag(entry: Entry, encoding: str) -> str:
    """The strong validator of one encoded form."""
    return f'"{entry.etag}{_ETAG_SUFFIX[encoding]}"'


def not_modified(entry: Entry, if_none_match: str | None) -> bool:
    """Whether the client holds this body, in whatever encoding."""
    if if_none_match is None:
        return False
    if if_none_match.strip() == "*":
        return True
    held = (tag.strip().removeprefix("W/").strip('"') for tag in if_none_match.split(","))
    return any(_SUFFIXES.sub("", tag) == entry.etag for tag in held)


def headers_for(entry: Entry, encoding: str, *, now: float) -> Headers:
    """All headers of an entry's answer but those that tell of one request alone."""
    headers = [
        (b"content-type", b"application/json"),
        (b"etag", etag(entry, encoding).encode()),
        (b"cache-control", _cache_control(entry, now).encode()),
        (b"age", str(max(int(now - entry.stored_at), 0)).encode()),
        (b"vary", b"Accept-Encoding"),
        *COMMON,
    ]
    if encoding != IDENTITY:
        headers.append((b"content-encoding", encoding.encode()))
    if link := _link(entry.body):
        headers.append((b"link", link))
    return headers


def _cache_control(entry: Entry, now: float) -> str:
    if entry.key.principal == OWNER:
        return "private, no-cache"
    if entry.key.principal != PUBLIC:
        return "private, no-store"
    ages = entry.ages
    fresh = max(int(ages.fresh_until - now), 0)
    revalidate = max(int(ages.revalidate_until - max(ages.fresh_until, now)), 0)
    error = max(int(ages.error_until - max(ages.fresh_until, now)), 0)
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
