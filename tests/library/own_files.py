"""Own files for tests: small, honest, quick to make; and ways to send them."""

from __future__ import annotations

from functools import cache
from typing import Any

import httpx

from api.db.models import JobRow, LibraryTrackRow
from api.problems.types import SLUGS
from tests.analysis import files, signals
from tests.routes.product import Product

TRACKS = "/v1/library/tracks"


@cache
def song(seconds: float = 6, hz: float = 440) -> bytes:
    """A tone that counts as music: long enough, loud enough."""
    return files.encoded(signals.tone(seconds, hz=hz, rate=22_050), 22_050, "wav")


async def send(
    product: Product, content: bytes, name: str = "song.wav", **fields: Any
) -> httpx.Response:
    """Upload as a browser's form does; `headers` go along."""
    headers = fields.pop("headers", None)
    return await product.client.post(
        TRACKS, files={"file": (name, content)}, data=fields, headers=headers
    )


def is_problem(answer: httpx.Response, slug: str) -> bool:
    """Whether the answer is this problem, with its status."""
    told = answer.json()
    return (told["type"], answer.status_code) == (f"/problems/{slug}", SLUGS[slug].status)


async def finish(product: Product, job_id: str, heard: Any) -> None:
    """Do what a worker does with a job that ends well."""
    job_tables = product.app.state.parts.own.jobs.tables
    job_tables.begin(job_id, product.clock())
    job_tables.finish(job_id, heard)


def row_of(ident: str, **values: Any) -> LibraryTrackRow:
    """A file's row with these values, and usual ones beside them."""
    usual: dict[str, Any] = {
        "sha256": "w",
        "title": "Waiting",
        "artist": "Ada Reed",
        "artist_id": "own_" + "0" * 22,
        "format": "wav",
        "size_bytes": 1,
        "file": "nowhere",
        "added_at": 0.0,
    }
    return LibraryTrackRow(**usual | values, id=ident)


async def bring_waiting(product: Product, ident: str) -> None:
    """A file under this own id that waits to be analysed, its job of 22 ones."""
    own = product.app.state.parts.own
    await own.tables.add(row_of(ident))
    job = JobRow(id="1" * 22, track_id=ident, state="queued", created_at=0.0)
    own.jobs.tables.open(job, track=None, most_waiting=5)
