"""The arithmetic of a playlist's profile."""

from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from api.services.distributions import (
    FEATURES,
    MOST_BINS,
    MOST_OUTLIERS,
    Placed,
    distribution,
    edges,
    histogram,
    key_counts,
    outliers,
)
from tests.services.listening import features

UNITS = st.lists(st.floats(0, 1), min_size=1, max_size=80)
LEVELS = st.lists(st.floats(-1e9, 1e9, allow_subnormal=False), min_size=1, max_size=80)


def test_known_percentiles():
    """As NumPy interpolates: of 0, 1 … 100 the n-th is n."""
    made = distribution("energy", [n / 100 for n in range(101)])

    assert made is not None
    numbers = (made.p10, made.p25, made.median, made.p75, made.p90)
    assert numbers == pytest.approx((0.1, 0.25, 0.5, 0.75, 0.9))
    assert (made.n, made.min, made.max) == (101, 0, 1)
    assert made.mean == pytest.approx(0.5)
    assert made.sd == pytest.approx(0.2915, abs=1e-4)


def test_one_value_is_its_own_distribution():
    """And of none there is no distribution."""
    made = distribution("tempo", [120.0])

    assert made is not None
    assert {made.min, made.p10, made.median, made.p90, made.max, made.mean} == {120.0}
    assert (made.sd, made.histogram.edges, made.histogram.counts) == (0, (120, 130), (1,))
    assert distribution("tempo", []) is None


@given(UNITS)
def test_every_value_is_in_one_bin(values):
    """The counts of tenths sum to n, 1.0 included."""
    made = histogram(values, edges("energy", values))

    assert sum(made.counts) == len(values)
    assert len(made.counts) == 10
    assert made.counts[9] == sum(value >= 0.9 for value in values)


@given(st.sampled_from(["loudness", "tempo"]), LEVELS)
@example("tempo", [15_000.0, -1e-13])  # whose spread is 15,000 after rounding
def test_bins_hold_whatever_a_source_says(field, values):
    """The bins span all values, and however far these lie apart the bins stay few."""
    made = histogram(values, edges(field, values))

    assert sum(made.counts) == len(values)
    assert made.edges[0] <= min(values)
    assert max(values) <= made.edges[-1]
    assert len(made.counts) == len(made.edges) - 1 <= MOST_BINS + 1


@given(UNITS)
def test_percentiles_are_in_order(values):
    """Within rounding, between the least and the greatest."""
    made = distribution("valence", values)

    assert made is not None
    row = [made.min, made.p10, made.p25, made.median, made.p75, made.p90, made.max]
    assert all(low <= high + 1e-12 for low, high in pairwise(row))


def test_keys_are_counted_as_djs_write_them():
    """The most frequent first; a key without a mode is none."""
    tracks = [features(key=6, mode=0), features(key=0, mode=1), features(key=6, mode=0)]

    counts = key_counts([*tracks, features(key=3), features(mode=1)])

    assert [(one.camelot, one.key_name, one.count) for one in counts] == [
        ("11A", "F♯ minor", 2),
        ("8B", "C major", 1),
    ]


def placed(tracks):
    """Tracks with their places, and how their features spread."""
    rows = [Placed(n, f"Song {n}", one) for n, one in enumerate(tracks)]
    numbers = {
        name: [v for t in tracks if (v := getattr(t, name)) is not None] for name in FEATURES
    }
    spreads = {name: distribution(name, values) for name, values in numbers.items()}
    return outliers(rows, {name: one for name, one in spreads.items() if one is not None})


def test_what_does_not_fit_is_named_with_its_reason():
    """The farthest first, by the feature that sets it apart most, in its unit."""
    crowd = [features(str(n), energy=0.5 + n / 1000, tempo=120.0) for n in range(20)]
    quiet = features("quiet", energy=0.02, tempo=121.0)
    fast = features("fast", energy=0.5, tempo=200.0)

    found = placed([*crowd, quiet, fast, features("mute")])

    assert {one.id for one in found} == {"quiet", "fast"}
    reasons = {one.id: one.because for one in found}
    assert reasons["quiet"].startswith("energy 0.02 is far below the playlist’s average of 0.4")
    assert reasons["fast"].startswith("tempo 200.0 BPM is far above the playlist’s average of 12")
    assert found[0].distance >= found[1].distance
    assert {one.position for one in found} == {20, 21}


def test_few_tracks_have_no_outliers():
    """With seven nobody is far from “the rest”; and never are more than five named."""
    few = [features(str(n), energy=0.5) for n in range(6)] + [features("far", energy=0.0)]
    many = [features(str(n), energy=0.5) for n in range(100)]
    far = [features(f"far{n}", energy=0.0) for n in range(8)]

    assert placed(few) == ()
    assert len(placed([*many, *far])) == MOST_OUTLIERS
