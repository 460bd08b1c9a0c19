"""Spotify's public link preview (oEmbed): assemble the source from the settings."""

from __future__ import annotations

from api.clock import Chance, Clock
from api.settings import Settings
from api.sources.oembed.normalise import Previews
from api.sources.oembed.source import SERVICE, OEmbedSource, requests_at
from api.sources.oembed.texts import ABSENCES, DETAIL, LICENCE, LIMITS
from api.sources.open_access import divided, is_stand_in, licence_at, way_in
from api.sources.resource import ResourceReader
from api.sources.upstream.gates import Gates


def make_source(settings: Settings, gates: Gates, *, clock: Clock, chance: Chance) -> OEmbedSource:
    """The source at the address in the settings."""
    url = settings.oembed.url
    base, template = divided(url)
    requests = requests_at(template)
    way = way_in(
        SERVICE,
        base,
        requests,
        settings=settings,
        gates=gates,
        clock=clock,
        chance=chance,
        limits=LIMITS,
    )
    reader = ResourceReader(
        SERVICE.name,
        way.client,
        clock=clock,
        licence=licence_at(url, LICENCE, "Spotify’s"),
        absences=ABSENCES,
        detail=DETAIL,
    )
    return OEmbedSource(
        way.client,
        reader,
        previews=Previews(stand_in=url if is_stand_in(url) else None),
        requests=requests,
        report=way.report,
    )
