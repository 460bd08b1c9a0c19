"""Our own links between the parts of a list. Relative: no request's Host gets in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode


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

    def at(self, offset: int) -> str:
        """The link to the part that begins at `offset`."""
        asked = {name: value for name, value in self.params.items() if value is not None}
        query = urlencode({**asked, "limit": self.window.limit, "offset": offset}, safe=":,")
        return f"{self.path}?{query}"

    def links(self, *, total: int | None, more: bool) -> dict[str, str | None]:
        """`href`, `next` and `previous`; `more` decides where no total is known."""
        limit, offset = self.window.limit, self.window.offset
        goes_on = more if total is None else offset + limit < total
        return {
            "href": self.at(offset),
            "next": self.at(offset + limit) if goes_on else None,
            "previous": self.at(max(offset - limit, 0)) if offset > 0 else None,
        }
