"""A playlist as a file: CSV with Exportify's columns, JSON, or M3U. Pure.

Numbers are one source's, which each row names with its licence.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from typing import Any

from api.music.ids import OWN_PREFIX
from api.schemas.features import UNIT_FEATURES, AudioFeatures
from api.schemas.playlist import ItemKind, Playlist, PlaylistItem
from api.schemas.provenance import SOURCE_TITLES

NUMBERS = (*UNIT_FEATURES, "loudness", "tempo", "key", "mode", "time_signature")
FORMULA = ("=", "+", "-", "@", "\t", "\r")  # a spreadsheet would work out what begins so
COLUMNS = (
    "Track URI",
    "Track Name",
    "Album Name",
    "Artist Name(s)",
    "Release Date",
    "Duration (ms)",
    "ISRC",
    "Added At",
    "Kind",
    *(name.replace("_", " ").title() for name in NUMBERS),
    "Source",
    "Licence",
)
SPOTIFY_PAGE = "https://open.spotify.com/track/{}"
OWN_SOUND = "/v1/library/tracks/{}/audio"


class ExportFormat(StrEnum):
    """The files that a playlist can become."""

    CSV = "csv"
    JSON = "json"
    M3U = "m3u"


MEDIA_TYPES = {
    ExportFormat.CSV: "text/csv; charset=utf-8",
    ExportFormat.JSON: "application/json",
    ExportFormat.M3U: "audio/x-mpegurl; charset=utf-8",
}


def as_csv(
    _playlist: Playlist, items: Sequence[PlaylistItem], features: Mapping[str, AudioFeatures]
) -> str:
    """One row for each position, the removed ones too; texts that look like formulas are quoted."""
    written = io.StringIO()
    rows = csv.writer(written, lineterminator="\r\n")
    rows.writerow(COLUMNS)
    for item in items:
        said = None if item.track is None else features.get(item.track.id)
        rows.writerow([*map(_cell, _words(item)), *_numbers(said), *map(_cell, _who(said))])
    return "\ufeff" + written.getvalue()  # without the mark, Excel takes it for Latin letters


def _words(item: PlaylistItem) -> tuple[object, ...]:
    track = item.track
    album = None if track is None else track.album
    return (
        "" if track is None else track.uri,
        item.name,
        "" if album is None else album.name,
        ", ".join(item.artists),
        "" if album is None else album.release_date,
        item.duration_ms,
        "" if track is None else track.isrc,
        "" if item.added_at is None else f"{item.added_at:%Y-%m-%dT%H:%M:%SZ}",
        item.kind.value,
    )


def _numbers(said: AudioFeatures | None) -> list[object]:
    return ["" if said is None else getattr(said, name) for name in NUMBERS]


def _who(said: AudioFeatures | None) -> tuple[str, str]:
    if said is None:
        return "", ""
    first = said.provenance[0]
    return SOURCE_TITLES[first.source], first.licence or ""


def _cell(value: object) -> object:
    if isinstance(value, str) and value.startswith(FORMULA):
        return f"'{value}"
    return value


def as_json(
    playlist: Playlist, items: Sequence[PlaylistItem], features: Mapping[str, AudioFeatures]
) -> str:
    """Every position in the contract's shape, each with its features beside it."""
    document: dict[str, Any] = {
        "playlist": playlist.model_dump(mode="json"),
        "items": [
            item.model_dump(mode="json")
            | {"features": _dumped(None if item.track is None else features.get(item.track.id))}
            for item in items
        ],
    }
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def _dumped(said: AudioFeatures | None) -> dict[str, Any] | None:
    return None if said is None else said.model_dump(mode="json")


def as_m3u(
    playlist: Playlist, items: Sequence[PlaylistItem], _features: Mapping[str, AudioFeatures]
) -> str:
    """What can be played: own files at this server, tracks at Spotify's pages."""
    lines = ["#EXTM3U", f"#PLAYLIST:{_one_line(playlist.name)}"]
    for item in items:
        if item.kind is not ItemKind.TRACK or item.track is None:
            continue
        seconds = -1 if item.duration_ms is None else round(item.duration_ms / 1000)
        words = " - ".join(filter(None, (", ".join(item.artists), item.name)))
        ident = item.track.id
        place = OWN_SOUND if ident.startswith(OWN_PREFIX) else SPOTIFY_PAGE
        lines += [f"#EXTINF:{seconds},{_one_line(words)}", place.format(ident)]
    return "\n".join(lines) + "\n"


def _one_line(text: str) -> str:
    return " ".join(text.split())


WRITERS: Mapping[
    ExportFormat,
    Callable[[Playlist, Sequence[PlaylistItem], Mapping[str, AudioFeatures]], str],
] = {ExportFormat.CSV: as_csv, ExportFormat.JSON: as_json, ExportFormat.M3U: as_m3u}
