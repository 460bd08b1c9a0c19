"""What Spotify sends, in all its shapes from 2014 to 2026. Ids and names are relied on, no more.

Optional here means that some app class, market or year leaves it out (facts: any field but id, type
and uri). Numbers may come as strings; unknown fields are kept, so that the drift alarm sees them.
Bounds are the contract's, so that what is read here fits there. `Any` is what nobody reads.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Generic, TypeVar
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    Tag,
    model_validator,
)

from api.sources.sound import WireSound
from api.sources.wire import (
    NUMERIC,
    About,
    Count,
    Flag,
    Ident,
    LengthMs,
    Listed,
    Text,
    Wire,
    Zero2Hundred,
    calendar_date,
)

T = TypeVar("T")
OLDEST, NEWEST = 1970, 2200  # years in which something may have been added to a playlist
STARRED = ":starred"
KINDS = frozenset(
    {"artist", "album", "track", "playlist", "episode", "show", "audiobook", "chapter", "user"}
    | {"audio_features"}
)
_IDS = re.compile(r"(?<![0-9A-Za-z])[0-9A-Za-z]{22}(?![0-9A-Za-z])")
Names = Listed[Text]
Metre = Annotated[int, Field(ge=0, le=32), NUMERIC]


def _in_one(sent: object) -> object:
    """A date that came in pieces, as one shape of about 2014 had it."""
    if not isinstance(sent, dict):
        return sent
    pieces = ((sent.get("year"), 4), (sent.get("month"), 2), (sent.get("day"), 2))
    return "-".join(f"{int(str(piece)):0{width}d}" for piece, width in pieces if piece)


def _utc(text: str) -> datetime:
    """A moment in UTC, which it is in where no other zone is named."""
    moment = datetime.fromisoformat(text)
    try:
        moment = moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except OverflowError as error:
        raise ValueError(text) from error
    if not OLDEST <= moment.year < NEWEST:
        raise ValueError(text)
    return moment


CalendarDate = Annotated[Text, BeforeValidator(_in_one), AfterValidator(calendar_date)]
if TYPE_CHECKING:
    Instant = datetime
else:
    Instant = Annotated[Text, AfterValidator(_utc)]


class WireError(Wire):
    """What went wrong, in Spotify's words."""

    message: Text | None = None
    description: Text | None = None


class WireRefusal(Wire):
    """The body of an error, in any of its shapes."""

    error: WireError | Text | None = None


class WireUrls(Wire):
    """Pages about a thing; Spotify's own is the only one."""

    spotify: Text | None = None


class WireIds(Wire):
    """Numbers by which others know it."""

    isrc: Text | None = None
    ean: Any = None
    upc: Any = None


class WireImage(Wire):
    """A picture; playlists often give no sizes."""

    url: Ident
    height: Count | None = None
    width: Count | None = None


WireImages = Listed[WireImage] | None


class WireFollowers(Wire):
    """How many; `href` has always been null."""

    total: Count | None = None
    href: Any = None


class WireRestrictions(Wire):
    """Why something cannot be played."""

    reason: Text | None = None


class WireThing(Wire):
    """What every thing of Spotify's says of itself, if it says anything."""

    id: Ident | None = None
    uri: Text | None = None
    type: Any = None
    href: Any = None
    name: Text | None = None
    external_urls: WireUrls | None = None

    naming: ClassVar[frozenset[str]] = Wire.naming | {"external_urls"}

    @classmethod
    def named_kind(cls, sent: Mapping[str, Any]) -> str | None:
        """By its type or, where that says nothing known, by its URI."""
        said = sent.get("type")
        if isinstance(said, str) and said in KINDS:
            return said
        parts = str(sent.get("uri")).split(":")
        kind = "playlist" if parts[1:2] == ["user"] else "".join(parts[1:2])
        return kind if parts[0] == "spotify" and kind in KINDS else None


class WireArtist(WireThing):
    """An artist."""

    kinds = frozenset({"artist"})

    id: Ident
    name: Ident
    followers: WireFollowers | None = None
    genres: Names | None = None
    images: WireImages = None
    popularity: Zero2Hundred | None = None


