"""What a client says that it holds already: `If-None-Match` (RFC 9110 §13.1.2), read once. Pure."""

from __future__ import annotations

import re
from collections.abc import Container

from starlette.datastructures import Headers

MOST_CHARACTERS = 4_096  # more than a hundred tags: whoever sends them is given the whole answer
_TAG = re.compile(r'(?:W/)?"([^"]*)"')


def client_holds(headers: Headers, etag: str) -> bool:
    """Whether a client says that it holds this version, whose ETag is given as it is sent."""
    return holds(", ".join(headers.getlist("if-none-match")), {etag.removeprefix("W/").strip('"')})


def holds(if_none_match: str | None, tags: Container[str]) -> bool:
    """Whether it names one of these tags, given without quotes, or says that it holds any (`*`).

    Compared weakly. A field that was sent several times is one list: its lines, joined by commas.
    """
    if if_none_match is None or len(if_none_match) > MOST_CHARACTERS:
        return False
    if if_none_match.strip() == "*":
        return True
    return any(tag in tags for tag in _TAG.findall(if_none_match))
