"""Audio features and analysis as the contract has them."""

import math
from typing import Any

import pytest

from api.problems.refusals import Garbled
from api.schemas.provenance import Reason
from api.sources.spotify import normalise_sound
from api.sources.spotify.texts import UNREADABLE
from api.sources.spotify.wire import WireFeatures
from api.sources.spotify.wire_analysis import WireAnalysis
from tests.sources.spotify import sent
from tests.sources.spotify.sent import ORIGIN, C


def features(**fields):
    """The features that become of what was sent."""
    wire = WireFeatures.model_validate(sent.features(**fields))
    return normalise_sound.features(wire, C, ORIGIN)


def analysis(**parts):
    """The analysis that becomes of what was sent."""
    wire = WireAnalysis.model_validate(sent.analysis(**parts))
    return normalise_sound.analysis(wire, C, ORIGIN)


def gap(resource, field):
    """What is said of an absent field."""
    return next((one for one in resource.missing if one.field == field), None)


def test_features_keep_every_digit():
    """Numbers pass as they are; the key gets its names, the loudness its reference."""
    found = features(energy=0.30000000000000004)

    assert (found.energy, found.loudness, found.tempo) == (0.30000000000000004, -7.25, 121.006)
    assert (found.key_name, found.camelot) == ("F♯ minor", "11A")
    assert found.provenance[0].detail == "dBFS-like"
    assert found.missing == ()


@pytest.mark.parametrize(
    ("field", "value", "absent"),
    [
        ("key", -1, {"key", "key_name", "camelot"}),
        ("mode", -1, {"mode", "key_name", "camelot"}),
        ("tempo", 0, {"tempo"}),
        ("time_signature", 1, {"time_signature"}),
        ("time_signature", 8, {"time_signature"}),
    ],
)
def test_what_was_not_detected_is_null(field, value, absent):
    """Spotify's -1 and 0 for “not found” are not passed on as numbers."""
    found = features(**{field: value})

    assert {one.field for one in found.missing} == absent
    assert {one.reason for one in found.missing} == {Reason.NOT_DETECTED}
    assert all(getattr(found, name) is None for name in absent)


def test_an_impossible_metre_is_told():
    """The number that was sent stands in the reason."""
    said = gap(features(time_signature=1), "time_signature")

    assert said is not None
    assert said.detail == "Spotify sent 1, which is no metre from 3 to 7."


@pytest.mark.parametrize("field", ["key", "mode", "tempo", "time_signature", "energy", "loudness"])
def test_what_was_not_sent_is_not_known(field):
    """Never 0, and not the same as “not detected”."""
    found = features(**{field: None})

    assert getattr(found, field) is None
    assert gap(found, field).reason is Reason.NOT_KNOWN


ODD: dict[str, list[Any]] = {
    "energy": [1.000_000_1, -0.1, 2, "loud", True, [0.5], {}, math.inf],
    "tempo": [-1, 1e300, "Infinity", math.nan, ""],
    "key": [12, -2, 0.5, 10**30],
    "time_signature": [-1, 1_000, [4]],
    "duration_ms": [-1, 2**63, {"totalMilliseconds": 188_000}],
    "mode": [2],
    "loudness": [10_000],
}


@pytest.mark.parametrize(("field", "odd"), [(name, odd) for name in ODD for odd in ODD[name]])
def test_an_odd_number_costs_its_field_alone(field, odd):
    """It is null, with that reason, and says nothing of what the music is."""
    found = features(**{field: odd})

    assert getattr(found, field) is None
    assert (gap(found, field).reason, gap(found, field).detail) == (Reason.NOT_KNOWN, UNREADABLE)
    assert found.valence == 0.9


def test_features_without_one_readable_number_are_garbled():
    """There is nothing in them, and what is cached is worth more."""
    wrecked = dict.fromkeys(normalise_sound.NUMBERS, math.nan)

    with pytest.raises(Garbled, match="None of the numbers"):
        features(**wrecked)
    assert features(**wrecked | {"energy": 0.5}).energy == 0.5


def test_an_analysis_keeps_every_digit():
    """Also loudness above 0 dB and timbre in hundreds: nothing is clamped."""
    found = analysis()

    assert found.segments[0].loudness_max == 1.5
    assert found.segments[0].timbre[0] == -287.125
    assert [beat.start for beat in found.beats] == [0.0, 0.5]
    assert found.track.time_signature == 1
    assert found.timbre_basis == "spotify"


@pytest.mark.parametrize("sent_end", [None, 0.0])
def test_an_unknown_end_is_the_next_beginning(sent_end):
    """Absent or 0.0 on all but the last means unknown; what is filled in is said."""
    first = sent.segment(0.0, loudness_end=sent_end)
    found = analysis(segments=[first, sent.segment(0.5, loudness_end=-60.0)])

    assert [one.loudness_end for one in found.segments] == [-20.5, -60.0]
    assert found.provenance[1].fields == ("segments.loudness_end",)
    assert "next segment" in (found.provenance[1].detail or "")


