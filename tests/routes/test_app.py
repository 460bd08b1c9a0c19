"""The app as a whole: its start, its end, and what it says of itself."""

import asyncio
import subprocess
import sys

import httpx
import pytest
from fastapi import APIRouter
from sqlalchemy.exc import OperationalError

import api.app
from api import wiring as module
from api.app import create_app
from api.cache.sqlite_store import SqliteStore
from api.clock import moment
from api.db import migrate
from api.http.examples import INVENTED, REAL, examples
from api.problems.types import SLUGS
from tests.contract.repository import ROOT
from tests.routes.product import opened, settings_of
from tests.sandbox import Sandbox, id_of

ARTIST = f"/v1/artists/{id_of('artist', 0)}"
TRACK = id_of("track", 0)
OTHER = {"Host": "music.localhost:81"}


async def started(app):
    """What the app tells its server when it is started, as an ASGI server hears it."""
    told = []

    async def receive():
        return {"type": "lifespan.startup"}

    async def send(message):
        told.append(message)

    with pytest.raises(Exception):  # noqa: B017, PT011  # whatever stopped it; `told` is the test
        await app({"type": "lifespan", "asgi": {"version": "3.0"}}, receive, send)
    return told[0]


def test_importing_the_app_opens_nothing(tmp_path):
    """No file, no folder, no thread, before a server asks for `api.app:app`."""
    code = "import api.app, threading, os; print(threading.active_count(), os.listdir())"

    done = subprocess.run(  # noqa: S603  # our own module
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT)},
        check=True,
    )

    assert done.stdout.split()[0] == "1"
    assert ".env" not in done.stdout


def test_a_server_finds_the_app_by_name(monkeypatch, tmp_path):
    """And nothing else that is not there."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("EARPRINT_DATA_DIR", str(tmp_path))

    assert api.app.app.title == "Earprint"
    with pytest.raises(AttributeError):
        _ = api.app.nothing


async def test_it_is_ready_when_its_databases_are(tmp_path):
    """Alive at once; ready with the newest schema."""
    async with opened(None, tmp_path) as product:
        alive, ready = await product.get("/healthz"), await product.get("/readyz")
        engine = product.app.state.parts.database.engine
        with engine.begin() as connection:
            connection.exec_driver_sql("update alembic_version set version_num = 'old'")
        half = await product.get("/readyz")

    assert alive.json() == {"status": "ok", "checks": {}}
    checks = ready.json()["checks"]
    assert ready.json()["status"] == "ok"
    assert checks.pop("decoding")
    assert checks.pop("descriptors") == "ok"
    assert checks == {
        "database": "ok",
        "cache": "ok",
        "worker": "off",
        "library": "ok",
        "room": "ok",
    }
    assert half.status_code == 503
    assert half.json()["checks"]["database"] == "its migrations are not at the newest state"


async def test_it_tells_how_large_its_cache_is_and_how_often_it_was_enough(tmp_path):
    """In figures, without a path or a key in them; the edge’s answers count like any other."""
    async with Sandbox() as sandbox, opened(sandbox, tmp_path) as product:
        fresh = (await product.get("/readyz")).json()
        for _ in range(4):
            await product.get(ARTIST)
        told = (await product.get("/readyz")).json()

    assert (fresh["cache"]["hits"], fresh["cache"]["fetches"]) == (0, 0)
    assert (told["cache"]["hits"], told["cache"]["fetches"]) == (3, 1)
    assert told["cache"]["entries"] >= 1
    assert told["cache"]["memory_bytes"] > 0
    assert told["cache"]["disk_bytes"] > 0
    assert told["jobs"] == {"waiting": 0, "running": 0}
    assert str(tmp_path) not in str(told)


async def test_a_database_that_breaks_is_told(tmp_path, monkeypatch):
    """`/readyz` names the kind of trouble, not its inside."""

    def broken(_engine):
        raise OperationalError("select secret", None, Exception("disk"))

    async with opened(None, tmp_path) as product:
        monkeypatch.setattr(migrate, "current", broken)
        answer = await product.get("/readyz")

    assert answer.status_code == 503
    assert answer.json()["checks"]["database"] == "cannot be read (OperationalError)"
    assert answer.json()["jobs"] is None


async def test_a_corrupt_cache_stops_nothing(tmp_path):
    """It answers from memory, is ready, and says what is wrong."""
    (tmp_path / "cache.db").write_bytes(b"no database" * 500)
    async with Sandbox() as sandbox, opened(sandbox, tmp_path) as product:
        first, second = await product.get(ARTIST), await product.get(ARTIST)
        ready = await product.get("/readyz")

    assert (first.status_code, ready.status_code) == (200, 200)
    assert "; hit" in second.headers["cache-status"]
    assert ready.json()["checks"]["cache"] == "the cache file cannot be used (DatabaseError)"
    assert ready.json()["cache"]["disk_bytes"] is None


@pytest.mark.parametrize("damage", ["corrupt", "newer"])
async def test_a_database_that_cannot_be_used_stops_the_start(tmp_path, damage):
    """One clear line for whoever runs the server; everything that was opened is closed."""
    settings = settings_of(None, tmp_path)
    if damage == "corrupt":
        (tmp_path / "app.db").write_bytes(b"no database" * 500)
    else:
        async with opened(None, tmp_path) as product:
            with product.app.state.parts.database.engine.begin() as connection:
                connection.exec_driver_sql("update alembic_version set version_num = '9999'")

    told = await started(create_app(settings))

    assert told["type"] == "lifespan.startup.failed"
    assert told["message"].startswith("The database app.db cannot be used (")
    assert "\n" not in told["message"]


async def test_another_failure_keeps_its_traceback(tmp_path, monkeypatch):
    """A mistake of ours is not made to look like the owner's."""

    async def broken(_store):
        raise ZeroDivisionError

    monkeypatch.setattr(SqliteStore, "open", broken)

    told = await started(create_app(settings_of(None, tmp_path)))

    assert "Traceback" in told["message"]


