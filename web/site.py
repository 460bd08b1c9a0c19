"""What all pages share: is the catalogue invented, whose pictures may be shown, the policy."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from api.schemas.artist import Image

SPOTIFY_PICTURES = ("https://i.scdn.co", "https://*.scdn.co", "https://*.spotifycdn.com")
WANTED_PX = 300
OWN_COVERS = "/v1/library/tracks/"  # covers of the demo label, served by this site itself


@dataclass(frozen=True, slots=True)
class ExampleIds:
    """Things that can be looked at without any credentials."""

    artist_id: str
    track_id: str
    playlist_id: str


@dataclass(frozen=True, slots=True)
class Site:
    """This installation, as its pages know it."""

    stand_in: bool = False
    picture_origins: tuple[str, ...] = SPOTIFY_PICTURES
    examples: ExampleIds | None = None
    version: str = "0.1.0"
    upload_mb: int = 60
    signs_in: bool = False
    contact: str | None = None

    @property
    def policy(self) -> str:
        """The Content-Security-Policy of every page: our own files, plus pictures."""
        pictures = " ".join(("'self'", *self.picture_origins, "data:"))
        return (
            f"default-src 'none'; script-src 'self'; style-src 'self'; img-src {pictures}; "
            "media-src 'self' blob:; font-src 'self'; connect-src 'self'; form-action 'self'; "
            "base-uri 'none'; frame-ancestors 'none'; object-src 'none'"
        )

    def picture(self, images: Iterable[Image]) -> Image | None:
        """The smallest picture that is large enough, of those the policy lets through."""
        shown = [image for image in images if self._allows(image.url)]
        ample = [image for image in shown if (image.width or WANTED_PX) >= WANTED_PX]
        return min(ample or shown, key=lambda image: image.width or WANTED_PX, default=None)

    def _allows(self, url: str) -> bool:
        try:
            parts = urlsplit(url)
        except ValueError:
            return False
        if not parts.scheme and not parts.netloc:
            return parts.path.startswith(OWN_COVERS)
        origin = f"{parts.scheme}://{parts.netloc}"
        return any(_covers(allowed, origin) for allowed in self.picture_origins)


def _covers(allowed: str, origin: str) -> bool:
    scheme, star, domain = allowed.partition("*.")
    if not star:
        return origin == allowed
    return origin.startswith(scheme) and origin.endswith(f".{domain}") and "@" not in origin
