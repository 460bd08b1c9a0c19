"""What Spotify's refusals teach, and for how long it is remembered."""

import json

import pytest

from api.problems.refusals import (
    BadQuestion,
    Closed,
    DoesNotExist,
    Garbled,
    Limited,
    NotConfigured,
    Unknown,
)
from api.sources.spotify import client
from api.sources.spotify.client import DAY_S, HOUR_S
from tests.replay.server import Replay
from tests.sandbox.answers import Answer, error, of
from tests.sources.product import Hands
from tests.sources.spotify import sent
from tests.sources.spotify.assembled import source_at
from tests.sources.spotify.sent import A, B, C
from tests.sources.upstream.upstream import RowsInMemory

FEATURES = f"/v1/audio-features/{C}"
RELATED = f"/v1/artists/{A}/related-artists"
PREMIUM = "Active premium subscription required for the owner of the app."


async def test_a_closed_endpoint_is_not_asked_again():
    """One 403 is enough for all tracks, for a day."""
    async with Replay() as replay, source_at(replay) as source:
        replay.put(FEATURES, error(403))
        with pytest.raises(Closed, match="27 November 2024") as refusal:
            await source.features(C, known=None)
        with pytest.raises(Closed) as again:
            await source.features(B, known=None)

    assert refusal.value.status == again.value.status == 403
    assert refusal.value.retry_at == again.value.retry_at
    assert replay.calls[FEATURES] == 1
    assert replay.calls[f"/v1/audio-features/{B}"] == 0


async def test_a_closed_endpoint_is_tried_again_after_a_day():
    """Apps change their class: the verdict runs out, and an answer opens the family."""
    clock = Hands()
    async with Replay() as replay, source_at(replay, clock=clock) as source:
        replay.put(FEATURES, error(403))
        with pytest.raises(Closed):
            await source.features(C, known=None)
        replay.put(FEATURES, sent.features())
        clock.move(DAY_S - 1)
        with pytest.raises(Closed):
            await source.features(C, known=None)
        clock.move(1)

        assert (await source.features(C, known=None)).value is not None


async def test_a_restart_does_not_forget_what_is_closed():
    """The verdict is in its row before anybody acts on it."""
    rows, clock = RowsInMemory(), Hands()
    async with Replay() as replay:
        replay.put(FEATURES, error(403))
        async with source_at(replay, clock=clock, rows=rows) as source:
            with pytest.raises(Closed):
                await source.features(C, known=None)
        async with source_at(replay, clock=clock, rows=rows) as source:
            with pytest.raises(Closed):
                await source.features(C, known=None)

    assert replay.calls[FEATURES] == 1
    assert [(v.family, v.state, v.status) for v in rows.verdicts.values()] == [
        ("audio-features", "closed", 403)
    ]


async def test_an_open_family_is_written_down_once():
    """Thousands of answers are one finding."""
    rows = RowsInMemory()
    async with Replay() as replay, source_at(replay, rows=rows) as source:
        replay.put(FEATURES, sent.features())
        for _ in range(3):
            await source.features(C, known=None)

    assert [(v.family, v.state) for v in rows.verdicts.values()] == [("audio-features", "open")]
    assert rows.writes == 1


async def test_related_artists_of_an_artist_who_exists_are_closed():
    """Their 404 may mean either: the artist is asked once, and answers."""
    async with Replay() as replay, source_at(replay) as source:
        replay.put(RELATED, error(404, "Not Found"))
        replay.put(f"/v1/artists/{A}", sent.artist())
        for _ in range(2):
            with pytest.raises(Closed, match="27 November 2024"):
                await source.related(A, known=None)

    assert replay.calls[RELATED] == replay.calls[f"/v1/artists/{A}"] == 1


async def test_related_artists_of_nobody_say_nothing_about_us():
    """The artist does not exist: that closes no endpoint."""
    async with Replay() as replay, source_at(replay) as source:
        replay.put(RELATED, error(404, "Not Found"))
        replay.put(f"/v1/artists/{A}", error(404, "Resource not found"))
        with pytest.raises(DoesNotExist):
            await source.related(A, known=None)
        replay.put(f"/v1/artists/{B}/related-artists", {"artists": []})

        assert (await source.related(B, known=None)).value is not None


