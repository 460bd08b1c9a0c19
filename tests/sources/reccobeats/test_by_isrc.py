"""A recording found by its number is looked at twice: a number alone has been wrong before."""

from typing import Any

import pytest

from api.problems.refusals import Garbled, Limited, Unknown
from api.sources.same_recording import CreditedArtist, NumberedRecording
from tests.sandbox.answers import Answer, error
from tests.sources.reccobeats.sent import (
    ISRC,
    ONE,
    OTHER_ISRC,
    THREE,
    TWO,
    rows,
    sending,
    sound,
    track,
)


def answering(tracks, sounds):
    """A stand-in that has these tracks and these numbers."""
    return lambda request: rows(*(tracks if request.path == "/track" else sounds))


async def known(**changes):
    """A track as another source tells it."""
    async with sending(rows(track(THREE, **changes))) as (source, _):
        return (await source.track(THREE, market=None, known=None)).value


async def test_the_release_that_has_data_is_taken():
    """Of two that fit, and the answer says by what it was found and under which id."""
    tracks = [track(ONE), track(TWO, durationMs=201_000)]

    async with sending(answering(tracks, [sound(TWO, energy=0.7)])) as (source, asked):
        found = (await source.features_by_isrc("qz-a01-24-00001", await known())).value

    assert (found.id, found.energy) == (TWO, 0.7)
    (said,) = found.provenance
    assert f"(ISRC) {ISRC}" in said.detail
    assert TWO in said.detail
    assert "title, artist and length agree" in said.detail
    assert "dBFS-like" in said.detail
    assert [request.query["ids"] for request in asked] == [ISRC, f"{ONE},{TWO}"]


async def test_the_nearest_in_length_comes_first():
    """Of several that have data."""
    tracks = [track(ONE, durationMs=201_400), track(TWO, durationMs=200_100)]

    async with sending(answering(tracks, [sound(ONE), sound(TWO)])) as (source, _):
        found = (await source.features_by_isrc(ISRC, await known())).value

    assert found.id == TWO


@pytest.mark.parametrize(
    "other",
    [
        {"trackTitle": "Slow Water, second movement"},
        {"artists": [{"name": "The Snow", "href": None}]},
        {"durationMs": 201_501},
        {"durationMs": 198_499},
    ],
)
async def test_what_does_not_fit_is_not_the_recording(other):
    """One ISRC may stand for several movements, and some are plainly wrong."""
    async with sending(answering([track(ONE, **other)], [sound(ONE)])) as (source, asked):
        with pytest.raises(Unknown, match="do not fit"):
            await source.features_by_isrc(ISRC, await known())

    assert len(asked) == 1


async def test_only_what_both_tell_is_compared():
    """A link preview knows neither artist nor length."""
    async with sending(answering([track(ONE)], [sound(ONE)])) as (source, _):
        like = await known(artists=None, durationMs=None)
        found = (await source.features_by_isrc(ISRC, like)).value

    assert "its title agrees" in found.provenance[0].detail


async def test_without_a_track_to_hold_it_against_alike_ones_are_taken():
    """And the answer says that nothing was checked."""
    tracks = [track(ONE), track(TWO, durationMs=200_900)]

    async with sending(answering(tracks, [sound(TWO)])) as (source, _):
        found = (await source.features_by_isrc(ISRC, None)).value

    assert found.id == TWO
    assert "nothing was known to check it by" in found.provenance[0].detail


async def test_without_a_track_to_hold_it_against_unlike_ones_are_not():
    """Nothing tells which is meant."""
    tracks = [track(ONE), track(TWO, trackTitle="Quick Water")]

    async with sending(answering(tracks, [sound(ONE), sound(TWO)])) as (source, _):
        with pytest.raises(Unknown, match="several"):
            await source.features_by_isrc(ISRC, None)


@pytest.mark.parametrize(
    ("tracks", "sounds", "kind"),
    [
        ([], [], Unknown),
        ([track(ONE)], [], Unknown),
        ([track(ONE, isrc=OTHER_ISRC)], [sound(ONE)], Garbled),
        ([track(ONE, isrc=None)], [sound(ONE)], Garbled),
        ([track(ONE, href="x")], [sound(ONE)], Garbled),
        ([None], [sound(ONE)], Garbled),
        ([track(ONE)], [sound(TWO)], Garbled),
    ],
)
async def test_an_answer_about_another_number_is_none(tracks, sounds, kind):
    """Knows none and makes no sense stay apart."""
    async with sending(answering(tracks, sounds)) as (source, _):
        with pytest.raises(kind) as raised:
            await source.features_by_isrc(ISRC, await known())

    assert type(raised.value) is kind


async def test_a_wait_is_no_unknown():
    """Wherever it is asked for."""

    def answer(request) -> Answer:
        if request.path == "/track":
            return rows(track(ONE))
        return error(429).but(retry_after="86400")

    async with sending(answer) as (source, _):
        with pytest.raises(Limited):
            await source.features_by_isrc(ISRC, await known())


def recording(number: str = ISRC, **changes: Any) -> NumberedRecording:
    """A recording as a list tells it."""
    told: dict[str, Any] = {
        "name": "Slow Water",
        "artists": (CreditedArtist(None, "The Rain"),),
        "duration_ms": 200_000,
    }
    return NumberedRecording(isrc=number, **told | changes)


async def test_many_recordings_are_found_in_two_calls():
    """Each under its own key; what does not fit, is unknown or no number says so for itself."""
    wanted = {
        "fits": recording(),
        "other": recording(name="Quick Water"),
        "unknown": recording(OTHER_ISRC),
        "none": recording("?"),
    }
    async with sending(answering([track(ONE)], [sound(ONE, energy=0.7)])) as (source, asked):
        found = await source.features_by_isrcs(wanted)

    assert (found["fits"].value.id, found["fits"].value.energy) == (ONE, 0.7)
    assert "title, artist and length agree" in found["fits"].value.provenance[0].detail
    assert {name: type(found[name]) for name in ("other", "unknown", "none")} == {
        "other": Unknown,
        "unknown": Unknown,
        "none": Unknown,
    }
    assert [request.query["ids"] for request in asked] == [f"{ISRC},{OTHER_ISRC}", ONE]


async def test_a_call_that_fails_costs_those_it_asked_about():
    """Nothing of it is taken for “knows none”."""
    numbers = [f"QZA0124{number:05d}" for number in range(41)]

    def answer(request) -> Answer:
        if request.path == "/track" and numbers[0] in request.query["ids"]:
            return error(429).but(retry_after="86400")
        return rows()

    async with sending(answer) as (source, _):
        found = await source.features_by_isrcs({one: recording(one) for one in numbers})

    assert {type(found[one]) for one in numbers[:40]} == {Limited}
    assert type(found[numbers[40]]) in {Unknown, Limited}
