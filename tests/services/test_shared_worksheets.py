"""The private link of a worksheet: for whoever has it, until it is withdrawn, and in no log."""

import asyncio
import hashlib
import logging
import sys

import pytest
import pytest_asyncio
from sqlmodel import Session, select

from api.db.models import WorksheetRow
from api.http.access_log import keep_secrets
from tests.contract.repository import ROOT
from tests.library.own_files import is_problem
from tests.load.serving import free_port
from tests.routes.product import opened
from tests.services.test_worksheets import TRACK, answer, made, patch

pytestmark = pytest.mark.asyncio(loop_scope="module")
SECRET = "x" * 32


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def api(tmp_path_factory):
    """The demo label, and no key."""
    async with opened(None, tmp_path_factory.mktemp("shared"), demo=True) as product:
        yield product


async def shared(api, path):
    """A link to a worksheet."""
    answer = await api.client.post(f"{path}/share")
    assert answer.status_code == 201
    assert answer.headers["cache-control"] == "private, no-store"
    return answer.json()


async def read(api, secret, **headers):
    """What whoever has the link reads."""
    sent = {"Authorization": f"Bearer {secret}", **headers}
    return await api.get("/v1/shared", headers=sent)


async def test_a_link_leads_to_what_stands_in_the_worksheet_now(api):
    """Kept by nobody, found by no search engine, and no address tells where one came from."""
    _, path = await made(api, TRACK)
    link = await shared(api, path)
    changed = await patch(api, path, answers=[answer(note="Mine")])

    told = await read(api, link["secret"])

    assert told.json() == changed.json()
    assert told.headers["cache-control"] == "private, no-store"
    assert told.headers["x-robots-tag"] == "noindex, nofollow"
    assert told.headers["referrer-policy"] == "no-referrer"
    assert "access-control-allow-origin" not in told.headers
    assert "etag" not in told.headers


async def test_the_secret_is_long_told_once_and_kept_as_a_hash(api):
    """Neither the worksheet nor the database has it."""
    _, path = await made(api, TRACK)
    link = await shared(api, path)

    assert len(link["secret"]) >= 22  # of 64 letters: 128 bits and more
    assert link["href"] == f"/shared/{link['secret']}"
    sheet = await api.get(path)
    assert sheet.json()["share"] == {"made_at": link["made_at"]}
    assert link["secret"] not in sheet.text
    with Session(api.app.state.parts.database.engine) as session:
        row = session.exec(select(WorksheetRow).where(WorksheetRow.id == sheet.json()["id"])).one()
    assert row.share_hash == hashlib.sha256(link["secret"].encode()).hexdigest()
    assert link["secret"] not in str(row)


async def test_a_withdrawn_link_leads_nowhere(api):
    """Nor does one that another was made after; to withdraw it twice harms nobody."""
    _, path = await made(api, TRACK)
    first = await shared(api, path)
    second = await shared(api, path)

    assert is_problem(await read(api, first["secret"]), "worksheet-not-found")
    assert (await read(api, second["secret"])).status_code == 200
    for _ in range(2):
        assert (await api.client.delete(f"{path}/share")).status_code == 204
    assert is_problem(await read(api, second["secret"]), "worksheet-not-found")
    assert (await api.get(path)).json()["share"] is None


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Basic eDp5"}, {"Authorization": "x"}])
async def test_without_a_link_nothing_is_told(api, headers):
    """And a program is told how one is sent."""
    refused = await api.get("/v1/shared", headers=headers)

    assert is_problem(refused, "link-needed")
    assert refused.headers["www-authenticate"].startswith("Bearer")


@pytest.mark.parametrize("secret", ["", SECRET, SECRET * 100, "a b"])
async def test_a_secret_that_is_none_leads_nowhere(api, secret):
    """Whatever is sent in its place."""
    refused = await read(api, secret)

    assert refused.json()["type"] in {"/problems/worksheet-not-found", "/problems/link-needed"}


async def test_another_site_cannot_read_it_even_with_its_secret(api):
    """A page elsewhere is not whoever was given the link."""
    _, path = await made(api, TRACK)
    link = await shared(api, path)

    assert (await read(api, link["secret"], Origin="https://example.com")).status_code == 403


async def test_a_refusal_does_not_repeat_the_secret(api):
    """Not in `instance` either, whoever refuses."""
    headers = {"Origin": "https://example.com"}
    answers = [
        await api.get(f"/shared/{SECRET}", headers={"Host": "elsewhere.example"}),
        await api.client.post(f"/shared/{SECRET}", headers=headers),
        await api.get(f"/shared/{SECRET}/more"),
    ]

    assert [one.status_code for one in answers] == [421, 403, 404]
    assert [one.json()["instance"] for one in answers] == ["/shared/…"] * 3
    assert not any(SECRET in one.text for one in answers)


async def test_no_log_line_has_the_secret(caplog):
    """Uvicorn writes of every request, but of this one without the end of its path."""
    keep_secrets()
    log = logging.getLogger("uvicorn.access")
    with caplog.at_level(logging.INFO, "uvicorn.access"):
        for path in (f"/shared/{SECRET}", f"/shared/{SECRET}?x=1", "/v1/sources?x=1"):
            log.info('%s - "%s %s HTTP/%s" %d', "127.0.0.1:1", "GET", path, "1.1", 200)

    assert SECRET not in caplog.text
    assert caplog.text.count('"GET /shared/… HTTP/1.1" 200') == 2
    assert "/v1/sources?x=1" in caplog.text


async def test_a_server_that_logs_every_request_logs_no_secret(tmp_path):
    """The real one, started as anybody may start it."""
    port, log = free_port(), tmp_path / "server.log"
    environment = {"EARPRINT_DATA_DIR": str(tmp_path / "var"), "EARPRINT_WORKER": "off"}
    with log.open("wb") as output:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "uvicorn", "web.app:app", "--port", str(port)),
            cwd=ROOT,
            env={"EARPRINT_DEMO": "off", "EARPRINT_OFFLINE": "1", **environment},
            stdout=output,
            stderr=output,
        )
    try:
        async with asyncio.timeout(60):
            answer = await _asked(port, f"/shared/{SECRET}?again=1")
        async with asyncio.timeout(10):
            said = await _logged(log, "GET /shared/")
    finally:
        process.terminate()
        await process.wait()

    assert answer.startswith(b"HTTP/1.1 404")
    assert "GET /shared/…" in said
    assert SECRET not in said


async def _asked(port, path):
    """The answer of a server that may still be starting."""
    while True:
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            await asyncio.sleep(0.1)
            continue
        head = f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
        writer.write(head.encode())
        answer = await reader.read()
        writer.close()
        return answer


async def _logged(log, what):
    """The log once this stands in it."""
    while True:
        said = log.read_text(encoding="utf-8")
        if what in said:
            return said
        await asyncio.sleep(0.05)
