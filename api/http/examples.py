"""Ids that answer when they are tried: of the demo label, of invented music, or of real music.

The documentation is written with two sets of ids: INVENTED stands for any music, OWN for what is
this server's own. `fitting_examples` tells which ones answer with the settings at hand.
"""

from __future__ import annotations

from dataclasses import astuple, dataclass
from functools import cache

from api.demo import catalogue
from api.music.ids import OWN_PREFIX
from api.settings import Settings


@dataclass(frozen=True, slots=True)
class Examples:
    """One id of each kind."""

    artist_id: str
    track_id: str
    other_track_id: str
    playlist_id: str
    words: str

    @property
    def two_tracks(self) -> str:
        """For what takes several."""
        return f"{self.track_id},{self.other_track_id}"

    @property
    def link(self) -> str:
        """The track's page at Spotify."""
        return f"https://open.spotify.com/track/{self.track_id}"


INVENTED = Examples(
    artist_id="5zgmpjHcmqMZjTSWGxWgjv",
    track_id="4PjYjtvWO0w21u0d4twcSv",
    other_track_id="1Hzn6zkslS5l7Us6oJGXIa",
    playlist_id="2R5SXDhiYJXFZoMZ18WqpC",
    words="night",
)
OWN = Examples(
    artist_id=OWN_PREFIX + INVENTED.artist_id,
    track_id=OWN_PREFIX + INVENTED.track_id,
    other_track_id=OWN_PREFIX + INVENTED.other_track_id,
    playlist_id=OWN_PREFIX + INVENTED.playlist_id,
    words=INVENTED.words,
)
REAL = Examples(  # those of Spotify's own reference
    artist_id="0TnOYISbd1XYRBk9myaseg",
    track_id="11dFghVXANMlKmJXsNCbNl",
    other_track_id="4iV5W9uYEdYUVa79Axb7Rh",
    playlist_id="3cEYpjA9oz9GiPac4AsH4n",
    words="remaster",
)


@cache
def of_the_label() -> Examples:
    """The demo label's."""
    label = catalogue()
    chosen = label.track("escalator-kiss")
    return Examples(
        artist_id=label.artist(chosen.artist).id,
        track_id=chosen.id,
        other_track_id=label.track("the-lantern-waltz").id,
        playlist_id=label.collections[-1].id,
        words="moth",
    )


def examples(settings: Settings) -> Examples:
    """Those that answer with these settings."""
    if settings.spotify.is_stand_in:
        return INVENTED
    if settings.shows_demo and not settings.spotify.is_configured:
        return of_the_label()
    return REAL


def fitting_examples(settings: Settings) -> dict[str, str]:
    """Each example that operations are written with, and the one that answers in its place."""
    chosen, own = examples(settings), of_the_label()
    pairs = [*zip(astuple(OWN), astuple(own), strict=True)]
    pairs += zip(astuple(INVENTED), astuple(chosen), strict=True)
    pairs.append((INVENTED.two_tracks, chosen.two_tracks))
    is_own = chosen.track_id.startswith(OWN_PREFIX)  # what is our own has no page at Spotify
    pairs.append((INVENTED.link, chosen.track_id if is_own else chosen.link))
    return dict(pairs)
