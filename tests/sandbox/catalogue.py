"""The invented music: artists, albums and tracks, built the same way at every start."""

import datetime as dt
import random
from dataclasses import dataclass, replace
from functools import cache

from tests.sandbox import landmarks, naming, words
from tests.sandbox.ids import id_of

RELATED = 20  # as many as the real endpoint answers
LONG_MS = 720_000


@dataclass(frozen=True, slots=True)
class Artist:
    n: int
    id: str
    name: str
    genres: tuple[str, ...]
    popularity: int
    followers: int
    related: tuple[int, ...]
    pictured: bool


@dataclass(frozen=True, slots=True)
class Album:
    n: int
    id: str
    name: str
    kind: str
    artist: int
    tracks: tuple[int, ...]
    released: str
    precision: str
    label: str
    popularity: int
    upc: str
    pictured: bool


@dataclass(frozen=True, slots=True)
class Track:
    n: int
    id: str
    name: str
    album: int
    artists: tuple[int, ...]
    disc: int
    number: int
    duration_ms: int
    explicit: bool
    isrc: str
    popularity: int
    markets: tuple[str, ...]
    relinked_to: int | None = None


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Everything by number, and the numbers by id."""

    artists: tuple[Artist, ...]
    albums: tuple[Album, ...]
    tracks: tuple[Track, ...]
    numbers: dict[str, dict[str, int]]

    def number(self, kind: str, entity_id: str) -> int | None:
        """Answer which artist, album or track an id names, None when it names none."""
        return self.numbers[kind].get(entity_id)

    def albums_of(self, artist: int) -> list[tuple[str, Album]]:
        """Answer (album_group, album) of an artist, own albums first, then guest appearances."""
        own = [(album.kind, album) for album in self.albums if album.artist == artist]
        guest = {t.album for t in self.tracks if artist in t.artists[1:]}
        return own + [("appears_on", self.albums[n]) for n in sorted(guest)]

    def top_tracks(self, artist: int) -> list[Track]:
        """Answer an artist's ten most popular tracks, most popular first."""
        tracks = [track for track in self.tracks if artist in track.artists]
        return sorted(tracks, key=lambda track: -track.popularity)[:10]


@cache
def catalogue() -> Catalogue:
    """Build the whole catalogue; the same object on every call."""
    artists = tuple(_artist(n) for n in range(landmarks.ARTISTS))
    albums, tracks = _discography()
    numbers = {
        "artist": {artist.id: artist.n for artist in artists},
        "album": {album.id: album.n for album in albums},
        "track": {track.id: track.n for track in tracks},
    }
    return Catalogue(artists, albums, tracks, numbers)


def _artist(n: int) -> Artist:
    rng = naming.seeded("artist", n)
    known = n != landmarks.UNPOPULAR_ARTIST
    return Artist(
        n=n,
        id=id_of("artist", n),
        name=naming.artist_name(n),
        genres=() if n == landmarks.GENRELESS_ARTIST else naming.style_of(n).genres,
        popularity=rng.randint(8, 88) if known else 0,
        followers=int(10 ** rng.uniform(2.5, 6.5)) if known else 0,
        related=_related(n),
        pictured=n != landmarks.PICTURELESS_ARTIST,
    )


def _related(n: int) -> tuple[int, ...]:
    """Neighbours of the same style first: the graph is one ring with many cycles."""
    if n == landmarks.ISOLATED_ARTIST:
        return ()
    ring = landmarks.ARTISTS - 1
    steps = [8, ring - 8, 16, ring - 16, 1, ring - 1, 24, 3, 5, 11, 13, 19, 22, 27, 29]
    steps += [ring - 3, ring - 5, 31, 37, 41]
    wanted = 6 if n % 9 == 4 else RELATED
    return tuple((n + step) % ring for step in steps[:wanted])


def _discography() -> tuple[tuple[Album, ...], tuple[Track, ...]]:
    albums: list[Album] = []
    tracks: list[Track] = []
    for artist in range(landmarks.ARTISTS):
        for size in _album_sizes(artist):
            numbers = tuple(range(len(tracks), len(tracks) + size))
            album = _album(len(albums), artist, numbers)
            albums.append(album)
            tracks.extend(_track(n, album) for n in numbers)
    return tuple(albums), tuple(_with_landmarks(tracks))


def _album_sizes(artist: int) -> tuple[int, ...]:
    if artist < 2:
        return ((10, 6, 1), (4, 55))[artist]
    return ((4,), (3, 1), (2, 2), (3,))[artist % 4]


def _album(n: int, artist: int, tracks: tuple[int, ...]) -> Album:
    rng = naming.seeded("album", n)
    released = dt.date(1968, 1, 1) + dt.timedelta(days=rng.randint(0, 20_900))
    precision = {landmarks.YEAR_ALBUM: "year", landmarks.MONTH_ALBUM: "month"}.get(n, "day")
    gone = n == landmarks.TAKEN_DOWN_ALBUM
    return Album(
        n=n,
        id=id_of("album", n),
        name="" if gone else naming.album_name(n, artist),
        kind="single" if len(tracks) == 1 else "compilation" if n % 17 == 13 else "album",
        artist=artist,
        tracks=tracks,
        released=released.isoformat()[: {"year": 4, "month": 7, "day": 10}[precision]],
        precision=precision,
        label=rng.choice(words.LABELS),
        popularity=rng.randint(0, 80),
        upc=f"{rng.randrange(10**12):012d}",
        pictured=n != landmarks.PICTURELESS_ALBUM and not gone,
    )


def _track(n: int, album: Album) -> Track:
    rng = naming.seeded("track", n)
    position = n - album.tracks[0]
    disc, number = divmod(position, 28)
    return Track(
        n=n,
        id=id_of("track", n),
        name=naming.track_name(n, album.artist),
        album=album.n,
        artists=_billing(n, album.artist, rng),
        disc=disc + 1,
        number=number + 1,
        duration_ms=_duration_ms(n, rng),
        explicit=rng.random() < 0.1,
        isrc=f"QZ{rng.choice('ABCDEFGH')}{rng.randrange(100):02d}{rng.randrange(10**7):07d}",
        popularity=0 if n % 20 == 19 else rng.randint(1, 85),
        markets=words.MARKETS if n % 7 else words.MARKETS[: 10 + n % 60],
    )


def _billing(n: int, artist: int, rng: random.Random) -> tuple[int, ...]:
    guest = rng.randrange(landmarks.ARTISTS - 1)
    return (artist, guest) if n % 6 == 5 and guest != artist else (artist,)


def _duration_ms(n: int, rng: random.Random) -> int:
    drawn = rng.randint(128_000, 246_000)
    if n == 0:
        return 252_360
    return LONG_MS + n if n % 10 == 9 else drawn


def _with_landmarks(tracks: list[Track]) -> list[Track]:
    """Put the special cases in: the twin, the relinked track, the one that plays nowhere."""
    first, second = landmarks.TWIN_TRACKS
    original = tracks[first]
    tracks[second] = replace(
        tracks[second],
        name=original.name,
        isrc=original.isrc,
        duration_ms=original.duration_ms,
        artists=original.artists,
    )
    asked = tracks[landmarks.RELINKED_TRACK]
    elsewhere = tuple(market for market in asked.markets if market != landmarks.RELINK_MARKET)
    tracks[landmarks.RELINKED_TRACK] = replace(
        asked, markets=elsewhere, relinked_to=landmarks.RELINK_TARGET
    )
    tracks[landmarks.RESTRICTED_TRACK] = replace(tracks[landmarks.RESTRICTED_TRACK], markets=())
    return tracks
