"""ListenBrainz: assemble the source from the settings."""

from __future__ import annotations

from functools import partial

from api.clock import Chance, Clock
from api.schemas.provenance import Capability
from api.settings import Settings, Usage
from api.sources.listenbrainz.client import LABS, METADATA, SIMILAR, ListenBrainzClient, site
from api.sources.listenbrainz.source import ListenBrainzSource
from api.sources.listenbrainz.texts import ABSENCES, ABSENCES_FOR_MONEY, LICENCE
from api.sources.open_access import licence_at, way_in
from api.sources.resource import ResourceReader
from api.sources.upstream.gates import Gates


def make_source(
    settings: Settings, gates: Gates, *, clock: Clock, chance: Chance
) -> ListenBrainzSource:
    """The source, which needs no credentials, and takes a token where there is one."""
    own, for_money = settings.listenbrainz, settings.usage is Usage.COMMERCIAL
    way = partial(way_in, settings=settings, gates=gates, clock=clock, chance=chance)
    token = own.token.get_secret_value() if own.token else None
    main = site(token)
    to_site = way(main, own.url, {Capability.ARTIST: METADATA})
    to_labs = way(LABS, own.labs_url, {Capability.RELATED: SIMILAR})
    client = ListenBrainzClient(to_site.client, to_labs.client, token=token)
    reader = ResourceReader(
        main.name,
        client,
        clock=clock,
        licence=licence_at(own.url, LICENCE, "ListenBrainz’s"),
        absences=ABSENCES_FOR_MONEY if for_money else ABSENCES,
    )
    return ListenBrainzSource(
        client,
        reader,
        names_genres=not for_money,
        metadata_within_s=settings.upstream_timeout_s / 2,
        report=lambda: (*to_site.report(), *to_labs.report()),
    )
