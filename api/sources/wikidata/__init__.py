"""Wikidata: assemble the source from the settings."""

from __future__ import annotations

from api.clock import Chance, Clock
from api.schemas.provenance import Capability, SourceName
from api.settings import Settings
from api.sources.open_access import Service, divided, way_in
from api.sources.resource import ResourceReader
from api.sources.upstream.client import UpstreamRequest
from api.sources.upstream.gates import Gates
from api.sources.wikidata.source import WikidataSource
from api.sources.wikidata.texts import ABSENCES, LICENCE

SERVICE = Service(
    SourceName.WIKIDATA,
    "Wikidata",
    pace=(1, 1.0),
    wants_contact=True,
    at_once=1,
    waits_whole=True,
)
SPARQL_RESULTS = "application/sparql-results+json"


def make_source(
    settings: Settings, gates: Gates, *, clock: Clock, chance: Chance
) -> WikidataSource:
    """The source at the address that is set, which is that of the queries itself."""
    base, template = divided(settings.wikidata.url)
    request = UpstreamRequest(template, family="query", headers={"Accept": SPARQL_RESULTS})
    requests = {Capability.ARTIST: request}
    way = way_in(
        SERVICE, base, requests, settings=settings, gates=gates, clock=clock, chance=chance
    )
    reader = ResourceReader(
        SERVICE.name, way.client, clock=clock, licence=LICENCE, absences=ABSENCES
    )
    return WikidataSource(way.client, reader, request=request, report=way.report)
