from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from api.analysis.contract import rows, shape
from api.analysis.harmony.key import KeyGuess
from api.analysis.perceptual.estimates import Perceptual
from api.analysis.pipeline import Heard
from api.analysis.rhythm.rhythm import NOTHING, Rhythm
from api.analysis.version import ANALYSER, ANALYSER_VERSION
from api.schemas.provenance import Reason

SUBJECT = shape.Subject("own_x", "earprint:track:own_x", datetime(2026, 11, 22, tzinfo=UTC))
AROUND_ANY = ("id", "uri", "provenance", "missing", "uncertainty")


def rhythm(beats_s: list[float], **changes: Any) -> Rhythm:
    """A plain rhythm in four on these beats."""
    beats = np.array(beats_s)
    plain = Rhythm(
        tempo_bpm=120.0,
        candidates=(120.0, 60.0),
        beats_s=beats,
        swing=0.5,
        metre=4,
        downbeats=np.arange(1, len(beats), 4),
        tempo_margin=0.9,
        metre_margin=0.8,
        beat_margins=np.full(len(beats), 0.9),
        bar_margins=np.full(len(np.arange(1, len(beats), 4)), 0.8),
        beat_strengths=np.full(len(beats), 0.5),
        downbeat_strengths=np.full(len(np.arange(1, len(beats), 4)), 0.5),
        clarity=0.6,
    )
    return replace(plain, **changes)


def told(heard: Heard) -> tuple[dict[str, Any], dict[str, Any]]:
    """Features and analysis as the outside sees them."""
    features, analysis = shape.features(heard, SUBJECT), shape.analysis(heard, SUBJECT)
    return features.model_dump(mode="json"), analysis.model_dump(mode="json")


def ends_meet(rows: list[dict[str, Any]]) -> bool:
    """Whether each row begins where the one before ended."""
    gaps = [a["start"] + a["duration"] - b["start"] for a, b in pairwise(rows)]
    return bool(np.abs(gaps).max(initial=0.0) < 2e-5)


def test_lists_are_contiguous_and_cover_what_they_should(heard):
    """Segments and sections run from 0 to the duration; bars start on beats, beats on tatums."""
    _, analysis = told(heard)

    lists = {name: analysis[name] for name in ("bars", "beats", "tatums", "sections", "segments")}
    assert all(map(ends_meet, lists.values()))
    for part in (lists["sections"], lists["segments"]):
        assert part[0]["start"] == 0.0
        assert part[-1]["start"] + part[-1]["duration"] == pytest.approx(heard.duration_s, abs=1e-4)
    bars, beats, tatums = ({row["start"] for row in lists[name]} for name in list(lists)[:3])
    assert bars <= beats <= tatums
    assert len(tatums) == 2 * len(beats)
    assert analysis["track"]["duration"] == pytest.approx(heard.duration_s, abs=1e-5)
    assert analysis["timbre_basis"] == "earprint-v1"


def test_numbers_have_the_contract_s_decimals(heard):
    """Five for times, three for the rest; the strongest note of a segment is exactly 1."""
    _, analysis = told(heard)

    for segment in analysis["segments"]:
        assert segment["start"] == round(segment["start"], 5)
        assert segment["timbre"] == [round(number, 3) for number in segment["timbre"]]
        assert max(segment["pitches"]) == 1.0
        assert segment["loudness_max_time"] <= segment["duration"] + 1e-5
    assert analysis["sections"][0]["confidence"] == 1.0
    assert analysis["track"]["loudness"] == round(analysis["track"]["loudness"], 3)


def test_every_feature_says_where_it_comes_from(heard):
    """Measured and estimated fields are named apart, and together they are all there is."""
    features, _ = told(heard)

    measured, estimated = features["provenance"]
    assert (measured["source"], measured["method"]) == ("library", "measured")
    assert "LUFS" in measured["detail"]
    assert ANALYSER in measured["detail"]
    assert estimated["method"] == "estimated"
    assert set(estimated["fields"]) == set(features["uncertainty"]) == set(shape.ESTIMATED)
    named = {*measured["fields"], *estimated["fields"], "liveness"}
    assert named == set(features) - set(AROUND_ANY)


def test_a_tempo_that_changes_is_told_as_a_range(heard):
    """In the features and the analysis, slowest first; a steady one has none."""
    moving = replace(heard, rhythm=replace(heard.rhythm, tempo_range=(62.0004, 96.5)))
    features, analysis = told(moving)

    assert features["tempo_range"] == analysis["track"]["tempo_range"] == [62.0, 96.5]
    steady = replace(heard, rhythm=replace(heard.rhythm, tempo_range=None))
    assert told(steady)[0]["tempo_range"] == []


def test_every_part_says_which_version_heard_it(heard):
    """As a number, for whoever compares."""
    features, analysis = told(heard)
    said = [*features["provenance"], *analysis["provenance"]]
    assert {one["analyser"] for one in said} == {ANALYSER_VERSION}


