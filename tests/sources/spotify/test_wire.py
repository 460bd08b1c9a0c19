"""What Spotify sends, in all its shapes: lenient in form, strict in meaning."""

import logging

import pytest

from api.problems.refusals import Garbled
from api.schemas.provenance import SourceName
from api.sources.resource import LONGEST_NAME, MOST_NAMES, SAMPLED, Drift
from api.sources.spotify.wire import (
    Paging,
    WireEntry,
    WireEpisode,
    WireFeatures,
    WirePlaylist,
    WireRelated,
    WireTrack,
    WireUnlinked,
)
from api.sources.spotify.wire_analysis import WireAnalysis
from api.sources.upstream.body import read_json
from api.sources.wire import LONGEST_LIST, MOST_ODD, UNREADABLE, Wire
from tests.sources.spotify import sent

SPOTIFY = SourceName.SPOTIFY


def _required(model: type[Wire]) -> set[str]:
    return {name for name, field in model.model_fields.items() if field.is_required()}


@pytest.fixture
def drift() -> Drift:
    """An alarm that has seen nothing."""
    return Drift(SPOTIFY)


def test_a_byte_order_mark_is_no_fault():
    """Valid JSON is read, whatever stands before it."""
    assert read_json(SPOTIFY, b'\xef\xbb\xbf{"a": 1}') == {"a": 1}


@pytest.mark.parametrize(
    "body", [b"", b"<html>", b'{"a": ', b"\xff\xfe{\x00}\x00", b'{"a": "\xff"}', b"[" * 100_000]
)
def test_what_is_no_json_is_garbled(body):
    """Truncated, empty, HTML, in another alphabet or deep without end."""
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
    """Only ids and names are relied on, and on a local file not even they."""
    for model in (WireUnlinked, WireEpisode, WireEntry, WireFeatures, WireTrack):
        needed = {"id": "x", "name": "x"}.items() & {(n, "x") for n in _required(model)}
        names = dict.fromkeys(model.model_fields)

        assert drift.parse(model, dict(needed)) == drift.parse(model, names | dict(needed))


@pytest.mark.parametrize(
    ("model", "data"),
    [
        (WireTrack, None),
        (WireTrack, []),
        (WireTrack, {"name": "x"}),
        (WireTrack, {"id": "x", "name": 1999}),
        (WireTrack, {"id": "", "name": "x"}),
        (WireFeatures, 7),
        (WireRelated, {"artists": {"total": 3}}),
        (WirePlaylist, {"error": {"status": 500}}),
        (WireAnalysis, "none"),
        (Paging[WireEntry], {"items": "none"}),
        (Paging[WireEntry], {"total": 3}),
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
        ({"type": "track", "track": True, "id": "x", "name": "x"}, WireTrack),
        ({"name": "no type at all", "id": "x"}, WireTrack),
        ({"name": "no id at all"}, WireUnlinked),
    ],
)
def test_an_entry_is_read_by_its_type(drift, item, kind):
    """Booleans called `track` and `episode` inside it decide nothing."""
    assert isinstance(drift.parse(WireEntry, {"track": item}).track, kind)


def test_a_model_as_an_entry_keeps_its_kind():
    """What is parsed already is not parsed as something else."""
    episode = WireEpisode(name="x")

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

    drift.parse(WireRelated, {"artists": rows})
    assert not drift.fields

    drift.parse(WireRelated, {"artists": rows[::-1]})
    assert drift.fields == {"WireRelated.artists.mood": 1}


def test_the_alarm_is_bounded(drift, caplog):
    """20,000 unknown names of one thing share one after the first, and so do the logs."""
    names = [f"mood_{number}" for number in range(20_000)]
    for start in range(0, len(names), 2_000):
        drift.parse(WireTrack, sent.track() | dict.fromkeys(names[start:][:2_000], 1))
    drift.parse(WireTrack, sent.track(album=sent.album(shelf=3)))

    assert len(drift.fields) == MOST_NAMES + 2
    assert drift.fields["WireTrack.…"] > MOST_NAMES
    assert drift.fields["WireTrack.album.shelf"] == 1
    assert caplog.text.count("unknown field") == len(drift.fields)


@pytest.mark.parametrize("name", ["x" * 5_000, "two\nlines", "\x1b[31m", "'"])
def test_a_strange_name_is_logged_short_and_quoted(drift, caplog, name):
    """What a source sends writes no lines of its own into the log."""
    drift.parse(WireTrack, sent.track() | {name: 1})

    (path,) = drift.fields
    assert len(path) < LONGEST_NAME + 20
    assert path.isprintable()
    assert len(caplog.messages) == 1


def test_what_cannot_be_read_is_counted_by_its_field(drift, caplog):
    """By our own names for it, however many of it are sent; logged the first time."""
    odd = sent.track(popularity=101, album=sent.album(images=[None, {"url": 7}]))

    for _ in range(3):
        drift.parse(WireTrack, odd)

    assert drift.unreadable == {"WireTrack.popularity": 3, "WireTrack.album.images[]": 6}
    assert caplog.text.count("cannot be read") == 2


def test_an_answer_of_nothing_but_odd_values_is_garbled(drift):
    """Then it is an answer of another kind, and not worth the reading."""
    with pytest.raises(Garbled, match="full of"):
        drift.parse(WireAnalysis, {"beats": [7] * (MOST_ODD + 1)})
    assert len(drift.parse(WireAnalysis, {"beats": [7] * MOST_ODD}).beats) == MOST_ODD


@pytest.mark.parametrize("count", [LONGEST_LIST, LONGEST_LIST + 1, 25_000])
def test_what_is_beyond_a_list_is_said(drift, count):
    """As much is read as any answer has; one unreadable entry stands for all that follow."""
    wire = drift.parse(WireRelated, {"artists": [sent.artist()] * count})

    beyond = (UNREADABLE,) if count > LONGEST_LIST else ()
    assert wire.artists[LONGEST_LIST:] == beyond
    assert wire.artists[0] == wire.artists[LONGEST_LIST - 1]
    assert wire.is_odd is bool(beyond)


@pytest.mark.parametrize(
    ("sent_value", "read"),
    [
        (b"5", 5),
        (b"5.0", 5),
        (b"5e0", 5),
        (b'"5"', 5),
        (b'"5.0"', 5),
        (b"null", None),
        *((odd, UNREADABLE) for odd in (b"5.5", b"true", b"[]", b"{}", b'"five"', b'""', b"NaN")),
        *((odd, UNREADABLE) for odd in (b"-Infinity", b"1e999", b"-1", b"9" * 30, b"9" * 9_999)),
    ],
)
def test_a_whole_number_is_read_in_any_writing_or_not_at_all(drift, sent_value, read):
    """Never a truth value, and nothing beyond what JSON's readers can hold."""
    body = b'{"id": "x", "name": "x", "track_number": ' + sent_value + b"}"

    wire = drift.parse(WireTrack, read_json(SPOTIFY, body))

    assert wire.track_number == (None if read is UNREADABLE else read)
    assert ("track_number" in wire.unreadable) is (read is UNREADABLE)


def test_half_a_character_costs_its_field_alone(drift):
    """Lone surrogates can be written in JSON, and in no answer of ours."""
    body = rb"""{"id": "x", "name": "x", "uri": "\ud800", "\udfff": 1,
                "artists": [{"name": "\ud83d\ude00"}, {"name": "\ud83d"}]}"""

    wire = drift.parse(WireTrack, read_json(SPOTIFY, body))

    assert (wire.unreadable, wire.uri) == ({"uri"}, None)
    assert [one.name for one in wire.artists] == ["😀", None]


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
