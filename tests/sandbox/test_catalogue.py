"""The invented catalogue is coherent: ids, special cases, analyses."""

import json
import re
from itertools import pairwise

import pytest

from tests.sandbox import landmarks
from tests.sandbox.analysis import analysis_body
from tests.sandbox.catalogue import catalogue
from tests.sandbox.fields import parse, select
from tests.sandbox.ids import encode, is_id
from tests.sandbox.playlists import playlists
from tests.sandbox.sound import dialect_of


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1, "0000000000000000000001"),
        (0x3D, "000000000000000000000Z"),
        (62, "0000000000000000000010"),
        (0xB39FE8081E1F4C54BE38E8D6F9F12BB9, "5sWHDYs0csV6RS48xBl0tH"),
        (2**128 - 1, "7N42dgm5tFLK9N8MT7fHC7"),
    ],
)
def test_ids_are_written_as_spotify_writes_them(value, text):
    """The examples that Spotify's own ids gave us come out right."""
    assert encode(value) == text
    assert is_id(text)


@pytest.mark.parametrize(
    "text", ["7N42dgm5tFLK9N8MT7fHC8", "Z" * 22, "8" + "0" * 21, "abc", "é" * 22]
)
def test_an_id_that_overflows_is_none(text):
    """Twenty-two characters are not enough: the value must fit 128 bits."""
    assert not is_id(text)


def test_the_catalogue_holds_the_promised_cases():
    """Cycles, an island, twins, a taken-down album and every playlist length are there."""
    music = catalogue()
    related = {artist.n: set(artist.related) for artist in music.artists}

    assert len(music.artists) >= 60
    assert len(music.tracks) >= 200
    assert related[landmarks.ISOLATED_ARTIST] == set()
    assert not any(landmarks.ISOLATED_ARTIST in others for others in related.values())
    assert any(n in related[other] for n, others in related.items() for other in others)
    assert all(n not in others for n, others in related.items())
    first, second = (music.tracks[n] for n in landmarks.TWIN_TRACKS)
    assert (first.isrc, first.name) == (second.isrc, second.name)
    assert music.albums[landmarks.TAKEN_DOWN_ALBUM].name == ""
    assert all(re.fullmatch(r"[A-Z]{2}[A-Z0-9]{3}\d{7}", track.isrc) for track in music.tracks)
    assert [len(row.entries) for row in playlists()] == [
        *(40, 1000, 0, 101, 12, 50, 1, 2500),
        *(30, 20, 7),
    ]


@pytest.mark.parametrize("n", [*range(12), 16, 100, 227, 305])
def test_an_analysis_keeps_the_measured_invariants(n):
    """What held in every recorded analysis holds in ours."""
    body = analysis_body(n)
    analysis, long = json.loads(body), dialect_of(n) == "long"
    segments, beats = analysis["segments"], analysis["beats"]
    starts = [segment.get("start", 0) for segment in segments]

    assert 250_000 < len(body) < (2_500_000 if long else 1_000_000)
    assert len(segments) == 3600 if long else 428 <= len(segments) <= 1220
    assert len(analysis["tatums"]) == 2 * len(beats)
    assert {bar["start"] for bar in analysis["bars"]} <= {beat["start"] for beat in beats}
    assert all(
        abs(start + row["duration"] - following) <= 0.00003
        for row, start, following in zip(segments, starts, starts[1:], strict=False)
    )
    assert sum(row["duration"] for row in segments) == pytest.approx(
        analysis["track"]["duration"], abs=0.001
    )
    assert all(row["duration"] > 0.02 for row in segments)
    assert all(max(row["pitches"]) == 1 and len(row["pitches"]) == 12 for row in segments)
    assert all(-287 <= value <= 374 for row in segments for value in row["timbre"])
    assert {row["time_signature"] for row in analysis["sections"]} <= {3, 4, 5}
    assert sum(row["duration"] for row in analysis["sections"]) == pytest.approx(
        analysis["track"]["duration"], abs=0.001
    )


def test_four_dialects_of_analysis():
    """The ways real analyses differ can all be met, by track number."""
    plain, zero, omitting = (json.loads(analysis_body(n)) for n in (0, 1, 2))

    assert 850_000 < len(analysis_body(0)) < 950_000
    assert [dialect_of(n) for n in (0, 1, 2, 9)] == [
        "plain",
        "loudness-end-zero",
        "zero-omitting",
        "long",
    ]
    assert [row for row in plain["segments"] if "loudness_end" in row] == plain["segments"][-1:]
    assert {row["loudness_end"] for row in zero["segments"][:-1]} == {0.0}
    assert zero["segments"][-1]["loudness_end"] == plain["segments"][-1]["loudness_end"] == -60
    assert isinstance(omitting["track"]["num_samples"], str)
    assert isinstance(omitting["meta"]["timestamp"], str)
    assert not {"key", "mode", "offset_seconds"} & set(omitting["track"])
    assert "start" not in omitting["segments"][0]


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("b", {"b": 3}),
        ("a(c),b", {"a": [{"c": 1}, {"c": 4}], "b": 3}),
        ("a.c", {"a": [{"c": 1}, {"c": 4}]}),
        ("a.c,a.d", {"a": [{"c": 1, "d": 2}, {"c": 4, "d": 5}]}),
        ("a(!c)", {"a": [{"d": 2}, {"d": 5}]}),
        ("!a", {"b": 3}),
        ("x", {}),
    ],
)
def test_fields_select_parts(text, left):
    """Dots, parentheses and exclusions, as the real parameter has them."""
    assert select({"a": [{"c": 1, "d": 2}, {"c": 4, "d": 5}], "b": 3}, parse(text)) == left


def test_every_edge_of_the_time_grid_is_ordered():
    """Time runs forwards."""
    beats = json.loads(analysis_body(0))["beats"]
    assert all(first["start"] < second["start"] for first, second in pairwise(beats))
