"""A playlist as a file: CSV with Exportify's columns, JSON, or M3U. Pure.

Numbers are one source's, which each row names; each row has the terms of all that stands in it.
What is written as CSV reads back as the same list (`api/library/sheet`).
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from typing import Any

from api.music.ids import OWN_PREFIX
from api.schemas.features import AudioFeatures
from api.schemas.playlist import ItemKind, Owner, Playlist, PlaylistItem
from api.schemas.provenance import SOURCE_TITLES
from api.schemas.track import Track
from api.text import cell

NUMBERS = (
    *("danceability", "energy", "key", "loudness", "mode", "speechiness", "acousticness"),
    *("instrumentalness", "liveness", "valence", "tempo", "time_signature"),
)
DIVIDER = ";"  # between artists, as Exportify writes them
COLUMNS = (
    "Track URI",
    "Track Name",
    "Album Name",
    "Artist Name(s)",
    "Release Date",
    "Duration (ms)",
    "Popularity",
    "Explicit",
    "Added By",
    "Added At",
    "Genres",
    "Record Label",
    *(name.replace("_", " ").title() for name in NUMBERS),
    "ISRC",
    "Kind",
    "Source",
    "Licence",
)
_YES_OR_NO = {True: "true", False: "false", None: None}
SPOTIFY_PAGE = "https://open.spotify.com/track/{}"
OWN_SOUNDS = "/v1/library/tracks/"


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
    playlist: Playlist, items: Sequence[PlaylistItem], features: Mapping[str, AudioFeatures]
) -> str:
    """One row for each position, the removed ones too; texts that look like formulas are quoted."""
    written = io.StringIO()
    rows = csv.writer(written, lineterminator="\r\n")
    rows.writerow(COLUMNS)
    for item in items:
        said = None if item.track is None else features.get(item.track.id)
        source = None if said is None else SOURCE_TITLES[said.provenance[0].source]
        more = (_isrc(item), item.kind.value, source, _licence(playlist, item, said))
        rows.writerow([*map(cell, _words(item)), *_numbers(said), *map(cell, more)])
    return "\ufeff" + written.getvalue()  # without the mark, Excel takes it for Latin letters


def one_as_csv(track: Track, said: AudioFeatures) -> str:
    """A track as a list of one, in the same columns."""
    artists = tuple(artist.name for artist in track.artists)
    item = PlaylistItem(
        position=0,
        kind=ItemKind.TRACK,
        added_at=None,
        name=track.name,
        artists=artists,
        duration_ms=track.duration_ms,
        track=track,
        reason=None,
    )
    alone = Playlist(
        id=track.id,
        uri=track.uri,
        url=track.url,
        name=track.name,
        description=None,
        owner=Owner(id="", name=None),
        images=(),
        public=None,
        collaborative=None,
        snapshot_id=None,
        items_total=1,
        provenance=track.provenance,
    )
    return as_csv(alone, [item], {track.id: said})


def _words(item: PlaylistItem) -> tuple[object, ...]:
    track = item.track
    album = None if track is None else track.album
    return (
        track and track.uri,
        _name(item),
        album and album.name,
        DIVIDER.join(re.sub(r"[\\,;]", r"\\\g<0>", name) for name in item.artists),
        album and album.release_date,
        item.duration_ms,
        track and track.popularity,
        track and _YES_OR_NO[track.explicit],
        None,  # who added it
        item.added_at and f"{item.added_at:%Y-%m-%dT%H:%M:%SZ}",
        *(None, None),  # genres, record label
    )


def _name(item: PlaylistItem) -> str:
    """What an entry is called; nothing where it is known by its address alone."""
    return "" if item.track is not None and item.name == item.track.uri else item.name


def _isrc(item: PlaylistItem) -> str | None:
    return item.isrc if item.track is None else item.track.isrc


def _licence(playlist: Playlist, item: PlaylistItem, said: AudioFeatures | None) -> str:
    """The terms of all that a row says, each once."""
    of_words = playlist if item.track is None else item.track
    told = [*of_words.provenance, *(() if said is None else said.provenance)]
    return "; ".join(dict.fromkeys(one.licence for one in told if one.licence))


def _numbers(said: AudioFeatures | None) -> list[object]:
    return ["" if said is None else getattr(said, name) for name in NUMBERS]


def as_json(
    playlist: Playlist, items: Sequence[PlaylistItem], features: Mapping[str, AudioFeatures]
) -> str:
    """Every position in the contract's shape, each with its features beside it."""
    document: dict[str, Any] = {
        "playlist": playlist.model_dump(mode="json"),
        "items": [
            _item(playlist, item, None if item.track is None else features.get(item.track.id))
            for item in items
        ],
    }
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def _item(playlist: Playlist, item: PlaylistItem, said: AudioFeatures | None) -> dict[str, Any]:
    return {
        **item.model_dump(mode="json"),
        "features": None if said is None else said.model_dump(mode="json"),
        "licence": _licence(playlist, item, said),
    }


def as_m3u(
    playlist: Playlist, items: Sequence[PlaylistItem], _features: Mapping[str, AudioFeatures]
) -> str:
    """What can be played: own files at this server, tracks at Spotify's pages."""
    lines = ["#EXTM3U", f"#PLAYLIST:{_one_line(playlist.name)}"]
    for item in items:
        if item.kind is not ItemKind.TRACK or item.track is None:
            continue
        seconds = -1 if item.duration_ms is None else round(item.duration_ms / 1000)
        words = " - ".join(filter(None, (", ".join(item.artists), _name(item))))
        ident = item.track.id
        own = ident.startswith(OWN_PREFIX)
        place = f"{OWN_SOUNDS}{ident}/audio" if own else SPOTIFY_PAGE.format(ident)
        lines += [f"#EXTINF:{seconds},{_one_line(words)}", place]
    return "\n".join(lines) + "\n"


def with_whole_addresses(m3u: str, server: str) -> str:
    """The same for players, which do not know from which server a list has come."""
    return m3u.replace(f"\n{OWN_SOUNDS}", f"\n{server}{OWN_SOUNDS}")


def _one_line(text: str) -> str:
    return " ".join(text.split())


WRITERS: Mapping[
    ExportFormat,
    Callable[[Playlist, Sequence[PlaylistItem], Mapping[str, AudioFeatures]], str],
] = {ExportFormat.CSV: as_csv, ExportFormat.JSON: as_json, ExportFormat.M3U: as_m3u}
