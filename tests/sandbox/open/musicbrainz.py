"""MusicBrainz's answers over the invented world: by id and by page, never by a search."""

import re
from typing import Any

from tests.sandbox.answers import Answer, Request, of
from tests.sandbox.catalogue import Track, catalogue
from tests.sandbox.ids import id_of
from tests.sandbox.open.ids import (
    MERGED_MBID,
    artists_by,
    deezer_of,
    is_linked,
    mbid_of,
    mbids_of,
    qid_of,
    recording_of,
    uuid_of,
)
from tests.sandbox.open.service import OpenService, below

Json = dict[str, Any]
TWO_PIECES_TRACK = 25  # its ISRC was given to another piece, too
HELP = "For usage, please see: https://musicbrainz.org/development/mmd"
TOO_FAST = (
    "Your requests are exceeding the allowable rate limit. Please see "
    "http://wiki.musicbrainz.org/XMLWebService for more information."
)
NOT_JSON = Answer(body=b"<?xml version='1.0'?><metadata/>", headers={"content-type": "text/xml"})
SPOTIFY_PAGE = "https://open.spotify.com/{}/{}"
STRANGER = SPOTIFY_PAGE.format("artist", id_of("stranger", 0))
PAGE = re.compile(r"https://open\.spotify\.com/(?P<kind>artist|track)/(?P<id>[0-9A-Za-z]{22})")
ONE = re.compile(r"/(?P<kind>artist|isrc)/(?P<id>[^/]+)")
MBID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def answer(request: Request) -> Answer:
    """Answer one request."""
    if request.query.get("fmt") != "json":
        return NOT_JSON
    if request.path == "/url":
        return _urls([value for name, value in request.pairs if name == "resource"])
    asked = ONE.fullmatch(request.path)
    if asked is None:
        return refusal(404, "Not Found")
    includes = frozenset(request.query.get("inc", "").split())
    look_up = _artist if asked["kind"] == "artist" else _isrc
    return look_up(asked["id"], includes)


def refusal(status: int, message: str) -> Answer:
    """Answer an error in MusicBrainz's words."""
    return of({"error": message, "help": HELP}, status=status)


def too_fast(wait_s: int = 5) -> Answer:
    """Answer that the rate limit is exceeded."""
    return of({"error": TOO_FAST}, status=503).but(retry_after=str(wait_s))


def _urls(pages: list[str]) -> Answer:
    known = [url for url in map(_url, pages) if url is not None]
    if len(pages) == 1:
        return of(known[0]) if known else refusal(404, "Not Found")
    return of({"url-count": len(known), "url-offset": 0, "urls": known[::-1]})


def _url(page: str) -> Json | None:
    """A page at Spotify, and whose it is."""
    asked = PAGE.fullmatch(page)
    n = None if asked is None else catalogue().number(asked["kind"], asked["id"])
    if asked is None or n is None or not is_linked(n):
        return None
    is_artist = asked["kind"] == "artist"
    owners = [("artist", {"id": one, "name": catalogue().artists[n].name}) for one in mbids_of(n)]
    if not is_artist:
        owners = [("recording", {"id": recording_of(n), "title": catalogue().tracks[n].name})]
    relations = [_relation(kind, owner) for kind, owner in owners]
    return {"id": uuid_of("url", n), "resource": page, "relations": relations}


def _relation(kind: str, end: Json) -> Json:
    return {
        "type": "free streaming",
        "type-id": uuid_of("relation", 0),
        "target-type": kind,
        "direction": "forward" if kind == "url" else "backward",
        "attributes": [],
        "attribute-ids": {},
        "attribute-values": {},
        "begin": None,
        "end": None,
        "ended": False,
        "source-credit": "",
        "target-credit": "",
        kind: end,
    }