async def test_an_owner_without_premium_stops_everything_for_an_hour():
    """Every family, without another call; then one call finds out."""
    clock = Hands()
    async with Replay() as replay, source_at(replay, clock=clock) as source:
        replay.put(FEATURES, error(403, PREMIUM))
        with pytest.raises(Closed, match="no Premium"):
            await source.features(C, known=None)
        with pytest.raises(Closed, match="no Premium"):
            await source.artist(A, known=None)
        asked = sum(replay.calls.values())
        clock.move(HOUR_S)
        replay.put(FEATURES, sent.features())

        assert (await source.features(C, known=None)).value is not None

    assert asked == 2  # the token and the first question


@pytest.mark.parametrize(
    ("refusal", "told", "detail"),
    [
        (error(404, "analysis not found"), Unknown, client.NO_ANALYSIS),
        (error(404, "Resource not found"), DoesNotExist, client.NO_SUCH_THING),
        (error(400, "Invalid base62 id"), BadQuestion, "invalid base62 id"),
        (error(403, "Insufficient client scope"), Closed, client.NO_SCOPE),
        (error(401, "The access token expired"), NotConfigured, "rejects this server’s sign-in"),
        (Answer(status=404), DoesNotExist, client.NO_SUCH_THING),
        (Answer(status=404, body=b"<html>"), DoesNotExist, client.NO_SUCH_THING),
        (Answer(body=b"<html>"), Garbled, "not JSON"),
        (Answer(status=302, headers={"location": "http://169.254.169.254/"}), Garbled, "redirects"),
    ],
)
async def test_each_refusal_is_told_in_its_own_words(refusal, told, detail):
    """About this one thing: the next question is asked all the same."""
    async with Replay() as replay, source_at(replay) as source:
        replay.put(FEATURES, refusal)
        with pytest.raises(told) as raised:
            await source.features(C, known=None)
        replay.put(FEATURES, sent.features())

        assert (await source.features(C, known=None)).value is not None

    assert detail in raised.value.detail


async def test_what_needs_a_person_is_closed_to_this_server():
    """Playlist entries with this server's own token: it would need somebody to sign in."""
    async with Replay() as replay, source_at(replay) as source:
        replay.put(f"/v1/audio-analysis/{C}", error(401, "Valid user authentication required"))
        for _ in range(2):
            with pytest.raises(Closed, match="after they sign in"):
                await source.analysis(C, known=None)

    assert replay.calls[f"/v1/audio-analysis/{C}"] == replay.calls["/api/token"] == 1


async def test_a_limit_is_no_verdict():
    """A 429 is a matter of time; nothing is found closed."""
    rows = RowsInMemory()
    limit = Answer(status=429, headers={"retry-after": "86400"})
    async with Replay() as replay, source_at(replay, rows=rows) as source:
        replay.put(FEATURES, limit)
        with pytest.raises(Limited):
            await source.features(C, known=None)

    assert (rows.verdicts, len(rows.gates)) == ({}, 1)


async def test_a_known_etag_is_sent_and_a_304_renews():
    """Then no value comes, and the one that is held still holds."""
    async with Replay() as replay, source_at(replay) as source:
        replay.put(f"/v1/artists/{A}", of(sent.artist()).but(etag='"MC-1"'))
        first = await source.artist(A, known=None)
        replay.put(f"/v1/artists/{A}", Answer(status=304))

        second = await source.artist(A, known=first.validator)

    assert (first.validator, second.value, second.validator) == ('"MC-1"', None, '"MC-1"')
    assert "if-none-match" not in replay.asked[1].headers
    assert replay.asked[2].headers["if-none-match"] == '"MC-1"'


@pytest.mark.parametrize("etag", ['"tög"', '"' + "x" * 13_000 + '"', '"two words"', ""])
async def test_an_etag_that_cannot_be_sent_back_is_not_kept(etag):
    """Then the whole is asked for again, rather than that a header breaks or fills the memory."""

    async def written(channel, _answer):
        body = json.dumps({"id": A, "name": "y"}).encode()
        head = f"HTTP/1.1 200 OK\r\nETag: {etag}\r\nContent-Length: {len(body)}\r\n\r\n"
        await channel.send(head.encode() + body)

    async with Replay() as replay, source_at(replay) as source:
        replay.put(f"/v1/artists/{A}", Answer(wire=written))

        assert (await source.artist(A, known=None)).validator is None
