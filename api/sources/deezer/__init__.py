"""Deezer: assemble the source from the settings."""

from __future__ import annotations

from api.clock import Chance, Clock
from api.settings import Settings
from api.sources.deezer.client import REQUESTS, SERVICE
from api.sources.deezer.source import DeezerSource
from api.sources.deezer.texts import ABSENCES, LICENCE
from api.sources.open_access import licence_at, way_in
from api.sources.resource import ResourceReader
from api.sources.upstream.gates import Gates


def make_source(settings: Settings, gates: Gates, *, clock: Clock, chance: Chance) -> DeezerSource:
    """The source, which needs no credentials."""
    url = settings.deezer.url
    way = way_in(SERVICE, url, REQUESTS, settings=settings, gates=gates, clock=clock, chance=chance)
    licence = licence_at(url, LICENCE, "Deezer’s")
    reader = ResourceReader(
        SERVICE.name, way.client, clock=clock, licence=licence, absences=ABSENCES
    )
    return DeezerSource(way.client, reader, report=way.report)
