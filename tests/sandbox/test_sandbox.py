"""The sandbox answers as Spotify was seen to answer, class by class."""

import httpx
import pytest

from tests.sandbox import CLIENT_ID, CLIENT_SECRET, Sandbox, id_of, landmarks
from tests.sandbox.catalogue import catalogue

GRANT = {"grant_type": "client_credentials"}
ARTIST, TRACK, ALBUM = id_of("artist", 0), id_of("track", 0), id_of("album", 0)
BOX_SET = id_of("album", landmarks.BOX_SET)
UNKNOWN = id_of("nothing", 0)


def playlist(n):
    """The id of the n-th playlist."""
    return id_of("playlist", n)


@pytest.fixture
async def sandbox():
    """A sandbox of its own for every test."""
    async with Sandbox() as sandbox:
        yield sandbox


@pytest.fixture
async def api(sandbox):
    """A client with a token, its base at /v1."""
    headers = {"authorization": f"Bearer {sandbox.issue_token()}"}
    async with httpx.AsyncClient(base_url=sandbox.api_url, headers=headers) as client:
        yield client


async def refused(api, path, **parameters):
    """Ask, and answer status and message of the error body."""
    response = await api.get(path, params=parameters or None)
    assert response.headers["cache-control"] == "private, max-age=0"
    return response.status_code, response.json()["error"].get("message")


async def test_features_agree_with_the_analysis(api):
    """Two endpoints never tell two stories about one track."""
    for n in range(12):
        features = (await api.get(f"/audio-features/{id_of('track', n)}")).json()
        track = (await api.get(f"/audio-analysis/{id_of('track', n)}")).json()["track"]
        for name in ("tempo", "loudness", "key", "mode", "time_signature"):
            assert features[name] == track.get(name, 0)
        assert features["duration_ms"] == pytest.approx(track["duration"] * 1000, abs=1)
        assert all(0 <= features[name] <= 1 for name in ("energy", "valence", "liveness"))


@pytest.mark.parametrize(
    ("auth", "told"),
    [
        ((CLIENT_ID, "wrong"), "Invalid client secret"),
        (("nobody", CLIENT_SECRET), "Invalid client"),
        (None, None),
    ],
)
async def test_wrong_credentials_get_a_flat_400(sandbox, auth, told):
    """The token endpoint has its own error shape."""
    async with httpx.AsyncClient(base_url=sandbox.accounts_url) as accounts:
        response = await accounts.post("/api/token", data=GRANT, auth=auth)

    assert response.status_code == 400
    assert response.json()["error"] == "invalid_client"
    assert response.json().get("error_description") == told
    assert response.headers["cache-control"] == "no-cache, no-store, must-revalidate"


async def test_a_token_opens_the_api_until_it_expires(sandbox):
    """Each of the three 401s has its text and its challenge."""
    async with httpx.AsyncClient(base_url=sandbox.accounts_url) as client:
        response = await client.post("/api/token", data=GRANT, auth=(CLIENT_ID, CLIENT_SECRET))
        token = response.json()
        headers = {"authorization": f"Bearer {token['access_token']}"}
        allowed = await client.get(f"/v1/artists/{ARTIST}", headers=headers)
        sandbox.expire_tokens()
        dead = await client.get(f"/v1/artists/{ARTIST}", headers=headers)
        wrong = await client.get("/v1/me", headers={"authorization": "Bearer nonsense"})
        missing = await client.get("/v1/me")

    assert (token["token_type"], token["expires_in"]) == ("Bearer", 3600)
    assert allowed.json()["name"] == catalogue().artists[0].name
    assert dead.json() == {"error": {"status": 401, "message": "The access token expired"}}
    assert 'error="invalid_token"' in dead.headers["www-authenticate"]
    assert wrong.json()["error"]["message"] == "Invalid access token"
    assert missing.json()["error"]["message"] == "No token provided"
    assert 'error="missing_token"' in missing.headers["www-authenticate"]
    assert sandbox.calls == {"/api/token": 1, "/v1/artists/{id}": 2, "/v1/me": 2}
    assert sandbox.calls.total() == 5


async def test_lists_of_an_artist(api):
    """Related artists, top tracks and pages of albums."""
    related = (await api.get(f"/artists/{ARTIST}/related-artists")).json()["artists"]
    top = (await api.get(f"/artists/{ARTIST}/top-tracks", params={"market": "GB"})).json()
    albums = (await api.get(f"/artists/{ARTIST}/albums", params={"limit": 1})).json()
    following = (await api.get(albums["next"])).json()

    assert len(related) == 20
    assert ARTIST not in {artist["id"] for artist in related}
    assert len(top["tracks"]) == 10
    assert all("is_playable" in track for track in top["tracks"])
    assert albums["items"][0]["id"] == ALBUM
    assert albums["items"][0]["album_group"] == "album"
    assert (following["offset"], following["previous"]) == (1, albums["href"])


