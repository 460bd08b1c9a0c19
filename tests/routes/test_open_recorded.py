"""What open sources have really sent comes whole through the running product, or is refused.

The product is asked over HTTP by its own addresses (httpx, in process), and asks a server on
127.0.0.1 that sends the recordings, at the paths of the source. Which id a source is asked by is
set as a person would, by PUT /v1/identities.
"""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from api.sources.lastfm.normalise import FEWEST
from tests.conftest import SHARED
from tests.routes.product import DAY_S, Product, opened
from tests.sandbox import id_of
from tests.sandbox.answers import Answer, Request, dump, of
from tests.sandbox.open.musicbrainz import SPOTIFY_PAGE
from tests.sandbox.server import OnLoopback
from tests.sources.reccobeats.sent import NUMBERS
from tests.sources.recorded import Recorded, recorded

pytestmark = pytest.mark.shared
ARTIST, TRACK, PLAYLIST = (id_of(kind, 0) for kind in ("artist", "track", "playlist"))
MBID = "9282c8b4-ca0b-4c6b-b7e3-4f7762dfc4d6"
BASES = {
    "deezer": {"url": "/deezer"},
    "lastfm": {"url": "/lastfm", "api_key": "x"},
    "listenbrainz": {"url": "/listenbrainz", "labs_url": "/listenbrainz"},
    "musicbrainz": {"url": "/musicbrainz"},
    "oembed": {"url": "/oembed"},
    "reccobeats": {"url": "/reccobeats"},
    "wikidata": {"url": "/wikidata"},
}
REFUSED = {  # by what the file’s name ends with: the status, and what the words say
    "deezer/errors/BackInBash__DeezerSync__quota.json": (503, "asked us to wait"),
    "deezer/errors/browniebroke__deezer-python__genre--1.json": (502, "question malformed"),
    "deezer/errors/quoted__empty-parameter.json": (502, "question malformed"),
    "deezer/errors/quoted__no-code.json": (502, "error where its answer should be"),
    "getsimilar.unknown.json": (404, "knows no such artist"),
    "ArtistGetTagsSingle.json": (502, "not the form"),  # artist.getTags: one person’s own words
    "26-suspended.json": (404, "suspended the key"),
    "AlbumGetTagsError.json": (404, "knows no such artist"),  # all of them have the number 6
    "AlbumGetTopTagsError.json": (404, "knows no such artist"),
    "AlbumSearchError.json": (404, "knows no such artist"),
    "GetInfoError.json": (404, "knows no such artist"),
    "401-token-needed.json": (404, "LISTENBRAINZ_TOKEN"),
    "isrc-USSUB0200002-inc-isrcs-fmt-json.json": (404, "several recordings"),
    "recording_null.json": (502, "nothing of what was asked for"),
    "inc-foobar-fmt-json.json": (502, "question malformed"),
    "404-url-unknown.json": (404, "knows nothing of this"),
    "503-rate-limit.json": (503, "asked us to wait"),
    "oembed.36324a8bcb5cb80a0e2b6b48195706cb.json": (502, "about something else"),  # an album
    "embeds__docs.json": (502, "about something else"),  # an episode
    "too-many-ids-getAudioFeatures.json": (502, "question malformed"),
    "too-many-ids-getTracks.json": (502, "question malformed"),
}
OF_ANOTHER_QUERY = {"multi_vars", "no_datatype", "single_var", "with_optional_values"}
NOT_ASKED = {  # kinds that answer what no source here is asked
    *(f"deezer/{one}" for one in ("album", "album-tracks", "artist", "artist-albums", "genre")),
    *(f"deezer/{one}" for one in ("artist-playlists", "artist-radio", "playlist-tracks")),
    *(f"deezer/{one}" for one in ("search-album", "search-playlist")),
    *(f"lastfm/{one}" for one in ("album", "artist-albums", "artist-info", "tag")),
    *(f"lastfm/{one}" for one in ("track-info", "track-similar", "track-tags")),
    *(f"listenbrainz/{one}" for one in ("lb-radio-artist", "metadata-recording", "popularity")),
    *(f"listenbrainz/{one}" for one in ("metadata-release-group", "similar-recordings")),
    *(f"musicbrainz/{one}" for one in ("artist-browse", "artist-search", "genre-list")),
    *(f"musicbrainz/{one}" for one in ("recording-browse", "recording-search")),
    *(f"reccobeats/{one}" for one in ("artist", "artist-track", "recommendation")),
    "reccobeats/track-audio-features",
}
Compared = Callable[[Any], tuple[Any, Any]]


