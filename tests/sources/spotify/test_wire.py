"""What Spotify sends, in all its shapes: lenient in form, strict in meaning."""

import logging

import pytest

from api.refusals import Garbled
from api.schemas.provenance import SourceName
from api.sources.answers import SAMPLED, Drift, read_json
from api.sources.spotify.wire import (
    Paging,
    WireArtists,
    WireEntry,
    WireEpisode,
    WireFeatures,
    WirePlaylist,
    WireTrack,
)
from api.sources.spotify.wire_analysis import WireAnalysis
from tests.sources.spotify import sent

SPOTIFY = SourceName.SPOTIFY


@pytest.fixture
def drift() -> Drift:
    """An alarm that has seen nothing."""
    return Drift(SPOTIFY)


def test_a_byte_order_mark_is_no_fault():
    """Valid JSON is read, whatever stands before it."""
    assert read_json(SPOTIFY, b'\xef\xbb\xbf{"a": 1}') == {"a": 1}


@pytest.mark.parametrize(
    "body", [b"", b"<html>", b'{"a": ', b'{"a": NaN}', b"[-Infinity]", b"\xff\xfe{\x00}\x00"]
)
def test_what_is_no_json_is_garbled(body):
    """Truncated, empty, HTML, not finite or in another alphabet."""
    with pytest.raises(Garbled):
        read_json(SPOTIFY, body)


def test_the_last_of_two_like_keys_counts():
    """As everywhere in JSON's world."""
    assert read_json(SPOTIFY, b'{"a": 1, "a": 2}') == {"a": 2}


def test_numbers_may_come_as_strings(drift):
    """And become the same numbers."""
    texts = {name: str(value) for name, value in sent.features().items()}

    assert drift.parse(WireFeatures, texts) == WireFeatures.model_validate(sent.features())


def test_any_field_may_be_absent_or_null(drift):
    """Only shapes are relied on, and not even ids."""
    for model in (WireTrack, WirePlaylist, WireFeatures, WireEntry):
        names = dict.fromkeys(model.model_fields)

        assert drift.parse(model, {}) == drift.parse(model, names)


@pytest.mark.parametrize(
    ("model", "data"),
    [
        (WireTrack, None),
        (WireTrack, []),
        (WireTrack, {"duration_ms": "long"}),
        (WireFeatures, {"tempo": float("nan")}),
        (WireFeatures, {"tempo": "Infinity"}),
        (WireFeatures, read_json(SPOTIFY, b'{"tempo": 1e999}')),
        (WireArtists, {"artists": {"total": 3}}),
        (WireAnalysis, {"track": {}}),
        (Paging[WireEntry], {"items": "none"}),
    ],
)
def test_what_does_not_fit_is_garbled(drift, model, data, caplog):
    """The log says where, and the refusal does not repeat what was sent."""
    with caplog.at_level(logging.WARNING), pytest.raises(Garbled) as refusal:
        drift.parse(model, data)

    assert "does not fit at" in caplog.text
    assert refusal.value.detail == "Its answer has not the form it should have."


@pytest.mark.parametrize(
    ("item", "kind"),
    [
        ({"type": "episode", "track": False}, WireEpisode),
        ({"type": "track", "track": True}, WireTrack),
        ({"name": "no type at all"}, WireTrack),
    ],
)
def test_an_entry_is_read_by_its_type(drift, item, kind):
    """Booleans called `track` and `episode` inside it decide nothing."""
    assert isinstance(drift.parse(WireEntry, {"track": item}).track, kind)


def test_a_model_as_an_entry_keeps_its_kind():
    """What is parsed already is not parsed as something else."""
    episode = WireEpisode(type="episode")

    assert WireEntry(item=episode).item == episode


def test_an_unknown_field_sounds_the_alarm_once(drift, caplog):
    """It is counted by its path, and logged the first time; the answer is read all the same."""
    track = sent.track(mood="blue", album=sent.album(shelf=3))

    with caplog.at_level(logging.WARNING):
        for _ in range(3):
            assert drift.parse(WireTrack, track).name == "The track"

    assert drift.fields == {"WireTrack.mood": 3, "WireTrack.album.shelf": 3}
    assert caplog.text.count("unknown field") == 2


def test_long_lists_are_sampled_for_unknown_fields(drift):
    """The alarm must not cost more than the answer."""
    rows = [sent.artist()] * SAMPLED + [sent.artist(mood="blue")]

    drift.parse(WireArtists, {"artists": rows})
    assert not drift.fields

    drift.parse(WireArtists, {"artists": rows[::-1]})
    assert drift.fields == {"WireArtists.artists.mood": 1}


@pytest.mark.parametrize(
    "thing",
    [
        (WireTrack, sent.track()),
        (WirePlaylist, sent.playlist()),
        (WireEntry, sent.entry(sent.episode())),
        (WireFeatures, sent.features()),
        (WireAnalysis, sent.analysis()),
    ],
)
def test_what_is_known_raises_no_alarm(drift, thing):
    """An ordinary answer is silent."""
    drift.parse(*thing)

    assert not drift.fields
