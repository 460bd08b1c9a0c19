"""Spotify: assemble the source from the settings."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from api.clock import Chance, Clock
from api.schemas.provenance import SourceName
from api.settings import Settings
from api.sources.resource import ResourceReader
from api.sources.spotify.client import SpotifyClient
from api.sources.spotify.person_tokens import CallersTokens, Grants, PersonTokens
from api.sources.spotify.report import Reporter
from api.sources.spotify.source import SpotifySource
from api.sources.spotify.texts import ABSENCES, LICENCE, STAND_IN_LICENCE
from api.sources.spotify.token import TokenEndpoint, TokenKeeper
from api.sources.upstream.client import Endpoint, Upstream
from api.sources.upstream.gates import Credential, Gates, SlidingWindow

PACE_CALLS, PACE_WINDOW_S = 60, 30.0  # two a second on average, as Spotify counts: in 30 s


@dataclass(frozen=True, slots=True)
class SpotifyAccess:
    """The ways to Spotify that its source and the sign-in share: one pace, one breaker each."""

    credential: Credential
    api: Upstream
    endpoint: TokenEndpoint
    people: PersonTokens | None
    """The tokens of those who have signed in, where anybody can."""


def make_access(
    settings: Settings,
    gates: Gates,
    *,
    clock: Clock,
    chance: Chance,
    grants: Grants | None = None,
) -> SpotifyAccess:
    """Both ways, for the credentials that are set; nothing is asked yet."""
    credential = Credential(SourceName.SPOTIFY, settings.spotify.credential)
    real = urlsplit(settings.spotify.api_url).scheme == "https"
    pace = SlidingWindow(PACE_CALLS, PACE_WINDOW_S, clock) if real else None  # not on loopback

    def upstream(base_url: str) -> Upstream:
        timeout_s, contact = settings.upstream_timeout_s, settings.contact
        endpoint = Endpoint(credential, base_url, timeout_s, contact, pace)
        return Upstream(endpoint, gates, clock=clock, chance=chance)

    secret = settings.spotify.client_secret
    endpoint = TokenEndpoint(
        upstream(settings.spotify.accounts_url),
        client_id=settings.spotify.client_id or "",
        secret=secret.get_secret_value() if secret else "",
        clock=clock,
    )
    people = None if grants is None else PersonTokens(endpoint, grants, clock)
    return SpotifyAccess(credential, upstream(settings.spotify.api_url), endpoint, people)


def make_source(
    settings: Settings,
    gates: Gates,
    *,
    clock: Clock,
    chance: Chance,
    access: SpotifyAccess | None = None,
) -> SpotifySource:
    """The source for credentials that are set, and for people who sign in if `access` knows any."""
    access = access or make_access(settings, gates, clock=clock, chance=chance)
    api, credential = access.api, access.credential
    own = TokenKeeper(access.endpoint, clock)
    tokens = own if access.people is None else CallersTokens(own, access.people)
    client = SpotifyClient(api, tokens, gates=gates, credential=credential, clock=clock)
    licence = STAND_IN_LICENCE if settings.spotify.is_stand_in else LICENCE
    return SpotifySource(
        client,
        ResourceReader(SourceName.SPOTIFY, client, clock=clock, licence=licence, absences=ABSENCES),
        market=settings.spotify.market,
        report=Reporter(credential, gates=gates, breaker=api.breaker, tokens=own, clock=clock),
    )