async def test_an_album_of_more_than_a_page(api):
    """The fifty-first track is behind `next`."""
    album = (await api.get(f"/albums/{BOX_SET}")).json()
    rest = (await api.get(album["tracks"]["next"])).json()

    assert len(album["tracks"]["items"]) == 50
    assert [track["disc_number"] for track in rest["items"]] == [2] * 5
    assert rest["next"] is None
    assert "album" not in rest["items"][0]


async def test_batches_keep_the_order_and_answer_null(api):
    """A batch is joined by place, and one bad id spoils it."""
    ids = ",".join([id_of("track", 4), UNKNOWN, TRACK])
    tracks = (await api.get("/tracks", params={"ids": ids})).json()["tracks"]
    features = (await api.get("/audio-features", params={"ids": ids})).json()["audio_features"]

    for batch in (tracks, features):
        assert [row and row["id"] for row in batch] == [id_of("track", 4), None, TRACK]
    assert await refused(api, "/tracks", ids=f"{TRACK},abc") == (400, "Invalid base62 id")


async def test_a_market_changes_the_answer(api):
    """With a market a track may be another one, or not playable."""
    asked = id_of("track", landmarks.RELINKED_TRACK)
    plain = (await api.get(f"/tracks/{asked}")).json()
    other = (await api.get(f"/tracks/{asked}", params={"market": "DE"})).json()
    barred = id_of("track", landmarks.RESTRICTED_TRACK)
    closed = (await api.get(f"/tracks/{barred}", params={"market": "GB"})).json()

    assert plain["id"] == asked
    assert "DE" not in plain["available_markets"]
    assert other["id"] == id_of("track", landmarks.RELINK_TARGET)
    assert other["linked_from"]["id"] == asked
    assert "available_markets" not in other
    assert (closed["is_playable"], closed["restrictions"]) == (False, {"reason": "market"})


async def test_bad_and_unknown_input(api):
    """Status and message are word for word."""
    missing = id_of("track", landmarks.NO_FEATURES_TRACKS[0])

    assert await refused(api, "/artists/abc") == (400, "Invalid base62 id")
    assert await refused(api, f"/artists/{'Z' * 22}") == (400, "Invalid base62 id")
    assert await refused(api, f"/artists/{UNKNOWN}") == (404, "Resource not found")
    assert await refused(api, f"/playlists/{playlist(5)}") == (404, "Resource not found")
    assert await refused(api, f"/audio-features/{missing}") == (404, "analysis not found")
    assert await refused(api, f"/audio-analysis/{missing}") == (404, "analysis not found")
    assert await refused(api, "/search", q="a", type="track", limit=51) == (400, "Invalid limit")
    assert await refused(api, "/me") == (401, "Valid user authentication required")


async def test_a_playlist_holds_every_kind_of_entry(api):
    """Local files in two shapes, an episode, a removed and a barred track."""
    path = f"/playlists/{playlist(0)}"
    whole = (await api.get(path)).json()
    asked = {"additional_types": "track,episode"}
    items = (await api.get(f"{path}/tracks", params=asked)).json()["items"]
    local, bare, episode, gone = (items[place]["item"] for place in (4, 9, 14, 19))

    assert whole["tracks"] == whole["items"]
    assert all(entry["item"] == entry["track"] for entry in items)
    assert len(items) == whole["items"]["total"] == 40
    assert local["id"] is None
    assert "id" not in bare
    assert all(items[place]["is_local"] for place in (4, 9))
    assert (episode["type"], episode["episode"]) == ("episode", True)
    assert "show" not in whole["items"]["items"][14]["item"]
    assert gone is None
    assert items[24]["item"]["restrictions"] == {"reason": "market"}
    assert items[0]["item"]["track"] is True


async def test_pages_of_a_long_playlist(api):
    """Following `next` meets every entry once; an empty list ends at once."""
    path, seen = f"/playlists/{playlist(1)}/tracks?fields=next,items(item(id))", 0
    while path:
        page = (await api.get(path)).json()
        seen, path = seen + len(page["items"]), page["next"]

    assert seen == 1000
    empty = (await api.get(f"/playlists/{playlist(2)}/tracks")).json()
    assert (empty["items"], empty["total"], empty["next"]) == ([], 0, None)


