"""Feature columns of a spreadsheet as the contract has them. Pure: stored values in, schema out."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Any

from api.music.key_names import camelot, key_name
from api.schemas.features import UNIT_FEATURES, AudioFeatures
from api.schemas.provenance import Reason, SourceName
from api.sources.resource import Absences, Origin

LICENCE = "Spotify’s numbers, as its owner exported them: for personal use, not to be passed on"
BOUNDS: dict[str, tuple[float, float]] = {
    **dict.fromkeys(UNIT_FEATURES, (0.0, 1.0)),
    "loudness": (-120.0, 20.0),
    "tempo": (1.0, 1_000.0),
    "key": (0, 11),
    "mode": (0, 1),
    "time_signature": (3, 7),
}
WHOLE = ("key", "mode", "time_signature")
_NOT_DETECTED = {
    "tempo": "Spotify’s analysis found no steady tempo.",
    "key": "Spotify’s analysis could not decide on a key.",
    "mode": "Spotify’s analysis could not tell major from minor.",
    "time_signature": "Spotify’s analysis found no metre from 3 to 7.",
}
_NO_NAME = (Reason.NOT_DETECTED, "There is no name without a key and a mode.")
_NO_COLUMN = "The spreadsheet has no usable number for it."


_ABSENCES = Absences(_NO_COLUMN, dict.fromkeys(("key_name", "camelot"), _NO_NAME))


def origin(at: datetime, file: str) -> Origin:
    """The spreadsheet that the values stood in says it, since it was brought."""
    detail = (
        f"From your spreadsheet {file}, imported {at:%Y-%m-%d}; Exportify copies "
        "Spotify’s numbers. Loudness is dBFS-like."
    )
    return Origin(SourceName.EXPORTIFY, at, LICENCE, _ABSENCES, detail)


def can_be(name: str, value: float) -> bool:
    """Whether a feature can have this value; -1 for “no key” and a tempo of 0 are answers, too."""
    low, high = BOUNDS[name]
    if name in WHOLE:
        return value == math.floor(value) and -1 <= value <= high
    return low <= value <= high or (name == "tempo" and value == 0)


def features(
    sent: Mapping[str, float], ident: str, *, duration_ms: int | None, origin: Origin
) -> AudioFeatures:
    """The features of one track; what the spreadsheet does not say is absent with its reason."""
    inside = {n: v for n, v in sent.items() if BOUNDS[n][0] <= v <= BOUNDS[n][1]}
    key, mode = (None if v is None else int(v) for v in map(inside.get, ("key", "mode")))
    metre = inside.get("time_signature")
    values: dict[str, Any] = {
        "id": ident,
        "uri": f"spotify:track:{ident}",
        **{name: inside.get(name) for name in (*UNIT_FEATURES, "loudness", "tempo")},
        "key": key,
        "mode": mode,
        "key_name": key_name(key, mode),
        "camelot": camelot(key, mode),
        "time_signature": None if metre is None else int(metre),
        "duration_ms": duration_ms,
    }
    why = {name: (Reason.NOT_DETECTED, _NOT_DETECTED[name]) for name in sent.keys() & _NOT_DETECTED}
    model = partial(AudioFeatures, tempo_candidates=(), uncertainty={})
    return origin.resource(model, values, why=why)