def test_a_file_of_one_channel_says_that_it_reads_lower(heard):
    """Beside the loudness, and only then."""
    one, two = (told(replace(heard, channels=number))[0] for number in (1, 2))
    assert "has one channel" in one["provenance"][0]["detail"]
    assert "has one channel" not in two["provenance"][0]["detail"]


def test_the_tempo_itself_is_not_among_the_others(heard):
    """Candidates are other tempi a listener may tap."""
    features = shape.features(heard, SUBJECT)

    assert features.tempo not in features.tempo_candidates
    assert features.duration_ms == round(1000 * heard.duration_s)


def test_liveness_is_never_guessed(heard):
    """It is null, and the reason is a sentence."""
    missing = {gap.field: gap for gap in shape.features(heard, SUBJECT).missing}

    assert missing["liveness"].reason is Reason.NOT_KNOWN
    assert missing["liveness"].detail.endswith(".")


def test_no_value_is_silently_null(heard):
    """Without pulse, key, level and band, every null of both answers has its reason."""
    bare = replace(
        heard,
        rhythm=NOTHING,
        key=None,
        loudness_lufs=None,
        perceptual=Perceptual({}, {}),
        parts=tuple(
            replace(part, key=None, tempo_bpm=None, tempo_margin=0.0) for part in heard.parts
        ),
    )

    features, analysis = told(bare)

    reasons = {gap["field"]: gap["reason"] for gap in features["missing"]}
    assert nulls(features) == set(reasons)
    assert (reasons["energy"], reasons["key"]) == ("not-detected", "not-detected")
    inside = {f"track.{name}" for name in nulls(analysis["track"])}
    inside |= {f"sections.{name}" for row in analysis["sections"] for name in nulls(row)}
    assert inside | {"bars", "beats", "tatums"} == {gap["field"] for gap in analysis["missing"]}
    assert analysis["beats"] == analysis["bars"] == analysis["tatums"] == []


def test_a_file_cut_at_the_limit_says_so(heard):
    """In both answers, where the numbers are described; the length stays the file's own."""
    cut = replace(
        heard, duration_s=900.0, ends_s=900.0, beyond_s=305.25, left_out=("a page is missing",)
    )

    for answer in told(cut):
        detail = answer["provenance"][0]["detail"]
        assert "only the first 15 minutes of 20:05 were analysed; a page is missing" in detail
    features, analysis = told(cut)
    assert (features["duration_ms"], analysis["track"]["duration"]) == (1_205_250, 900.0)


def test_an_inherited_key_is_half_as_sure(heard):
    """A section too short for a key of its own has the whole's, with less confidence."""
    guess = KeyGuess(key=2, mode=1, fit=0.9, margin=0.8, mode_margin=0.8)
    own, inherited = (
        replace(heard, key=guess, parts=(replace(heard.parts[0], key=guess, inherited=short),))
        for short in (False, True)
    )

    sure, unsure = (told(one)[1]["sections"][0] for one in (own, inherited))

    assert unsure["key"] == sure["key"] == 2
    assert unsure["key_confidence"] == pytest.approx(sure["key_confidence"] / 2, abs=1e-3)


def nulls(row: dict[str, Any]) -> set[str]:
    """The names of what is null."""
    return {name for name, value in row.items() if value is None}


@pytest.mark.parametrize(("swing", "share"), [(0.5, 1 / 2), (0.62, 2 / 3), (2 / 3, 2 / 3)])
def test_tatums_follow_the_swing(swing, share):
    """Two per beat, split in half, or two to one where the off-beats swing."""
    grid = rows.lay_out(rhythm([0.5, 1.0, 1.5, 2.0], swing=swing), 10)

    lengths = np.diff(grid.tatums.edges_s)
    assert lengths[::2] == pytest.approx(0.5 * share)
    assert len(lengths) == 2 * len(grid.beats.confidences)


def test_bars_run_from_downbeat_to_downbeat():
    """The last ends with the last beat; a pick-up belongs to no bar."""
    grid = rows.lay_out(rhythm([0.5 * n for n in range(8)]), 10)

    assert grid.bars.edges_s.tolist() == [0.5, 2.5, 4.0]
    assert grid.beats.edges_s[-1] == 4.0


def test_beats_outside_of_the_recording_are_left_out():
    """And the bars still begin where they did."""
    grid = rows.lay_out(rhythm([-0.5, 0.0, 0.5, 1.0, 1.5, 2.0, 2.5, 3.0]), 2.2)

    assert grid.beats.edges_s.tolist() == [0.0, 0.5, 1.0, 1.5, 2.0, 2.2]
    assert grid.bars.edges_s.tolist() == [0.0, 2.0, 2.2]


def test_one_beat_is_no_pulse():
    """It has no length; and downbeats that all fall outside leave no bars."""
    assert rows.lay_out(rhythm([0.5, 9.0]), 5).beats is rows.NO_SPANS
    grid = rows.lay_out(rhythm([0.5, 1.0, 9.0], downbeats=np.array([2])), 5)
    assert grid.bars is rows.NO_SPANS
