"""R-23: what Spotify, a file's tags or a list says stays words, through the whole product.

Here nothing of ours is left out: hostile texts come in where strangers' words come in, are
normalised, kept and read again, and the pages are read by Chromium.
"""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from api.http.examples import INVENTED
from tests.browser.hostile_texts import TEXTS
from tests.library.test_uploads import tagged
from tests.routes.product import settings_of
from tests.sampling import sampled
from tests.sandbox import Sandbox
from tests.sandbox.answers import Answer, Request, dump
from web.app import create_app
from web.pages import panel, playlists, trail

pytestmark = [
    pytest.mark.browser,
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.timeout(240),
]

SHAPE = (Path(__file__).parent / "shape.js").read_text(encoding="utf-8")
TOGETHER = 29
WRITTEN = {"name", "description", "display_name", "label", "genres", "spotify", "url", "text"}
SHOWN = [
    f"/artists/{INVENTED.artist_id}",
    f"/artists/{INVENTED.artist_id}/related",
    f"/artists/{INVENTED.artist_id}/top-tracks",
    f"/tracks/{INVENTED.track_id}",
    f"/playlists/{INVENTED.playlist_id}",
    f"/playlists/{INVENTED.playlist_id}/profile",
    f"/search?q={INVENTED.words}",
]


class HostileSandbox(Sandbox):
    """Spotify, with other words in every text of every answer."""

    def __init__(self, texts: Iterator[str]) -> None:
        super().__init__()
        self._texts = texts

    def _plain(self, request: Request) -> Answer:
        answer = super()._plain(request)
        if not request.path.startswith("/v1/") or answer.status != httpx.codes.OK:
            return answer
        return replace(answer, body=dump(self._said(json.loads(answer.body), "")))

    def _said(self, value: Any, name: str) -> Any:
        if isinstance(value, dict):
            return {key: self._said(each, key) for key, each in value.items()}
        if isinstance(value, list):
            return [self._said(each, name) for each in value]
        return next(self._texts) if isinstance(value, str) and name in WRITTEN else value


def in_turns(texts: list[str]) -> Iterator[str]:
    """The texts for ever, first of all the first."""
    while True:
        yield from texts


async def pages(folder: Path, texts: list[str], one: list[str]) -> list[str]:
    """What the product shows of a Spotify that says `texts`, and of files and lists with `one`."""
    async with HostileSandbox(in_turns(texts)) as sandbox:
        app = create_app(settings_of(sandbox, folder))
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with (
            app.router.lifespan_context(app),
            httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client,
        ):
            return [*await shown(client, SHOWN), *await brought(client, one)]


async def shown(client: httpx.AsyncClient, paths: list[str]) -> list[str]:
    """The pages at these paths, none of which may fail."""
    answers = [await client.get(path) for path in paths]
    assert [answer.url for answer in answers if answer.status_code != httpx.codes.OK] == []
    return [answer.text for answer in answers]


async def brought(client: httpx.AsyncClient, texts: list[str]) -> list[str]:
    """What comes of a file with hostile tags, and of lists with hostile names, lines and cells."""
    title, artist = texts[0], texts[-1]
    file = {"file": (f"{title}.flac", tagged(TITLE=title, ARTIST=artist, ALBUM=title))}
    sent = await client.post("/v1/library/tracks", files=file)
    assert sent.status_code == httpx.codes.ACCEPTED, sent.text
    ident = sent.json()["id"]
    sheet = "\n".join(["Track URI,Track Name,Artist Name(s),Energie", *map(row, texts)])
    lists: list[dict[str, Any]] = [
        {"name": (None, title), "file": ("list.csv", sheet.encode(), "text/csv")},
        {"name": (None, artist), "items": (None, "\n".join([INVENTED.track_id, *texts]))},
    ]
    made = [await client.post("/collections", files=each, follow_redirects=True) for each in lists]
    assert {answer.status_code for answer in made} == {httpx.codes.OK}
    kept = (await client.get("/v1/collections")).json()["items"]
    return [
        *(answer.text for answer in made),
        *await shown(client, [f"/playlists/{each['id']}" for each in kept]),
        *await shown(client, ["/library", f"/tracks/{ident}", f"/library/{ident}/delete"]),
    ]


def row(text: str) -> str:
    """A line of a spreadsheet with a text in each of its cells, but for the link."""
    readable = text.replace("\0", "")  # with it the whole sheet is refused as damaged
    cell = '"' + readable.replace('"', '""') + '"'
    return f"spotify:track:{INVENTED.track_id},{cell},{cell},{cell}"


async def test_words_of_strangers_stay_words_through_the_whole_product(page, tmp_path, monkeypatch):
    """From Spotify's answers, tags, names of files, lists and spreadsheets to what is shown."""
    for patient in (panel, playlists, trail):  # however busy the machine is
        monkeypatch.setattr(patient, "PATIENCE_S", 30.0)
    await page.route("**/reader", lambda route: route.fulfill(body="", content_type="text/html"))
    await page.goto("http://127.0.0.1/reader")
    await page.evaluate(SHAPE)
    plain = [f"Plain words {number}" for number in range(TOGETHER)]
    usual = await pages(tmp_path / "usual", plain, plain)

    for first in sampled(range(0, len(TEXTS), TOGETHER), 8):
        some = TEXTS[first : first + TOGETHER]
        texts = [f"Words {text}" for text in some] + list(some)
        hostile = await pages(tmp_path / str(first), texts, list(some))
        foreign = await page.evaluate("shapes.foreign", [usual, hostile])

        assert [line for line in foreign if line is not None] == []
