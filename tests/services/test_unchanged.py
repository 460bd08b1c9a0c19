"""What is made of a whole library is made once, until anything in it changes."""

import pytest

from api.services import profile as profiles
from api.sources.library import nearness
from tests.library.test_own_batches import SHOWN
from tests.routes.product import opened
from tests.sandbox import Sandbox, id_of

RELATED = f"/v1/artists/{SHOWN.artist_id}/related"
PROFILE = f"/v1/playlists/{SHOWN.playlist_id}/profile"


@pytest.fixture
def made(monkeypatch):
    """Counts what is compared and described."""
    counts = {"related": 0, "profile": 0}

    def counted(name, work):
        def count(*args):
            counts[name] += 1
            return work(*args)

        return count

    monkeypatch.setattr(nearness, "nearest", counted("related", nearness.nearest))
    monkeypatch.setattr(profiles, "profile", counted("profile", profiles.profile))
    return counts


@pytest.mark.parametrize(("path", "what"), [(RELATED, "related"), (PROFILE, "profile")])
async def test_what_has_not_changed_is_not_made_again(tmp_path, made, path, what):
    """The same bytes, still private; a file that is renamed or deleted makes it anew."""
    async with opened(None, tmp_path, demo=True) as api:
        first, second = await api.get(path), await api.get(path)
        once = made[what]
        held = await api.get(path, headers={"If-None-Match": first.headers["etag"]})
        await api.client.delete(f"/v1/library/tracks/{SHOWN.track_id}")
        after = await api.get(path)

    assert (first.status_code, once, made[what]) == (200, 1, 2)
    assert second.content == first.content
    assert second.headers["etag"] == first.headers["etag"]
    assert second.headers["cache-control"] == "private, no-cache"
    assert second.headers["age"] == "0"
    assert held.status_code == 304
    assert after.json() != first.json()


async def test_each_source_asked_for_has_its_own_profile(tmp_path):
    """The one from the library does not stand in for one that nobody can give."""
    async with opened(None, tmp_path, demo=True) as api:
        assert (await api.get(PROFILE)).status_code == 200
        assert (await api.get(f"{PROFILE}?source=library")).status_code == 200
        assert (await api.get(f"{PROFILE}?source=exportify")).status_code == 404


async def test_a_profile_with_tracks_of_others_is_not_kept_as_ours(tmp_path, made):
    """What Spotify says of them has an age of its own."""
    body = {"name": "Mix", "items": [SHOWN.track_id, id_of("track", 0), id_of("track", 1)]}
    async with Sandbox() as sandbox, opened(sandbox, tmp_path, demo=True) as api:
        mixed = (await api.client.post("/v1/collections", json=body)).json()
        path = f"{mixed['playlist']}/profile?source=spotify"
        first = await api.get(path)
        sandbox.calls.clear()
        api.clock.advance(40 * 86_400)
        later = await api.get(path)

    assert (first.status_code, later.status_code) == (200, 200)
    assert sum(sandbox.calls.values()) > 0
