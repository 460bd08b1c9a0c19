"""A cache that is open, and the time that passes for it."""

import pytest

from tests.cache.making import Hands, tiers_in


@pytest.fixture
def clock():
    """The time of a test."""
    return Hands()


@pytest.fixture
async def tiers(tmp_path, clock):
    """A cache that is open, over an empty file."""
    opened = tiers_in(tmp_path, clock)
    await opened.store.open()
    yield opened
    await opened.close()