@dataclass(frozen=True)
class Asked:
    """A question of ours, what is sent at which path, and what in the answer is to be equal.

    `links`: what a person sets before, by the URI of the thing.
    """

    ours: str
    sends: dict[str, Answer]
    compared: Compared
    links: dict[str, dict[str, str]] = field(default_factory=dict)


class Replay(OnLoopback):
    """Sends what stands at a path, and knows nothing else."""

    def __init__(self) -> None:
        self.sends: dict[str, Answer] = {}
        super().__init__(self._handle)

    async def _handle(self, request: Request) -> Answer:
        return self.sends.get(request.path.rstrip("/"), Answer(404))


def deezer(one: Recorded) -> Iterator[Asked]:
    """By Deezer’s id, an ISRC, or words."""
    number = urlsplit(one.url).path.split("/")[2] if one.url and "artist" in one.kind else "27"
    number = number if number.isdecimal() else "27"
    links = {f"artist:{ARTIST}": {"deezer": number}}
    rows = one.body.get("data", [])
    if one.kind in {"artist-related", "errors"}:
        yield Asked(
            f"/v1/artists/{ARTIST}/related",
            {f"/deezer/artist/{number}/related": one.answer},
            lambda told: (
                [(item["artist"]["name"], item["artist"]["ids"]) for item in told["items"]],
                [(row["name"], {"deezer": str(row["id"])}) for row in rows],
            ),
            links,
        )
    elif one.kind == "artist-top":
        yield Asked(
            f"/v1/artists/{ARTIST}/top-tracks",
            {f"/deezer/artist/{number}/top": one.answer},
            lambda told: (
                [(item["name"], item["duration_ms"], item["url"]) for item in told["unlinked"]],
                [(row["title"], row["duration"] * 1000, row["link"]) for row in rows],
            ),
            links,
        )
    elif one.kind == "track":
        isrc = one.body["isrc"]
        names = ("title", "track_position", "disk_number", "explicit_lyrics")
        yield Asked(
            f"/v1/tracks/{TRACK}",
            {f"/deezer/track/isrc:{isrc}": one.answer},
            lambda told: (
                [told["name"], told["track_number"], told["disc_number"], told["explicit"]],
                [one.body[name] for name in names],
            ),
            {f"track:{TRACK}": {"isrc": isrc}},
        )
    else:
        kind = one.kind.removeprefix("search-")
        yield Asked(
            f"/v1/search?q=Lou+Doillon&type={kind}&limit=10",
            {f"/deezer/search/{kind}": one.answer},
            lambda told: (_left_out(told[f"{kind}s"]), (one.body["total"], len(rows))),
        )


def _left_out(page: Any) -> tuple[int, int]:
    """How many there are, and how many are counted as having no known Spotify id."""
    counted = [gap["detail"].partition(" ")[0] for gap in page["missing"]]
    assert page["items"] == []
    return page["total"], sum(map(int, counted))


def lastfm(one: Recorded) -> Iterator[Asked]:
    """By an MBID."""
    links = {f"artist:{ARTIST}": {"mbid": MBID}}
    if one.kind == "artist-similar":
        rows = one.body["similarartists"]["artist"]
        yield Asked(
            f"/v1/artists/{ARTIST}/related",
            {"/lastfm": one.answer},
            lambda told: (
                sorted((item["artist"]["name"], item["score"]) for item in told["items"]),
                sorted((row["name"], float(row["match"])) for row in rows),
            ),
            links,
        )
        return
    if one.kind == "artist-top":
        rows = one.body["toptracks"]["track"]
        yield Asked(
            f"/v1/artists/{ARTIST}/top-tracks",
            {"/lastfm": one.answer},
            lambda told: (
                [(item["position"], item["name"]) for item in told["unlinked"]],
                [(place, row["name"]) for place, row in enumerate(rows, start=1)],
            ),
            links,
        )
        return
    said = one.body.get("toptags", {})
    rows = said.get("tag", [])
    rows = rows if isinstance(rows, list) else [rows]
    yield Asked(
        f"/v1/artists/{ARTIST}",
        {"/lastfm": one.answer},
        lambda told: (
            (told["name"], told["genres"] or []),
            (
                said.get("@attr", said)["artist"],
                [row["name"] for row in rows if int(row["count"]) >= FEWEST],
            ),
        ),
        links,
    )


