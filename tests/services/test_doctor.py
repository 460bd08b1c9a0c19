"""`make doctor`: what every source outside answers, what has changed, and what to do."""

import json
import time

import pytest

from api.__main__ import examine
from api.schemas.doctor import Checkup, Outcome
from api.schemas.identity import IdScheme
from api.schemas.provenance import SourceName
from api.services import doctor
from api.services.doctor import in_words
from tests.routes.product import open_blocks, settings_of
from tests.sandbox import Sandbox, id_of
from tests.sandbox.catalogue import catalogue
from tests.sandbox.open.ids import deezer_of, mbid_of, qid_of


@pytest.fixture(autouse=True)
def _invented(monkeypatch):
    """The questions are about the stand-ins’ music."""
    artist = {
        IdScheme.SPOTIFY: id_of("artist", 0),
        IdScheme.MBID: mbid_of(0),
        IdScheme.WIKIDATA: qid_of(0),
        IdScheme.DEEZER: deezer_of(0),
    }
    track = {IdScheme.SPOTIFY: id_of("track", 0), IdScheme.ISRC: catalogue().tracks[0].isrc}
    monkeypatch.setattr(doctor, "ARTIST", artist)
    monkeypatch.setattr(doctor, "TRACK", track)
    monkeypatch.setattr(doctor, "PLAYLIST", id_of("playlist", 0))
    monkeypatch.setattr(doctor, "WORDS", catalogue().artists[0].name)


async def checked(sandbox: Sandbox, folder, **more) -> Checkup:
    """What the command finds out."""
    return await examine(settings_of(None, folder, **open_blocks(sandbox) | more))


def outcomes(checkup: Checkup) -> dict[str, set[Outcome]]:
    """By source, what came of its questions."""
    return {one.source: {check.outcome for check in one.checks} for one in checkup.sources}


async def test_every_source_outside_is_asked_once_for_each_capability(tmp_path):
    """Own music is not; who is not set up says what to set."""
    async with Sandbox() as sandbox:
        checkup = await checked(sandbox, tmp_path)

    found = outcomes(checkup)
    assert found.pop("spotify") == {Outcome.NOT_CONFIGURED}
    assert set(found) == {
        "reccobeats", "musicbrainz", "wikidata", "listenbrainz", "deezer", "lastfm", "oembed",
    }  # fmt: skip
    assert set.union(*found.values()) == {Outcome.ANSWERED}
    assert all(one.changed == () for one in checkup.sources)


@pytest.mark.parametrize(
    ("how", "outcome"),
    [
        ("down", Outcome.UNREACHABLE),
        ("limited", Outcome.LIMITED),
        ("lying", Outcome.CHANGED),
    ],
)
async def test_what_is_wrong_is_told_with_what_to_do(tmp_path, how, outcome):
    """In words for people, and as JSON for a report; others are not touched by it."""
    async with Sandbox() as sandbox:
        sandbox.trouble("reccobeats", how)
        checkup = await checked(sandbox, tmp_path)

    found = outcomes(checkup)
    told = in_words(checkup)
    assert outcome in found["reccobeats"]
    assert found["deezer"] == {Outcome.ANSWERED}
    assert str(doctor.DO[outcome]) in told
    report = json.loads(checkup.model_dump_json())
    assert [one["source"] for one in report["sources"]] == [one.source for one in checkup.sources]


async def test_a_changed_shape_is_shown(tmp_path):
    """The drift alarm: fields that nobody told us about, and such as cannot be read."""
    async with Sandbox() as sandbox:
        sandbox.fault("F16", path="/deezer*")
        checkup = await checked(sandbox, tmp_path)

    changed = {one.source: one.changed for one in checkup.sources}
    assert changed[SourceName.DEEZER]
    assert changed[SourceName.OEMBED] == ()
    assert "changed: " in in_words(checkup)


async def test_no_secret_is_in_a_report(tmp_path):
    """It is meant to be pasted where others read it."""
    async with Sandbox() as sandbox:
        checkup = await checked(sandbox, tmp_path)
        blocks = open_blocks(sandbox)

    for told in (in_words(checkup), checkup.model_dump_json()):
        assert blocks["lastfm"]["api_key"] not in told
        assert blocks["contact"] not in told


async def test_who_asked_us_to_wait_is_not_asked(tmp_path):
    """What was said to the server holds for the command, too."""
    async with Sandbox() as sandbox:
        sandbox.trouble("oembed", "limited", seconds="3600")
        await checked(sandbox, tmp_path)
        before = sandbox.calls["/oembed"]
        sandbox.clear_faults()
        started = time.monotonic()
        again = await checked(sandbox, tmp_path)

    assert sandbox.calls["/oembed"] == before
    assert outcomes(again)["oembed"] == {Outcome.LIMITED}
    assert time.monotonic() - started < 60