def test_ends_that_were_sent_are_kept():
    """Then nothing is derived, and nothing says so."""
    segments = [sent.segment(0.0, loudness_end=-3.5), sent.segment(0.5, loudness_end=0.0)]

    found = analysis(segments=segments)

    assert [one.loudness_end for one in found.segments] == [-3.5, 0.0]
    assert len(found.provenance) == 1


def test_the_last_end_may_be_unknown():
    """There is no next segment to ask."""
    found = analysis(segments=[sent.segment(0.0)])

    assert found.segments[0].loudness_end is None
    assert gap(found, "segments[0].loudness_end").reason is Reason.NOT_KNOWN


def test_no_segments_are_no_gap():
    """A track of silence has an empty list."""
    found = analysis(segments=[])

    assert found.segments == ()
    assert not any("segments" in one.field for one in found.missing)


def test_a_section_without_harmony_says_so():
    """Each absence is named with its place."""
    absent = {one.field for one in analysis().missing}

    assert absent == {"sections[0].tempo", "sections[0].key", "sections[0].mode"}
    assert analysis().sections[0].time_signature == 5


def test_dropped_zeros_are_zeros():
    """One dialect leaves out every 0 and writes numbers as strings."""
    found = analysis(
        track={"duration": "1.0", "tempo": "90.5", "num_samples": "22050"},
        bars=[{"duration": 0.5}],
        sections=[{"duration": "1.0", "tempo": 100}],
    )

    assert (found.track.key, found.track.mode, found.track.tempo) == (0, 0, 90.5)
    assert (found.bars[0].start, found.bars[0].confidence) == (0.0, 0.0)
    assert (found.sections[0].start, found.sections[0].key) == (0.0, 0)
    assert found.missing == ()


@pytest.mark.parametrize(
    "odd",
    [
        None,
        7,
        sent.segment(0.5, pitches=[0.5] * 11),
        sent.segment(0.5, pitches=[0.5] * 11 + [1.5]),
        sent.segment(0.5, timbre=[0.0] * 11 + [None]),
        sent.segment(0.5) | {"start": None},
        sent.segment(0.5, loudness_max="loud"),
        sent.segment(0.5, confidence=True),
    ],
)
def test_an_odd_segment_costs_itself_alone(odd):
    """It is named by the place it was sent at, and its neighbour's end is not taken elsewhere."""
    found = analysis(segments=[sent.segment(0.0), odd, sent.segment(1.0, loudness_end=-60.0)])

    assert [one.start for one in found.segments] == [0.0, 1.0]
    assert found.segments[0].loudness_end is None
    assert gap(found, "segments[1]").detail == UNREADABLE
    assert gap(found, "segments[0].loudness_end").detail != UNREADABLE
    assert len(found.beats) == 2


def test_an_odd_end_is_the_next_beginning_or_nothing():
    """As any other that is not known."""
    ends = [sent.segment(0.0, loudness_end="x"), sent.segment(0.5, loudness_end=[])]

    found = analysis(segments=ends)

    assert [one.loudness_end for one in found.segments] == [-20.5, None]
    assert gap(found, "segments[1].loudness_end").detail == UNREADABLE


def test_odd_numbers_of_a_section_are_null_in_their_places():
    """A section is named by its place among those that can be read."""
    found = analysis(
        track={"duration": 1.0, "tempo": -1, "key": 0},
        sections=[None, sent.interval(0.0, tempo=[], key=12, loudness=None)],
    )

    assert found.track.tempo is None
    odd = {one.field for one in found.missing if one.detail == UNREADABLE}
    assert odd == {"track.tempo", "sections[0]", "sections[0].tempo", "sections[0].key"}
    assert gap(found, "sections[0].loudness") is not None


@pytest.mark.parametrize("part", ["track", "bars", "beats", "tatums", "sections", "segments"])
@pytest.mark.parametrize("odd", [7, "x", {"0": {}}])
def test_an_odd_part_of_an_analysis_costs_itself_alone(part, odd):
    """Everything else is there."""
    found = analysis(**{part: odd})

    assert getattr(found, part) is None
    assert gap(found, part).detail == UNREADABLE
    assert sum(value is None for _, value in found) == 1


def test_an_analysis_without_any_part_is_garbled():
    """Such as an error inside a 200, or one of lists in which nothing can be read."""
    bodies: list[Any] = [{"error": {}}, {"bars": [7], "segments": [None], "track": {}}]
    for body in bodies:
        with pytest.raises(Garbled):
            normalise_sound.analysis(WireAnalysis.model_validate(body), C, ORIGIN)
