"""The country that is asked about is part of what an answer is: another one is another answer."""

import pytest

from tests.replay.server import Replay
from tests.sandbox.answers import Answer, Request, of
from tests.sources.product import product, settings_for
from tests.sources.spotify import sent
from tests.sources.spotify.sent import A, C

ASKED = [
    f"/v1/tracks/{C}",
    f"/v1/tracks?ids={C}",
    f"/v1/artists/{A}/top-tracks",
    f"/v1/artists/{A}/albums",
    f"/v1/playlists/{A}",
    f"/v1/playlists/{A}/items",
    "/v1/search?q=rain&type=track",
]


@pytest.fixture
def replay():
    """Spotify, which names things by the country that it is asked about."""

    def here(request: Request) -> str:
        return f"in {request.query.get('market', 'none')}"

    def track(request: Request) -> dict:
        return sent.track(name=here(request))

    def albums(request: Request) -> Answer:
        return of({"items": [sent.album(name=here(request))], "total": 1})

    def entries(request: Request) -> Answer:
        return of({"items": [sent.entry(track(request))], "total": 1})

    replaying = Replay()
    replaying.put(f"/v1/tracks/{C}", track)
    replaying.put("/v1/tracks", lambda request: {"tracks": [track(request)]})
    replaying.put(f"/v1/artists/{A}/top-tracks", lambda request: {"tracks": [track(request)]})
    replaying.put(f"/v1/artists/{A}/albums", albums)
    replaying.put(f"/v1/playlists/{A}", lambda r: sent.playlist(name=here(r), tracks={"total": 1}))
    replaying.put(f"/v1/playlists/{A}/tracks", entries)
    replaying.put("/v1/search", lambda r: of({"tracks": {"items": [track(r)], "total": 1}}))
    return replaying


@pytest.mark.parametrize("path", ASKED)
async def test_another_market_in_the_settings_is_another_answer(replay, tmp_path, path):
    """After a restart with another SPOTIFY_MARKET nothing of the old one is served."""
    told = []
    async with replay:
        for market in ("SE", "DE", None, "SE"):
            settings = settings_for(replay, tmp_path, market=market)
            async with product(settings) as api:
                told.append((await api.get(path)).text)

    for text, market in zip(told, ("SE", "DE", "none", "SE"), strict=True):
        assert f'"name":"in {market}"' in text


async def test_what_is_the_same_everywhere_is_asked_once(replay, tmp_path):
    """An artist is asked about no country, so another setting costs no call."""
    replay.put(f"/v1/artists/{A}", sent.artist())
    async with replay:
        for market in ("SE", "DE"):
            async with product(settings_for(replay, tmp_path, market=market)) as api:
                await api.get(f"/v1/artists/{A}")

    assert replay.calls[f"/v1/artists/{A}"] == 1


async def test_the_settings_market_by_name_is_the_same_answer(replay, tmp_path):
    """Whether a caller names it or not, it is asked once; but links name what the caller did."""
    albums = f"/v1/artists/{A}/albums"
    async with replay, product(settings_for(replay, tmp_path, market="SE")) as api:
        for query in ("", "?market=SE", "?market=DE"):
            await api.get(f"/v1/tracks/{C}{query}")
        hrefs = [(await api.get(f"{albums}{query}")).json()["href"] for query in ("", "?market=SE")]

    assert replay.calls[f"/v1/tracks/{C}"] == 2
    assert ["market=SE" in href for href in hrefs] == [False, True]