async def test_playlist_items_are_for_the_signed_in_owner(sandbox, api):
    """Client credentials get 401, the owner a page, others 403; also under the old name."""
    path = f"/playlists/{playlist(0)}/items"
    owner = {"authorization": f"Bearer {sandbox.issue_token(user=True)}"}

    assert await refused(api, path) == (401, "Valid user authentication required")
    page = (await api.get(path, headers=owner)).json()
    assert (page["limit"], len(page["items"])) == (20, 20)
    strangers = await api.get(f"/playlists/{playlist(4)}/items", headers=owner)
    assert strangers.json() == {"error": {"status": 403, "message": "Forbidden"}}
    assert (await api.get(f"/playlists/{playlist(4)}/tracks")).status_code == 200
    sandbox.app_class = "old-dev"
    assert await refused(api, f"/playlists/{playlist(4)}/tracks") == (403, "Forbidden")


async def test_search_finds_by_name_and_filter(api):
    """Each type has its page; an ISRC finds both of its tracks; editorial playlists are null."""
    first, second = (catalogue().tracks[n] for n in landmarks.TWIN_TRACKS)
    by_isrc = await api.get("/search", params={"q": f"isrc:{first.isrc}", "type": "track"})
    mixed = await api.get("/search", params={"q": "the", "type": "artist,playlist", "limit": 2})
    editorial = await api.get("/search", params={"q": "this week", "type": "playlist"})

    assert [row["id"] for row in by_isrc.json()["tracks"]["items"]] == [first.id, second.id]
    assert set(mixed.json()) == {"artists", "playlists"}
    assert "type=artist" in mixed.json()["artists"]["next"]
    assert editorial.json()["playlists"]["items"] == [None]
    assert (await api.get(mixed.json()["artists"]["next"])).json()["artists"]["offset"] == 2


async def test_a_new_development_app_gets_little(sandbox, api):
    """Closed families answer 403, open ones leave fields out, pages are small."""
    sandbox.app_class = "new-dev"
    artist = (await api.get(f"/artists/{ARTIST}")).json()
    track = (await api.get(f"/tracks/{TRACK}")).json()
    lists = (await api.get(f"/playlists/{playlist(0)}")).json()

    identity = {"external_urls", "href", "id", "images", "name", "type", "uri"}
    assert set(artist) == identity
    assert not {"popularity", "available_markets", "linked_from"} & set(track)
    assert "isrc" in track["external_ids"]
    assert not {"items", "tracks"} & set(lists)
    for path in (f"/audio-features/{TRACK}", f"/audio-analysis/{TRACK}"):
        assert (await api.get(path)).json() == {"error": {"status": 403}}
    for path in (f"/artists/{ARTIST}/top-tracks", f"/artists?ids={ARTIST}"):
        assert await refused(api, path) == (403, "Forbidden")
    assert await refused(api, "/search", q="a", type="track", limit=11) == (400, "Invalid limit")


@pytest.mark.parametrize(
    ("app_class", "statuses"),
    [
        ("extended", [200, 200, 200, 200]),
        ("extended-late", [404, 403, 200, 200]),
        ("old-dev", [403, 403, 200, 200]),
        ("new-dev", [403, 403, 403, 403]),
    ],
)
async def test_what_each_class_may_ask(sandbox, api, app_class, statuses):
    """Related artists, features, top tracks and batches close in two steps."""
    sandbox.app_class = app_class
    artist = f"/artists/{ARTIST}"
    paths = [f"{artist}/related-artists", f"/audio-features/{TRACK}", f"{artist}/top-tracks"]
    paths.append(f"/tracks?ids={TRACK}")

    assert [(await api.get(path)).status_code for path in paths] == statuses


async def test_conditional_and_compressed_answers(sandbox, api):
    """An ETag brings 304, unless it is switched off; gzip comes only when asked for."""
    path = f"/artists/{ARTIST}"
    full = await api.get(path)
    tag = full.headers["etag"]
    known = {"if-none-match": tag}
    same = await api.get(path, headers=known)
    plain = await api.get(path, headers={"accept-encoding": "identity"})
    head = await api.head(path)
    sandbox.switches.etag = False

    assert tag.startswith('"MC-')
    assert full.headers["cache-control"] == "public, max-age=0"
    assert full.headers["content-type"] == "application/json; charset=utf-8"
    assert (same.status_code, same.content, same.headers["etag"]) == (304, b"", tag)
    assert full.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert (head.status_code, head.content) == (200, b"")
    assert "etag" not in (await api.get(path, headers=known)).headers


async def test_a_picture_is_served_by_the_sandbox(sandbox, api):
    """No image address leaves the machine, and the PNG has the promised width."""
    image = (await api.get(f"/artists/{ARTIST}")).json()["images"][0]
    picture = await api.get(image["url"])

    assert image["url"].startswith(sandbox.accounts_url)
    assert picture.content[:8] == b"\x89PNG\r\n\x1a\n"
    assert int.from_bytes(picture.content[16:20], "big") == image["width"] == 640
