"""Every open source through the running product: without credentials, and with each in trouble."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import Session, col, select

from api.cache.sqlite_store import EntryRow
from api.db.models import IdentityAnswerRow
from api.schemas.provenance import SOURCE_TITLES, SourceName
from tests.routes.product import DAY_S, Product, hurry, open_blocks, opened
from tests.sampling import sampled
from tests.sandbox import Sandbox, id_of
from tests.sandbox.catalogue import catalogue
from tests.sandbox.open import SERVICES

A, UNLINKED, TWO_MBIDS = (id_of("artist", n) for n in (0, 5, 13))
KNOWN, UNKNOWN = id_of("track", 0), id_of("track", 1)
ARTIST = f"/v1/artists/{A}"
TRACK = f"/v1/tracks/{KNOWN}"
PLACES = {
    "artist": ARTIST,
    "related": f"{ARTIST}/related",
    "track": TRACK,
    "features": f"{TRACK}/features",
}
LONGEST_S = 8.0
MOST_CALLS = 12  # of a cold artist page, over all sources
SHARE_S = 0.8  # of which the slow ones take more
TROUBLES = [
    (service.name, how) for service in SERVICES for how in ("down", "slow", "limited", "lying")
]


@asynccontextmanager
async def without_credentials(folder: Path, **more: Any) -> AsyncIterator[tuple[Product, Sandbox]]:
    """The product and the stand-ins it asks; Spotify is not configured."""
    async with Sandbox() as sandbox, opened(None, folder, **open_blocks(sandbox) | more) as product:
        yield product, sandbox


async def ask(product: Product) -> dict[str, Any]:
    """What the places answer, asked side by side as a page does."""
    answers = await asyncio.gather(*(product.get(path) for path in PLACES.values()))
    return dict(zip(PLACES, answers, strict=True))


def explained(resource: dict[str, Any]) -> set[str]:
    """The fields that are absent with a reason."""
    return {gap["field"] for gap in resource["missing"]}


def told_by(resource: dict[str, Any]) -> set[str]:
    """Who speaks for any part of it."""
    return {said["source"] for said in resource["provenance"]}


def kept_of(product: Product, source: str) -> int:
    """How many answers of a source are kept, “knows no other id” too; refusals do not count."""
    parts = product.app.state.parts
    answers = select(EntryRow.key).where(EntryRow.source == source, col(EntryRow.refusal).is_(None))
    links = select(IdentityAnswerRow.ident).where(IdentityAnswerRow.source == source)
    with Session(parts.tiers.store._engine) as cached, Session(parts.database.engine) as kept:
        return len([*cached.exec(answers), *kept.exec(links)])


async def test_links_alone_give_a_full_page(tmp_path):
    """Names, pictures, genres, neighbours with ways on, a track with its sound."""
    async with without_credentials(tmp_path) as (product, _):
        answers = await ask(product)

    artist, related, track, features = (answers[name].json() for name in PLACES)
    assert [answer.status_code for answer in answers.values()] == [200] * 4
    assert artist["id"] == related["id"] == A
    assert artist["name"]
    assert artist["images"]
    assert artist["genres"]
    assert artist["uri"] == f"spotify:artist:{A}"
    assert related["answering"] == len(told_by(related)) >= 2
    assert related["spotify"] is None
    assert "spotify" in explained(related)
    first = related["items"][0]
    assert first["agreement"] == len(first["sources"]) >= 2
    assert first["artist"]["id"]
    assert first["artist"]["genres"]
    assert track["artists"][0]["id"]
    assert track["album"]["images"]
    assert track["isrc"]
    assert features["provenance"][0]["source"] == "reccobeats"
    for resource in (artist, track, features):
        nulls = {name for name, value in resource.items() if value is None}
        assert nulls <= explained(resource)


async def test_beside_a_new_app_at_spotify_the_others_say_what_it_is_not_told(tmp_path):
    """Names and pictures are Spotify’s, genres, neighbours and sound are others’."""
    async with (
        Sandbox(app_class="new-dev") as sandbox,
        opened(sandbox, tmp_path, **open_blocks(sandbox)) as product,
    ):
        answers = await ask(product)

    artist, related, track, features = (answers[name].json() for name in PLACES)
    assert [answer.status_code for answer in answers.values()] == [200] * 4
    speakers = {field: said["source"] for said in artist["provenance"] for field in said["fields"]}
    assert speakers["name"] == speakers["images"] == "spotify"
    assert speakers["genres"] == "musicbrainz"
    assert related["spotify"] is None
    assert {gap["field"]: gap["reason"] for gap in related["missing"]}["spotify"] == "closed"
    assert told_by(related) >= {"listenbrainz", "deezer"}
    assert "spotify" in told_by(track)
    assert told_by(features) == {"reccobeats"}


async def test_features_are_found_by_the_number_of_the_recording(tmp_path):
    """Of another copy of it, which is named; the id is the one that was asked for."""
    twins = [track for track in catalogue().tracks if track.isrc == catalogue().tracks[3].isrc]
    other = next(track.id for track in twins if track.n != 3)
    async with (
        Sandbox(app_class="new-dev") as sandbox,
        opened(sandbox, tmp_path, **open_blocks(sandbox)) as product,
    ):
        found = (await product.get(f"/v1/tracks/{other}/features")).json()

    assert found["id"] == other
    assert found["uri"] == f"spotify:track:{other}"
    assert twins[0].isrc in found["provenance"][0]["detail"]
    assert catalogue().tracks[3].id in found["provenance"][0]["detail"]


async def test_an_artist_page_costs_few_calls_and_the_next_none(tmp_path):
    """Over all sources, links between ids and the most played tracks included."""
    page = PLACES["artist"], PLACES["related"], f"{ARTIST}/top-tracks"
    async with without_credentials(tmp_path) as (product, sandbox):
        await asyncio.gather(*map(product.get, page))
        cold = sum(sandbox.calls.values())
        product.clock.advance(60)
        await asyncio.gather(*map(product.get, page))
        warm = sum(sandbox.calls.values()) - cold

    assert 0 < cold <= MOST_CALLS
    assert warm == 0


async def test_top_tracks_are_deezers_where_spotify_is_not_asked(tmp_path):
    """All of them in order; that their Spotify ids are not known is said, not hidden."""
    async with without_credentials(tmp_path) as (product, _):
        told = (await product.get(f"{ARTIST}/top-tracks")).json()
        nobody = await product.get(f"/v1/artists/{UNLINKED}/top-tracks")

    world = catalogue()
    played = [track for track in world.tracks if 0 in track.artists]
    played.sort(key=lambda track: -track.popularity)
    assert told["id"] == A
    assert told_by(told) == {"deezer"}
    assert told["items"] == []
    assert [one["name"] for one in told["unlinked"]] == [track.name for track in played[:10]]
    assert [one["position"] for one in told["unlinked"]] == list(range(1, len(played[:10]) + 1))
    assert all(one["url"] and one["duration_ms"] for one in told["unlinked"])
    (gap,) = told["missing"]
    assert gap["reason"] == "not-known"
    assert gap["detail"].startswith(f"{len(told['unlinked'])} of {len(told['unlinked'])} tracks")
    assert nobody.status_code == 404
    assert "Deezer id" in nobody.text


async def test_a_song_and_its_artist_are_found_by_name(tmp_path):
    """Without credentials, by Deezer, each under its id at Spotify; the rest is counted."""
    song = catalogue().tracks[0]
    singer = catalogue().artists[0]
    async with without_credentials(tmp_path) as (product, sandbox):
        tracks = (await product.get(f"/v1/search?q={song.name}&type=track")).json()
        artists = (await product.get(f"/v1/search?q={singer.name}&type=artist,playlist")).json()
        cold = sum(sandbox.calls.values())
        await product.get(f"/v1/search?q={song.name}&type=track")
        warm = sum(sandbox.calls.values()) - cold
        left_out = (await product.get("/v1/search?q=the&type=artist&limit=10")).json()["artists"]

    assert [one["id"] for one in tracks["tracks"]["items"]] == [song.id]
    assert tracks["tracks"]["items"][0]["artists"][0]["id"] == singer.id
    assert tracks["artists"] is tracks["playlists"] is None
    assert [one["id"] for one in artists["artists"]["items"]] == [singer.id]
    assert artists["artists"]["items"][0]["uri"] == f"spotify:artist:{singer.id}"
    assert [one["source"] for one in artists["by_source"]] == ["deezer"]
    assert {one["source"] for one in artists["attempts"]} >= {"spotify", "library"}
    assert warm == 0
    shown, gaps = left_out["items"], left_out["missing"]
    assert 0 < len(shown) < min(10, left_out["total"])
    assert gaps[0]["detail"].startswith(f"{min(10, left_out['total']) - len(shown)} of ")


@pytest.mark.parametrize(("service", "kind"), [("wikidata", "artist"), ("reccobeats", "track")])
async def test_an_outage_keeps_nobody_out_of_a_search_for_long(tmp_path, service, kind):
    """Who could not be joined is counted with the reason, and found as soon as it is over."""
    named: Any = {"artist": catalogue().artists[0], "track": catalogue().tracks[0]}[kind]
    path = f"/v1/search?q={named.name}&type={kind}"
    async with without_credentials(tmp_path) as (product, sandbox):
        sandbox.trouble(service, "down")
        during = (await product.get(path)).json()[f"{kind}s"]
        sandbox.clear_faults()
        product.clock.advance(30)
        after = (await product.get(path)).json()[f"{kind}s"]

    assert during["items"] == []
    assert during["missing"][0]["reason"] == "unreachable"
    assert [one["id"] for one in after["items"]] == [named.id]


async def test_that_nothing_is_found_anywhere_is_an_answer(tmp_path):
    """Empty pages, and who looked."""
    async with without_credentials(tmp_path) as (product, _):
        answer = await product.get("/v1/search?q=zzzzzz&type=artist,track,playlist")

    told = answer.json()
    assert answer.status_code == 200
    assert [told[name]["items"] for name in ("artists", "tracks", "playlists")] == [[], [], []]


async def test_a_batch_of_a_hundred_costs_three_calls_and_then_none(tmp_path):
    """ReccoBeats takes forty at once; whom it does not know has a problem of its own."""
    idents = [id_of("track", n) for n in range(100)]
    path = f"/v1/features?ids={','.join(idents)}"
    async with without_credentials(tmp_path) as (product, sandbox):
        items = (await product.get(path)).json()["items"]
        cold = sandbox.calls["/reccobeats/v1/audio-features"]
        again = (await product.get(path)).json()["items"]
        warm = sandbox.calls["/reccobeats/v1/audio-features"] - cold

    assert [item["id"] for item in items] == idents
    assert all(item["value"]["id"] == item["id"] for item in items if item["ok"])
    assert 20 < sum(item["ok"] for item in items) < 100
    assert cold <= 3
    assert warm == 0
    assert [item["ok"] for item in again] == [item["ok"] for item in items]


async def test_an_artist_with_two_ids_is_joined_with_neither(tmp_path):
    """Until a person says which of them is right."""
    async with without_credentials(tmp_path) as (product, _):
        before = await product.get(f"/v1/artists/{TWO_MBIDS}/related")
        identity = (await product.get(f"/v1/identities/spotify:artist:{TWO_MBIDS}")).json()
        mbids = {link["id"] for link in identity["links"] if link["to"] == "mbid"}
        right = min(mbids)
        answer = await product.client.put(
            f"/v1/identities/spotify:artist:{TWO_MBIDS}", json={"links": {"mbid": right}}
        )
        after = await product.get(f"/v1/artists/{TWO_MBIDS}")

    told = before.json()
    assert "listenbrainz" not in told_by(told) if before.status_code == 200 else True
    assert len(mbids) == 2
    assert all(link["ambiguous"] for link in identity["links"] if link["to"] == "mbid")
    assert answer.status_code == 200
    assert [link["source"] for link in answer.json()["links"] if link["to"] == "mbid"] == ["user"]
    assert "musicbrainz" in told_by(after.json())


@pytest.mark.parametrize(
    ("links", "named"),
    [({"mbid": "no id"}, "mbid"), ({"spotify": A}, "spotify"), ({"isrc": "x"}, "isrc")],
)
async def test_a_correction_that_cannot_be_is_refused(tmp_path, links, named):
    """Each kind of id has its form; nothing is kept."""
    path = f"/v1/identities/spotify:artist:{A}"
    async with without_credentials(tmp_path) as (product, _):
        answer = await product.client.put(path, json={"links": links})

    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert named in answer.text


async def test_offline_nobody_is_asked(tmp_path):
    """Own music still answers, and the report says who is switched off."""
    async with without_credentials(tmp_path, offline=True) as (product, sandbox):
        answers = await ask(product)
        report = (await product.get("/v1/sources")).json()
        calls = sum(sandbox.calls.values())

    assert calls == 0
    assert {answer.status_code for answer in answers.values()} == {404}
    outside = [one for one in report["sources"] if one["source"] not in {"library", "exportify"}]
    assert not any(one["configured"] for one in outside)
    assert all("EARPRINT_OFFLINE" in one["capabilities"][0]["detail"] for one in outside)


async def test_a_key_is_nowhere_but_on_the_wire(tmp_path, caplog):
    """Neither in answers, nor in the log, nor in what is kept on the disk."""
    caplog.set_level("DEBUG")
    async with without_credentials(tmp_path) as (product, _):
        answers = await ask(product)
        report = await product.get("/v1/sources")
        told = "".join(f"{one.headers}{one.text}" for one in (*answers.values(), report))

    secret = "of nobody"
    assert secret not in told
    assert secret not in caplog.text
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert files
    assert not any(secret.encode() in path.read_bytes() for path in files)


@pytest.mark.parametrize(("service", "how"), sampled(TROUBLES, 9))
async def test_one_in_trouble_takes_nothing_from_the_others(tmp_path, monkeypatch, service, how):
    """In time; whoever is silent is missed and named, and its lies are kept nowhere."""
    hurry(monkeypatch)
    for module in ("cascade", "identity"):
        monkeypatch.setattr(f"api.services.{module}.SHARE_S", SHARE_S)
    async with without_credentials(tmp_path) as (product, sandbox):
        options: dict[str, Any] = {"seconds": 2 * SHARE_S} if how == "slow" else {}
        sandbox.trouble(service, how, **options)
        started = time.perf_counter()
        answers = await ask(product)
        spent_s = time.perf_counter() - started
        believed = kept_of(product, service) if how == "lying" else 0
        sandbox.clear_faults()
        await asyncio.sleep(2 * SHARE_S if how == "slow" else 0)
        monkeypatch.undo()
        product.clock.advance(2 * DAY_S)
        after = await ask(product)

    assert spent_s < LONGEST_S
    assert believed == 0
    for name, answer in answers.items():
        assert answer.status_code in {200, 404, 502, 503}, (name, answer.text)
        told = answer.json()
        if answer.status_code == 200:
            assert told["id"] in {A, KNOWN}
        else:
            assert SOURCE_TITLES[SourceName(service)] in answer.text or service in answer.text
    alone = {"reccobeats": "features", "oembed": None}  # whose word nobody else has
    silent = {name for name, answer in answers.items() if answer.status_code != 200}
    assert silent <= {alone.get(service)} - {None}
    assert {answer.status_code for answer in after.values()} == {200}
    assert told_by(after["related"].json()) >= {"listenbrainz", "deezer"}


async def test_a_profile_asks_for_as_many_at_once_as_the_source_takes(tmp_path):
    """A thousand tracks in 25 calls, and then in none; the source is named."""
    tracks = [track.id for track in catalogue().tracks]
    wanted = [tracks[n % len(tracks)] for n in range(1_000)]
    unique = len(set(wanted))
    async with without_credentials(tmp_path) as (product, sandbox):
        made = await product.client.post(
            "/v1/collections", json={"name": "All of it", "items": wanted}
        )
        path = f"/v1/playlists/{made.json()['id']}/profile"
        profile = await product.get(path)
        cold = sandbox.calls["/reccobeats/v1/audio-features"]
        again = await product.get(path)
        warm = sandbox.calls["/reccobeats/v1/audio-features"] - cold

    told = profile.json()
    assert profile.status_code == again.status_code == 200
    assert told["source"] == "reccobeats"
    assert told["described"] < told["items_total"] == 1_000
    assert cold <= -(-unique // 40) <= 25
    assert warm == 0


async def test_where_a_track_would_stand_in_a_list(tmp_path):
    """By the numbers of the source that describes the list; itself is no neighbour of its own."""
    wanted = [track.id for track in catalogue().tracks[:60]]
    async with without_credentials(tmp_path) as (product, _):
        made = await product.client.post("/v1/collections", json={"name": "Sixty", "items": wanted})
        path = f"/v1/playlists/{made.json()['id']}/fit?track={KNOWN}"
        answer = await product.get(path)
        nobody = await product.get(path.replace(KNOWN, UNKNOWN))

    told = answer.json()
    assert answer.status_code == 200
    assert (told["track"], told["source"]) == (KNOWN, "reccobeats")
    assert 0 < told["described"] < 60
    assert 0 < told["distance"] < 5
    assert all(0 <= value <= 100 for value in told["percentile"].values() if value is not None)
    assert len(told["nearest"]) == len(told["farthest"]) == 3
    assert KNOWN not in {one["id"] for one in told["nearest"]}
    assert told["nearest"][0]["distance"] <= told["farthest"][0]["distance"]
    assert told["because"]
    assert nobody.status_code == 404
    assert nobody.json()["type"] == "/problems/features-unavailable"


@pytest.mark.parametrize(
    ("as_format", "media"),
    [("csv", "text/csv"), ("json", "application/json"), ("m3u", "audio/x-mpegurl")],
)
async def test_a_list_can_be_taken_along(tmp_path, as_format, media):
    """As an attachment under its name; what it says can be brought again."""
    wanted = [track.id for track in catalogue().tracks[:30]]
    async with without_credentials(tmp_path) as (product, _):
        made = await product.client.post(
            "/v1/collections", json={"name": "Thirty; “all”", "items": wanted}
        )
        path = f"/v1/playlists/{made.json()['id']}/export?format={as_format}"
        file = await product.get(path)
        again = await product.client.post(
            "/v1/collections", files={"file": ("thirty.csv", file.content, "text/csv")}
        )

    assert file.status_code == 200
    assert file.headers["content-type"].startswith(media)
    assert file.headers["content-disposition"].startswith('attachment; filename="Thirty_')
    assert file.headers["cache-control"] == "private, no-store"
    if as_format == "csv":
        told = again.json()
        assert again.status_code == 201
        assert told["items_total"] == len(wanted)
        assert 0 < told["features_imported"] < len(wanted)
        assert told["refused"] == []


async def test_a_list_for_a_player_waits_for_nobodys_numbers(tmp_path):
    """It has none; a table of numbers says that they may come later."""
    body = {"name": "Two", "items": [track.id for track in catalogue().tracks[:2]]}
    async with without_credentials(tmp_path) as (product, sandbox):
        sandbox.trouble("reccobeats", "down")
        made = await product.client.post("/v1/collections", json=body)
        path = f"/v1/playlists/{made.json()['id']}/export?format="
        played, told = await product.get(f"{path}m3u"), await product.get(f"{path}csv")

    assert (played.status_code, told.status_code) == (200, 503)
    assert played.text.startswith("#EXTM3U")


async def test_top_tracks_are_last_fms_where_deezer_is_down(tmp_path):
    """By names alone, which lead on by a search."""
    async with without_credentials(tmp_path) as (product, sandbox):
        sandbox.trouble("deezer", "down")
        told = (await product.get(f"{ARTIST}/top-tracks")).json()

    assert told_by(told) == {"lastfm"}
    assert told["items"] == []
    assert all(one["name"] and one["url"] for one in told["unlinked"])
    assert {one["duration_ms"] for one in told["unlinked"]} == {None}
