"""What may be served when: the contract's table, and what holds for every moment."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.cache.entry import (
    DAY,
    HOUR,
    JITTER,
    MINUTE,
    NEGATIVE_TTL,
    TTLS,
    Ages,
    TtlClass,
    Verdict,
    ages_of,
    judge,
    may_stand_in,
    negative_ages,
    shortest,
)
from api.problems import refusals
from api.problems.refusals import (
    Closed,
    DoesNotExist,
    InProgress,
    Limited,
    NotConfigured,
    NothingFound,
    SourceError,
    Unreachable,
)
from tests.cache.making import NOW, SPOTIFY, entry

MOMENTS = st.floats(0, 4e9)
CHANCES = st.floats(0, 1, exclude_max=True)
KINDS = [kind for kind in vars(refusals).values() if isinstance(kind, type)]
REFUSALS = [  # what is at home is asked anew each time: none of its refusals is remembered
    kind
    for kind in KINDS
    if issubclass(kind, SourceError) and kind not in {SourceError, InProgress, NothingFound}
]


@pytest.mark.parametrize(
    ("at", "verdict", "stands_in"),
    [
        (NOW, Verdict.FRESH, True),
        (NOW + 9.9, Verdict.FRESH, True),
        (NOW + 10, Verdict.REVALIDATE, True),
        (NOW + 20, Verdict.EXPIRED, True),
        (NOW + 30, Verdict.EXPIRED, False),
        (NOW + 40, Verdict.MISS, False),
        (NOW - 30, Verdict.FRESH, True),
    ],
)
def test_an_entry_lives_through_four_ages(at, verdict, stands_in):
    """Fresh, served while refreshed, in place of an error, gone."""
    assert judge(entry(), now=at) is verdict
    assert may_stand_in(entry(), now=at) is stands_in


def test_nothing_is_a_miss():
    """What is not kept can neither be served nor stand in."""
    assert judge(None, now=NOW) is Verdict.MISS
    assert not may_stand_in(None, now=NOW)


def test_a_value_from_the_future_is_asked_for_again():
    """A clock that ran ahead and was set right must not keep an old value fresh for ever."""
    early = NOW - HOUR

    assert judge(entry(), now=early) is Verdict.EXPIRED
    assert judge(entry(refusal=Closed(SPOTIFY, "no")), now=early) is Verdict.MISS


@pytest.mark.parametrize(
    ("ttl_class", "fresh", "while_revalidate", "if_error"),
    [
        (TtlClass.CATALOGUE, 24 * HOUR, 24 * HOUR, 7 * DAY),
        (TtlClass.SOUND, 30 * DAY, 7 * DAY, 30 * DAY),
        (TtlClass.PLAYLIST, 60, 5 * MINUTE, 24 * HOUR),
        (TtlClass.SEARCH, 10 * MINUTE, 10 * MINUTE, HOUR),
    ],
)
def test_each_kind_ages_as_the_contract_says(ttl_class, fresh, while_revalidate, if_error):
    """Without jitter the moments are those of the contract's list."""
    made = ages_of(ttl_class, now=NOW, chance=0.5)

    assert made.fresh_until - NOW == fresh
    assert made.revalidate_until - made.fresh_until == while_revalidate
    assert made.error_until - made.fresh_until == if_error


def test_every_kind_is_in_the_table():
    """A new kind of thing gets its ages before it is kept."""
    assert set(TTLS) == set(TtlClass)


@given(st.sampled_from(TtlClass), MOMENTS, CHANCES)
def test_ages_follow_one_another(ttl_class, now, chance):
    """Whatever the chance, no age ends before the one before it, and the first is near its TTL."""
    made = ages_of(ttl_class, now=now, chance=chance)
    fresh = TTLS[ttl_class].fresh

    assert now < made.fresh_until <= made.revalidate_until <= made.error_until <= made.delete_at
    assert (1 - JITTER) * fresh - 1 <= made.fresh_until - now <= (1 + JITTER) * fresh + 1


@given(st.sampled_from(REFUSALS), MOMENTS, st.none() | st.floats(-2 * DAY, 2 * DAY))
def test_a_refusal_never_outlives_what_the_source_said(kind, now, wait):
    """A negative entry ends with its own time, or with the moment the source named if sooner."""
    retry_at = None if wait is None else now + wait
    made = negative_ages(kind(SPOTIFY, "no", retry_at=retry_at), now=now)

    assert made.fresh_until == made.delete_at
    longest = NEGATIVE_TTL.get(kind, 0)
    if retry_at is None:
        assert made.fresh_until == now + longest
    else:
        assert made.fresh_until <= retry_at


@pytest.mark.parametrize(
    ("refusal", "seconds"),
    [
        (DoesNotExist(SPOTIFY, "no"), 600),
        (Closed(SPOTIFY, "no"), 86_400),
        (Closed(SPOTIFY, "no", retry_at=NOW + 60), 60),
        (Limited(SPOTIFY, "wait", retry_at=NOW + 90_000), 90_000),
        (Limited(SPOTIFY, "wait"), 0),
        (NotConfigured(SPOTIFY, "no"), 60),
        (Unreachable(SPOTIFY, "no"), 5),
        (Unreachable(SPOTIFY, "no", retry_at=NOW + 2), 2),
    ],
)
def test_a_refusal_is_remembered_as_long_as_it_holds(refusal, seconds):
    """Ten minutes for “not found”, a day for “closed”, the source's own time for “wait”."""
    assert negative_ages(refusal, now=NOW).fresh_until == NOW + seconds


@pytest.mark.parametrize("kind", [kind for kind in REFUSALS if kind is not Limited])
def test_every_refusal_is_remembered_for_a_while(kind):
    """Nobody is asked the same thing again at once, after whatever refusal."""
    assert negative_ages(kind(SPOTIFY, "no"), now=NOW).fresh_until > NOW


def test_a_refusal_past_its_time_is_a_miss():
    """It is never served stale."""
    refused = entry(refusal=Closed(SPOTIFY, "no"))

    assert judge(refused, now=NOW + 9) is Verdict.FRESH
    assert judge(refused, now=NOW + 10) is Verdict.MISS
    assert not may_stand_in(refused, now=NOW)


def test_a_whole_is_as_old_as_its_oldest_part():
    """Each moment is the soonest of all parts."""
    assert shortest([Ages(1, 20, 30, 40), Ages(10, 2, 33, 44)]) == Ages(1, 2, 30, 40)
