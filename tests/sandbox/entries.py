"""Playlists and their entries as JSON: tracks, local files, episodes, removed tracks."""

from typing import Any

from tests.sandbox import naming, playlists
from tests.sandbox.ids import id_of
from tests.sandbox.people import PEOPLE
from tests.sandbox.playlists import Entry, Playlist
from tests.sandbox.render import PLAYERS, Json, Render


def playlist(render: Render, row: Playlist) -> Json:
    """Write a playlist's own data, without entries."""
    mosaic = [{"url": f"{render.base_url}/image/playlist-{row.n}-640", "height": None}]
    pictures = [image | {"width": None} for image in mosaic] if row.pictured else None
    return render.identity("playlist", row.id) | {
        "collaborative": False,
        "description": row.description,
        "followers": {"href": None, "total": row.n * 7},
        "images": pictures,
        "name": row.name,
        "owner": user(render, row.owner) | {"display_name": _display_name(row.owner)},
        "primary_color": None,
        "public": row.public,
        "snapshot_id": row.snapshot_id,
    }


def user(render: Render, user_id: str) -> Json:
    """Write a user object; the id arrives escaped in addresses."""
    return {
        "external_urls": {"spotify": f"{PLAYERS}/user/{user_id}"},
        "href": f"{render.base_url}/v1/users/{user_id}",
        "id": user_id.replace("%20", " "),
        "type": "user",
        "uri": f"spotify:user:{user_id}",
    }


def entry(render: Render, row: Entry, *, place: int, episodes: bool) -> Json:
    """Write one entry; `item: null` for a removed track is known from bug reports only."""
    item = _item(render, row, episodes=episodes)
    removed = row.kind == "removed"
    twin = {"track": item} if render.rules.twins else {}
    return {
        "added_at": None if removed else playlists.added_at(place),
        "added_by": None if removed else user(render, playlists.LISTENER),
        "is_local": row.kind in {"local", "bare-local"},
        "primary_color": None,
        "item": item,
        **twin,
        "video_thumbnail": {"url": None},
    }


def _item(render: Render, row: Entry, *, episodes: bool) -> Json | None:
    if row.kind == "removed":
        return None
    if row.kind == "track":
        # Inside playlists a track carries two booleans named like the wrapper's keys.
        track = render.track(render.catalogue.tracks[row.n])
        return track | {"track": True, "episode": False}
    if row.kind == "episode":
        return _episode(render, row.n) if episodes else _episode_as_track(render, row.n)
    return _local(row)


def _local(row: Entry) -> Json:
    """Write a local file in one of two shapes: every key null, or hardly any key at all."""
    rng = naming.seeded("local", row.n)
    seconds = rng.randint(90, 400)
    bare: Json = {
        "name": f"Kitchen Tape {row.n}",
        "duration_ms": seconds * 1000,
        "type": "track",
        "is_local": True,
    }
    if row.kind == "bare-local":
        uri = f"spotify:local:::Kitchen+Tape+{row.n}:{seconds}"
        return bare | {"uri": uri, "artists": [], "album": {"name": "", "images": []}}
    uri = f"spotify:local:The+Neighbours:Kitchen+Tapes%2C+Vol.+1:Kitchen+Tape+{row.n}:{seconds}"
    return bare | {"uri": uri} | _nulls()


def _nulls() -> Json:
    nobody: dict[str, Any] = {"external_urls": {}, "href": None, "id": None, "uri": None}
    album = nobody | {
        "album_type": None,
        "artists": [],
        "available_markets": [],
        "images": [],
        "name": "Kitchen Tapes, Vol. 1",
        "release_date": None,
        "release_date_precision": None,
        "type": "album",
    }
    return {
        "external_urls": {},
        "href": None,
        "id": None,
        "album": album,
        "artists": [nobody | {"name": "The Neighbours", "type": "artist"}],
        "available_markets": [],
        "explicit": False,
        "preview_url": None,
        "disc_number": 0,
        "track_number": 0,
        "external_ids": {},
        "popularity": 0,
    }


def _episode(render: Render, n: int) -> Json:
    show_id = id_of("show", 0)
    return render.identity("episode", id_of("episode", n)) | {
        "audio_preview_url": None,
        "description": "Two people talk about gulls & tides.",
        "html_description": "<p>Two people talk about gulls &amp; tides.</p>",
        "duration_ms": 1_800_000 + n * 1000,
        "explicit": False,
        "images": render.images("episode", n),
        "is_externally_hosted": False,
        "is_playable": True,
        "language": "en",
        "languages": ["en"],
        "name": f"Gull Watch, Episode {n + 1}",
        "release_date": "2026-02-0" + str(n + 1),
        "release_date_precision": "day",
        "show": render.identity("show", show_id)
        | {"name": "Gull Watch", "publisher": "Lower Deck"},
        "episode": True,
        "track": False,
    }


def _episode_as_track(render: Render, n: int) -> Json:
    """Write an episode as callers see it who did not ask for episodes."""
    episode = _episode(render, n)
    show = episode["show"]
    album = show | {"images": episode["images"], "album_type": "compilation", "artists": []}
    kept = ("external_urls", "href", "id", "uri", "duration_ms", "explicit", "name")
    return {name: episode[name] for name in kept} | {
        "type": "episode",
        "episode": True,
        "track": False,
        "is_local": False,
        "album": album,
        "artists": [{**show, "name": "Lower Deck", "type": "artist"}],
        "disc_number": 0,
        "track_number": 0,
        "external_ids": {},
        "popularity": 0,
        "preview_url": None,
    }


def _display_name(owner: str) -> str | None:
    return {**PEOPLE, playlists.EDITOR: "Spotify"}.get(owner)
