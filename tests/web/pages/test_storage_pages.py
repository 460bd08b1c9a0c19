"""What pages say where the database is locked, or the disk is full; and the bound in force."""

import errno
import os

import httpx
import pytest

from api.db import session as databases
from api.settings import Settings
from tests.db.locking import locked
from tests.library.own_files import song
from web.app import create_app


@pytest.fixture
async def pages(tmp_path):
    """The whole product without sources and worker."""
    app = create_app(
        Settings(_env_file=None, data_dir=tmp_path, worker=False, demo=False, upload_mb=7)
    )
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(
            transport=httpx.ASGITransport(app, raise_app_exceptions=False),
            base_url="http://127.0.0.1",
        ) as client,
    ):
        yield client


async def test_a_page_says_that_the_server_is_busy(pages, tmp_path, monkeypatch):
    """With the next step; programs read the seconds to wait."""
    monkeypatch.setattr(databases, "PATIENCE_S", 0.1)
    form = {"items": "3CkaJF2BkFeNgnXzm1BUlQ", "name": "x"}
    with locked(tmp_path / "app.db"):
        answer = await pages.post("/collections", data=form, files={"file": ("", b"")})

    assert answer.status_code == 503
    assert answer.headers["content-type"].startswith("text/html")
    assert "The server is busy" in answer.text
    assert "Try again in a few seconds" in answer.text
    assert answer.headers["retry-after"] == "2"


async def test_a_page_says_that_the_disk_is_full(pages, monkeypatch):
    """And that nothing was kept."""

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    answer = await pages.post("/upload", files={"file": ("a.wav", song())})
    monkeypatch.undo()

    assert answer.status_code == 507
    assert "The disk is full" in answer.text
    assert "no room left" in answer.text


async def test_the_page_of_a_problem_names_the_bound_in_force(pages):
    """Not the one that was shipped."""
    page = await pages.get("/problems/file-too-large")

    assert "An audio file may have 7 MB" in page.text
