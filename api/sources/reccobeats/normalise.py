"""ReccoBeats' tracks and numbers as the contract has them. Pure: wire in, schema out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from api.music.ids import normalise_isrc
from api.problems.refusals import Garbled
from api.schemas.artist import ArtistCredit
from api.schemas.features import AudioFeatures
from api.schemas.provenance import Missing, SourceName
from api.schemas.track import Track
from api.sources.reccobeats.texts import (
    ABSENCES,
    AGREES,
    AGREES_ALONE,
    BY_ISRC,
    REPEATS,
    UNCHECKED,
    UNSENT,
)
from api.sources.reccobeats.wire import WireTrackArtist, WireTrackRow, WireTrackSound, spotify_id
from api.sources.resource import Origin
from api.sources.sound import SOUND_NUMBERS, sound_values, unsent
from api.sources.wire import readable

PAGES = "https://api.reccobeats.com/v1/{}?ids={}"  # it has no pages for people but these


def features(
    wire: WireTrackSound, ident: str, origin: Origin, *, detail: str = REPEATS
) -> AudioFeatures:
    """The numbers of a track. Raises Garbled where none can be read."""
    if wire.unreadable.issuperset(SOUND_NUMBERS):
        raise Garbled(SourceName.RECCOBEATS, "None of the numbers in its answer can be read.")
    values = {
        "id": ident,
        "uri": f"spotify:track:{ident}",
        **sound_values(wire),
        "time_signature": None,
        "duration_ms": None,
    }
    url = PAGES.format("audio-features", ident)
    why = unsent(wire, UNSENT)
    return origin.resource(AudioFeatures, values, wire, url=url, why=why, detail=detail)


def by_isrc(isrc: str, ident: str, agrees: Sequence[str]) -> str:
    """How a track was found by its recording's number, and what speaks for its being the one."""
    checked = UNCHECKED
    if agrees:
        *others, last = agrees
        listed = f"{', '.join(others)} and {last}" if others else last
        checked = (AGREES if others else AGREES_ALONE).format(listed)
    return f"{REPEATS} {BY_ISRC.format(isrc=isrc, ident=ident, checked=checked)}"


def track(wire: WireTrackRow, ident: str, origin: Origin) -> Track:
    """A track, which stands on no album here."""
    sent = readable(wire.artists)
    artists = tuple(_credit(one, one.name) for one in sent if one.name)
    isrc = normalise_isrc(wire.isrc or "")
    values: dict[str, Any] = {
        "id": ident,
        "uri": f"spotify:track:{ident}",
        "url": f"https://open.spotify.com/track/{ident}",
        "name": wire.trackTitle,
        "artists": artists,
        "album": None,
        "duration_ms": wire.durationMs or None,
        "explicit": None,
        "isrc": isrc,
        "popularity": None,
        "track_number": None,
        "disc_number": None,
        "is_playable": None,
        "linked_from": None,
    }
    url = PAGES.format("track", ident)
    nameless = (f"artists[{place}]" for place, one in enumerate(sent) if not one.name)
    also = (*_nobody(artists), *map(ABSENCES.of, nameless), *_no_isrc(wire, isrc))
    return origin.resource(Track, values, wire, url=url, also=also)


def _credit(wire: WireTrackArtist, name: str) -> ArtistCredit:
    ident = spotify_id(wire.href, "artist")
    uri = None if ident is None else f"spotify:artist:{ident}"
    return ArtistCredit(id=ident, name=name, uri=uri)


def _nobody(artists: tuple[ArtistCredit, ...]) -> tuple[Missing, ...]:
    return () if artists else (ABSENCES.of("artists"),)


def _no_isrc(wire: WireTrackRow, isrc: str | None) -> tuple[Missing, ...]:
    """A text that is no ISRC is not passed on as one."""
    return (ABSENCES.of_unreadable("isrc"),) if wire.isrc and isrc is None else ()
