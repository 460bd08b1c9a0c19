"""ListenBrainz' answers over the invented world: its labs and its API, which are two hosts."""

import re
from typing import Any

from tests.sandbox.answers import Answer, Request, of
from tests.sandbox.catalogue import Artist, catalogue
from tests.sandbox.open.ids import artists_by, deezer_of, mbid_of, mbids_of, qid_of, uuid_of
from tests.sandbox.open.service import OpenService, below

Json = dict[str, Any]
ALGORITHMS = (
    "session_based_days_7500_session_300_contribution_5_threshold_10_limit_100_filter_True_skip_30",
    "session_based_days_9000_session_300_contribution_5_threshold_15_limit_50_skip_30",
)
SIMILAR, METADATA = "/similar-artists/json", "/1/metadata/artist/"
MBID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
NEAREST, STEP = 8_571, 0.93
NAMELESS = 11  # of so many artists one has no name in the labs’ lists
NO_DEEZER = 4  # of so many artists one has no address at Deezer
TOKEN_NEEDED = (
    "Due to bad actors and AI scrapers causing undue traffic on our sites, you need to provide "
    "an Auth token for this endpoint. Sorry for this mess."
)


def answer(request: Request) -> Answer:
    """Answer one request, to either host."""
    if request.path == SIMILAR:
        return _similar(request.query)
    if request.path == METADATA:
        return _metadata(request.query)
    return of({"code": 404, "error": "Not found"}, status=404)


def token_needed() -> Answer:
    """Answer that this is for those who have a token."""
    return of({"code": 401, "error": TOKEN_NEEDED}, status=401)


def wrong_algorithm(valid: tuple[str, ...] = ALGORITHMS) -> Answer:
    """Answer which data sets there are. Written by hand: nobody has recorded one."""
    permitted = ", ".join(f"'{name}'" for name in valid)
    message = (
        "1 validation error for SimilarArtistsViewerInput\nalgorithm\n  value is not a valid "
        f"enumeration member; permitted: {permitted}"
    )
    return of({"error": message}, status=400)


def _similar(query: dict[str, str]) -> Answer:
    if query.get("algorithm") not in ALGORITHMS:
        return wrong_algorithm()
    seed = query.get("artist_mbids", "")
    if not MBID.fullmatch(seed):
        return of({"error": "artist_mbids: value is not a valid uuid"}, status=400)
    numbers = artists_by(mbids_of).get(seed)
    if numbers is None:
        return of([])
    near = dict.fromkeys(mbid_of(n) for n in catalogue().artists[numbers[0]].related)
    return of([_neighbour(mbid, place, seed) for place, mbid in enumerate(near)])


def _neighbour(mbid: str, place: int, seed: str) -> Json:
    artist = _artist(mbid)
    nameless = artist.n % NAMELESS == NAMELESS - 1
    return {
        "artist_mbid": mbid,
        "name": None if nameless else artist.name,
        "comment": None if nameless else "",
        "type": None if nameless else "Group",
        "gender": None,
        "score": int(NEAREST * STEP**place),
        "reference_mbid": seed,
    }


def _artist(mbid: str) -> Artist:
    return catalogue().artists[artists_by(mbids_of)[mbid][0]]


def _metadata(query: dict[str, str]) -> Answer:
    mbids = query.get("artist_mbids", "").split(",")
    if not all(map(MBID.fullmatch, mbids)):
        return of({"code": 400, "error": f"{mbids[0]} is not a valid MBID."}, status=400)
    parts = query.get("inc", "").split()
    known = [mbid for mbid in mbids if mbid in artists_by(mbids_of)]
    return of([_described(mbid, parts) for mbid in known])


def _described(mbid: str, parts: list[str]) -> Json:
    artist = _artist(mbid)
    described: Json = {"artist_mbid": mbid, "mbid": mbid, "name": artist.name}
    if "artist" in parts:
        described |= {"type": "Group", "area": "Nowhere", "begin_year": 1991, "rels": _rels(artist)}
    if "tag" in parts:
        described["tag"] = {"artist": _tags(mbid, artist)}
    return described


def _rels(artist: Artist) -> Json:
    rels = {
        "official homepage": f"https://artist-{artist.n}.invalid/",
        "wikidata": f"https://www.wikidata.org/wiki/{qid_of(artist.n)}",
    }
    if artist.n % NO_DEEZER:
        rels["free streaming"] = f"https://www.deezer.com/artist/{deezer_of(artist.n)}"
    return rels


def _tags(mbid: str, artist: Artist) -> list[Json]:
    """Its genres, the least given first, among words that are none."""
    genres = [
        {"artist_mbid": mbid, "count": n, "genre_mbid": uuid_of(f"genre-{name}", 0), "tag": name}
        for n, name in enumerate(reversed(artist.genres), start=2)
    ]
    return [{"artist_mbid": mbid, "count": 9, "tag": "seen live"}, *genres]


def _lie(answered: Any) -> Any:
    """Give every row to an artist that nobody asked for."""
    stranger = uuid_of("stranger", 0)
    whose = ("reference_mbid", "artist_mbid")
    return [row | {name: stranger for name in whose if name in row} for row in answered]


SERVICE = OpenService(
    "listenbrainz",
    {"LISTENBRAINZ_URL": "/listenbrainz", "LISTENBRAINZ_LABS_URL": "/listenbrainz"},
    (f"/listenbrainz{SIMILAR}", f"/listenbrainz{METADATA}"),
    below("/listenbrainz", answer),
    _lie,
)
