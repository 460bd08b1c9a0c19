"""What ReccoBeats' answers become: values with their reasons, or a refusal of the right kind."""

import pytest

from api import __version__
from api.problems.refusals import BadQuestion, Closed, Garbled, Limited, Unknown
from api.schemas.identity import How, IdScheme
from api.schemas.provenance import Reason
from api.schemas.reference import Kind
from api.sources.base import Link
from tests.sandbox.answers import Answer, of
from tests.sources.reccobeats.sent import (
    ARTIST,
    ISRC,
    NUMBERS,
    ONE,
    OTHER_ISRC,
    THREE,
    TWO,
    page,
    rows,
    sending,
    sound,
    track,
)


def gaps(resource):
    """Why what is absent."""
    return {gap.field: gap for gap in resource.missing}


async def test_features_are_those_of_the_track_asked_for():
    """Eleven numbers, the key's names, and what the loudness refers to; two are never sent."""
    async with sending(rows(sound(ONE))) as (source, asked):
        found = (await source.features(ONE, known=None)).value

    assert {name: getattr(found, name) for name in NUMBERS} == NUMBERS
    assert (found.id, found.uri) == (ONE, f"spotify:track:{ONE}")
    assert (found.key_name, found.camelot) == ("F minor", "4A")
    assert gaps(found).keys() == {"time_signature", "duration_ms"}
    assert "dBFS-like" in found.provenance[0].detail
    assert found.provenance[0].url == f"https://api.reccobeats.com/v1/audio-features?ids={ONE}"
    assert found.provenance[0].licence == "Invented: a stand-in answers here in ReccoBeats’ place"
    assert asked[0].headers["user-agent"] == f"Earprint/{__version__}"


@pytest.mark.parametrize(
    ("sent", "field", "reason"),
    [
        ({"key": -1}, "key", Reason.NOT_DETECTED),
        ({"mode": -1}, "mode", Reason.NOT_DETECTED),
        ({"tempo": 0}, "tempo", Reason.NOT_DETECTED),
        ({"key": None}, "key", Reason.NOT_KNOWN),
        ({"energy": None}, "energy", Reason.NOT_KNOWN),
        ({"energy": "loud"}, "energy", Reason.NOT_KNOWN),
        ({"valence": 1.5}, "valence", Reason.NOT_KNOWN),
    ],
)
async def test_what_was_not_found_is_null_with_its_reason(sent, field, reason):
    """Never 0, and never left without a word; the other numbers are there."""
    async with sending(rows(sound(ONE, **sent))) as (source, _):
        found = (await source.features(ONE, known=None)).value

    assert getattr(found, field) is None
    assert gaps(found)[field].reason is reason
    assert found.danceability == NUMBERS["danceability"]


async def test_numbers_that_come_as_text_are_numbers():
    """Whatever they are wrapped in."""
    as_text = {name: str(value) for name, value in NUMBERS.items()}

    async with sending(rows(sound(ONE, **as_text))) as (source, _):
        found = (await source.features(ONE, known=None)).value

    assert {name: getattr(found, name) for name in NUMBERS} == NUMBERS


async def test_a_track_has_its_names_and_no_popularity():
    """What ReccoBeats calls popularity is its own, and would be taken for Spotify's."""
    async with sending(rows(track(ONE))) as (source, _):
        found = (await source.track(ONE, market=None, known=None)).value

    assert (found.id, found.name, found.duration_ms, found.isrc) == (
        ONE,
        "Slow Water",
        200_000,
        ISRC,
    )
    assert [(one.id, one.name) for one in found.artists] == [(ARTIST, "The Rain")]
    assert found.popularity is None
    assert "not Spotify’s" in gaps(found)["popularity"].detail
    assert found.album is None
    assert gaps(found)["album"].detail.startswith("ReccoBeats")


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"isrc": None}, "isrc"),
        ({"isrc": "no number"}, "isrc"),
        ({"durationMs": None}, "duration_ms"),
        ({"durationMs": "long"}, "duration_ms"),
        ({"artists": None}, "artists"),
        ({"artists": []}, "artists"),
    ],
)
async def test_a_track_lacks_what_is_not_told(sent, field):
    """With a reason, and all else is there."""
    async with sending(rows(track(ONE, **sent))) as (source, _):
        found = (await source.track(ONE, market=None, known=None)).value

    assert not getattr(found, field)
    assert gaps(found)[field].reason is Reason.NOT_KNOWN
    assert found.name == "Slow Water"


async def test_an_artist_with_a_broken_address_has_a_name_only():
    """An id is never guessed."""
    artists = [{"id": "x", "name": "The Rain", "href": page(ARTIST)}]

    async with sending(rows(track(ONE, artists=artists))) as (source, _):
        found = (await source.track(ONE, market=None, known=None)).value

    assert [(one.id, one.name, one.uri) for one in found.artists] == [(None, "The Rain", None)]


NO_ANSWERS = {
    "nothing": of({}),
    "null": of({"content": None}),
    "one row without a list": of({"content": sound(ONE)}),
    "a bare row": of(sound(ONE)),
    "a stranger": rows(sound(TWO)),
    "a row of nobody": rows(sound(ONE, href=None)),
    "a row without numbers": rows({"href": page(ONE)}),
    "numbers that are none": rows(sound(ONE, **dict.fromkeys(NUMBERS, "x"))),
    "a null": rows(None),
    "contradictions": rows(sound(ONE), sound(ONE, energy=0.9)),
    "an error inside": of({"status": 4041, "errors": [{"path": "x", "message": "x"}]}),
    "an error beside": of({"content": [sound(ONE)], "errors": [{"message": "x"}]}),
    "another 404": Answer(404, b"<html>not here</html>"),
    "a wrong path": of({"status": 4042, "errors": [{"message": "x"}]}, status=404),
}


