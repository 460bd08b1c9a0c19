"""What Deezer sends: numbers as ids, whole seconds, and pictures in four sizes."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field

from api.music.ids import is_deezer_id, normalise_isrc
from api.sources.wire import (
    NUMERIC,
    About,
    Count,
    Flag,
    Ident,
    LevelDb,
    Listed,
    TempoBpm,
    Text,
    Wire,
    readable,
)

LONGEST_S = 2_000_000  # of a recording: 23 days


def _as_text(sent: object) -> object:
    return str(sent) if type(sent) is int else sent


def _a_number(text: str) -> str:
    if not is_deezer_id(text):
        raise ValueError(text)
    return text


DeezerId = Annotated[Text, BeforeValidator(_as_text), AfterValidator(_a_number)]
LengthS = Annotated[int, Field(ge=0, le=LONGEST_S), NUMERIC]


class DeezerCredit(Wire):
    """An artist as it is named on a track."""

    id: DeezerId | None = None
    name: Ident
    link: Any = None
    share: Any = None
    picture: Any = None
    picture_small: Text | None = None
    picture_medium: Text | None = None
    picture_big: Text | None = None
    picture_xl: Text | None = None
    nb_album: Any = None
    nb_fan: Any = None
    radio: Any = None
    tracklist: Any = None
    type: Any = None
    role: Any = None


class DeezerArtist(DeezerCredit):
    """An artist in a list, of whom the page is wanted, too."""

    kinds = frozenset({"artist"})

    link: Text | None = None
    nb_fan: Count | None = None


class DeezerArtists(Wire):
    """Artists: the nearest to one, which the list does not name, or those that were found."""

    data: Listed[DeezerArtist]
    total: Count | None = None
    next: Any = None


class DeezerAlbum(Wire):
    """The album that a track stands on."""

    id: Any = None
    title: Text | None = None
    link: Any = None
    cover: Any = None
    cover_small: Text | None = None
    cover_medium: Text | None = None
    cover_big: Text | None = None
    cover_xl: Text | None = None
    md5_image: Any = None
    release_date: Any = None  # of this edition, where the track’s own says when it came out
    tracklist: Any = None
    type: Any = None


class DeezerTrack(Wire):
    """A track. Its preview is read by nobody."""

    kinds = frozenset({"track"})

    id: DeezerId
    title: Ident
    isrc: Text | None = None
    link: Text | None = None
    duration: LengthS | None = None
    explicit_lyrics: Flag | None = None
    track_position: Count | None = None
    disk_number: Count | None = None
    rank: Count | None = None
    bpm: TempoBpm | None = None
    gain: LevelDb | None = None
    artist: DeezerCredit | None = None
    contributors: Listed[DeezerCredit] | None = None
    album: DeezerAlbum | None = None

    available_countries: Any = None
    explicit_content_cover: Any = None
    explicit_content_lyrics: Any = None
    md5_image: Any = None
    preview: Any = None
    readable: Any = None
    release_date: Any = None
    share: Any = None
    title_short: Any = None
    title_version: Any = None
    track_token: Any = None
    type: Any = None

    def is_about(self, asked: About) -> bool:
        """By the recording’s number that it names itself, or else by Deezer’s own."""
        return asked.ident in {normalise_isrc(self.isrc or ""), self.id}

    def is_by(self, artist_id: str) -> bool:
        """Whether this artist is named on it."""
        return artist_id in {one.id for one in readable((self.artist, *(self.contributors or ())))}


class DeezerTracks(Wire):
    """Tracks: an artist’s, most played first, or those that were found."""

    data: Listed[DeezerTrack]
    total: Count | None = None
    next: Any = None
