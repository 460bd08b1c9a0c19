"""The questions to Wikidata, in SPARQL. Ids must have been checked before they come here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from api.schemas.identity import IdScheme

VARIABLES: Mapping[IdScheme, str] = {
    IdScheme.SPOTIFY: "sp",
    IdScheme.WIKIDATA: "item",
    IdScheme.MBID: "mbid",
    IdScheme.DEEZER: "deezer",
}
PROPERTIES: Mapping[IdScheme, str] = {
    IdScheme.SPOTIFY: "wdt:P1902",
    IdScheme.MBID: "wdt:P434",
    IdScheme.DEEZER: "wdt:P2722",
}
_ARTIST = """SELECT ?item ?label ?genre WHERE {
  VALUES ?item { wd:%s }
  OPTIONAL { ?item rdfs:label ?label . FILTER(LANG(?label) IN ("en", "mul")) }
  OPTIONAL {
    ?item wdt:P136 ?named . ?named rdfs:label ?genre . FILTER(LANG(?genre) = "en")
  }
}"""


def links_query(scheme: IdScheme, idents: Iterable[str]) -> str:
    """Everything that has one of these ids, and its other ids."""
    asked = VARIABLES[scheme]
    values = " ".join(f'"{ident}"' for ident in idents)
    optional = "\n".join(
        f"  OPTIONAL {{ ?item {prop} ?{VARIABLES[other]} }}"
        for other, prop in PROPERTIES.items()
        if other is not scheme
    )
    return f"""SELECT ?sp ?item ?mbid ?deezer WHERE {{
  VALUES ?{asked} {{ {values} }}
  ?item {PROPERTIES[scheme]} ?{asked} .
{optional}
}}"""


def artist_query(item: str) -> str:
    """The name of an item, and those of its genres."""
    return _ARTIST % item
