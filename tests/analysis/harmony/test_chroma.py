import numpy as np
import pytest

from api.analysis.harmony import chroma
from api.analysis.sound import RATE
from tests.analysis.signals import chords, noise, pulse, tone

C, E, G = 0, 4, 7


def test_a_triad_shows_its_three_notes():
    """C major sounds C, E and G, and each frame's largest value is 1."""
    heard = chroma.measure(chords([(60, "major")], 4.0, rate=RATE))

    mean = heard.values.mean(axis=0)
    assert set(np.argsort(mean)[-3:]) == {C, E, G}
    assert np.allclose(heard.values.max(axis=1), 1.0)
    assert heard.values.dtype == np.float32


@pytest.mark.parametrize("cents", [-40, -15, 25, 40])
def test_a_piece_out_of_tune_is_heard_in_its_own_tuning(cents):
    """All of an instrument tuned up or down is measured, and the notes stay the same."""
    hertz = 440 * 2 ** (cents / 1200)

    heard = chroma.measure(tone(4.0, hz=hertz, rate=RATE))

    assert heard.tuning_cents == pytest.approx(cents, abs=4)
    assert heard.values.mean(axis=0).argmax() == 9


def test_level_changes_nothing():
    """Forty dB less, and the chroma is the same."""
    loud = chords([(57, "minor"), (62, "major")], 2.0, rate=RATE)

    first, second = chroma.measure(loud), chroma.measure(loud * np.float32(0.01))

    assert np.allclose(first.values, second.values, atol=1e-3)
    assert first.tuning_cents == pytest.approx(second.tuning_cents, abs=0.1)


def test_frames_know_their_time():
    """A note that starts at two seconds is heard from there."""
    late = np.concatenate([np.zeros(2 * RATE, np.float32), tone(2.0, hz=440.0, rate=RATE)])

    heard = chroma.measure(late)

    first = heard.times[heard.values.any(axis=1)][0]
    assert first == pytest.approx(2.0, abs=0.15)
    assert heard.times[-1] <= 4.0


def test_blocks_leave_no_seam(monkeypatch):
    """However many frames are taken at once, the values are the same."""
    signal = chords([(60, "major"), (65, "minor")], 3.0, rate=RATE)
    whole = chroma.measure(signal)

    monkeypatch.setattr(chroma, "BLOCK_FRAMES", 7)

    again = chroma.measure(signal)

    assert np.allclose(again.values, whole.values, atol=1e-6)
    assert np.allclose(again.pitched, whole.pitched, atol=1e-6)


def test_strokes_stand_on_no_note():
    """Under strokes, a chord's own notes stand out more than in all that sounds."""
    chord = chords([(60, "major")], 6.0, rate=RATE)
    strokes = pulse(np.arange(0.0, 6.0, 0.25), 6.0, rate=RATE)

    heard = chroma.measure(chord + 2 * strokes)

    others = [n for n in range(12) if n not in {C, E, G}]
    sounding, standing_out = (
        values.mean(axis=0)[others].max() for values in (heard.values, heard.pitched)
    )
    assert standing_out < sounding - 0.1


def test_what_goes_on_is_held_and_what_is_struck_is_not():
    """A chord goes on around each of its frames, a stroke does not."""
    chord = chroma.measure(chords([(60, "major")], 6.0, rate=RATE))
    strokes = chroma.measure(pulse(np.arange(0.0, 6.0, 0.5), 6.0, rate=RATE))

    assert chord.held_share > 0.9
    assert strokes.held_share < 0.3


def test_silence_has_no_notes_and_no_tuning():
    """Nothing sounds, and nothing is divided by it."""
    heard = chroma.measure(np.zeros(3 * RATE, np.float32))

    assert not heard.values.any()
    assert not heard.pitched.any()
    assert (heard.tuning_cents, heard.steadiness) == (0.0, 0.0)


def test_noise_agrees_on_no_tuning():
    """The partials of noise lie anywhere, those of a chord do not."""
    played = chroma.measure(chords([(60, "major"), (67, "major")], 4.0, rate=RATE))
    rushing = chroma.measure(noise(8.0, rate=RATE))

    assert rushing.steadiness < 0.1
    assert played.steadiness > 0.5


def test_a_second_measurement_is_the_same():
    """Same samples in, same bytes out."""
    signal = chords([(60, "minor")], 3.0, rate=RATE)

    assert chroma.measure(signal).values.tobytes() == chroma.measure(signal).values.tobytes()
