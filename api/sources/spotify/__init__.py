"""Spotify: assemble the source from the settings."""

from __future__ import annotations

from functools import partial
from urllib.parse import urlsplit

from api.clock import Chance, Clock
from api.schemas.provenance import SourceName
from api.settings import Settings
from api.sources.resource import ResourceReader
from api.sources.spotify.client import SpotifyClient
from api.sources.spotify.report import Reporter
from api.sources.spotify.source import SpotifySource
from api.sources.spotify.texts import LICENCE, STAND_IN_LICENCE, origin
from api.sources.spotify.token import TokenKeeper
from api.sources.upstream.client import Endpoint, Upstream
from api.sources.upstream.gates import Credential, Gates
from api.sources.upstream.pacing import SlidingWindow

PACE_CALLS, PACE_WINDOW_S = 60, 30.0  # two a second on average, as Spotify counts: in 30 s


def make_source(settings: Settings, gates: Gates, *, clock: Clock, chance: Chance) -> SpotifySource:
    """The source for credentials that are set."""
    credential = Credential(SourceName.SPOTIFY, settings.spotify.credential)
    real = urlsplit(settings.spotify.api_url).scheme == "https"
    pace = SlidingWindow(PACE_CALLS, PACE_WINDOW_S, clock) if real else None  # not on loopback

    def upstream(base_url: str) -> Upstream:
        timeout_s, contact = settings.upstream_timeout_s, settings.contact
        endpoint = Endpoint(credential, base_url, timeout_s, contact, pace)
        return Upstream(endpoint, gates, clock=clock, chance=chance)

    api = upstream(settings.spotify.api_url)
    accounts = upstream(settings.spotify.accounts_url)
    secret = settings.spotify.client_secret
    tokens = TokenKeeper(
        accounts,
        client_id=settings.spotify.client_id or "",
        secret=secret.get_secret_value() if secret else "",
        clock=clock,
    )
    client = SpotifyClient(api, tokens, gates=gates, credential=credential, clock=clock)
    licence = STAND_IN_LICENCE if settings.spotify.is_stand_in else LICENCE
    return SpotifySource(
        client,
        ResourceReader(
            SourceName.SPOTIFY, client, clock=clock, origin=partial(origin, licence=licence)
        ),
        market=settings.spotify.market,
        report=Reporter(credential, gates=gates, breaker=api.breaker, tokens=tokens, clock=clock),
    )
