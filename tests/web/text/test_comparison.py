import pytest

from tests.web import own, sound
from web.text.comparison import compare, finding


def rows(heard=None, sections=(), **wrote):
    """The rows for a truth and what was heard, by their labels."""
    found = compare(own.truth(**wrote), own.features(**(heard or {})), sections)
    return {row.label: row for row in found}


@pytest.mark.parametrize(
    ("heard", "verdict", "note"),
    [
        (144.0, "agree", ""),
        (149.0, "agree", ""),
        (288.0, "near", "twice as fast"),
        (72.0, "near", "half as fast"),
        (48.0, "near", "a third as fast"),
        (216.0, "near", "one and a half"),
        (101.0, "differs", "Another tempo"),
        (None, "differs", "No steady beat"),
    ],
)
def test_a_tempo_may_be_counted_otherwise(heard, verdict, note):
    """Octaves of the tempo are called what they are."""
    row = rows({"tempo": heard})["Tempo"]
    assert row.verdict == verdict
    assert note in row.note


@pytest.mark.parametrize(
    ("key", "mode", "verdict", "note"),
    [
        (6, 0, "agree", ""),
        (9, 1, "near", "Relative"),
        (6, 1, "near", "same home note"),
        (1, 0, "near", "A fifth apart"),
        (0, 0, "differs", "Another key"),
        (None, None, "differs", "No key"),
    ],
)
def test_a_key_may_be_related(key, mode, verdict, note):
    """Relative, parallel, a fifth away, or wrong."""
    row = rows({"key": key, "mode": mode})["Key"]
    assert row.verdict == verdict
    assert note in row.note


def test_a_minor_key_is_relative_to_its_major():
    """The other way round as well."""
    assert rows({"key": 9, "mode": 0}, key=0, mode=1)["Key"].verdict == "near"


@pytest.mark.parametrize(
    ("wrote", "heard", "verdict"),
    [
        ("4/4", 4, "agree"),
        ("6/8", 6, "agree"),
        ("6/8", 3, "near"),
        ("12/8", 4, "near"),
        ("2/4", 4, "near"),
        ("3/4", 4, "differs"),
        ("4/4", None, "differs"),
    ],
)
def test_a_bar_may_be_counted_otherwise(wrote, heard, verdict):
    """Groups of three are often counted as one."""
    assert rows({"time_signature": heard}, time_signature=wrote)["Metre"].verdict == verdict


@pytest.mark.parametrize(
    ("starts", "verdict"),
    [((0, 25.0), "agree"), ((0, 10.0, 25.0), "near"), ((0, 50.0), "differs"), ((), "differs")],
)
def test_a_border_is_found_within_three_seconds(starts, verdict):
    """Those that were found, and none besides."""
    parts = [sound.sections()[0].model_copy(update={"start": start}) for start in starts]
    assert rows(sections=parts)["Sections"].verdict == verdict


def test_the_finding_counts_what_agrees():
    """In one sentence."""
    assert "on 1 of 4 points" in finding(tuple(rows().values()))
