"""A stranger's walk: how many of our modules a reader meets on the way of one request."""

import sys

import pytest

from tests.library.own_files import TRACKS, song
from tests.routes.product import opened
from tests.sandbox.ids import id_of

OURS = ("api.", "web.")


class Walk:
    """Notes every module of ours in which something is called."""

    def __init__(self) -> None:
        self.modules: set[str] = set()

    def __call__(self, frame, event, _argument) -> None:
        name = frame.f_globals.get("__name__", "")
        if event == "call" and name.startswith(OURS):
            self.modules.add(name)

    def __enter__(self):
        sys.setprofile(self)
        return self

    def __exit__(self, *_) -> None:
        sys.setprofile(None)


@pytest.mark.no_cover
async def test_features_asked_for_the_first_time_pass_few_modules(product):
    """From the edge to Spotify and back."""
    with Walk() as walk:
        answer = await product.get(f"/v1/tracks/{id_of('track', 0)}/features")

    assert answer.status_code == 200
    assert len(walk.modules) <= 22, sorted(walk.modules)


@pytest.mark.no_cover
async def test_an_upload_passes_few_modules(tmp_path):
    """From the edge to the library's rows and the disk."""
    async with opened(None, tmp_path, demo=False) as product:
        with Walk() as walk:
            answer = await product.client.post(TRACKS, files={"file": ("song.wav", song())})

    assert answer.status_code == 202
    assert len(walk.modules) <= 18, sorted(walk.modules)
