"""What a client holds (`If-None-Match`) or has seen (`If-Match`), RFC 9110 §13.1. Pure."""

from __future__ import annotations

import re
from collections.abc import Container

from starlette.datastructures import Headers

from api.http.content_encoding import forms

MOST_CHARACTERS = 4_096  # more than a hundred tags: whoever sends them is given the whole answer
_TAG = re.compile(r'(W/)?"([^"]*)"')


def client_holds(headers: Headers, etag: str) -> bool:
    """Whether a client says that it holds this version, in whatever encoding.

    `etag`: as it is sent of the bytes as they are.
    """
    tags = forms(etag.removeprefix("W/").strip('"'))
    return holds(", ".join(headers.getlist("if-none-match")), tags)


def holds(if_none_match: str | None, tags: Container[str]) -> bool:
    """Whether it names one of these tags, given without quotes, or says that it holds any (`*`).

    Compared weakly. A field that was sent several times is one list: its lines, joined by commas.
    """
    if if_none_match is None or len(if_none_match) > MOST_CHARACTERS:
        return False
    if if_none_match.strip() == "*":
        return True
    return any(tag in tags for _, tag in _TAG.findall(if_none_match))


def has_seen(headers: Headers, tag: str) -> bool:
    """Whether a client may change what has this tag, given without quotes.

    It names one of its forms, any (`*`), or none at all. Compared strongly: a weak tag fits
    nothing, nor does a field that cannot be read.
    """
    lines = headers.getlist("if-match")
    if_match = ", ".join(lines)
    if not lines or if_match.strip() == "*":
        return True
    if len(if_match) > MOST_CHARACTERS:
        return False
    tags = forms(tag)
    return any(not weak and one in tags for weak, one in _TAG.findall(if_match))
