"""Names of keys, as musicians and as DJs write them."""

import ast
from pathlib import Path

import pytest

from api.music.key_names import camelot, key_name, note_name
from tests.contract.repository import ROOT

WHEEL = [  # camelot number → (minor key, major key)
    (8, 11),
    (3, 6),
    (10, 1),
    (5, 8),
    (0, 3),
    (7, 10),
    (2, 5),
    (9, 0),
    (4, 7),
    (11, 2),
    (6, 9),
    (1, 4),
]


@pytest.mark.parametrize(
    ("hour", "minor", "major"), [(hour, *pair) for hour, pair in enumerate(WHEEL, start=1)]
)
def test_the_camelot_wheel(hour, minor, major):
    """Each number has a minor key and its relative major."""
    assert camelot(minor, 0) == f"{hour}A"
    assert camelot(major, 1) == f"{hour}B"


@pytest.mark.parametrize(
    ("key", "mode", "name"),
    [
        (0, 1, "C major"),
        (1, 1, "D♭ major"),
        (1, 0, "C♯ minor"),
        (6, 0, "F♯ minor"),
        (8, 1, "A♭ major"),
        (8, 0, "G♯ minor"),
        (10, 0, "B♭ minor"),
    ],
)
def test_keys_are_spelt_with_fewer_accidentals(key, mode, name):
    """The same note has another name in major than in minor."""
    assert key_name(key, mode) == name


@pytest.mark.parametrize(("key", "mode"), [(None, 1), (0, None), (None, None)])
def test_without_key_or_mode_there_is_no_name(key, mode):
    """C is key 0 and minor is mode 0: neither means “none”."""
    assert key_name(key, mode) is None
    assert camelot(key, mode) is None


@pytest.mark.parametrize(
    ("key", "mode", "notes"),
    [
        (None, None, ["C", "C♯/D♭", "F♯/G♭", "G♯/A♭", "A♯/B♭"]),
        (0, 1, ["C", "C♯/D♭", "F♯/G♭", "G♯/A♭", "A♯/B♭"]),
        (9, 0, ["C", "C♯/D♭", "F♯/G♭", "G♯/A♭", "A♯/B♭"]),
        (2, 1, ["C", "C♯", "F♯", "G♯", "A♯"]),
        (8, 0, ["C", "C♯", "F♯", "G♯", "A♯"]),
        (5, 1, ["C", "D♭", "G♭", "A♭", "B♭"]),
        (0, 0, ["C", "D♭", "G♭", "A♭", "B♭"]),
        (8, 1, ["C", "D♭", "G♭", "A♭", "B♭"]),
        (3, 0, ["C", "D♭", "G♭", "A♭", "B♭"]),
    ],
)
def test_a_note_is_spelt_as_its_key_has_it(key, mode, notes):
    """Sharps in a key with sharps, flats in one with flats, both names where nothing tells."""
    assert [note_name(pitch, key, mode) for pitch in (0, 1, 6, 8, 10)] == notes


@pytest.mark.parametrize("mode", [0, 1])
@pytest.mark.parametrize("key", range(12))
def test_a_key_begins_on_the_note_of_its_name(key, mode):
    """The tables agree."""
    name = key_name(key, mode).split()[0]
    assert name == note_name(key, key, mode)


def _literals(path: Path) -> list[str]:
    """The texts in a module's code, without its docstrings."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    said = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    texts = (node for node in ast.walk(tree) if isinstance(node, ast.Constant))
    return [node.value for node in texts if isinstance(node.value, str) and id(node) not in said]


def test_keys_are_spelt_in_one_place():
    """No other module, page, script or shipped file has a name of a key or a table of notes."""
    spelt = {
        path.relative_to(ROOT).as_posix()
        for folder in ("api", "web")
        for path in (ROOT / folder).rglob("*.py")
        if any("♯" in text or "♭" in text for text in _literals(path))
    }
    shipped = [
        path
        for pattern in ("web/templates/**/*.*", "web/static/own/*.*", "api/demo/*.json")
        for path in ROOT.glob(pattern)
    ]

    # The schemas name keys in the words and examples of the documentation alone; what reads sheets
    # knows how others write them, in many languages, and names none itself.
    read_only = "api/library/sheet/key_names.py"
    assert spelt == {
        "api/music/key_names.py",
        "api/schemas/base.py",
        "api/schemas/features.py",
        "api/schemas/playlist.py",
        read_only,
    }
    assert len(shipped) > 30
    for path in shipped:
        text = path.read_text(encoding="utf-8")
        assert "♯" not in text, path
        assert "♭" not in text, path
        assert "key_name" not in text, path
