"""How each kind of recorded answer is asked for through the product, and what belongs together."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from api.music.ids import encode, is_id
from tests.replay.archive import Recording, index
from tests.replay.losses import Pair
from tests.replay.server import Replay

Pairing = Callable[[Any], Iterator[Pair]]
MADE_UP = encode(7)
ADDRESS = {"artist": "artists", "track": "tracks", "playlist": "playlists"}
AS_ASKED = {"items", "limit", "offset"}
MOST = {"artist-albums": 50, "playlist-items": 100, "search": 10}


@dataclass(frozen=True)
class Question:
    """An address of ours, and the pairs its answer makes with what was recorded."""

    path: str
    pairs: Pairing | None = None
    refused: bool = False


def questions(recording: Recording, replay: Replay) -> list[Question]:
    """Put a recorded answer in its place, and ask for it."""
    return _ASKED.get(recording.kind, _nobody_asks)(recording, replay)


def _ident(recording: Recording, body: Any) -> str:
    named = recording.about.get("id") or (body.get("id") if isinstance(body, dict) else None)
    return named if isinstance(named, str) and is_id(named) else MADE_UP


def _one(kind: str, body: Any, ident: str, replay: Replay) -> Question:
    section = ADDRESS[kind]
    replay.put(f"/v1/{section}/{ident}", body)
    return Question(f"/v1/{section}/{ident}", lambda answered: iter([of(kind, body, answered)]))


def _artist(recording: Recording, replay: Replay) -> list[Question]:
    return [_one("artist", recording.body, _ident(recording, recording.body), replay)]


def _artists(recording: Recording, replay: Replay) -> list[Question]:
    return [_one("artist", one, one["id"], replay) for one in recording.body["artists"] if one]


def _track(recording: Recording, replay: Replay) -> list[Question]:
    return [_one("track", recording.body, _ident(recording, recording.body), replay)]


def _tracks(recording: Recording, replay: Replay) -> list[Question]:
    return _batch("track", recording.body["tracks"], recording, replay)


def _several_features(recording: Recording, replay: Replay) -> list[Question]:
    body = recording.body
    rows = body if isinstance(body, list) else body["audio_features"]
    return _batch("features", rows, recording, replay)


def _batch(thing: str, rows: list[Any], recording: Recording, replay: Replay) -> list[Question]:
    """All at once; a null becomes a problem. One alone is asked for singly."""
    section, upstream = {
        "track": ("tracks", "/v1/tracks"),
        "features": ("features", "/v1/audio-features"),
    }[thing]
    idents = [row["id"] if row else encode(place) for place, row in enumerate(rows, start=2)]
    replay.put(upstream, recording.body)
    for ident, row in zip(idents, rows, strict=True):
        replay.put(f"{upstream}/{ident}", row)

    def pairs(answered: Any) -> Iterator[Pair]:
        for row, item in zip(rows, answered["items"], strict=True):
            assert item["ok"] is (row is not None)
            if row is not None:
                yield of(thing, row, item["value"])

    return [Question(f"/v1/{section}?ids={','.join(idents)}", pairs)]


def _simple_tracks(recording: Recording, replay: Replay) -> list[Question]:
    """Tracks as albums list them: short, as a track of its own may come."""
    return [_one("track", one, one["id"], replay) for one in recording.body["items"]]


def _related(recording: Recording, replay: Replay) -> list[Question]:
    ident, artists = _ident(recording, recording.body), recording.body["artists"]
    replay.put(f"/v1/artists/{ident}/related-artists", recording.body)

    def pairs(answered: Any) -> Iterator[Pair]:
        for artist, item in zip(artists, answered["spotify"], strict=True):
            yield of("related", artist, item["artist"])

    return [Question(f"/v1/artists/{ident}/related", pairs)]


def _top_tracks(recording: Recording, replay: Replay) -> list[Question]:
    ident, tracks = _ident(recording, recording.body), recording.body["tracks"]
    replay.put(f"/v1/artists/{ident}/top-tracks", recording.body)

    def pairs(answered: Any) -> Iterator[Pair]:
        for track, item in zip(tracks, answered["items"], strict=True):
            yield of("track", track, item)

    return [Question(f"/v1/artists/{ident}/top-tracks", pairs)]


def _artist_albums(recording: Recording, replay: Replay) -> list[Question]:
    return _albums_page(recording.body, _ident(recording, recording.body), replay)


def _albums_page(page: Any, ident: str, replay: Replay) -> list[Question]:
    path = f"/v1/artists/{ident}/albums"
    replay.put(path, page)
    return _parts_of(page, path, "album", MOST["artist-albums"])


def _album(recording: Recording, replay: Replay) -> list[Question]:
    """Whole albums have no address of ours: they stand in an artist's list."""
    body = recording.body
    albums = [album for album in body.get("albums", [body]) if album is not None]
    return _albums_page({"items": albums, "limit": 50, "offset": 0}, MADE_UP, replay)


def _playlist(recording: Recording, replay: Replay) -> list[Question]:
    body, ident = recording.body, _ident(recording, recording.body)
    replay.put(f"/v1/playlists/{ident}", body)
    head = {n: _total(v) if n in {"items", "tracks"} else v for n, v in body.items()}
    asked = [
        Question(f"/v1/playlists/{ident}", lambda answered: iter([of("playlist", head, answered)]))
    ]
    for name in ("items", "tracks"):
        if isinstance(body.get(name), dict) and isinstance(body[name].get("items"), list):
            asked += _entries(body[name], ident, replay)
    return asked


def _total(paging: Any) -> Any:
    return {"total": paging["total"]} if isinstance(paging, dict) else None


def _playlist_items(recording: Recording, replay: Replay) -> list[Question]:
    return _entries(recording.body, _ident(recording, recording.body), replay)


