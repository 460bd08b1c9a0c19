"""Would a track fit? Its place among a playlist's tracks, in numbers and in words."""

import pytest

from api.services.distributions import Placed, distance, distribution, scores
from api.services.fit import NOTHING, WITHIN, neighbours, percentiles, reasons
from tests.services.listening import features


def playlist(*energies: float) -> list[Placed]:
    """Tracks of which only the energy is known."""
    return [
        Placed(place, f"Song {place}", features(str(place), energy=energy))
        for place, energy in enumerate(energies)
    ]


def spreads(placed):
    """How their energy spreads."""
    spread = distribution("energy", [one.features.energy for one in placed])
    assert spread is not None
    return {"energy": spread}


@pytest.mark.parametrize(
    ("energy", "percent"), [(0.05, 0), (0.2, 37.5), (0.25, 50), (0.3, 62.5), (0.9, 100)]
)
def test_a_percentile_counts_who_has_less(energy, percent):
    """Of those that have as much, half; what nobody has, or nobody was asked for, is null."""
    placed = playlist(0.1, 0.2, 0.3, 0.4)

    found = percentiles(features("x", energy=energy, valence=0.5), placed, ["energy", "valence"])

    assert found["energy"] == percent
    assert found["valence"] is None
    assert found["tempo"] is None


def test_far_from_the_average_is_a_reason():
    """In standard deviations; within one there is none, and that is said."""
    placed = playlist(0.2, 0.3, 0.4, 0.5)
    spread = spreads(placed)
    far, near = features("x", energy=0.95), features("y", energy=0.36)

    apart = scores(far, spread)
    assert distance(apart) == pytest.approx(abs(apart["energy"]))
    assert "energy 0.95 is far above" in reasons(far, spread, apart)[0]
    assert reasons(near, spread, scores(near, spread)) == (WITHIN,)


def test_without_anything_in_common_there_is_no_distance():
    """It is null, and the reason says why."""
    placed = playlist(0.2, 0.3)
    lone = features("x", valence=0.5)

    apart = scores(lone, spreads(placed))

    assert distance(apart) is None
    assert reasons(lone, spreads(placed), apart) == (NOTHING,)
    assert neighbours(lone, placed, spreads(placed)) == []


def test_neighbours_are_ordered_and_the_track_itself_is_none():
    """Nearest first; among equals, the earlier in the playlist."""
    placed = playlist(0.2, 0.8, 0.4, 0.6)

    found = neighbours(features("0", energy=0.5), placed, spreads(placed))

    assert [one.position for one in found] == [2, 3, 1]
    assert found[0].distance == pytest.approx(found[1].distance)
