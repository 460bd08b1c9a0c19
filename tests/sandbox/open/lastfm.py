"""Last.fm's answers over the invented world: lists of one are their entry, errors may be 200."""

from typing import Any
from urllib.parse import quote_plus

from tests.sandbox.answers import Answer, Request, of
from tests.sandbox.catalogue import Artist, catalogue
from tests.sandbox.open.ids import artists_by, mbid_of, mbids_of, recording_of
from tests.sandbox.open.service import OpenService, below

Json = dict[str, Any]
PATH = "/2.0"
WITHOUT_MBID = 2  # of so many artists one has none at Last.fm
STEP = 0.94
SMALL_SIZES = ("small", "medium", "large")
NO_ARTIST = (6, "The artist you supplied could not be found")
NO_METHOD = (3, "Invalid Method - No method with that name in this package")
BAD_KEY = (10, "Invalid API key - You must be granted a valid key by last.fm")
SUSPENDED = (
    26,
    "API Key Suspended - This application is not allowed to make requests to the web services",
)
TOO_MANY = (29, "Rate Limit Exceeded - Your IP has made too many requests in a short period")
UNKNOWN = "[unknown]"


def answer(request: Request) -> Answer:
    """Answer one request; the address may end in a slash."""
    if request.path.rstrip("/") != PATH:
        return Answer(404)
    if not request.query.get("api_key"):
        return refusal(BAD_KEY, status=403)
    method = METHODS.get(request.query.get("method", "").lower())
    return refusal(NO_METHOD) if method is None else method(request.query)


def refusal(error: tuple[int, str], *, status: int = 200) -> Answer:
    """Answer an error as Last.fm does, often with a status of 200."""
    code, message = error
    return of({"error": code, "message": message, "links": []}, status=status)


def _similar(query: dict[str, str]) -> Answer:
    artist = _asked(query)
    if artist is None:
        if "mbid" in query:
            return refusal(NO_ARTIST)
        return of({"similarartists": {"artist": [], "@attr": {"artist": UNKNOWN}}})
    near = dict.fromkeys(mbid_of(n) for n in artist.related)
    rows = [_neighbour(mbid, place) for place, mbid in enumerate(near)]
    listed = rows[: int(query.get("limit", "100"))]
    return of({"similarartists": {"artist": _as_xml(listed), "@attr": {"artist": artist.name}}})


def _top_tags(query: dict[str, str]) -> Answer:
    artist = _asked(query)
    if artist is None:
        return refusal(NO_ARTIST)
    if not artist.genres:
        return of({"toptags": {"#text": "\n", "artist": artist.name}})
    tags = [
        {"count": 100 // place, "name": name, "url": f"https://www.last.fm/tag/{quote_plus(name)}"}
        for place, name in enumerate(artist.genres, start=1)
    ]
    words = [{"count": 1, "name": "saw them in the rain", "url": "https://www.last.fm/tag/rain"}]
    return of({"toptags": {"tag": _as_xml(tags + words), "@attr": {"artist": artist.name}}})


def _top_tracks(query: dict[str, str]) -> Answer:
    artist = _asked(query)
    if artist is None:
        return refusal(NO_ARTIST)
    mine = [track for track in catalogue().tracks if track.artists[0] == artist.n]
    mine.sort(key=lambda track: (-track.popularity, track.n))
    rows = [
        {
            "name": track.name,
            "playcount": str(track.popularity * 5_000),
            "listeners": str(track.popularity * 1_000),
            **({"mbid": recording_of(track.n)} if track.n % 2 else {}),
            "url": f"https://www.last.fm/music/{quote_plus(artist.name)}/_/{quote_plus(track.name)}",
            "artist": {"name": artist.name, "mbid": mbid_of(artist.n)},
            "@attr": {"rank": str(place)},
        }
        for place, track in enumerate(mine, start=1)
    ]
    part = rows[: int(query.get("limit", "50"))]
    told = {"artist": artist.name, "page": "1", "total": str(len(rows))}
    return of({"toptracks": {"track": _as_xml(part), "@attr": told}})


METHODS = {
    "artist.getsimilar": _similar,
    "artist.gettoptags": _top_tags,
    "artist.gettoptracks": _top_tracks,
}


def has_mbid(n: int) -> bool:
    """Whether Last.fm knows the MBID of an artist, by which it can then be asked."""
    return n % WITHOUT_MBID == 0


def _asked(query: dict[str, str]) -> Artist | None:
    """The artist with this id or, in whatever case, of this name."""
    artists = catalogue().artists
    if "mbid" in query:
        numbers = [n for n in artists_by(mbids_of).get(query["mbid"], ()) if has_mbid(n)]
        return artists[numbers[0]] if numbers else None
    name = query.get("artist", "").casefold()
    return next((artist for artist in artists if artist.name.casefold() == name), None)


def _neighbour(mbid: str, place: int) -> Json:
    artist = catalogue().artists[artists_by(mbids_of)[mbid][0]]
    star = "https://lastfm.freetls.fastly.net/i/u/34s/2a96cbd8b46e442fc41c2b86b821562f.png"
    return {
        "name": artist.name,
        "mbid": mbid if has_mbid(artist.n) else "",
        "match": f"{STEP**place:.6f}",
        "url": f"https://www.last.fm/music/{quote_plus(artist.name)}",
        "image": [{"#text": star, "size": size} for size in SMALL_SIZES],
        "streamable": "0",
    }


def _as_xml(rows: list[Json]) -> list[Json] | Json:
    """One entry alone, as a list of one comes out of XML."""
    return rows[0] if len(rows) == 1 else rows


def _lie(_answered: Any) -> Any:
    """Send an error with a status of 200: whose an answer is, only its name would tell."""
    return {"error": 8, "message": "Operation failed - Something went wrong. Please try again."}


SERVICE = OpenService(
    "lastfm",
    {"LASTFM_URL": f"/lastfm{PATH}"},
    (f"/lastfm{PATH}",),
    below("/lastfm", answer),
    _lie,
)
