"""Wikidata as a source before somebody who answers in its place."""

from api.sources import wikidata
from tests.sandbox.open import wikidata as service
from tests.sources.asked import OpenService

CONTACT = "me@here.test"
SERVICE = OpenService(
    "wikidata", wikidata.make_source, service.answer, "/sparql", {"contact": CONTACT}
)
asked, source_at = SERVICE.asked, SERVICE.source_at
