"""What somebody pasted into the box, and where on this site it leads."""

from __future__ import annotations

import re
from urllib.parse import quote, urlencode

from api.schemas.reference import Kind, Reference
from web.client import is_own
from web.request import PageRequest

MOST_TEXT = 2_001  # one more than is read: what the box cut off is refused, not misread
SECTIONS = {Kind.ARTIST: "artists", Kind.TRACK: "tracks", Kind.PLAYLIST: "playlists"}


def pasted(request: PageRequest, name: str = "q") -> str:
    """The text in a box; an address of this very site, whatever its host is called, as a path."""
    host = re.escape(request.http.url.netloc)
    return re.sub(
        rf"https?://{host}(?=[/?#])", "", request.text(name)[:MOST_TEXT], flags=re.IGNORECASE
    )


def leads_to(reference: Reference) -> str | None:
    """The page of what was pasted; None of what has none here."""
    section, ident = SECTIONS.get(reference.kind), reference.id
    if ident and section:
        return f"/{section}/{quote(ident)}"
    if ident and reference.kind is Kind.UNKNOWN:
        return f"/choose/{quote(ident)}"
    if ident and is_own(ident):
        return "/library"  # a release of our own has no page, but its files are all there
    return search_for(f"isrc:{reference.isrc}", "track") if reference.isrc else None


def search_for(text: str, kind: str | None = None) -> str:
    """The address of a search."""
    return "/search?" + urlencode({"q": text} | ({"type": kind} if kind else {}))
