"""Deezer: assemble the source from the settings."""

from __future__ import annotations

from functools import partial

from api.clock import Chance, Clock
from api.settings import Settings
from api.sources.deezer.client import REQUESTS, SERVICE
from api.sources.deezer.source import DeezerSource
from api.sources.deezer.texts import LICENCE, origin
from api.sources.open_access import OpenClient, OpenReport, licence_at, make_upstream
from api.sources.resource import ResourceReader
from api.sources.upstream.gates import Gates


def make_source(settings: Settings, gates: Gates, *, clock: Clock, chance: Chance) -> DeezerSource:
    """The source, which needs no credentials."""
    url = settings.deezer.url
    upstream = make_upstream(
        SERVICE, url, settings=settings, gates=gates, clock=clock, chance=chance
    )
    client = OpenClient(SERVICE, upstream, gates, clock=clock)
    said = partial(origin, licence=licence_at(url, LICENCE, SERVICE.title))
    return DeezerSource(
        client,
        ResourceReader(SERVICE.name, client, clock=clock, origin=said),
        report=OpenReport(SERVICE, REQUESTS, breakers=upstream.breaker, gates=gates),
    )
