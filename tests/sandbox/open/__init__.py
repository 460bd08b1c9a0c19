"""The open sources' stand-ins: the same invented music, on the same port, each below its own path.

A new one is a module with a SERVICE, and one line in SERVICES. `Sandbox.urls()` has their
addresses under the names of the settings; `Sandbox.trouble("oembed", "slow")` lets one fail.
"""

from tests.sandbox.open import (
    deezer,
    lastfm,
    listenbrainz,
    musicbrainz,
    oembed,
    reccobeats,
    wikidata,
)
from tests.sandbox.open.service import OpenService
from tests.sandbox.routes import UNKNOWN

SERVICES: tuple[OpenService, ...] = tuple(
    module.SERVICE
    for module in (reccobeats, musicbrainz, wikidata, listenbrainz, deezer, lastfm, oembed)
)


def named(name: str) -> OpenService:
    """Find a service; raises LookupError."""
    for service in SERVICES:
        if service.name == name:
            return service
    raise LookupError(f"no service is called {name}")


def service_of(path: str) -> OpenService | None:
    """Find whose path this is; None where it is Spotify's."""
    return next((one for one in SERVICES if one.owns(path)), None)


def template_of(service: OpenService, path: str) -> str:
    """Answer the name a path is counted under."""
    return next((one for one in service.templates if service.fits(one, path)), UNKNOWN)


def urls(base_url: str) -> dict[str, str]:
    """Answer every service's addresses, by setting."""
    return {
        setting: f"{base_url}{path}"
        for service in SERVICES
        for setting, path in service.settings.items()
    }
