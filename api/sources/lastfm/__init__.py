"""Last.fm: assemble the source from the settings."""

from __future__ import annotations

from api.clock import Chance, Clock
from api.settings import Settings
from api.sources.lastfm.client import REQUESTS, service
from api.sources.lastfm.source import LastFmSource, NameOf
from api.sources.lastfm.texts import ABSENCES, LICENCE
from api.sources.open_access import licence_at, way_in
from api.sources.resource import ResourceReader
from api.sources.upstream.gates import Gates


def make_source(
    settings: Settings,
    gates: Gates,
    *,
    clock: Clock,
    chance: Chance,
    name_of: NameOf | None = None,
) -> LastFmSource:
    """The source for the key that is set; `name_of` gives an artist's name by its MBID."""
    own = settings.lastfm
    key = own.api_key.get_secret_value() if own.api_key else ""
    lastfm = service(key)
    way = way_in(
        lastfm,
        own.url,
        REQUESTS,
        settings=settings,
        gates=gates,
        clock=clock,
        chance=chance,
        secret_params={"api_key": key},
    )
    licence = licence_at(own.url, LICENCE, "Last.fm’s")
    reader = ResourceReader(
        lastfm.name, way.client, clock=clock, licence=licence, absences=ABSENCES
    )
    return LastFmSource(way.client, reader, name_of=name_of, report=way.report)
