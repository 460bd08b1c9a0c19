"""ReccoBeats: assemble the source from the settings."""

from __future__ import annotations

from functools import partial

from api.clock import Chance, Clock
from api.settings import Settings
from api.sources.open_access import OpenClient, OpenReport, is_stand_in, make_upstream
from api.sources.reccobeats.replies import SERVICE
from api.sources.reccobeats.source import REQUESTS, ReccoBeatsSource
from api.sources.reccobeats.texts import LICENCE, STAND_IN_LICENCE, origin
from api.sources.resource import ResourceReader
from api.sources.upstream.gates import Gates


def make_source(
    settings: Settings, gates: Gates, *, clock: Clock, chance: Chance
) -> ReccoBeatsSource:
    """The source at the address in the settings."""
    url = settings.reccobeats.url
    upstream = make_upstream(
        SERVICE, url, settings=settings, gates=gates, clock=clock, chance=chance
    )
    client = OpenClient(SERVICE, upstream, gates, clock=clock)
    licence = STAND_IN_LICENCE if is_stand_in(url) else LICENCE
    return ReccoBeatsSource(
        client,
        ResourceReader(SERVICE.name, client, clock=clock, origin=partial(origin, licence=licence)),
        report=OpenReport(SERVICE, REQUESTS, breakers=upstream.breaker, gates=gates),
    )
