"""Spotify's public link preview (oEmbed): assemble the source from the settings."""

from __future__ import annotations

from functools import partial

from api.clock import Chance, Clock
from api.settings import Settings
from api.sources.oembed.normalise import Previews
from api.sources.oembed.source import SERVICE, OEmbedSource, requests_at
from api.sources.oembed.texts import LICENCE, STAND_IN_LICENCE, origin
from api.sources.open_access import (
    OpenClient,
    OpenReport,
    divided,
    is_stand_in,
    make_upstream,
)
from api.sources.resource import ResourceReader
from api.sources.upstream.gates import Gates


def make_source(settings: Settings, gates: Gates, *, clock: Clock, chance: Chance) -> OEmbedSource:
    """The source at the address in the settings."""
    url = settings.oembed.url
    base, template = divided(url)
    upstream = make_upstream(
        SERVICE, base, settings=settings, gates=gates, clock=clock, chance=chance
    )
    client = OpenClient(SERVICE, upstream, gates, clock=clock)
    requests = requests_at(template)
    licence = STAND_IN_LICENCE if is_stand_in(url) else LICENCE
    return OEmbedSource(
        ResourceReader(SERVICE.name, client, clock=clock, origin=partial(origin, licence=licence)),
        Previews(stand_in=url if is_stand_in(url) else None),
        requests=requests,
        report=OpenReport(SERVICE, requests, breakers=upstream.breaker, gates=gates),
        close=client.close,
    )