def listenbrainz(one: Recorded) -> Iterator[Asked]:
    """By an MBID, at the labs and at the API."""
    similar, metadata = "/listenbrainz/similar-artists/json", "/listenbrainz/1/metadata/artist"
    if one.kind == "similar-artists":
        named = [row for row in one.body if row["name"]]
        yield Asked(
            f"/v1/artists/{ARTIST}/related",
            {similar: one.answer, metadata: of([])},
            lambda told: (
                [(item["artist"]["name"], item["artist"]["ids"]) for item in told["items"]],
                [(row["name"], {"mbid": row["artist_mbid"]}) for row in named],
            ),
            {f"artist:{ARTIST}": {"mbid": one.body[0]["reference_mbid"]}},
        )
        return
    rows: list[Any] = one.body if isinstance(one.body, list) else [{"artist_mbid": MBID}]
    for row in rows:
        genres = [tag["tag"] for tag in row.get("tag", {}).get("artist", []) if "genre_mbid" in tag]
        yield Asked(
            f"/v1/artists/{ARTIST}",
            {similar: of([]), metadata: one.answer},
            partial(_named_with_genres, wanted=(row.get("name"), sorted(genres))),
            {f"artist:{ARTIST}": {"mbid": row["artist_mbid"]}},
        )


def _named_with_genres(told: Any, *, wanted: Any) -> tuple[Any, Any]:
    return (told["name"], sorted(told["genres"])), wanted


def _linked(told: Any, *, to: set[str], wanted: set[Any]) -> tuple[Any, Any]:
    return {(link["to"], link["id"]) for link in told["links"] if link["to"] in to}, wanted


def musicbrainz(one: Recorded) -> Iterator[Asked]:
    """By an MBID, an ISRC, or the addresses of pages."""
    if one.kind == "url":
        yield from _pages(one)
    elif one.kind == "recording":
        if "media" not in one.body:  # else a release, under the name of another kind
            isrc = "QZAAA0000001"
            answer = of({"isrc": isrc, "recordings": [one.body]})
            yield Asked(
                f"/v1/tracks/{TRACK}",
                {f"/musicbrainz/isrc/{isrc}": answer},
                lambda told: (
                    (told["name"], told["duration_ms"], [by["name"] for by in told["artists"]]),
                    (
                        one.body["title"],
                        one.body["length"],
                        [part["name"] for part in one.body.get("artist-credit") or []],
                    ),
                ),
                {f"track:{TRACK}": {"isrc": isrc}},
            )
    elif one.kind == "isrc":
        isrc = one.body["isrc"]
        yield Asked(
            f"/v1/tracks/{TRACK}",
            {f"/musicbrainz/isrc/{isrc}": one.answer},
            lambda told: (told["name"], one.body["recordings"][0]["title"]),
            {f"track:{TRACK}": {"isrc": isrc}},
        )
    else:
        mbid = one.body.get("id", MBID)
        yield Asked(
            f"/v1/artists/{ARTIST}",
            {f"/musicbrainz/artist/{mbid}": one.answer},
            lambda told: (
                (told["name"], sorted(told["genres"] or [])),
                (one.body["name"], sorted(genre["name"] for genre in one.body.get("genres") or [])),
            ),
            {f"artist:{ARTIST}": {"mbid": mbid}},
        )


def _pages(one: Recorded) -> Iterator[Asked]:
    """As recorded they are strangers; then each as if it were the artist’s page at Spotify."""
    ours = f"/v1/identities/spotify:artist:{ARTIST}"
    yield Asked(ours, {"/musicbrainz/url": one.answer}, lambda told: (told["links"], []))
    for row in one.body.get("urls", [one.body]):
        page = SPOTIFY_PAGE.format("artist", ARTIST)
        answer = replace(one.answer, body=dump(row | {"resource": page}))
        owners = [part["artist"]["id"] for part in row.get("relations", []) if "artist" in part]
        yield Asked(
            ours,
            {"/musicbrainz/url": answer},
            partial(_linked, to={"mbid"}, wanted={("mbid", owner) for owner in owners}),
        )


def oembed(one: Recorded) -> Iterator[Asked]:
    """By an address; nobody is asked about albums and episodes, which are no tracks."""
    ident = one.asked("url")[0].rpartition("/")[2]
    kind = "playlist" if one.kind == "playlist" else "track"

    def told_of(told: Any) -> Any:
        image = (told["images"] if kind == "playlist" else told["album"]["images"])[0]
        return told["name"], image["url"], image["width"], image["height"]

    picture = [one.body[f"thumbnail_{name}"] for name in ("url", "width", "height")]
    yield Asked(
        f"/v1/{kind}s/{ident}",
        {"/oembed": one.answer},
        lambda told: (told_of(told), (one.body["title"], *picture)),
    )


