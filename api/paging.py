"""Our own links between the parts of a list. Relative: no request's Host gets in."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qs, urlencode, urlsplit

FURTHEST = 100_000
FURTHEST_HIT = 990  # Spotify searches no further than a thousand


@dataclass(frozen=True, slots=True)
class Window:
    """A part of a longer list."""

    limit: int
    offset: int


@dataclass(frozen=True, slots=True)
class Listing:
    """A list that is answered in parts: where it lives and what it was asked with."""

    path: str
    window: Window
    params: Mapping[str, str | None]
    furthest: int = FURTHEST
    """The last offset that may be asked for."""

    def at(self, offset: int) -> str:
        """The link to the part that begins at `offset`."""
        asked = {name: value for name, value in self.params.items() if value is not None}
        query = urlencode({**asked, "limit": self.window.limit, "offset": offset}, safe=":,")
        return f"{self.path}?{query}"

    def following(self, total: int) -> int | None:
        """Where the next part begins, if the list is so long."""
        end = self.window.offset + self.window.limit
        return end if end < total else None

    def links(self, *, following: int | None) -> dict[str, str | None]:
        """`href`, `next`, which begins at `following`, and `previous`."""
        offset, before = self.window.offset, self.window.offset - self.window.limit
        leads_on = following is not None and following <= self.furthest
        return {
            "href": self.at(offset),
            "next": self.at(following or 0) if leads_on else None,
            "previous": self.at(max(before, 0)) if offset > 0 else None,
        }


def offset_in(link: str | None) -> int | None:
    """The offset that a link to a part of a list names, if it names one."""
    try:
        named = parse_qs(urlsplit(link or "").query).get("offset", [])
    except ValueError:
        return None
    return int(named[0]) if len(named) == 1 and re.fullmatch(r"[0-9]{1,12}", named[0]) else None
