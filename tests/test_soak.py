"""R-13: the soak notices each thing that it is there to notice."""

from dataclasses import replace
from unittest.mock import Mock

import pytest

from tests.load.soak import KEYS, RATE, Count, Soak, broken

EARLY = Count(rss_mb=200, files=30, tasks=6, memory_mb=40, keys=9_000)


async def soaked(**more) -> Soak:
    """A run in which nothing went wrong, but for what is said."""
    soak = Soak(Mock(), Mock(), 180, analysed=3, keys=KEYS)
    soak.answers[200] = int(soak.whole_s * RATE)
    for name, value in more.items():
        setattr(soak, name, value)
    return soak


async def test_a_server_that_stays_as_it_was_passes():
    """A tenth more memory, five descriptors and five tasks are none of its fault."""
    late = replace(EARLY, rss_mb=220, files=35, tasks=1)

    assert broken(await soaked(), EARLY, late) == []


@pytest.mark.parametrize(
    ("late", "said"),
    [
        ({"rss_mb": 221}, "it grows"),
        ({"files": 36}, "descriptors stay open"),
        ({"tasks": 12}, "tasks stay alive"),
    ],
)
async def test_a_leak_is_noticed(late, said):
    """In memory, in descriptors, in tasks."""
    assert broken(await soaked(), EARLY, replace(EARLY, **late)) == [said]


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"largest_mb": 64.1}, "the cache is larger than it may be"),
        ({"analysed": 0}, "no file was analysed"),
        ({"keys": 9}, "too few keys"),
    ],
)
async def test_a_run_that_breaks_a_bound_or_shows_nothing_is_noticed(more, said):
    """A cache that is too large, and traffic that did not come about."""
    assert broken(await soaked(**more), EARLY, EARLY) == [said]


@pytest.mark.parametrize(("status", "said"), [(500, "it answered 500"), (0, "it hung up")])
async def test_a_failure_of_the_server_is_noticed(status, said):
    """One is enough."""
    soak = await soaked()
    soak.answers[status] += 1

    assert said in str(broken(soak, EARLY, EARLY))
