"""Deezer's answers over the invented world: errors come with a status of 200, ids are numbers."""

import re
from typing import Any

from tests.sandbox.answers import Answer, Request, of
from tests.sandbox.catalogue import Artist, Track, catalogue
from tests.sandbox.open.ids import FIRST_DEEZER, artists_by, deezer_of
from tests.sandbox.open.service import OpenService, below
from tests.sandbox.sound import sound_of

Json = dict[str, Any]
PAGES = "https://www.deezer.com"
PICTURES = "https://e-cdns-images.dzcdn.net/images"
SIZES = {"small": 56, "medium": 250, "big": 500, "xl": 1000}
ARTIST = re.compile(r"/artist/(?P<id>\d+)(?:/(?P<list>related|top))?")
TRACK = re.compile(r"/track/(?:isrc:(?P<isrc>[A-Za-z0-9]+)|(?P<id>\d+))")
SEARCH = re.compile(r"/search/(?P<kind>artist|track)")
FIRST_TRACK = FIRST_DEEZER + 1_000_000
UNLISTED = (  # what a track has only where it is asked for alone
    *("isrc", "track_position", "disk_number", "release_date", "bpm", "gain"),
    "available_countries",
)
NO_BPM, DOUBLE_BPM, WHOLE_BPM = 7, 5, 3  # of so many tracks one has none, twice it, no fraction
NO_DATA = ("DataException", "no data", 800)
QUOTA = ("Exception", "Quota limit exceeded", 4)
WITHOUT_CODE = ("Exception", "An error has occured", None)


def answer(request: Request) -> Answer:
    """Answer one request."""
    if asked := ARTIST.fullmatch(request.path):
        return _artist(asked["id"], asked["list"], request.query)
    if asked := TRACK.fullmatch(request.path):
        return _track(asked["isrc"], asked["id"])
    if asked := SEARCH.fullmatch(request.path):
        return _found(asked["kind"], request.query)
    return refusal(("InvalidQueryException", f"Unknown path components : {request.path}", 600))


def refusal(error: tuple[str, str, int | None]) -> Answer:
    """Answer an error as Deezer does: with a status of 200, and sometimes without its number."""
    kind, message, code = error
    numbered = {} if code is None else {"code": code}
    return of({"error": {"type": kind, "message": message, **numbered}})


def _artist(ident: str, listed: str | None, query: dict[str, str]) -> Answer:
    numbers = artists_by(deezer_of).get(ident)
    if numbers is None:
        return refusal(NO_DATA)
    artist = catalogue().artists[numbers[0]]
    if listed is None:
        return of(_full(artist))
    if listed == "top":
        mine = [track for track in catalogue().tracks if artist.n in track.artists]
        mine.sort(key=lambda track: (-track.popularity, track.n))
        return _part([_listed(track) for track in mine], query)
    ids = dict.fromkeys(deezer_of(n) for n in artist.related)
    near = [catalogue().artists[int(ident) - FIRST_DEEZER] for ident in ids]
    return _part([_full(one) for one in near], query)


def _found(kind: str, query: dict[str, str]) -> Answer:
    """Those whose name, or whose artist’s, has all the words in it; the most like never first."""
    words = query.get("q", "").casefold().split()
    if not words:
        return refusal(("MissingParameterException", "Missing parameters : q", 501))
    rows = (
        [(one.name, _full(one)) for one in catalogue().artists]
        if kind == "artist"
        else [(f"{one.name} {_by(one)}", _listed(one)) for one in catalogue().tracks]
    )
    fitting = [row for name, row in rows if all(word in name.casefold() for word in words)]
    return _part(fitting[::-1], query)


def _by(track: Track) -> str:
    return " ".join(catalogue().artists[n].name for n in track.artists)


def _part(rows: list[Json], query: dict[str, str]) -> Answer:
    start, limit = int(query.get("index", "0")), int(query.get("limit", "25"))
    following = {} if start + limit >= len(rows) else {"next": "https://api.deezer.com/…"}
    return of({"data": rows[start : start + limit], "total": len(rows), **following})


