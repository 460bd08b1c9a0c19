"""The tier in memory: bounded in bytes, and forgetful where it has to be."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.cache.entry import OVERHEAD_BYTES
from api.cache.tiers import MemoryTier
from api.problems.refusals import Unknown
from tests.cache.making import OTHER, entry, key

ROOM = OVERHEAD_BYTES * 4


@given(st.lists(st.tuples(st.sampled_from("abcdefgh"), st.integers(0, 2 * ROOM))))
def test_it_never_holds_more_than_it_may(puts):
    """However large and however many, its bytes stay within the bound."""
    memory = MemoryTier(ROOM)

    for ident, size in puts:
        memory.put(entry(ident, b"x" * size))

    assert memory.size <= ROOM


def test_the_least_recently_used_leaves_first():
    """Reading counts as use."""
    memory = MemoryTier(OVERHEAD_BYTES * 2 + 10)
    memory.put(entry("a"))
    memory.put(entry("b"))
    memory.get(key("a"))

    memory.put(entry("c"))

    assert (memory.get(key("a")) is None, memory.get(key("b")) is None) == (False, True)
    assert len(memory) == 2


def test_one_that_is_too_large_is_not_kept_nor_is_its_forerunner():
    """An old value must not outlive the news that it changed."""
    memory = MemoryTier(ROOM)
    memory.put(entry())

    memory.put(entry(body=b"x" * ROOM))

    assert memory.get(key()) is None
    assert memory.size == 0


@pytest.mark.parametrize(
    "fields",
    [
        {"validator": "x" * 13_000},
        {"key": key("x" * 13_000)},
        {"key": key(kind="x" * 13_000)},
        {"key": key("猫" * 13_000)},
        {"refusal": Unknown(OTHER, "x" * 13_000)},
    ],
    ids=["validator", "ident", "kind", "wide", "refusal"],
)
def test_whatever_an_entry_keeps_is_weighed(fields):
    """Not its bodies alone; what is ordinary is part of the overhead."""
    assert entry().size() == OVERHEAD_BYTES + 2
    assert 13_000 <= entry(**fields).size() - entry().size() < 13_500 * 4


def test_what_grows_is_weighed_again():
    """A compressed form that is added later counts, if its entry is still the one that is kept."""
    memory = MemoryTier(ROOM)
    kept, replaced = entry(), entry()
    memory.put(kept)
    before = memory.size

    replaced.encodings["gzip"] = kept.encodings["gzip"] = b"x" * 100
    memory.weigh(replaced)
    unchanged = memory.size
    memory.weigh(kept)

    assert unchanged == before
    assert memory.size == before + 100


def test_forgetting_a_source_takes_what_was_computed_too():
    """A merged value may hold a part of any source."""
    memory = MemoryTier(ROOM)
    memory.put(entry("a"))
    memory.put(entry("b", key=key("b", source=OTHER)))
    memory.put(entry("c", key=key("c", source=OTHER).variant("merged")))

    memory.drop_source("spotify")
    left = len(memory)
    memory.drop_source("all")

    assert (left, len(memory)) == (1, 0)