def _artist(ident: str, includes: frozenset[str]) -> Answer:
    if not MBID.fullmatch(ident):
        return refusal(400, "Invalid mbid.")
    mbid = mbid_of(0) if ident == MERGED_MBID else ident
    numbers = artists_by(mbids_of).get(mbid)
    if numbers is None:
        return refusal(404, "Not Found")
    artist = catalogue().artists[numbers[0]]
    named: Json = {
        "id": mbid,
        "name": artist.name,
        "sort-name": artist.name,
        "disambiguation": "",
        "type": "Group",
        "type-id": uuid_of("type", 0),
        "gender": None,
        "gender-id": None,
        "country": None,
        "area": None,
        "begin-area": None,
        "end-area": None,
        "isnis": [],
        "ipis": [],
        "life-span": {"begin": None, "end": None, "ended": False},
    }
    votes = [
        {"name": genre, "count": len(artist.genres) - 1 - place}  # the last has none
        for place, genre in enumerate(artist.genres)
    ]
    parts: Json = {
        "genres": [
            {**vote, "id": uuid_of(str(vote["name"]), 0), "disambiguation": ""}
            for vote in reversed(votes)
        ],
        "tags": [*votes, {"name": "seen in a dream", "count": 9}],
        "url-rels": [_relation("url", page) for n in numbers for page in _pages(n)],
    }
    asked = {name: part for name, part in parts.items() if name in includes}
    if "url-rels" in asked:
        asked["relations"] = asked.pop("url-rels")
    return of(named | asked)


def _pages(n: int) -> list[Json]:
    if not is_linked(n):
        return []
    pages = (
        f"https://www.wikidata.org/wiki/{qid_of(n)}",
        f"https://www.deezer.com/artist/{deezer_of(n)}",
        SPOTIFY_PAGE.format("artist", catalogue().artists[n].id),
        "https://www.last.fm/music/Somebody+Else",
    )
    return [{"id": uuid_of("url", n), "resource": page} for page in pages]


def _isrc(ident: str, includes: frozenset[str]) -> Answer:
    tracks = [track for track in catalogue().tracks if track.isrc == ident and is_linked(track.n)]
    if not tracks:
        return refusal(404, "Not Found")
    recordings = [_recording(track, includes) for track in tracks]
    if tracks[0].n == TWO_PIECES_TRACK:
        other = {"id": uuid_of("other piece", 0), "title": "Adagio", "length": 7_000}
        recordings.append(recordings[0] | other)
    return of({"isrc": ident, "recordings": recordings[::-1]})


def _recording(track: Track, includes: frozenset[str]) -> Json:
    album = catalogue().albums[track.album]
    recording: Json = {
        "id": recording_of(track.n),
        "title": track.name,
        "length": track.duration_ms,
        "disambiguation": "",
        "video": False,
        "first-release-date": album.released,
    }
    if "artists" in includes:
        recording["artist-credit"] = [_credit(n) for n in track.artists]
    if "releases" in includes:
        again = {"id": uuid_of("reissue", album.n), "title": f"{album.name} (again)", "date": ""}
        first = {"id": uuid_of("release", album.n), "title": album.name, "date": album.released}
        recording["releases"] = [again, first]
    return recording


def _credit(n: int) -> Json:
    name = catalogue().artists[n].name
    artist = {"id": mbid_of(n), "name": name, "sort-name": name, "disambiguation": ""}
    return {"name": name, "artist": artist, "joinphrase": ""}


def _lie(answered: Any) -> Any:
    """Give it to a page or a recording that nobody asked for; an artist may have been merged."""
    if "urls" in answered:
        return answered | {"urls": [url | {"resource": STRANGER} for url in answered["urls"]]}
    if "resource" in answered:
        return answered | {"resource": STRANGER}
    return answered | {"isrc": "XXXXX0000000"} if "isrc" in answered else {"error": TOO_FAST}


SERVICE = OpenService(
    "musicbrainz",
    {"MUSICBRAINZ_URL": "/musicbrainz/ws/2"},
    ("/musicbrainz/ws/2/url", "/musicbrainz/ws/2/artist/{id}", "/musicbrainz/ws/2/isrc/{id}"),
    below("/musicbrainz/ws/2", answer),
    _lie,
)