def _saved(recording: Recording, replay: Replay) -> list[Question]:
    """Liked tracks have no address of ours, but the shape of a playlist's entries."""
    return _entries(recording.body, MADE_UP, replay)


def _entries(page: Any, ident: str, replay: Replay) -> list[Question]:
    replay.put(f"/v1/playlists/{ident}/tracks", page)
    replay.put(f"/v1/playlists/{ident}", replay.known(f"/v1/playlists/{ident}") or {"id": ident})
    return _parts_of(page, f"/v1/playlists/{ident}/items", "entry", MOST["playlist-items"])


def _parts_of(page: Any, path: str, thing: str, most: int) -> list[Question]:
    """A recorded part of a list, asked for in parts as large as ours may be."""
    start, rows = page.get("offset") or 0, page["items"]
    limit = min(most, page.get("limit") or most)
    return [
        Question(f"{path}?limit={limit}&offset={start + done}", _rows(page, done, thing))
        for done in range(0, max(len(rows), 1), limit)
    ]


def _rows(page: Any, done: int, thing: str) -> Pairing:
    def pairs(answered: Any) -> Iterator[Pair]:
        yield Pair("page", {n: v for n, v in page.items() if n not in AS_ASKED}, answered)
        rows = [one for one in page["items"][done:] if one is not None or thing == "entry"]
        for row, item in zip(rows, answered["items"], strict=False):
            yield from _entry(row, item) if thing == "entry" else [of(thing, row, item)]

    return pairs


def _entry(entry: Any, item: Any) -> Iterator[Pair]:
    """An entry, and what is at its place; both twins must come through."""
    if entry is None:
        assert item["kind"] == "removed"
        return
    rest = {name: value for name, value in entry.items() if name not in {"item", "track"}}
    yield Pair("entry", rest, item)
    for twin in ("item", "track"):
        if entry.get(twin) is not None:
            kind = item["kind"]
            yield of(kind, entry[twin], item["track"] if kind == "track" else item)


def _search(recording: Recording, replay: Replay) -> list[Question]:
    body = recording.body
    replay.put("/v1/search", body)
    q = recording.about.get("q") or "whatever was asked"
    types = [t for t in ("artist", "track", "playlist") if f"{t}s" in body]
    size = max(len(page["items"]) for page in body.values())
    start = next(iter(body.values())).get("offset") or 0
    return [
        Question(
            f"/v1/search?q={q}&type={','.join(types) or 'track'}&limit=10&offset={start + done}",
            _hits(body, done),
        )
        for done in range(0, size, MOST["search"])
    ]


def _hits(body: Mapping[str, Any], done: int) -> Pairing:
    def pairs(answered: Any) -> Iterator[Pair]:
        yield Pair("search", {n: v for n, v in body.items() if n not in answered}, answered)
        for name, page in body.items():
            if name in answered:
                thing = name.removesuffix("s")
                part = page | {"items": page["items"][done : done + MOST["search"]]}
                yield from _rows(part, 0, thing)(answered[name])

    return pairs


def _features(recording: Recording, replay: Replay) -> list[Question]:
    body, ident = recording.body, _ident(recording, recording.body)
    replay.put(f"/v1/audio-features/{ident}", body)
    return [Question(f"/v1/tracks/{ident}/features", lambda a: iter([of("features", body, a)]))]


def _analysis(recording: Recording, replay: Replay) -> list[Question]:
    body, ident = recording.body, _ident(recording, recording.body)
    replay.put(f"/v1/audio-analysis/{ident}", body)
    bare = body.get("audio_analysis", body)
    return [Question(f"/v1/tracks/{ident}/analysis", lambda a: iter([of("analysis", bare, a)]))]


def _error(recording: Recording, replay: Replay) -> list[Question]:
    """An error may meet us anywhere: here, where an artist is asked for."""
    rows = index()["serve"]["errors"]
    status = next((row["status"] for row in rows if row["file"] == recording.file), None)
    replay.put(f"/v1/artists/{MADE_UP}", recording.body, status=status or 400)
    return [Question(f"/v1/artists/{MADE_UP}", refused=True)]


def _token_error(recording: Recording, replay: Replay) -> list[Question]:
    replay.put("/api/token", recording.body, status=400)
    return [Question(f"/v1/artists/{MADE_UP}", refused=True)]


def _nobody_asks(recording: Recording, replay: Replay) -> list[Question]:
    """What we never ask for, in place of something else: it must not break us."""
    replay.put(f"/v1/artists/{MADE_UP}", recording.body)
    return [Question(f"/v1/artists/{MADE_UP}")]


def of(thing: str, sent: Any, answered: Any) -> Pair:
    """A pair; a release date in pieces is put together first."""
    return Pair(thing, _dated(sent), answered)


def _dated(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    date = value.get("release_date")
    if isinstance(date, dict):
        pieces = (date["year"], date.get("month"), date.get("day"))
        value = value | {"release_date": "-".join(f"{piece:02d}" for piece in pieces if piece)}
    return value | ({"album": _dated(value["album"])} if "album" in value else {})


_ASKED: dict[str, Callable[[Recording, Replay], list[Question]]] = {
    "artist": _artist,
    "artists": _artists,
    "track": _track,
    "tracks": _tracks,
    "album": _album,
    "albums": _album,
    "album-tracks": _simple_tracks,
    "artist-albums": _artist_albums,
    "related-artists": _related,
    "top-tracks": _top_tracks,
    "playlist": _playlist,
    "playlist-items": _playlist_items,
    "saved-tracks": _saved,
    "search": _search,
    "audio-features": _features,
    "audio-features-many": _several_features,
    "audio-analysis": _analysis,
    "errors": _error,
    "rate-limit": _error,
    "token-errors": _token_error,
}