def _full(artist: Artist) -> Json:
    return _named(artist) | {
        "nb_album": len(catalogue().albums_of(artist.n)),
        "nb_fan": artist.followers // 3,
        "radio": True,
    }


def _named(artist: Artist) -> Json:
    ident = deezer_of(artist.n)
    return {
        "id": int(ident),
        "name": artist.name,
        "link": f"{PAGES}/artist/{ident}",
        **_pictures("picture", f"artist-{artist.n}" if artist.pictured else ""),
        "tracklist": f"https://api.deezer.com/artist/{ident}/top?limit=50",
        "type": "artist",
    }


def _pictures(kind: str, number: str) -> Json:
    """Four sizes; what has no picture has addresses without a number."""
    return {
        f"{kind}_{name}": f"{PICTURES}/{kind}/{number}/{size}x{size}-000000-80-0-0.jpg"
        for name, size in SIZES.items()
    }


def _track(isrc: str | None, ident: str | None) -> Answer:
    wanted = (isrc or "").upper()
    found = next(
        (
            track
            for track in catalogue().tracks
            if track.isrc == wanted or str(FIRST_TRACK + track.n) == ident
        ),
        None,
    )
    return refusal(NO_DATA) if found is None else of(_whole(found))


def _listed(track: Track) -> Json:
    """A track in a list, where it has less to say."""
    return {name: value for name, value in _whole(track).items() if name not in UNLISTED}


def _whole(track: Track) -> Json:
    album = catalogue().albums[track.album]
    ident = FIRST_TRACK + track.n
    artists = [_named(catalogue().artists[n]) for n in track.artists]
    return {
        "id": ident,
        "readable": True,
        "title": track.name,
        "title_short": track.name,
        "title_version": "",
        "isrc": track.isrc,
        "link": f"{PAGES}/track/{ident}",
        "duration": round(track.duration_ms / 1000),
        "track_position": track.number,
        "disk_number": track.disc,
        "rank": track.popularity * 10_000,
        "release_date": album.released,
        "explicit_lyrics": track.explicit,
        "preview": "https://cdn-preview.invalid/nothing.mp3",
        **_bpm(track),
        "gain": round(-sound_of(track).loudness_db - 17, 1),
        "available_countries": list(track.markets),
        "contributors": artists,
        "artist": artists[0],
        "album": {
            "id": FIRST_DEEZER + 2_000_000 + album.n,
            "title": album.name,
            **_pictures("cover", f"album-{album.n}" if album.pictured else ""),
            "release_date": album.released,
            "type": "album",
        },
        "type": "track",
    }


def _bpm(track: Track) -> Json:
    """Its tempo, absent or 0 where Deezer does not know it, twice as fast in some."""
    bpm = sound_of(track).tempo_bpm
    if track.n % NO_BPM == NO_BPM - 1:
        return {"bpm": 0} if track.n % 2 else {}
    if track.n % DOUBLE_BPM == DOUBLE_BPM - 1:
        bpm *= 2
    return {"bpm": round(bpm, 0 if track.n % WHOLE_BPM == WHOLE_BPM - 1 else 1)}


def _lie(answered: Any) -> Any:
    """Give it to somebody else; a list, which does not say whose it is, becomes an error."""
    if "data" in answered:
        return {"error": {"type": "Exception", "message": "An error has occured"}}
    return answered | {"id": 1, "isrc": "XXXXX0000000"}


SERVICE = OpenService(
    "deezer",
    {"DEEZER_URL": "/deezer"},
    (
        *("/deezer/artist/{id}", "/deezer/artist/{id}/related", "/deezer/artist/{id}/top"),
        *("/deezer/track/{id}", "/deezer/search/artist", "/deezer/search/track"),
    ),
    below("/deezer", answer),
    _lie,
)
