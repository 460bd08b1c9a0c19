"""Names as they are compared: in one form, and without accents and typographers' marks."""

from __future__ import annotations

import re
from functools import lru_cache
from unicodedata import normalize

_ACCENTS = re.compile(r"[\u0300-\u036f]")
_PLAIN = str.maketrans(
    dict.fromkeys("\u2018\u2019\u02bc\u00b4`", "'")
    | dict.fromkeys("\u201c\u201d", '"')
    | dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212", "-")
)


@lru_cache(maxsize=4_096)
def exactly(name: str) -> str:
    """The name in one form, case and width of letters and of spaces apart."""
    return " ".join(normalize("NFKC", normalize("NFKC", name).casefold()).split())


@lru_cache(maxsize=4_096)
def loosely(name: str) -> str:
    """The name without accents on Latin, Greek and Cyrillic letters, its marks made plain."""
    apart = _ACCENTS.sub("", normalize("NFD", exactly(name)))
    return normalize("NFC", apart).translate(_PLAIN)
