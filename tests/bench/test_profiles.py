"""The benchmark of long profiles measures what it says."""

from tests.bench.profiles import profile_costs


async def test_calls_are_counted_cold_and_warm(tmp_path):
    """Three batches of forty the first time, nobody the second."""
    (cost,) = await profile_costs(tmp_path, (120,))

    assert (cost.tracks, cost.cold_calls, cost.warm_calls) == (120, 3, 0)
    assert cost.cold_s > 0
    assert "120 tracks" in str(cost)