def reccobeats(one: Recorded) -> Iterator[Asked]:
    """By Spotify’s ids, many at once."""
    rows = {row["href"].rpartition("/")[2]: row for row in one.body.get("content", [])}
    idents = parse_qs(urlsplit(one.url).query).get("ids", [])
    idents = [ident for text in idents for ident in text.split(",")] or list(rows) or [TRACK]
    sends = {f"/reccobeats/{name}": one.answer for name in ("audio-features", "track")}
    if one.kind == "errors":
        path = "features" if "AudioFeatures" in one.file else ""
        yield Asked(f"/v1/tracks/{TRACK}/{path}".rstrip("/"), sends, lambda told: (told, None))
        return
    is_track = one.kind == "track"
    names = {"name": "trackTitle", "duration_ms": "durationMs", "isrc": "isrc"}
    names = names if is_track else {name: name for name in NUMBERS}
    yield Asked(
        f"/v1/{'tracks' if is_track else 'features'}?ids={','.join(idents)}",
        sends,
        lambda told: (
            {
                item["id"]: [item["value"][name] for name in names]
                for item in told["items"]
                if item["ok"]
            },
            {ident: [row[name] for name in names.values()] for ident, row in rows.items()},
        ),
    )


def wikidata(one: Recorded) -> Iterator[Asked]:
    """By Spotify’s ids; answers to another query link nobody."""
    rows = one.body["results"]["bindings"]
    for ident in dict.fromkeys(row["sp"]["value"] for row in rows if "sp" in row) or [ARTIST]:
        stated = {
            (scheme, row[name]["value"].rpartition("/")[2])
            for row in rows
            if row.get("sp", {}).get("value") == ident
            for name, scheme in (("item", "wikidata"), ("mbid", "mbid"), ("deezer", "deezer"))
            if name in row
        }
        yield Asked(
            f"/v1/identities/spotify:artist:{ident}",
            {"/wikidata": one.answer},
            partial(_linked, to={"wikidata", "mbid", "deezer"}, wanted=stated),
        )


READERS: dict[str, Callable[[Recorded], Iterator[Asked]]] = {
    one.__name__: one
    for one in (deezer, lastfm, listenbrainz, musicbrainz, oembed, reccobeats, wikidata)
}


def told_of_whom(one: Recorded) -> str:
    """The kind of a recording with its source."""
    source = one.file.partition("/")[0]
    return f"{source}/{one.kind}"


FILES = [
    one for source in READERS for one in recorded(SHARED, source)
    if told_of_whom(one) not in NOT_ASKED
]  # fmt: skip


@asynccontextmanager
async def running(folder: Path, replay: Replay, source: str) -> AsyncIterator[Product]:
    """The product with this one source, which is asked at the replay."""
    block = {
        name: f"{replay.accounts_url}{value}" if name.endswith("url") else value
        for name, value in BASES[source].items()
    }
    settings: dict[str, Any] = {source: block, "contact": "somebody@localhost"}
    async with opened(None, folder, sources=(source,), **settings) as product:
        yield product


async def answered(product: Product, replay: Replay, asked: Asked) -> Any:
    """What the product answers, once a person has set what is linked."""
    product.clock.advance(100 * DAY_S)  # nothing is kept so long
    replay.sends = {}
    for uri in (f"artist:{ARTIST}", f"track:{TRACK}"):
        for links in ({}, asked.links.get(uri, {})):  # what was set before is forgotten first
            answer = await product.client.put(
                f"/v1/identities/spotify:{uri}", json={"links": links}
            )
            assert answer.status_code == 200, answer.text
    replay.sends = asked.sends
    return await product.get(asked.ours)


@pytest.mark.parametrize("source", list(READERS))
async def test_every_recording_comes_through_whole_or_is_refused_as_listed(tmp_path, source):
    """By the addresses of the product, with this source alone."""
    files = [one for one in FILES if one.file.startswith(f"{source}/")]
    if not files:
        pytest.skip("needs ../shared/data, which is absent")
    refused = {}
    async with Replay() as replay, running(tmp_path, replay, source) as product:
        for one in files:
            for asked in READERS[source](one):
                answer = await answered(product, replay, asked)
                told = answer.json()
                listed = [why for name, why in REFUSED.items() if one.file.endswith(name)]
                if listed or answer.status_code != 200:
                    refused[one.file] = (answer.status_code, answer.text)
                    ((status, words),) = listed or [(0, one.file)]
                    assert answer.status_code == status, (one.file, answer.text)
                    assert words in answer.text, (one.file, answer.text)
                    continue
                got, wanted = asked.compared(told)
                assert got == wanted, one.file

    assert len(refused) < len(files)
