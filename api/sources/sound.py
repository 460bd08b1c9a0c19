"""The numbers that Spotify's analysis has for a whole track, whoever passes them on. Pure."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from api.music.key_names import camelot, key_name
from api.schemas.features import UNIT_FEATURES
from api.schemas.provenance import Reason
from api.sources.wire import NUMERIC, LevelDb, TempoBpm, Wire, Zero2One

LOUDNESS_REFERENCE = "dBFS-like"
SOUND_NUMBERS = (*UNIT_FEATURES, "loudness", "tempo", "key", "mode")
PitchClass = Annotated[int, Field(ge=-1, le=11), NUMERIC]  # -1: not found
Mode = Annotated[int, Field(ge=-1, le=1), NUMERIC]  # -1: not found
_HARMONY = ("tempo", "key", "mode")


class WireSound(Wire):
    """The eleven numbers. A missing one is unknown, never 0."""

    acousticness: Zero2One | None = None
    danceability: Zero2One | None = None
    energy: Zero2One | None = None
    instrumentalness: Zero2One | None = None
    key: PitchClass | None = None
    liveness: Zero2One | None = None
    loudness: LevelDb | None = None
    mode: Mode | None = None
    speechiness: Zero2One | None = None
    tempo: TempoBpm | None = None
    valence: Zero2One | None = None


def detected(sent: int | None) -> int | None:
    """-1 says that there is none."""
    return None if sent == -1 else sent


def sound_values(wire: WireSound) -> dict[str, Any]:
    """The numbers as AudioFeatures has them, with the names of the key; a tempo of 0 is none."""
    key, mode = detected(wire.key), detected(wire.mode)
    return {
        **{name: getattr(wire, name) for name in SOUND_NUMBERS},
        "tempo": wire.tempo or None,
        "tempo_candidates": (),
        "key": key,
        "mode": mode,
        "key_name": key_name(key, mode),
        "camelot": camelot(key, mode),
        "uncertainty": {},
    }


def unsent(wire: WireSound, words: str) -> dict[str, tuple[Reason, str]]:
    """A number that was not sent at all is not known, rather than not detected."""
    return {name: (Reason.NOT_KNOWN, words) for name in _HARMONY if getattr(wire, name) is None}
