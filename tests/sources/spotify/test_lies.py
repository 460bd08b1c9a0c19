"""R-27: an answer is about what was asked; errors, nothing and other things are kept nowhere."""

from typing import Any

import pytest

from api.music.ids import encode
from tests.replay.server import Replay
from tests.sources.contract import Operation, keeps_nothing_of
from tests.sources.product import Hands, product, settings_for
from tests.sources.spotify import sent
from tests.sources.spotify.sent import A, B, C

OTHER = encode(99)
LISTED = {"total": 1, "next": None, "previous": None, "offset": 0, "limit": 50}


def thing(make: Any, ident: str) -> dict[str, Any]:
    """The lies about a thing that names itself."""
    return {
        "another one": make(OTHER),
        "none": make(None),
        "its id in other letters": make(ident.upper()),
        "its name alone": {"id": ident, "uri": f"spotify:x:{ident}"},
        "an album": sent.album(ident),
        "an artist": sent.artist(ident) if make is not sent.artist else sent.album(ident),
        "what calls itself a show": make(ident) | {"type": "show"},
        "what its URI calls a show": {
            name: value for name, value in make(ident).items() if name != "type"
        }
        | {"uri": f"spotify:show:{ident}"},
    }


def part(kind: str, ident: str, item: dict[str, Any]) -> dict[str, Any]:
    """A part of a list, at its own address."""
    href = f"https://api.spotify.com/v1/{kind}/{ident}/some?offset=0&limit=50"
    return {"href": href, "items": [item], **LISTED}


FEATURES = thing(sent.features, C) | {
    "the track itself": sent.track(C),
    "its length alone, as a track": {"id": C, "type": "track", "duration_ms": 1},
}
del FEATURES["what its URI calls a show"]  # the URI of features is that of their track
OPERATIONS = {
    "artist": Operation(
        f"/v1/artists/{A}",
        f"/v1/artists/{A}",
        sent.artist(A),
        thing(sent.artist, A) | {"nobody": sent.artist(A, name="")},
    ),
    "track": Operation(
        f"/v1/tracks/{C}",
        f"/v1/tracks/{C}",
        sent.track(C),
        thing(sent.track, C)
        | {"a copy of another": sent.track(B, linked_from=sent.named("track", A))},
    ),
    "features": Operation(
        f"/v1/tracks/{C}/features", f"/v1/audio-features/{C}", sent.features(C), FEATURES
    ),
    "playlist": Operation(
        f"/v1/playlists/{A}", f"/v1/playlists/{A}", sent.playlist(A), thing(sent.playlist, A)
    ),
    "analysis": Operation(
        f"/v1/tracks/{C}/analysis",
        f"/v1/audio-analysis/{C}",
        sent.analysis(),
        {"features": sent.features(C), "empty": {"track": None, "bars": [], "segments": []}},
    ),
    "related": Operation(
        f"/v1/artists/{A}/related",
        f"/v1/artists/{A}/related-artists",
        {"artists": [sent.artist(B)]},
        {
            "tracks": {"tracks": [sent.track(B)]},
            "albums": {"artists": [sent.album(B)]},
            "errors of each": {"artists": [{"error": "x"}, {"error": "y"}]},
        },
    ),
    "top-tracks": Operation(
        f"/v1/artists/{A}/top-tracks?market=GB",
        f"/v1/artists/{A}/top-tracks",
        {"tracks": [sent.track(B)]},
        {"artists": {"artists": [sent.artist(B)]}, "albums": {"tracks": [sent.album(B)]}},
    ),
    "albums": Operation(
        f"/v1/artists/{A}/albums",
        f"/v1/artists/{A}/albums",
        part("artists", A, sent.album(B)),
        {"those of another": part("artists", OTHER, sent.album(B))},
    ),
    "items": Operation(
        f"/v1/playlists/{A}/items",
        f"/v1/playlists/{A}/tracks",
        part("playlists", A, sent.entry(sent.track(C))),
        {"those of another": part("playlists", OTHER, sent.entry(sent.track(C)))},
        frozenset({"playlist"}),
    ),
    "search": Operation(
        "/v1/search?q=rain&type=artist",
        "/v1/search",
        {"artists": part("x", A, sent.artist(A))},
        {"other kinds": {"tracks": part("x", A, sent.track(A))}},
    ),
    "tracks": Operation(
        f"/v1/tracks?ids={A},{C}",
        "/v1/tracks",
        {"tracks": [sent.track(A), sent.track(C)]},
        {
            "others": {"tracks": [sent.track(OTHER), sent.track(B)]},
            "other letters": {"tracks": [sent.track(A.upper()), sent.track(C.upper())]},
            "albums": {"tracks": [sent.album(A), sent.album(C)]},
            "none": {"tracks": []},
            "errors": {"tracks": [{"error": "x"}] * 2},
        },
    ),
    "many-features": Operation(
        f"/v1/features?ids={A},{C}",
        "/v1/audio-features",
        {"audio_features": [sent.features(A), sent.features(C)]},
        {
            "others": {"audio_features": [sent.features(OTHER), sent.features(B)]},
            "names alone": {"audio_features": [{"id": A}, {"id": C}]},
            "tracks": {"audio_features": [sent.track(A), sent.track(C)]},
            "none": {"audio_features": []},
        },
    ),
}


@pytest.mark.parametrize("name", OPERATIONS)
async def test_b4_nothing_is_kept_of_a_lie(tmp_path, name):
    """Whatever is wrong with it: an error, nothing, another thing; each refused, and none kept."""
    operation, clock = OPERATIONS[name], Hands()
    async with Replay() as replay, product(settings_for(replay, tmp_path), clock) as api:
        replay.put(f"/v1/playlists/{A}", sent.playlist(A))
        for lie, body in operation.lies().items():
            replay.put(operation.theirs, body)
            try:
                await keeps_nothing_of(api, operation)
            except AssertionError as error:
                error.add_note(f"{name}: {lie}")
                raise
            clock.move(10)  # a refusal is remembered for five seconds
        replay.put(operation.theirs, operation.answer)
        assert (await api.get(operation.ours)).status_code == 200
