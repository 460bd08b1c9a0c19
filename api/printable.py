"""Strangers’ words as they may be kept and shown: no NUL, no bell, no line where none belongs."""

from __future__ import annotations

import re

_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")


def one_line(text: str) -> str:
    """One line of printable text; what cannot be printed parts words as a space does."""
    return " ".join(_CONTROL.sub(" ", text).split())


def paragraphs(text: str) -> str:
    """The same for a text of several lines."""
    return "\n".join(map(one_line, text.splitlines())).strip()
