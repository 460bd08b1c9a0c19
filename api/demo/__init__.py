"""The demo label: invented artists whose pieces this project composes, plays and ships itself.

Reading it is light: names and truths come from catalogue.json, sound from the audio folder.
What composes and plays (the other modules, `python -m api.demo.studio.build`) is not imported here.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent
CATALOGUE = FOLDER / "catalogue.json"
AUDIO = FOLDER / "audio"
COVERS = FOLDER / "covers"


@dataclass(frozen=True, slots=True)
class TruthSection:
    """A section as the composer wrote it; it lasts until the next one, or the end."""

    name: str
    start_s: float


@dataclass(frozen=True, slots=True)
class Truth:
    """What the composer knows. Beat k of `beats` falls at first_beat_s + k · beat_s.

    The beat of 6/8 is the dotted quarter. `swing` is where an off-beat falls within
    `swing_beats` beats: 0.5 is straight.
    """

    tempo_bpm: float
    key: int
    mode: int
    time_signature: str
    beats_per_bar: int
    half_time: bool
    swing: float
    swing_beats: float
    first_beat_s: float
    beat_s: float
    beats: int
    sections: tuple[TruthSection, ...]
    fade_in_s: float
    fade_out_s: float

    def beats_s(self) -> list[float]:
        """Where every beat falls, in seconds."""
        return [self.first_beat_s + index * self.beat_s for index in range(self.beats)]

    def bars_s(self) -> list[float]:
        """Where every bar begins, in seconds."""
        return self.beats_s()[:: self.beats_per_bar]


@dataclass(frozen=True, slots=True)
class DemoArtist:
    """Somebody invented."""

    id: str
    slug: str
    name: str
    biography: str
    genres: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DemoAlbum:
    """A release of an invented artist; `kind` is album, single or ep."""

    id: str
    slug: str
    title: str
    artist: str
    kind: str
    released: str
    cover: str
    tracks: tuple[str, ...]

    @property
    def cover_path(self) -> Path:
        """The SVG."""
        return COVERS / self.cover


@dataclass(frozen=True, slots=True)
class DemoTrack:
    """A piece and its file; `artist` and `album` are slugs, there is no ISRC."""

    id: str
    slug: str
    title: str
    artist: str
    album: str
    number: int
    style: str
    file: str
    sha256: str
    bytes: int
    duration_s: float
    truth: Truth
    isrc: None = None

    @property
    def path(self) -> Path:
        """The MP3."""
        return AUDIO / self.file


@dataclass(frozen=True, slots=True)
class DemoCollection:
    """A playlist of the label; `tracks` are slugs in their order."""

    id: str
    slug: str
    title: str
    description: str
    tracks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Everything the label has released."""

    label: str
    artists: tuple[DemoArtist, ...]
    albums: tuple[DemoAlbum, ...]
    tracks: tuple[DemoTrack, ...]
    collections: tuple[DemoCollection, ...]

    def track(self, slug: str) -> DemoTrack:
        """The track of that slug. Raises KeyError."""
        return {track.slug: track for track in self.tracks}[slug]

    def artist(self, slug: str) -> DemoArtist:
        """The artist of that slug. Raises KeyError."""
        return {artist.slug: artist for artist in self.artists}[slug]

    def album(self, slug: str) -> DemoAlbum:
        """The album of that slug. Raises KeyError."""
        return {album.slug: album for album in self.albums}[slug]


@cache
def catalogue() -> Catalogue:
    """The catalogue as shipped, read once."""
    written = json.loads(CATALOGUE.read_text(encoding="utf-8"))
    return Catalogue(
        label=written["label"],
        artists=tuple(DemoArtist(**_firm(artist)) for artist in written["artists"]),
        albums=tuple(DemoAlbum(**_firm(album)) for album in written["albums"]),
        tracks=tuple(_track(track) for track in written["tracks"]),
        collections=tuple(DemoCollection(**_firm(each)) for each in written["collections"]),
    )


def _track(written: dict[str, Any]) -> DemoTrack:
    truth = written["truth"]
    sections = tuple(TruthSection(**section) for section in truth["sections"])
    return DemoTrack(**(written | {"truth": Truth(**(truth | {"sections": sections}))}))


def _firm(written: dict[str, Any]) -> dict[str, Any]:
    """Lists as tuples: what is cached must not be changed."""
    return {key: tuple(v) if isinstance(v, list) else v for key, v in written.items()}
