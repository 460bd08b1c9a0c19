"""What a restart costs: what is kept is read together, and nobody is asked."""

from typing import Any

import httpx
import pytest
from sqlalchemy import event

from api.app import create_app
from api.music.ids import encode
from tests.replay.server import Replay
from tests.sources.product import Hands, settings_for
from tests.sources.spotify import sent
from tests.sources.spotify.sent import A

IDENTS = [encode(5_000 + n) for n in range(100)]
LIST = f"/v1/playlists/{A}"
PATHS = [
    ("/v1/features?ids=" + ",".join(IDENTS), 1),
    ("/v1/tracks?ids=" + ",".join(IDENTS[:50]), 1),
    (f"{LIST}/profile", 3),  # the playlist, its parts, all features
]


@pytest.fixture
def replay():
    """A hundred tracks, and a playlist of them."""
    replaying = Replay()
    tracks = [sent.track(ident) for ident in IDENTS]
    features = [sent.features(ident) for ident in IDENTS]
    replaying.put("/v1/tracks", {"tracks": tracks[:50]})
    replaying.put("/v1/audio-features", {"audio_features": features})
    replaying.put(LIST, sent.playlist(tracks={"total": 100}))
    replaying.put(f"{LIST}/tracks", {"items": [sent.entry(one) for one in tracks], "total": 100})
    return replaying


@pytest.mark.parametrize(("path", "most"), PATHS, ids=["features", "tracks", "profile"])
async def test_many_kept_answers_are_one_select(replay, tmp_path, path, most):
    """Not one for each, and not a call."""
    clock, selects, answers = Hands(), [], []

    def noted(*said: Any) -> None:
        if 'WHERE cache_entry."key"' in said[2] and said[2].startswith("SELECT"):
            selects.append(said[2])

    async with replay:
        for _ in range(2):
            app = create_app(settings_for(replay, tmp_path), clock=clock, chance=lambda: 0.5)
            event.listen(app.state.parts.tiers.store._engine, "before_cursor_execute", noted)
            transport = httpx.ASGITransport(app)
            async with (
                app.router.lifespan_context(app),
                httpx.AsyncClient(transport=transport, base_url="http://localhost") as client,
            ):
                selects.clear()
                replay.asked.clear()
                answers.append((await client.get(path)).content)

    assert answers[0] == answers[1]
    assert replay.asked == []
    assert 1 <= len(selects) <= most
