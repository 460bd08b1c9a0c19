"""The API in the test's own loop, with a sandbox of its own for Spotify."""

import pytest

from tests.api.product import opened
from tests.sandbox import Sandbox


@pytest.fixture
async def sandbox():
    """A stand-in for Spotify."""
    async with Sandbox() as sandbox:
        yield sandbox


@pytest.fixture
async def product(sandbox, tmp_path):
    """The running API, asking the sandbox."""
    async with opened(sandbox, tmp_path) as product:
        yield product
