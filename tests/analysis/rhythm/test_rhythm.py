"""What must be heard in rhythms that are known because they were made here."""

import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray

from api.analysis import spectra
from api.analysis.rhythm import beatnet, metre, rhythm
from api.analysis.sound import RATE


def clicks(times_s, seconds, *, hertz=1_000.0, level=0.5) -> NDArray[np.float32]:
    """Short decaying tones at the times, (n,) float32."""
    sound = np.zeros(round(seconds * RATE) + RATE // 10, np.float32)
    at = np.arange(RATE // 10) / RATE
    tone = (level * np.exp(-60 * at) * np.sin(2 * np.pi * hertz * at)).astype(np.float32)
    for time in np.atleast_1d(times_s):
        start = round(time * RATE)
        sound[start : start + len(tone)] += tone
    return sound[: round(seconds * RATE)]


def every(bpm, seconds, *, start=0.5):
    """Times of a steady pulse."""
    return np.arange(start, seconds - 0.2, 60 / bpm)


def bars(beats_in_bar, *, bpm=120.0, seconds=40.0) -> NDArray[np.float32]:
    """A band: bass and a new chord on the first beat, a high stroke on the others."""
    beats = every(bpm, seconds)
    firsts = beats[::beats_in_bar]
    others = np.delete(beats, np.s_[::beats_in_bar])
    band = clicks(firsts, seconds, hertz=70.0, level=0.9) + clicks(others, seconds, hertz=3_000.0)
    length = beats_in_bar * 60 / bpm
    at = np.arange(len(band)) / RATE
    number = np.floor((at - 0.5) / length).astype(int)
    roots = 220.0 * 2 ** (np.array([0, 5, 7, 3])[number % 4] / 12)
    chord = sum(np.sin(2 * np.pi * roots * ratio * at) for ratio in (1.0, 1.25, 1.5))
    return (band + 0.05 * chord * (at >= 0.5)).astype(np.float32)


def hear(samples) -> rhythm.Rhythm:
    """The whole way from samples."""
    sound = np.asarray(samples, np.float32)
    return rhythm.hear(spectra.measure(sound), beatnet.activations(sound))


def distances(found, true):
    """From each found time to the nearest true one."""
    return np.abs(np.asarray(found)[:, None] - np.asarray(true)).min(axis=1)


@pytest.mark.parametrize("bpm", [72.0, 96.0, 120.0, 143.0, 168.0])
def test_clicks_have_their_tempo_and_beats(bpm):
    """A click track's tempo is right within 2 % and each beat within 20 ms of a click."""
    times = every(bpm, 30)

    heard = hear(clicks(times, 30))

    assert heard.tempo_bpm == pytest.approx(bpm, rel=0.02)
    assert distances(heard.beats_s, times).max() < 0.02
    assert len(heard.beats_s) == pytest.approx(len(times), abs=1)


def test_the_tempo_is_that_of_the_median_beat():
    """Tempo and beats cannot contradict one another, and the tempo leads the candidates."""
    heard = hear(clicks(every(104, 20), 20))

    assert heard.tempo_bpm == pytest.approx(60 / np.median(np.diff(heard.beats_s)))
    assert heard.candidates[0] == heard.tempo_bpm
    assert any(c == pytest.approx(heard.tempo_bpm * 2, rel=0.05) for c in heard.candidates)
    assert any(c == pytest.approx(heard.tempo_bpm / 2, rel=0.05) for c in heard.candidates)


@pytest.mark.parametrize("count", [3, 4, 5, 7])
def test_bars_are_heard(count):
    """Bass and a new chord on one beat of so many make the metre and its downbeats."""
    heard = hear(bars(count))

    assert heard.metre == count
    downbeats = heard.beats_s[heard.downbeats]
    assert distances(downbeats, np.arange(0.5, 40, count * 0.5)).max() < 0.03
    assert np.diff(heard.downbeats).tolist() == [count] * (len(heard.downbeats) - 1)


def test_compound_time_counts_dotted_beats():
    """Six eighths with the weight on one and four are bars of two beats, called 6."""
    eighths = np.arange(0.5, 40, 60 / 80 / 3)
    band = bars(2, bpm=80) + clicks(eighths, 40, hertz=5_000.0, level=0.15)

    heard = hear(band)

    assert heard.tempo_bpm == pytest.approx(80, rel=0.02)
    assert heard.metre == 6
    assert heard.swing == pytest.approx(2 / 3, abs=0.04)


def test_swing_is_the_place_of_the_off_beat():
    """Off-beats late by a sixth of a beat are swing; even ones are not."""
    beats = every(110, 30)
    swung, straight = (
        hear(bars(4, bpm=110, seconds=30) + clicks(beats + part * 60 / 110, 30.5)[: 30 * RATE])
        for part in (2 / 3, 1 / 2)
    )

    assert swung.swing == pytest.approx(2 / 3, abs=0.04)
    assert straight.swing == 0.5


def test_a_bending_tempo_is_followed():
    """Beats stay on the clicks while the tempo drifts by 2 % to either side."""
    at = np.arange(70)
    times = 0.6 + 0.5 * (at + 0.02 * 24 / (2 * np.pi) * np.sin(2 * np.pi * at / 24))

    heard = hear(clicks(times, 36))

    assert distances(heard.beats_s, times).max() < 0.02


def wavering(share) -> NDArray[np.float64]:
    """Beats about half a second apart, of a tempo that rises and falls by a share every 30 s."""
    at = np.arange(0, 60, 0.5)
    return at + share * 30 / (2 * np.pi) * np.sin(2 * np.pi * at / 30)


def test_a_tempo_that_changes_is_told_as_a_range():
    """Where it rises and falls by a tenth its slowest and fastest few beats are told."""
    assert rhythm.span(wavering(0.1)) == pytest.approx((110, 131), abs=2)


def test_players_breathing_is_no_change_of_tempo():
    """A tempo within 3 % of its mean is one number, and ten beats are too few to say."""
    assert rhythm.span(wavering(0.03)) is None
    assert rhythm.span(np.arange(10.0)) is None


@pytest.mark.parametrize(
    "samples",
    [
        pytest.param(np.zeros(0), id="nothing"),
        pytest.param(np.zeros(20 * RATE), id="silence"),
        pytest.param(np.random.default_rng(1).normal(0, 0.1, 20 * RATE), id="noise"),
        pytest.param(0.1 * np.sin(np.arange(20 * RATE) * 0.1), id="a held tone"),
        pytest.param(clicks([0.5, 1.0, 1.5, 2.0], 3), id="four clicks"),
    ],
)
def test_without_a_pulse_there_is_no_tempo(samples):
    """Where nothing beats, nothing is claimed."""
    heard = hear(samples)

    assert heard.tempo_bpm is None
    assert heard.metre is None
    assert not heard.candidates
    assert len(heard.beats_s) == len(heard.downbeats) == 0
    assert heard.tempo_margin == heard.metre_margin == 0.0


def test_leading_silence_only_shifts_the_times():
    """Three seconds of nothing before the music move every beat by three seconds."""
    music = bars(4, seconds=24)

    plain, later = hear(music), hear(np.concatenate([np.zeros(3 * RATE, np.float32), music]))

    assert later.tempo_bpm == pytest.approx(plain.tempo_bpm, rel=0.01)
    assert later.metre == plain.metre
    shared = later.beats_s[later.beats_s > 3.2] - 3
    assert distances(shared, plain.beats_s).max() < 0.02


def test_gain_changes_nothing():
    """Music at a tenth of the level has the same rhythm."""
    music = bars(3, seconds=24)

    loud, quiet = hear(music), hear(music / 10)

    assert quiet.metre == loud.metre
    assert np.allclose(quiet.beats_s, loud.beats_s, atol=0.005)


def test_the_same_samples_give_the_same_rhythm():
    """No chance and no clock: two hearings are equal to the last bit."""
    music = bars(4, seconds=15)

    first, second = hear(music), hear(music)

    assert first.beats_s.tobytes() == second.beats_s.tobytes()
    assert first.downbeat_strengths.tobytes() == second.downbeat_strengths.tobytes()
    assert (first.tempo_bpm, first.candidates) == (second.tempo_bpm, second.candidates)


def test_margins_and_strengths_lie_between_0_and_1():
    """They are shares and degrees, one for each beat and each downbeat."""
    heard = hear(bars(4, seconds=20))

    of_beats, of_bars = (
        np.array(degrees)
        for degrees in (
            (heard.beat_margins, heard.beat_strengths),
            (heard.bar_margins, heard.downbeat_strengths),
        )
    )
    assert of_beats.shape == (2, len(heard.beats_s))
    assert of_bars.shape == (2, len(heard.downbeats))
    every_degree = np.append(of_beats, of_bars)
    assert every_degree.min() >= 0
    assert every_degree.max() <= 1
    assert 0 < heard.metre_margin <= 1
    assert 0 < heard.tempo_margin <= 1
    assert np.diff(heard.beats_s).min() > 0.1


def test_a_stretch_has_its_own_tempo():
    """Within a stretch the tempo is that of its beats; too few beats inherit the whole's."""
    heard = hear(clicks(every(120, 20), 20))

    local, margin = rhythm.within(heard, 5.0, 15.0)
    inherited, less = rhythm.within(heard, 5.0, 6.0)

    assert local == pytest.approx(120, rel=0.02)
    assert 0 < margin <= heard.tempo_margin
    assert inherited == heard.tempo_bpm
    assert less == heard.tempo_margin / 2


def test_a_lost_beat_shifts_the_bars_that_follow():
    """Where a bar is one beat short, the downbeats after it are found again."""
    marks = np.tile([1.0, -0.3, -0.2, -0.4], 20)
    short = np.delete(marks, 41)

    assert metre.downbeats(marks, 4, 0).tolist() == list(range(0, 80, 4))
    assert metre.downbeats(short, 4, 0).tolist() == [*range(0, 44, 4), *range(43, 79, 4)]


def test_one_strong_beat_moves_no_bar():
    """A single accent in the wrong place is no new bar."""
    marks = np.tile([1.0, -0.3, -0.2, -0.4], 20)
    marks[42] = 3.0

    assert metre.downbeats(marks, 4, 0).tolist() == list(range(0, 80, 4))


def recorded(folder, name) -> NDArray[np.float32]:
    """A recording at 22,050 Hz mono, found by a part of its name."""
    path = next((folder / "audio").glob(f"*{name}*.ogg"))
    samples, _ = soundfile.read(path, dtype="float32")
    return samples


@pytest.mark.shared
@pytest.mark.parametrize(
    ("name", "tempi"),
    [("Sugar_Plum", (109, 54.5)), ("Vibe_Ace", (130, 65)), ("Lets_Go_Fishin", (88.5, 118, 177))],
)
def test_recordings_have_a_plausible_tempo(shared_data, name, tempi):
    """Real records have one of the tempi that several engines and ears allow."""
    heard = hear(recorded(shared_data, name))

    assert any(heard.tempo_bpm == pytest.approx(bpm, rel=0.03) for bpm in tempi)
    assert heard.tempo_margin > 0.2


@pytest.mark.shared
@pytest.mark.parametrize("name", ["198-209", "3436-172162", "5703-47212"])
def test_speech_has_no_tempo(shared_data, name):
    """Reading aloud has no beat."""
    assert hear(recorded(shared_data, name)).tempo_bpm is None


@pytest.mark.shared
def test_rubato_is_no_sure_tempo(shared_data):
    """An orchestra that pushes and pulls has a tempo, if any, of very little margin."""
    assert hear(recorded(shared_data, "Hungarian_Dance")).tempo_margin < 0.2
