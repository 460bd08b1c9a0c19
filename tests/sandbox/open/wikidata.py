"""Wikidata's answers over the invented world, to our two queries: tables of terms."""

import itertools
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs

from tests.sandbox.answers import Answer, Request, of
from tests.sandbox.catalogue import catalogue
from tests.sandbox.ids import id_of
from tests.sandbox.open.ids import artists_by, deezer_of, is_linked, mbids_of, qid_of, uuid_of
from tests.sandbox.open.service import OpenService, below

Json = dict[str, Any]
Ids = Callable[[int], str | tuple[str, ...]]
RESULTS = "application/sparql-results+json"
ENTITY = "http://www.wikidata.org/entity/"
VALUES = re.compile(r"VALUES \?(?P<name>\w+) \{(?P<values>[^}]*)\}")
LINK_VARIABLES = ("sp", "item", "mbid", "deezer")
ARTIST_VARIABLES = ("item", "label", "genre")
CONTACT = re.compile(r"\(.+\)")
WITHOUT_DEEZER, LABEL_OF_ALL = 5, 9  # of so many artists one has no Deezer id, or a shared label


def answer(request: Request) -> Answer:
    """Answer one request."""
    if CONTACT.search(request.headers.get("user-agent", "")) is None:
        return Answer(403, b"Please set a user-agent that says who you are.\n")
    form = parse_qs(request.body.decode())
    asked = VALUES.search(form.get("query", [""])[0])
    if request.method != "POST" or asked is None:
        return Answer(400, b"SPARQL-QUERY: queryStr=\njava.util.concurrent.ExecutionException\n")
    values = re.findall(r'[^\s"]+', asked["values"])
    if asked["name"] == "item":
        return _table(ARTIST_VARIABLES, [row for one in values for row in _artist(one)])
    return _table(LINK_VARIABLES, [row for one in values for row in _links(asked["name"], one)])


def too_fast(wait_s: int = 60) -> Answer:
    """Answer that too much was asked in this minute."""
    return Answer(429, b"Too Many Requests\n").but(retry_after=str(wait_s))


def _table(variables: tuple[str, ...], rows: list[Json]) -> Answer:
    table = {"head": {"vars": list(variables)}, "results": {"bindings": rows[::-1]}}
    return of(table).but(content_type=f"{RESULTS};charset=utf-8")


def _links(name: str, value: str) -> list[Json]:
    numberings: dict[str, Ids] = {"sp": _spotify_of, "mbid": mbids_of, "deezer": deezer_of}
    numbers = artists_by(numberings[name]).get(value, ())
    return [row for n in numbers if is_linked(n) for row in _rows(n) if _says(row, name, value)]


def _rows(n: int) -> list[Json]:
    """Two values of one property make two rows."""
    deezer = () if n % WITHOUT_DEEZER == WITHOUT_DEEZER - 1 else (deezer_of(n),)
    columns = ((_spotify_of(n),), mbids_of(n), deezer or (None,))
    return [
        {"item": _item(qid_of(n))}
        | {
            name: {"type": "literal", "value": value}
            for name, value in zip(("sp", "mbid", "deezer"), values, strict=True)
            if value is not None
        }
        for values in itertools.product(*columns)
    ]


def _says(row: Json, name: str, value: str) -> bool:
    return name in row and row[name]["value"] == value


def _spotify_of(n: int) -> str:
    return catalogue().artists[n].id


def _item(qid: str) -> Json:
    return {"type": "uri", "value": f"{ENTITY}{qid}"}


def _artist(value: str) -> list[Json]:
    """One row for each genre; of an item that nobody has made there is only its id."""
    qid = value.removeprefix("wd:")
    named: Json = {"item": _item(qid)}
    numbers = artists_by(qid_of).get(qid)
    if numbers is None:
        return [named]
    artist = catalogue().artists[numbers[0]]
    language = "mul" if artist.n % LABEL_OF_ALL == LABEL_OF_ALL - 1 else "en"
    named["label"] = {"type": "literal", "xml:lang": language, "value": artist.name}
    genres = [{"type": "literal", "xml:lang": "en", "value": one} for one in artist.genres]
    return [named | {"genre": genre} for genre in genres] or [named]


def _lie(answered: Any) -> Any:
    """Give every row to an artist that nobody asked for."""
    strangers = {"sp": id_of("stranger", 0), "mbid": uuid_of("stranger", 0), "deezer": "1"}
    rows = [
        {
            name: term | {"value": strangers.get(name, f"{ENTITY}Q1") if name != "genre" else "x"}
            for name, term in row.items()
        }
        for row in answered["results"]["bindings"]
    ]
    return answered | {"results": {"bindings": rows}}


SERVICE = OpenService(
    "wikidata",
    {"WIKIDATA_URL": "/wikidata/sparql"},
    ("/wikidata/sparql",),
    below("/wikidata", answer),
    _lie,
)
