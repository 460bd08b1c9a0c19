"""The invented playlists: which entries stand where, without saying how they look on the wire."""

import datetime as dt
from dataclasses import dataclass
from functools import cache

from tests.sandbox import landmarks, naming
from tests.sandbox.catalogue import catalogue
from tests.sandbox.ids import id_of

LISTENER = "sandbox-listener"
OTHER_LISTENER = "other-listener"
STRANGER = "someone%20else"  # user ids are no base62 and arrive escaped
EDITOR = "spotify"
EPISODES = 3
NOON = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)


@dataclass(frozen=True, slots=True)
class Entry:
    """One place in a playlist. kind: track, local, bare-local, episode or removed."""

    kind: str
    n: int = 0


@dataclass(frozen=True, slots=True)
class Playlist:
    n: int
    id: str
    name: str
    description: str | None
    owner: str
    public: bool | None
    pictured: bool
    entries: tuple[Entry, ...]

    @property
    def secret(self) -> bool:
        """Whether only its owner is told of it."""
        return self.n in landmarks.SECRET_PLAYLISTS

    @property
    def snapshot_id(self) -> str:
        """A version in Spotify's manner; our playlists never change, nor does this."""
        return "AAAA" + id_of("snapshot", self.n) + "=="


def added_at(place: int) -> str:
    """Answer when an entry was added: an hour after the one before."""
    moment = NOON + dt.timedelta(hours=place)
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


@cache
def playlists() -> tuple[Playlist, ...]:
    """Build every playlist; the place in the tuple is its number."""
    linked = f'Tides &amp; engines. <a href="spotify:playlist:{id_of("playlist", 3)}">More</a>'
    rows = (
        ("Mixed Weather", linked, LISTENER, _mixed()),
        ("One Thousand Doors", "", LISTENER, _long()),
        ("Nothing Yet", None, LISTENER, ()),
        ("A Hundred and One Nights", "<b>Bold</b> choices", LISTENER, _tracks(101)),
        ("Somebody Else's Sunday", "Not yours &#x27;s all", STRANGER, _tracks(12)),
        ("This Week in Nothing", "Made by nobody for everybody", EDITOR, _tracks(50)),
        ("Just the One", "", LISTENER, _tracks(1)),
        ("", "The name is empty", LISTENER, _tracks(2500)),
        ("Sleepless", "For nobody else", LISTENER, _tracks(30)),
        ("Rehearsal Nights", "", OTHER_LISTENER, _tracks(20)),
        ("Not Yet Out", "Mine alone", OTHER_LISTENER, _tracks(7)),
    )
    return tuple(_playlist(n, row) for n, row in enumerate(rows))


def number(playlist_id: str) -> int | None:
    """Answer which playlist an id names."""
    return next((row.n for row in playlists() if row.id == playlist_id), None)


def _playlist(n: int, row: tuple[str, str | None, str, tuple[Entry, ...]]) -> Playlist:
    name, description, owner, entries = row
    return Playlist(
        n=n,
        id=id_of("playlist", n),
        name=name,
        description=description,
        owner=owner,
        public=_public(n),
        pictured=n not in {landmarks.EMPTY_PLAYLIST, landmarks.SINGLE_PLAYLIST},
        entries=entries,
    )


def _public(n: int) -> bool | None:
    if n in landmarks.SECRET_PLAYLISTS:
        return False
    return None if n == landmarks.PLAYLIST_OF_101 else True


def _mixed() -> tuple[Entry, ...]:
    """Every kind of entry there is, among ordinary tracks: 40 places."""
    special = {
        4: Entry("local"),
        9: Entry("bare-local", 1),
        14: Entry("episode"),
        19: Entry("removed"),
        24: Entry("track", landmarks.RESTRICTED_TRACK),
        29: Entry("track", landmarks.NO_FEATURES_TRACKS[0]),
        34: Entry("track", landmarks.RELINKED_TRACK),
    }
    ordinary = (Entry("track", (place * 7) % 100) for place in range(40))
    return tuple(special.get(place, entry) for place, entry in enumerate(ordinary))


def _long() -> tuple[Entry, ...]:
    entries = list(_tracks(1000))
    for place, entry in ((111, Entry("local", 2)), (222, Entry("episode", 1))):
        entries[place] = entry
    entries[333] = entries[777] = Entry("removed")
    return tuple(entries)


def _tracks(count: int) -> tuple[Entry, ...]:
    rng = naming.seeded("playlist-tracks", count)
    total = len(catalogue().tracks)
    return tuple(Entry("track", rng.randrange(total)) for _ in range(count))