def test_a_folder_that_cannot_be_made_stops_the_start(tmp_path):
    """It is a wrong setting, and says which."""
    (tmp_path / "file").write_text("")

    with pytest.raises(SystemExit, match="EARPRINT_DATA_DIR"):
        create_app(settings_of(None, tmp_path / "file" / "data"))


async def test_a_purge_by_another_process_is_noticed(tmp_path, monkeypatch):
    """The running server forgets what it holds in memory, also after trouble with the file."""
    monkeypatch.setattr(module, "PURGE_CHECK_EVERY_S", 0.01)
    async with Sandbox() as sandbox, opened(sandbox, tmp_path) as product:
        tiers = product.app.state.parts.tiers
        other = SqliteStore(f"sqlite:///{tmp_path / 'cache.db'}", product.clock)
        await other.open()
        for calls in (1, 2):
            await product.get(ARTIST)
            await other.purge("spotify")
            tiers.store.trouble, tiers.store._passing = "locked", calls == 2
            await asyncio.sleep(0.05)
            tiers.store.trouble = None
            await asyncio.sleep(0.05)
        await product.get(ARTIST)
        await other.close()

    assert sandbox.calls["/v1/artists/{id}"] == 3


async def test_every_problem_has_its_page(tmp_path):
    """In words for people, under a policy that lets nothing in; an unknown one is a 404."""
    async with opened(None, tmp_path) as product:
        pages = {slug: await product.get(f"/problems/{slug}") for slug in SLUGS}
        unknown = await product.get("/problems/nothing")

    for slug, page in pages.items():
        assert page.status_code == 200
        assert f"/problems/{slug}" in page.text
        assert SLUGS[slug].remedy[:10] in page.text
        assert page.headers["content-security-policy"].startswith("default-src 'none'")
    assert unknown.status_code == 404
    assert unknown.json()["type"] == "/problems/not-found"
    assert [slug for slug, page in pages.items() if "{" in page.text] == []


async def test_a_problem_that_names_a_setting_names_the_one_in_force(tmp_path):
    """Page, description and refusal say the same."""
    async with opened(None, tmp_path, upload_mb=7) as product:
        page = await product.get("/problems/file-too-large")
        described = await product.get("/openapi.json")
        refused = await product.client.post(
            "/v1/library/tracks", files={"file": ("a.wav", bytes(8 << 20))}
        )

    assert "An audio file may have 7 MB" in page.text
    assert "An audio file may have 7 MB" in described.text
    assert "{upload_mb}" not in described.text
    assert "may have 7 MB here" in refused.json()["detail"]


