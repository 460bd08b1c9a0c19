"""What the headers and the status of an answer mean, in words: for the console and its readers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from web.text import formatting

HEADERS = {
    "cache-status": "Whether the answer was kept here (hit) or had to be fetched (fwd), and for "
    "how many seconds it stays fresh (ttl).",
    "age": "How many seconds ago it was fetched.",
    "cache-control": "Who may keep it: max-age is its whole fresh life in seconds, private means "
    "your browser alone, no-store nobody.",
    "etag": "The name of exactly this version. Send it back as If-None-Match, and an unchanged "
    "answer costs nothing: 304.",
    "vary": "What else of the question changes the answer’s form.",
    "content-type": "What the body is written in. application/problem+json is a refusal.",
    "link": "Where the parts before and after this one are.",
    "location": "Where to look next: the job that is at it.",
    "retry-after": "After how many seconds it makes sense to ask again.",
    "ratelimit": "How many questions are left, and for how long.",
    "server-timing": "Where the milliseconds went: the cache, the source, writing it down.",
    "x-request-id": "Finds the line in the server’s log. Name it when you report something.",
}
"""Those that a program can use, in the order in which they help."""

OUTCOMES = {
    200: ("OK", "Here is the answer."),
    202: ("Accepted", "Something still has to be worked out: this is the job that is at it."),
    401: ("Unauthorized", "Only somebody who is signed in has this."),
    403: ("Forbidden", "This may not be asked from there."),
    404: ("Not Found", "Nobody here can give this."),
    412: ("Precondition Failed", "It has changed meanwhile."),
    422: ("Unprocessable Content", "The question could not be understood."),
    429: ("Too Many Requests", "Too many questions at once."),
    502: ("Bad Gateway", "Whoever was asked answered something that cannot be read."),
    503: ("Service Unavailable", "Not now, but asking again later can help."),
    507: ("Insufficient Storage", "The disk of this server is full."),
}
BROKEN = 500
_KEPT = re.compile(r"\bhit\b")
_LEFT = re.compile(r"\bttl=(-?\d+)")


@dataclass(frozen=True, slots=True)
class HeaderShown:
    """One header as it came, and what it means."""

    name: str
    value: str
    means: str


def headers_shown(headers: Mapping[str, str]) -> tuple[HeaderShown, ...]:
    """The headers that say something to a reader."""
    return tuple(
        HeaderShown(name, headers[name], means)
        for name, means in HEADERS.items()
        if name in headers
    )


def outcome(status: int) -> tuple[str, str]:
    """A status by its name and in a sentence."""
    unknown = ("", "This server could not answer." if status >= BROKEN else "It was refused.")
    return OUTCOMES.get(status, unknown)


def kept(headers: Mapping[str, str]) -> str:
    """Where the answer came from, in a sentence; nothing where it is not said."""
    said = headers.get("cache-status", "")
    if _KEPT.search(said):
        left = _LEFT.search(said)
        fresh = int(left[1]) if left else 0
        ending = f", fresh for another {formatting.span(fresh)}" if fresh > 0 else ""
        return f"It was kept here{ending}."
    if "own-file" in said or "bypass" in said:
        return "It is this server’s own, so nobody else was asked."
    return "Somebody else had to be asked for it." if "fwd" in said else ""