class WirePart(Wire):
    """What a part of a list says of the whole; of the list in a playlist nothing else is read."""

    items: Any = None
    total: Count | None = None
    next: Text | None = None
    previous: Any = None
    href: Any = None
    limit: Any = None
    offset: Any = None

    def is_about(self, asked: About) -> bool:
        """A part does not say of what; but its own address must not name another thing."""
        named = _IDS.findall(urlsplit(self.href).path) if isinstance(self.href, str) else []
        return not named or asked.ident in named


class Paging(WirePart, Generic[T]):
    """A part of a list. Entries may be null."""

    items: Listed[T | None]


class WireAlbumCredit(WireThing):
    """An album as it stands on a track. On a local file it may have nothing but a name."""

    album_type: Text | None = None
    album_group: Text | None = None
    artists: Listed[WireThing] | None = None
    available_markets: Any = None
    copyrights: Any = None
    external_ids: Any = None
    genres: Any = None
    images: WireImages = None
    is_playable: Any = None
    label: Any = None
    popularity: Any = None
    release_date: CalendarDate | None = None
    release_date_precision: Any = None
    restrictions: Any = None
    total_tracks: Count | None = None
    tracks: Any = None  # the album's own tracks: not asked for by any route


class WireAlbum(WireAlbumCredit):
    """An album of its own."""

    kinds = frozenset({"album"})

    id: Ident
    name: Text


class WireUnlinked(WireThing):
    """A recording that may have no page of its own: a file on somebody's computer, or gone.

    Inside playlists it also carries `track: true` and `episode: false`.
    """

    album: WireAlbumCredit | None = None
    artists: Listed[WireThing] | None = None
    available_markets: Any = None
    disc_number: Count | None = None
    duration_ms: LengthMs | None = None
    episode: Any = None
    explicit: Flag | None = None
    external_ids: WireIds | None = None
    is_local: Flag | None = None
    is_playable: Flag | None = None
    linked_from: WireThing | None = None
    popularity: Zero2Hundred | None = None
    preview_url: Any = None
    restrictions: WireRestrictions | None = None
    track: Any = None
    track_number: Count | None = None


class WireTrack(WireUnlinked):
    """A track."""

    kinds = frozenset({"track"})

    id: Ident
    name: Text

    def is_about(self, asked: About) -> bool:
        """By its id, or by that of the copy it stands for, which newer apps are not told."""
        linked = self.linked_from.id if self.linked_from else None
        if asked.ident in (self.id, linked):
            return True
        other = self.id.lower() != asked.ident.lower()  # an id in other letters is a mistake
        return asked.may_be_other and linked is None and other


class WireShow(WireThing):
    """A podcast."""

    model_config = ConfigDict(extra="ignore")  # of all that is said of it, its name is of use here


class WireEpisode(WireThing):
    """An episode of a podcast; of it only the name, the show and the length are of use here."""

    show: WireShow | None = None
    duration_ms: LengthMs | None = None
    audio_preview_url: Any = None
    available_markets: Any = None
    description: Any = None
    episode: Any = None
    explicit: Any = None
    html_description: Any = None
    images: Any = None
    is_externally_hosted: Any = None
    is_playable: Any = None
    language: Any = None
    languages: Any = None
    release_date: Any = None
    release_date_precision: Any = None
    restrictions: Any = None
    resume_point: Any = None
    track: Any = None


class WireOther(WireThing):
    """An entry of a kind that is not known here, such as a chapter of an audiobook."""

    model_config = ConfigDict(extra="ignore")

    duration_ms: LengthMs | None = None

    @property
    def kind(self) -> str:
        """What Spotify calls it."""
        return kind_of(self.uri, self.type)


def kind_of(uri: object, said: object) -> str:
    """What an entry is, by its URI and else by its type; a track where neither says."""
    parts = uri.split(":") if isinstance(uri, str) else []
    if len(parts) > 2 and parts[0] == "spotify" and parts[1]:  # noqa: PLR2004  # spotify:kind:id
        return parts[1]
    return said if isinstance(said, str) and said else "track"


