"""Strangers’ words, before they are kept, shown or logged: no NUL, no bell, no stray line.

Line breaks, ANSI escapes and marks that turn the direction of writing make a log say what did not
happen. Whatever did not come from this program goes through `quoted` on its way there.
"""

from __future__ import annotations

import re

LONGEST = 80
SIGNS = "=+-@\uff1d\uff0b\uff0d\uff20"  # the last four as wide as a letter of Japanese
FORMULA = (*SIGNS, *"\t\r\n")  # a spreadsheet would work out what begins so
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")


def one_line(text: str) -> str:
    """One line of printable text; what cannot be printed parts words as a space does."""
    return " ".join(_CONTROL.sub(" ", text).split())


def paragraphs(text: str) -> str:
    """The same for a text of several lines."""
    return "\n".join(map(one_line, text.splitlines())).strip()


def quoted(said: object, most: int = LONGEST) -> str:
    """Between quotation marks, in ASCII, `most` characters at most."""
    text = said if isinstance(said, str) else str(said)
    whole = ascii(text[:most])
    return whole if len(whole) <= most else f"{whole[: most - 4]}...{whole[0]}"


def cell(value: object) -> object:
    """A value for a spreadsheet: a text that it would work out gets an apostrophe before it."""
    if isinstance(value, str) and value.lstrip("'").startswith(FORMULA):
        return f"'{value}"
    return value