@pytest.mark.parametrize("name", NO_ANSWERS)
async def test_what_is_no_answer_is_garbled(name):
    """It is kept nowhere, and says nothing about the track."""
    async with sending(NO_ANSWERS[name]) as (source, _):
        with pytest.raises(Garbled):
            await source.features(ONE, known=None)


@pytest.mark.parametrize(
    "answer", [rows(), of({"status": 4041, "errors": [{"message": "x"}]}, status=404)]
)
async def test_what_it_does_not_know_is_unknown(answer):
    """An empty list, and a 404 in its own words."""
    async with sending(answer) as (source, _):
        with pytest.raises(Unknown):
            await source.features(ONE, known=None)
        assert await source.features_of([ONE, TWO]) == {}
        assert await source.links(Kind.TRACK, IdScheme.SPOTIFY, [ONE]) == {}


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (Answer(403, b"error code: 1010"), Limited),
        (of({"status": 4291, "errors": [{"message": "x"}]}, status=400), Limited),
        (of({"status": 4291, "errors": [{"message": "x"}]}), Limited),
        (of({"status": 4291, "errors": []}, status=429), Limited),
        (Answer(403, b"Forbidden"), Closed),
        (of({"status": 4004, "errors": [{"message": "x"}]}, status=400), BadQuestion),
    ],
)
async def test_a_refusal_is_never_taken_for_unknown(answer, kind):
    """The guard before it asks us to wait; a malformed question is ours."""
    async with sending(answer) as (source, _):
        with pytest.raises(kind):
            await source.features(ONE, known=None)


async def test_what_is_no_id_is_never_sent():
    """Alone it is unknown; among others it is left out."""
    strange = "1&ids=2"

    async with sending(rows(sound(ONE), track(ONE))) as (source, asked):
        for ask in (source.features(strange, known=None), source.features_by_isrc("1&2", None)):
            with pytest.raises(Unknown):
                await ask
        await source.features_of([strange, ONE])
        await source.links(Kind.TRACK, IdScheme.SPOTIFY, [strange])

    assert [request.query["ids"] for request in asked] == [ONE]


async def test_links_are_the_recordings_numbers():
    """All that are stated, two that contradict one another, too; none where none is stated."""
    sent = rows(
        track(TWO, isrc=None),
        track(ONE, isrc=OTHER_ISRC),
        track(ONE, isrc="qz-a01-24-00001"),
    )

    async with sending(sent) as (source, asked):
        links = await source.links(Kind.TRACK, IdScheme.SPOTIFY, [ONE, TWO, THREE])

    assert links == {
        ONE: (Link(IdScheme.ISRC, OTHER_ISRC), Link(IdScheme.ISRC, ISRC)),
        TWO: (),
    }
    assert [request.query["ids"] for request in asked] == [f"{ONE},{TWO},{THREE}"]


async def test_a_recording_leads_to_every_track_that_has_its_number():
    """In one call for several numbers; rows about others are nobody’s."""
    sent = rows(track(TWO), track(THREE, isrc="x"), track(ONE, isrc="qz-a01-24-00001"))

    async with sending(sent) as (source, asked):
        links = await source.links(Kind.TRACK, IdScheme.ISRC, [ISRC, OTHER_ISRC, "x"])

    found = {Link(IdScheme.SPOTIFY, ident, How.BY_ISRC) for ident in (ONE, TWO)}
    assert {isrc: set(one) for isrc, one in links.items()} == {ISRC: found}
    assert [request.query["ids"] for request in asked] == [f"{ISRC},{OTHER_ISRC}"]


@pytest.mark.parametrize("others", [[track(TWO, isrc=OTHER_ISRC)], ["x"]])
async def test_a_recording_is_not_denied_by_an_answer_about_something_else(others):
    """Otherwise it would be kept as one that Spotify has not."""
    async with sending(rows(*others)) as (source, _):
        with pytest.raises(Garbled):
            await source.links(Kind.TRACK, IdScheme.ISRC, [ISRC])


async def test_links_of_other_things_are_not_asked_for():
    """It knows artists by its own ids only."""
    async with sending(rows()) as (source, asked):
        assert await source.links(Kind.ARTIST, IdScheme.SPOTIFY, [ONE]) == {}
        assert await source.links(Kind.TRACK, IdScheme.DEEZER, ["7"]) == {}

    assert asked == []


async def test_links_are_not_denied_by_an_answer_that_cannot_be_read():
    """Otherwise a track would be kept as one without a number."""
    async with sending(rows(track(ONE), track(TWO, href="x"))) as (source, _):
        with pytest.raises(Garbled):
            await source.links(Kind.TRACK, IdScheme.SPOTIFY, [ONE, TWO])


async def test_an_artist_without_a_name_is_none():
    """Nobody is credited as “”; that somebody is left out is told."""
    artists = [{"name": "Dust", "href": None}, {"name": None, "href": None}]
    async with sending(rows(track(ONE, artists=artists), track(TWO, artists=artists[1:]))) as (
        source,
        _,
    ):
        told = await source.tracks([ONE, TWO], market=None)

    one, two = (told[ident].value for ident in (ONE, TWO))
    assert [credit.name for credit in one.artists] == ["Dust"]
    assert "artists[1]" in {gap.field for gap in one.missing}
    assert two.artists == ()
    assert "artists" in {gap.field for gap in two.missing}
