"""How far the reading of a list is, and what is held of it."""

from typing import Any

import pytest

from api.cache.tiers import Served
from api.problems.errors import TryLater, Unavailable
from api.schemas.library import Stage
from api.services.distributions import TrackSound
from api.services.playlist_sounds import KnownSounds, ReadingProgress
from tests.cache.making import Hands, entry
from tests.services.listening import features

ORDER = {"a": 0, "b": 1, "c": 2}


def served(ident: str, **numbers: Any) -> Served:
    """The answer about a track."""
    body = features(ident, **numbers).model_dump_json().encode()
    return Served(entry(ident, body))


def test_of_a_track_its_numbers_are_held_and_no_bytes():
    """Ten thousand answers would be thirty megabytes."""
    sounds = KnownSounds(TrackSound.read, ORDER)
    for ident in ("b", "a"):
        sounds.take(ident, served(ident, tempo=120.0, key=5))

    assert (sounds.known["b"].tempo, sounds.known["b"].key) == (120.0, 5)
    assert sounds.known["b"].energy is None
    assert [part.entry.body for part in sounds.in_order()] == [b"", b""]
    assert [part.entry.key.ident for part in sounds.in_order()] == ["a", "b"]
    assert sounds.said[0].fields == ("x",)


def test_what_was_late_and_came_is_late_no_more():
    """What is left says why; what may still come is said first."""
    sounds = KnownSounds(TrackSound.read, ORDER)
    unknown = Unavailable("audio features", (), hint="")
    late = TryLater(())
    for ident, outcome in (("a", unknown), ("b", late), ("c", late)):
        sounds.take(ident, outcome)
    first = sounds.problem
    sounds.take("b", served("b"))
    sounds.take("c", unknown)

    assert first is late
    assert sounds.problem is unknown
    assert (list(sounds.late), list(sounds.known)) == ([], ["b"])


def test_progress_is_told_from_what_is_done():
    """What was kept counts as done, and is no pace: that is only known once some are answered."""
    clock = Hands()
    progress = ReadingProgress(clock)
    begun = (progress.percent, progress.seconds_left)
    progress.read(500, 1_000)
    half_read = progress.percent
    progress.ask(1_000, settled=600)
    kept = (progress.stage, progress.percent, progress.seconds_left)
    clock.pass_s(10)
    progress.settle(40)
    too_soon = progress.seconds_left
    progress.settle(160)

    assert begun == (0, None)
    assert half_read == 5
    assert kept[0] is Stage.TRACKS
    assert kept[1] == pytest.approx(64)
    assert kept[2] is None
    assert too_soon is None
    assert progress.seconds_left == pytest.approx(200 * 10 / 200)
    assert progress.percent == pytest.approx(82)
