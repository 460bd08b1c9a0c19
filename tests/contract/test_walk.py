"""A stranger's walk: how many of our modules a reader meets on the way of one request.

The house was drawn for 22 and 18; DECISIONS.md says why the way is longer. It may not grow.
"""

import asyncio
import sys

import pytest

from tests.library.own_files import TRACKS, song
from tests.routes.product import opened
from tests.sandbox.ids import id_of

pytestmark = pytest.mark.no_cover  # coverage has the one profiler that a thread may have


BESIDE = {"upkeep", "worker"}  # tasks that go on whatever is asked


def running() -> bool:
    """Whether the loop is at work, and has a task that is the current one."""
    return asyncio._get_running_loop() is not None


class Walk:
    """Notes every module of ours in which something is called, on the loop's thread."""

    def __init__(self) -> None:
        self.modules: set[str] = set()

    def __call__(self, frame, event, _argument) -> None:
        name = frame.f_globals.get("__name__", "")
        if event != "call" or not name.startswith(("api.", "web.")):
            return
        is_read = frame.f_code.co_name == "<module>"  # an annotation, by FastAPI
        task = asyncio.current_task() if running() else None
        if not is_read and (task is None or task.get_name() not in BESIDE):
            self.modules.add(name)

    def __enter__(self):
        sys.setprofile(self)
        return self

    def __exit__(self, *_) -> None:
        sys.setprofile(None)


async def settled() -> None:
    """What the start and the request before have begun is over."""
    await asyncio.sleep(0.7)


async def test_features_asked_for_the_first_time_pass_few_modules(product):
    """From the edge to Spotify and back, on a server that has been asked before."""
    await product.get(f"/v1/tracks/{id_of('track', 1)}/features")
    await settled()

    with Walk() as walk:
        answer = await product.get(f"/v1/tracks/{id_of('track', 0)}/features")

    assert answer.status_code == 200
    assert len(walk.modules) <= 32, "\n".join(sorted(walk.modules))


async def test_an_upload_passes_few_modules(tmp_path):
    """From the edge to the library's rows and the disk."""
    async with opened(None, tmp_path, demo=False) as product:
        await product.client.post(TRACKS, files={"file": ("song.wav", song(hz=330))})
        await settled()
        with Walk() as walk:
            answer = await product.client.post(TRACKS, files={"file": ("song.wav", song())})

    assert answer.status_code == 202
    assert len(walk.modules) <= 24, "\n".join(sorted(walk.modules))
