"""Tell a pasted link from words that somebody typed. Pure; the API decides everything else."""

from __future__ import annotations

import re

_LINK = re.compile(r"[a-z][a-z0-9+.-]*:(//|\S)|[^/\s]+\.[a-z]{2,}/", re.IGNORECASE)
_ID_LIKE = re.compile(r"(?=.*\d)(?=.*[A-Z])(?=.*[a-z])[0-9A-Za-z_]{18,}\Z")


def looks_like_words(text: str) -> bool:
    """Whether to search for this: neither a link, nor a URI, nor an id that lost a letter."""
    bare = text.strip()
    return bool(bare) and not _LINK.match(bare) and not _ID_LIKE.match(bare)
