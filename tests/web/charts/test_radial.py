"""Artists around one: everybody in the right ring, and no two in one place."""

import math

import pytest

from web.charts.radial import MOST_NODES, WIDTH, core_lines, radial, ring_word, shortened

SPREADS = {
    "one": [0.5],
    "two": [0.9, 0.1],
    "a few alike": [0.47, 0.46, 0.43, 0.43],
    "twelve of all kinds": [0.95, 0.9, 0.8, 0.6, 0.5, 0.45, 0.4, 0.35, 0.2, 0.1, 0.05, 0.0],
    "all very close": [1.0] * 20,
    "none placed": [0.0] * 20,
    "most close and two far": [0.9] * 18 + [0.4, 0.1],
    "more than are drawn": [0.7] * 50,
}


@pytest.mark.parametrize("closeness", SPREADS.values(), ids=SPREADS)
def test_everybody_stands_in_the_ring_that_is_meant(closeness):
    """Whatever row somebody has, the ring says how close."""
    drawn = radial(closeness)
    ends = {ring.word: ring.radius for ring in drawn.rings}

    assert len(drawn.nodes) == min(len(closeness), MOST_NODES)
    for node in drawn.nodes:
        out = math.hypot(node.x - drawn.x, node.y - drawn.y)
        word = ring_word(closeness[node.place])
        inside = max((r for r in ends.values() if r < ends[word]), default=0)
        assert inside < out < ends[word]


@pytest.mark.parametrize("closeness", SPREADS.values(), ids=SPREADS)
def test_no_two_lie_on_each_other(closeness):
    """Each can be touched, and each name has a row of its own on its side."""
    nodes = radial(closeness).nodes
    for node in nodes:
        for other in nodes[: node.place]:
            assert math.hypot(node.x - other.x, node.y - other.y) >= 42
            assert node.side != other.side or abs(node.y - other.y) >= 40
        assert 0 <= node.name_x <= WIDTH
        assert node.letters > 8


def test_the_closer_stands_nearer_to_the_middle():
    """As far as rows of their own allow it: by ring always."""
    drawn = radial([0.1, 0.5, 0.9])
    out = [math.hypot(node.x - drawn.x, node.y - drawn.y) for node in drawn.nodes]
    assert out[0] > out[1] > out[2]


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Ada", "Ada"),
        ("Marlow Vantongeren & the Lattice", "Marlow Va…"),
        ("\N{HIRAGANA LETTER A}" * 8, "\N{HIRAGANA LETTER A}" * 4 + "…"),
        ("", ""),
    ],
)
def test_a_name_is_cut_where_its_room_ends(name, shown):
    """A wide letter takes the room of two."""
    assert shortened(name, 10) == shown


def test_the_name_in_the_middle_has_two_lines():
    """What is longer ends in dots."""
    assert core_lines("Vanta Kiosk") == ("Vanta", "", "Kiosk")
    assert core_lines("Ada") == ("", "Ada", "")
    assert core_lines("The Silver Lanterns of Old") == ("The", "", "Silver…")
    assert core_lines("") == ("", "", "")
