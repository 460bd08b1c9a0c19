import numpy as np
import pytest

from tests.bench.audio import stability
from tests.bench.audio.scoring import sung_against_played
from tests.bench.audio.table import HEAD, Bound, Line, shares


def test_a_figure_that_falls_short_says_so():
    """It stands beside what is to be reached, and only misses are marked."""
    assert "falls short" in str(Line("gtzan", "metre", 92.9, 3.0, 50, Bound(93)))
    assert "falls short" not in str(Line("gtzan", "metre", 93.0, 3.0, 50, Bound(93)))
    assert "<= 0.05" in str(Line("mp3", "moves", 0.04, None, 9, Bound(0.05, at_most=True)))
    assert len(HEAD) == len(str(Line("of", "figure", 1.0, 1.0, 1, Bound(9), 1.0)).split(" fa")[0])


def test_shares_are_told_in_percent_with_their_error():
    """Half of a hundred pieces right is 50 with an error of 5."""
    percent, error, n = shares([1.0, 0.0] * 50)

    assert (percent, n) == (50.0, 100)
    assert error == pytest.approx(5, abs=0.3)


def record(*, tempo=120.0, key=(0, 1), metre=4, bars=(1.0, 3.0, 5.0, 7.0), voice=0.5):
    """What the analyser says of 9 s."""
    rows = [{"start": at} for at in bars]
    said = {"tempo": tempo, "key": key[0], "mode": key[1], "time_signature": metre}
    guessed = {"instrumentalness": voice, "uncertainty": {"instrumentalness": 0.1}}
    return {"features": said | guessed, "analysis": {"track": {"duration": 9.0}, "bars": rows}}


def test_what_moved_with_the_music_is_unchanged():
    """Bars a second later behind a second of silence are the same bars."""
    later = record(tempo=121.0, bars=(2.0, 4.0, 6.05, 8.0))

    assert all(stability.kept(record(), later, 1.0).values())


@pytest.mark.parametrize(
    ("figure", "change"),
    [
        ("tempo", {"tempo": 60.0}),
        ("tempo", {"tempo": None}),
        ("key", {"key": (9, 0)}),
        ("metre", {"metre": 3}),
        ("bar phase", {"bars": (1.5, 3.5, 5.5, 7.5)}),
    ],
)
def test_what_did_not_is_told(figure, change):
    """Each figure for itself."""
    same = stability.kept(record(), record(**change), 0.0)

    assert [name for name, is_kept in same.items() if not is_kept] == [figure]


def test_an_estimate_that_is_withheld_has_not_moved():
    """A null has its reason beside it; a number is compared with the uncertainty told."""
    ((field, by, told),) = stability.moved(record(), record(voice=0.7))

    assert (field, told) == ("instrumentalness", 0.1)
    assert by == pytest.approx(0.2)
    assert not list(stability.moved(record(), record(voice=None)))


@pytest.mark.parametrize("name", stability.CHANGES)
def test_changes_leave_the_music_in_its_place(name, tmp_path):
    """A click is where the change says that it is, within 10 ms, once written and read."""
    soundfile = pytest.importorskip("soundfile")
    rate = 22_050
    samples = np.zeros((4 * rate, 2))
    samples[2 * rate : 2 * rate + 200] = 0.5
    change, way, moved_s = stability.CHANGES[name]

    changed, at_rate = change(samples, rate)
    stability.written(tmp_path / "copy", changed, at_rate, way)
    read, read_rate = soundfile.read(tmp_path / "copy")

    loud = np.abs(read[:, 0]) > 0.5 * np.abs(read).max()
    assert loud.argmax() / read_rate == pytest.approx(2.0 + moved_s, abs=0.07)


def test_voices_are_judged_by_genre():
    """Of records only, and only where there are both kinds."""
    pieces = [{"style": "pop"}, {"style": "jazz"}, {"style": "blues"}, {"style": "classical"}]
    said = [{"instrumentalness": value} for value in (0.1, 0.9, 0.5)] + [None]

    (line,) = sung_against_played(pieces, said)

    assert (line.value, line.n) == (1.0, 2)
    assert not list(sung_against_played(pieces[:1], said[:1]))


@pytest.mark.parametrize("rate", [22_050, 44_100])
def test_an_mp3_has_64_kbit_a_second_at_any_rate(rate, tmp_path):
    """Four seconds of noise are 32 KB."""
    noise = np.random.default_rng(1).normal(0, 0.1, (4 * rate, 2))

    stability.written(tmp_path / "copy", noise, rate, stability.MP3)

    assert (tmp_path / "copy").stat().st_size == pytest.approx(32_000, rel=0.05)
