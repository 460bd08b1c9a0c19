"""ReccoBeats: assemble the source from the settings."""

from __future__ import annotations

from api.clock import Chance, Clock
from api.settings import Settings
from api.sources.open_access import licence_at, way_in
from api.sources.reccobeats.replies import SERVICE
from api.sources.reccobeats.source import REQUESTS, ReccoBeatsSource
from api.sources.reccobeats.texts import ABSENCES, LICENCE
from api.sources.resource import ResourceReader
from api.sources.upstream.gates import Gates


def make_source(
    settings: Settings, gates: Gates, *, clock: Clock, chance: Chance
) -> ReccoBeatsSource:
    """The source at the address in the settings."""
    url = settings.reccobeats.url
    way = way_in(SERVICE, url, REQUESTS, settings=settings, gates=gates, clock=clock, chance=chance)
    licence = licence_at(url, LICENCE, "ReccoBeats’")
    reader = ResourceReader(
        SERVICE.name, way.client, clock=clock, licence=licence, absences=ABSENCES
    )
    return ReccoBeatsSource(way.client, reader, report=way.report)
