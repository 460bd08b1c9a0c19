"""R-31: where descriptors run out, that is what is said, and nothing else is blamed.

Row B8 of what strangers tried; the last of them are really taken.
"""

from __future__ import annotations

import asyncio
import os
import resource
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path

import pytest

from api.app import create_app
from api.wiring import CannotStart, opened
from tests.library.own_files import TRACKS, is_problem, send, song
from tests.routes.product import settings_of
from tests.sandbox import id_of

ARTISTS = [f"/v1/artists/{id_of('artist', number)}" for number in range(5)]


@contextmanager
def no_descriptors() -> Iterator[None]:
    """Nothing more can be opened within."""
    find_spec("nothing_of_this_name")  # so that no import has to list a folder within
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    highest = max(int(one.name) for one in Path("/proc/self/fd").iterdir())
    resource.setrlimit(resource.RLIMIT_NOFILE, (highest + 8, hard))
    held = []
    try:
        with suppress(OSError):
            while True:
                held.append(os.open(os.devnull, os.O_RDONLY))
        yield
    finally:
        for one in held:
            os.close(one)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def told_true(text: str) -> bool:
    """Whether it names descriptors, and neither migrations nor the library’s own error."""
    return "files and connections open" in text and "migrations" not in text and "Error" not in text


@pytest.mark.parametrize("pooled", [True, False])
async def test_b8_readyz_names_the_true_reason(product, pooled):
    """Row B8: with connections to the database kept open, and without."""
    assert (await product.get("/readyz")).json()["checks"]["descriptors"] == "ok"
    if not pooled:
        product.app.state.parts.database.engine.dispose()
    with no_descriptors():
        answer = await product.get("/readyz")
        alive = await product.get("/healthz")
    checks = answer.json()["checks"]
    assert (answer.status_code, alive.status_code) == (503, 200)
    assert told_true(checks["descriptors"])
    assert checks["database"] == "ok" if pooled else told_true(checks["database"])
    assert (await product.get("/readyz")).status_code == 200


async def test_b8_requests_are_told_busy(product):
    """Row B8: what needs a file says so, 503 with Retry-After; afterwards it is as before."""
    track = (await send(product, song())).json()
    product.app.state.parts.database.engine.dispose()
    with no_descriptors():
        answers = [await product.get(path) for path in (TRACKS, track["audio"], "/v1/collections")]
        answers.append(await send(product, song(7)))
    for answer in answers:
        assert is_problem(answer, "busy")
        assert int(answer.headers["retry-after"]) >= 1
        assert told_true(answer.json()["detail"])
    assert (await product.get(track["audio"])).status_code == 200


async def test_b8_no_source_is_blamed(product, sandbox):
    """Row B8: a source that could not be asked has no failure counted; what is stale is served."""
    await product.get(ARTISTS[0])
    with no_descriptors():
        answers = [await product.get(path) for path in ARTISTS[1:]]
    assert {answer.status_code for answer in answers} <= {200, 503}
    told = [answer.text for answer in answers if answer.status_code == 503]
    assert any("files and connections open" in text for text in told) or not told
    assert (await product.get(ARTISTS[-1])).status_code == 200


async def test_b8_the_cache_says_why_it_is_off(product):
    """Row B8: the cache works from memory meanwhile, and says what it lacks."""
    store = product.app.state.parts.tiers.store
    await store.epochs()
    await asyncio.sleep(0.1)  # the sweep of the start is over, too
    store._engine.dispose()
    with no_descriptors():
        await product.get(ARTISTS[0])
        checks = (await product.get("/readyz")).json()["checks"]
    assert told_true(checks["cache"])


async def test_b8_a_start_without_descriptors_says_so(tmp_path):
    """Row B8: one line that names the bound."""
    app = create_app(settings_of(None, tmp_path))
    async with opened(app.state.parts):
        pass
    app = create_app(settings_of(None, tmp_path))
    with no_descriptors(), pytest.raises(CannotStart, match="files and connections open"):
        async with opened(app.state.parts):
            pass
