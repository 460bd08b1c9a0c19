"""What Wikidata sends: a table of terms, in which an optional one that is missing has no key."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from api.sources.wire import Listed, Text, Wire


class SparqlTerm(Wire):
    """A value of one variable in one row."""

    value: Text
    type: Text | None = None
    datatype: Any = None
    lang: Text | None = Field(None, alias="xml:lang")


Row = dict[str, SparqlTerm | None]


class SparqlHead(Wire):
    """The variables that were asked for."""

    vars: Listed[Text] | None = None
    link: Any = None


class SparqlResults(Wire):
    """The rows; two values of one property make two."""

    bindings: Listed[Row]


class SparqlAnswer(Wire):
    """The answer to a SELECT."""

    head: SparqlHead | None = None
    results: SparqlResults
