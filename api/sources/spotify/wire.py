"""What Spotify sends, in all its shapes from 2014 to 2026. Only ids are relied on, and not always.

Optional here means that some app class, market or year leaves it out (facts: any field but id, type
and uri). Numbers may come as strings; unknown fields are kept, so that the drift alarm sees them.
"""

from __future__ import annotations

from typing import Annotated, Any, Generic, TypeVar

from pydantic import Discriminator, Tag

from api.sources.answers import Wire

Names = tuple[str | None, ...]
ExternalUrls = dict[str, str | None]
T = TypeVar("T")


class WireImage(Wire):
    """A picture; playlists often give no sizes."""

    url: str
    height: int | None = None
    width: int | None = None


WireImages = tuple[WireImage | None, ...] | None


class WireFollowers(Wire):
    """How many; `href` has always been null."""

    href: str | None = None
    total: int | None = None


class WireRestrictions(Wire):
    """Why something cannot be played."""

    reason: str | None = None


class WireArtist(Wire):
    """An artist, full or simplified."""

    id: str | None = None
    uri: str | None = None
    type: str | None = None
    href: str | None = None
    name: str | None = None
    external_urls: ExternalUrls | None = None
    followers: WireFollowers | None = None
    genres: Names | None = None
    images: WireImages = None
    popularity: int | None = None


class WireCopyright(Wire):
    """A line of small print."""

    text: str | None = None
    type: str | None = None


class Paging(Wire, Generic[T]):
    """A part of a list. Entries may be null; `total` alone is sent in lists of playlists."""

    items: tuple[T | None, ...] | None = None
    href: str | None = None
    limit: int | None = None
    offset: int | None = None
    total: int | None = None
    next: str | None = None
    previous: str | None = None


class WireDate(Wire):
    """A release date in pieces, as one shape of about 2014 had it."""

    year: int
    month: int | None = None
    day: int | None = None


class WireAlbum(Wire):
    """An album, full or simplified."""

    id: str | None = None
    uri: str | None = None
    type: str | None = None
    href: str | None = None
    name: str | None = None
    album_type: str | None = None
    album_group: str | None = None
    artists: tuple[WireArtist | None, ...] | None = None
    available_markets: Names | None = None
    copyrights: tuple[WireCopyright, ...] | None = None
    external_ids: ExternalUrls | None = None
    external_urls: ExternalUrls | None = None
    genres: Names | None = None
    images: WireImages = None
    is_playable: bool | None = None
    label: str | None = None
    popularity: int | None = None
    release_date: str | WireDate | None = None
    release_date_precision: str | None = None
    restrictions: WireRestrictions | None = None
    total_tracks: int | None = None
    tracks: Any = None  # the album's own tracks: not asked for by any route


class WireLink(Wire):
    """The track that was asked for, where another copy of it is answered."""

    id: str | None = None
    uri: str | None = None
    type: str | None = None
    href: str | None = None
    external_urls: ExternalUrls | None = None


class WireTrack(Wire):
    """A track. Inside playlists it also carries `track: true` and `episode: false`."""

    id: str | None = None
    uri: str | None = None
    type: str | None = None
    href: str | None = None
    name: str | None = None
    album: WireAlbum | None = None
    artists: tuple[WireArtist | None, ...] | None = None
    available_markets: Names | None = None
    disc_number: int | None = None
    duration_ms: int | None = None
    episode: bool | None = None
    explicit: bool | None = None
    external_ids: ExternalUrls | None = None
    external_urls: ExternalUrls | None = None
    is_local: bool | None = None
    is_playable: bool | None = None
    linked_from: WireLink | None = None
    popularity: int | None = None
    preview_url: str | None = None
    restrictions: WireRestrictions | None = None
    track: bool | None = None
    track_number: int | None = None


class WireEpisode(Wire):
    """An episode of a podcast; of it only the name, the show and the length are of use here."""

    id: str | None = None
    uri: str | None = None
    type: str | None = None
    href: str | None = None
    name: str | None = None
    show: Any = None
    audio_preview_url: str | None = None
    available_markets: Names | None = None
    description: str | None = None
    duration_ms: int | None = None
    episode: bool | None = None
    explicit: bool | None = None
    external_urls: ExternalUrls | None = None
    html_description: str | None = None
    images: WireImages = None
    is_externally_hosted: bool | None = None
    is_playable: bool | None = None
    language: str | None = None
    languages: Names | None = None
    release_date: str | None = None
    release_date_precision: str | None = None
    restrictions: WireRestrictions | None = None
    resume_point: Any = None
    track: bool | None = None


def _kind_of(item: object) -> str:
    kind = item.get("type") if isinstance(item, dict) else getattr(item, "type", None)
    return "episode" if kind == "episode" else "track"


WireItem = Annotated[
    Annotated[WireTrack, Tag("track")] | Annotated[WireEpisode, Tag("episode")],
    Discriminator(_kind_of),
]


class WireUser(Wire):
    """Somebody at Spotify."""

    id: str | None = None
    uri: str | None = None
    type: str | None = None
    href: str | None = None
    display_name: str | None = None
    external_urls: ExternalUrls | None = None


class WireEntry(Wire):
    """A position of a playlist: `item` since 2026, `track` before, both from some apps."""

    added_at: str | None = None
    added_by: WireUser | None = None
    is_local: bool | None = None
    item: WireItem | None = None
    track: WireItem | None = None
    name: str | None = None
    primary_color: str | None = None
    video_thumbnail: Any = None


class WirePlaylist(Wire):
    """A playlist: its entries under `items` since 2026, under `tracks` before."""

    id: str | None = None
    uri: str | None = None
    type: str | None = None
    href: str | None = None
    name: str | None = None
    collaborative: bool | None = None
    description: str | None = None
    external_urls: ExternalUrls | None = None
    followers: WireFollowers | None = None
    images: WireImages = None
    items: Paging[WireEntry] | None = None
    owner: WireUser | None = None
    primary_color: str | None = None
    public: bool | None = None
    snapshot_id: str | None = None
    tracks: Paging[WireEntry] | None = None


class WireFeatures(Wire):
    """Audio features. A missing number is unknown, never 0."""

    id: str | None = None
    uri: str | None = None
    type: str | None = None
    track_href: str | None = None
    analysis_url: str | None = None
    acousticness: float | None = None
    danceability: float | None = None
    duration_ms: int | None = None
    energy: float | None = None
    instrumentalness: float | None = None
    key: int | None = None
    liveness: float | None = None
    loudness: float | None = None
    mode: int | None = None
    speechiness: float | None = None
    tempo: float | None = None
    time_signature: int | None = None
    valence: float | None = None


class WireSearch(Wire):
    """A page per type that was asked for."""

    artists: Paging[WireArtist] | None = None
    tracks: Paging[WireTrack] | None = None
    playlists: Paging[WirePlaylist] | None = None
    albums: Any = None


class WireArtists(Wire):
    """Several artists, null where one is unknown."""

    artists: tuple[WireArtist | None, ...]


class WireTracks(Wire):
    """Several tracks, null where one is unknown."""

    tracks: tuple[WireTrack | None, ...]


class WireFeaturesList(Wire):
    """Several tracks' features, null where they are unknown."""

    audio_features: tuple[WireFeatures | None, ...]