def _model_of(item: object) -> str:
    """The name of the model an entry is read as."""
    if isinstance(item, Wire):
        return type(item).__name__
    if not isinstance(item, dict):
        return WireTrack.__name__
    kind = kind_of(item.get("uri"), item.get("type"))
    if kind == "local" or item.get("is_local") is True:
        return WireUnlinked.__name__
    if kind == "track":
        return (WireUnlinked if item.get("id") in (None, "") else WireTrack).__name__
    return (WireEpisode if kind == "episode" else WireOther).__name__


WireItem = Annotated[
    Annotated[WireTrack, Tag("WireTrack")]
    | Annotated[WireUnlinked, Tag("WireUnlinked")]
    | Annotated[WireEpisode, Tag("WireEpisode")]
    | Annotated[WireOther, Tag("WireOther")],
    Discriminator(_model_of),
]


class WireEntry(Wire):
    """A position of a playlist: `item` since 2026, `track` before, both from some apps."""

    added_at: Instant | None = None
    added_by: Any = None
    is_local: Flag | None = None
    item: WireItem | None = None
    track: WireItem | None = None
    name: Any = None
    primary_color: Any = None
    video_thumbnail: Any = None


class WireOwner(WireThing):
    """Somebody at Spotify."""

    display_name: Text | None = None


class WireMe(WireOwner):
    """Whoever a token speaks for."""

    id: Ident
    account_id: Ident | None = None


class WirePlaylist(WireThing):
    """A playlist: its entries under `items` since 2026, under `tracks` before."""

    kinds = frozenset({"playlist"})

    id: Ident
    name: Text = ""
    collaborative: Flag | None = None
    description: Text | None = None
    followers: Any = None
    images: WireImages = None
    items: WirePart | None = None
    owner: WireOwner | None = None
    primary_color: Any = None
    public: Flag | None = None
    snapshot_id: Text | None = None
    tracks: WirePart | None = None

    def is_about(self, asked: About) -> bool:
        """By its id; “Starred” lists have none."""
        return self.id in (asked.ident, STARRED)

    @model_validator(mode="before")
    @classmethod
    def _known_by_its_uri(cls, data: object) -> object:
        """“Starred” lists, `spotify:user:NAME:starred`, never had an id."""
        if isinstance(data, dict) and data.get("id", "") is None:
            return data | {"id": STARRED if str(data.get("uri")).endswith(STARRED) else None}
        return data


class WireSnapshot(Wire):
    """Which state of a playlist this is: all that is asked for to see whether it changed."""

    id: Text | None = None  # sent where more comes than was asked for
    snapshot_id: Text | None = None

    def is_about(self, asked: About) -> bool:
        """If it says so at all."""
        return self.id in (None, asked.ident)

    def says_nothing(self) -> bool:
        """Without a snapshot it says that nobody can tell."""
        return False


class WireFeatures(WireSound):
    """Audio features."""

    kinds = frozenset({"audio_features"})
    naming = Wire.naming | {"track_href", "analysis_url"}

    @classmethod
    def named_kind(cls, sent: Mapping[str, Any]) -> str | None:
        """By its type; its URI is that of the track."""
        said = sent.get("type")
        return said if isinstance(said, str) and said in KINDS else None

    id: Ident | None = None
    uri: Text | None = None
    type: Any = None
    track_href: Any = None
    analysis_url: Any = None
    duration_ms: LengthMs | None = None
    time_signature: Metre | None = None


class WireSearch(Wire):
    """A page per type that was asked for."""

    artists: Paging[WireArtist] | None = None
    tracks: Paging[WireTrack] | None = None
    playlists: Paging[WirePlaylist] | None = None
    albums: Any = None


class WireOfOne(Wire):
    """What is listed for one thing, which it does not name."""

    def is_about(self, asked: About) -> bool:  # noqa: ARG002  # nothing to compare it with
        """Nobody can tell."""
        return True


class WireRelated(WireOfOne):
    """Artists related to one."""

    artists: Listed[WireArtist]


class WireTopTracks(WireOfOne):
    """Tracks of one artist."""

    tracks: Listed[WireTrack]


class WireTracks(Wire):
    """Several tracks that were asked for, null where one is unknown."""

    tracks: Listed[WireTrack | None]


class WireFeaturesList(Wire):
    """Several tracks' features, null where they are unknown."""

    audio_features: Listed[WireFeatures | None]
