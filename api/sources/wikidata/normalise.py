"""Wikidata's rows as links and artists. Pure: wire in, schema out."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Sequence

from api.music.id_schemes import ID_CHECKS
from api.problems.refusals import Garbled, Unknown
from api.schemas.artist import Artist
from api.schemas.identity import IdScheme
from api.schemas.provenance import SourceName
from api.sources.base import Link
from api.sources.open_access import check_told
from api.sources.resource import Origin
from api.sources.wikidata import texts
from api.sources.wikidata.queries import VARIABLES
from api.sources.wikidata.texts import ABSENCES
from api.sources.wikidata.wire import Row, SparqlAnswer
from api.sources.wire import readable

NAMES_IN = ("en", "mul")  # the second is what all languages share where none has its own
_ITEM = re.compile(r"https?://www\.wikidata\.org/entity/(Q[1-9][0-9]*)")


def links(
    wire: SparqlAnswer, scheme: IdScheme, idents: Collection[str]
) -> dict[str, tuple[Link, ...]]:
    """All ids in the rows about each of these. Raises Garbled where some may have been lost."""
    check_variables(wire, VARIABLES[scheme])
    found: dict[str, set[Link]] = defaultdict(set)
    for row in readable(wire.results.bindings):
        ident = ident_in(row, scheme)
        others = ((one, ident_in(row, one)) for one in VARIABLES if one is not scheme)
        links_there = {Link(other, there) for other, there in others if there}
        if ident is not None and ident in idents and links_there:
            found[ident] |= links_there
    rows = wire.results.bindings
    check_told(SourceName.WIKIDATA, idents, found, rows=len(rows), is_odd=wire.is_odd)
    return {
        ident: tuple(sorted(said, key=lambda link: (link.scheme, link.ident)))
        for ident, said in found.items()
    }


def check_variables(wire: SparqlAnswer, asked: str) -> None:
    """That it answers our query and no other. Raises Garbled."""
    if wire.head is not None and wire.head.vars and asked not in wire.head.vars:
        raise Garbled(SourceName.WIKIDATA, "Its answer is to another question.")


def ident_in(row: Row, scheme: IdScheme) -> str | None:
    """The id in this numbering that a row tells, if it is one: a value may also be “unknown”."""
    term = row.get(VARIABLES[scheme])
    if term is None:
        return None
    text = term.value
    if scheme is IdScheme.WIKIDATA:
        match = _ITEM.fullmatch(text)
        text = match[1] if match else ""
    return text if ID_CHECKS[scheme](text) else None


def artist(wire: SparqlAnswer, ident: str, origin: Origin) -> Artist:
    """An artist: its name and genres in English. Raises Unknown where it has no name."""
    check_variables(wire, VARIABLES[IdScheme.WIKIDATA])
    rows = [
        row for row in readable(wire.results.bindings) if ident_in(row, IdScheme.WIKIDATA) == ident
    ]
    check_told(
        SourceName.WIKIDATA,
        [ident],
        [ident] if rows else [],
        rows=len(wire.results.bindings),
        is_odd=wire.is_odd,
    )
    names = [name for language in NAMES_IN for name in sorted(_labels(rows, "label", language))]
    if not names and wire.is_odd:
        raise Garbled(SourceName.WIKIDATA, ABSENCES.unreadable)
    if not names:
        raise Unknown(SourceName.WIKIDATA, texts.NAMELESS)
    genres = tuple(sorted(_labels(rows, "genre", "en"), key=str.casefold))
    url = f"https://www.wikidata.org/wiki/{ident}"
    values = {
        "id": ident,
        "uri": f"wikidata:artist:{ident}",
        "url": url,
        "name": names[0],
        "images": (),
        "genres": genres or None,
        "popularity": None,
        "followers": None,
    }
    half_read = (ABSENCES.of_unreadable("genres"),) if wire.is_odd and not genres else ()
    gaps = (ABSENCES.of("images"), *half_read)
    return origin.resource(Artist, values, url=url, also=gaps)


def _labels(rows: Sequence[Row], variable: str, language: str) -> set[str]:
    """What stands there in this language."""
    terms = (row.get(variable) for row in rows)
    return {term.value for term in terms if term and term.lang == language and term.value}