@pytest.mark.parametrize(
    ("path", "pointer"),
    [
        ("/v1/sources?x=1", "query/x"),
        (f"{ARTIST}/albums?limit=5&limit=6", "query/limit"),
        (f"{ARTIST}/albums?limit=99999999999999999999999", "query/limit"),
        (f"{ARTIST}/albums?offset=-1", "query/offset"),
        (f"{ARTIST}/top-tracks?market=gb", "query/market"),
        ("/v1/tracks", "query/ids"),
        ("/v1/tracks?ids=,", "query/ids"),
        ("/v1/search?q=%20", "query/q"),
        ("/v1/search?q=a&access_token=secret", "query/access_token"),
    ],
)
async def test_a_parameter_that_does_not_fit_is_named(tmp_path, path, pointer):
    """Unknown, twice, out of range, malformed or missing."""
    async with opened(None, tmp_path) as product:
        answer = await product.get(path)

    assert answer.status_code == 422
    assert pointer in [error["pointer"] for error in answer.json()["errors"]]
    assert "secret" not in answer.text.replace("/v1/search?q=a&access_token=secret", "")


async def test_what_the_router_refuses_is_a_problem_too(tmp_path):
    """404, 405 with Allow, and our own mistakes, which tell nothing of the inside."""
    html = APIRouter()

    @html.get("/broken")
    async def broken():
        raise RuntimeError("the inside")

    app = create_app(settings_of(None, tmp_path), html=html)
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
        nothing = await client.get("/v1/nothing")
        wrong = await client.post("/v1/sources")
        mistake = await client.get("/broken")

    assert (nothing.status_code, nothing.json()["type"]) == (404, "/problems/not-found")
    assert (wrong.status_code, wrong.headers["allow"]) == (405, "GET, HEAD")
    assert (mistake.status_code, mistake.json()["type"]) == (500, "/problems/internal")
    assert "inside" not in mistake.text
    assert mistake.json()["request_id"] == mistake.headers["x-request-id"]


@pytest.mark.parametrize(
    "path",
    [ARTIST, f"{ARTIST}/albums", "/v1/sources", "/healthz", "/docs", "/openapi.json", "/v1/no"],
)
async def test_a_slash_at_the_end_is_the_same_resource(tmp_path, path):
    """A redirect would send the caller to whatever Host the request named."""
    async with Sandbox() as sandbox, opened(sandbox, tmp_path) as product:
        plain = await product.get(path)
        slashed = [await product.get(f"{path}{end}", headers=OTHER) for end in ("/", "/", "//")]

        assert sum(sandbox.calls.values()) <= 2
    for answer in slashed:
        assert answer.status_code == plain.status_code
        assert "location" not in answer.headers
        if plain.status_code == 200:
            assert answer.content == plain.content


async def test_a_slash_at_the_end_loses_no_body(tmp_path):
    """A redirected POST is sent twice, or as a GET; this one is taken as it is."""
    async with opened(None, tmp_path) as product:
        made = await product.client.post("/v1/collections/", json={"name": "Mix", "items": [TRACK]})

    assert made.status_code == 201


async def test_examples_are_those_that_answer_here(tmp_path):
    """Invented music in front of the stand-in, real music in front of Spotify."""
    async with Sandbox() as sandbox:
        there = settings_of(sandbox, tmp_path)
        assert (await sandboxed(sandbox, tmp_path)).status_code == 200
    here = settings_of(None, tmp_path)
    apps = [create_app(one) for one in (there, here)]
    documents = [app.openapi() for app in apps]

    assert (examples(there), examples(here)) == (INVENTED, REAL)
    assert INVENTED.track_id in str(documents[0])
    assert INVENTED.track_id not in str(documents[1])
    assert REAL.track_id in str(documents[1])
    assert apps[0].openapi() is documents[0]


async def sandboxed(sandbox, folder):
    """The example track, asked for."""
    async with opened(sandbox, folder) as product:
        return await product.get(f"/v1/tracks/{INVENTED.track_id}")


def test_a_moment_knows_its_zone():
    """Seconds since 1970 are UTC."""
    assert moment(0).isoformat() == "1970-01-01T00:00:00+00:00"
