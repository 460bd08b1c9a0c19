from itertools import cycle, islice

import numpy as np
import pytest
import soundfile

from api.analysis.harmony import chroma, key
from api.analysis.sound import RATE
from tests.analysis.signals import chords, noise, pulse, tone

MINOR, MAJOR = 0, 1
AM, C_MAJOR, D_MAJOR = (57, "minor"), (48, "major"), (50, "major")
F_MAJOR, G_MAJOR = (53, "major"), (55, "major")


def partials(hertz):
    """A sound of eight partials whose pitch follows (n,) hertz."""
    phase = 2 * np.pi * np.cumsum(hertz) / RATE
    return sum(0.1 * np.sin(part * phase) / part for part in range(1, 9))


def dialled(digits):
    """Two tones a digit, a fifth of a second each, with pauses."""
    rows, columns = (697, 770, 852, 941), (1_209, 1_336, 1_477)
    pause = np.zeros(RATE // 10, np.float32)
    for digit in digits:
        row, column = divmod(int(digit) - 1, 3) if digit != "0" else (3, 1)
        yield tone(0.2, hz=rows[row], rate=RATE) + tone(0.2, hz=columns[column], rate=RATE)
        yield pause


def run(seconds_each, count):
    """All twelve notes in turn, up and up again."""
    notes = islice(cycle(range(12)), count)
    return np.concatenate(
        [partials(np.full(round(seconds_each * RATE), 262 * 2 ** (n / 12))) for n in notes]
    )


SECONDS = np.arange(10 * RATE) / RATE
BUSY = tone(0.5, hz=480, rate=RATE) + tone(0.5, hz=620, rate=RATE)
NO_MUSIC = {
    "a sine": tone(8.0, hz=1_000, rate=RATE),
    "a dial tone": tone(8.0, hz=350, rate=RATE) + tone(8.0, hz=440, rate=RATE),
    "a busy line": np.tile(np.concatenate([BUSY, np.zeros_like(BUSY)]), 8),
    "a number dialled": np.concatenate(list(dialled("01632960983" * 3))),
    "a held note": partials(np.full(8 * RATE, 131.0)),
    "a siren": partials(700 * 2 ** np.sin(2 * np.pi * SECONDS / 4)),
    "a slow glide": partials(300 * 2 ** (SECONDS / 12)),
    "a voice that glides": partials(
        180 * 2 ** (0.8 * np.sin(4.4 * SECONDS) + 0.5 * np.sin(9 * SECONDS))
    ),
    "a chromatic run": run(0.5, 24),
    "a quick chromatic run": run(0.25, 48),
    "noise": noise(20.0, rate=RATE),
    "a little noise": noise(5.0, rate=RATE),
    "drums": pulse(np.arange(0.0, 10.0, 0.25), 10.0, rate=RATE),
}


def cadence(tonic, mode=MAJOR, *, seconds=2.0):
    """I-IV-V-I, or i-iv-V-i."""
    kind = "major" if mode == MAJOR else "minor"
    roots = [(tonic, kind), (tonic + 5, kind), (tonic + 7, "major"), (tonic, kind)]
    return chords(roots, seconds, rate=RATE)


def hear(samples):
    """The key of all of these samples."""
    return key.hear(chroma.measure(samples))


@pytest.mark.parametrize("mode", [MINOR, MAJOR])
@pytest.mark.parametrize("tonic", range(12))
def test_a_cadence_is_heard_in_its_key(tonic, mode):
    """I-IV-V-I in each of the 24 keys."""
    guess = hear(cadence(48 + tonic, mode, seconds=1.0))

    assert (guess.key, guess.mode) == (tonic, mode)


def test_two_semitones_up_move_the_key_by_two_and_leave_the_rest():
    """Transposition changes the tonic, not the mode, and hardly the margins."""
    low, high = hear(cadence(55)), hear(cadence(57))

    assert (high.key - low.key) % 12 == 2
    assert high.mode == low.mode
    assert high.margin == pytest.approx(low.margin, abs=0.05)


def test_gain_changes_nothing():
    """Twenty dB less, and the guess is the same."""
    signal = cadence(50, MINOR)

    loud, soft = hear(signal), hear(signal * np.float32(0.1))

    assert (loud.key, loud.mode) == (soft.key, soft.mode)
    assert loud.margin == pytest.approx(soft.margin, abs=1e-3)


def test_a_plain_cadence_is_surer_than_one_that_wanders():
    """Chords of two keys leave a smaller margin."""
    plain = hear(cadence(48))
    wandering = hear(chords([(48, "major"), (50, "major"), (52, "major")], 2.0, rate=RATE))

    assert plain.margin > wandering.margin
    assert plain.mode_margin >= plain.margin >= 0.0


@pytest.mark.parametrize(
    ("loop", "expected"),
    [
        ((AM, C_MAJOR, AM, G_MAJOR), (9, MINOR)),
        ((AM, AM, C_MAJOR, G_MAJOR), (9, MINOR)),
        ((AM, D_MAJOR), (9, MINOR)),
        ((G_MAJOR, F_MAJOR, C_MAJOR, G_MAJOR), (7, MAJOR)),
    ],
    ids=["minor with its third and seventh", "minor loop", "dorian", "mixolydian"],
)
def test_modal_loops_have_the_mode_of_their_tonic(loop, expected):
    """Chords without a leading note are no reason to hear the relative major, or a fifth off."""
    guess = hear(chords(list(loop) * 2, 0.8, rate=RATE))

    assert (guess.key, guess.mode) == expected


def test_drums_change_nothing():
    """Strokes far louder than the chords sound on all notes, and on none."""
    plain = cadence(57, MINOR)
    strokes = pulse(np.arange(0.0, 8.0, 0.25), 8.0, rate=RATE)

    alone, drummed = hear(plain), hear(plain + 8 * strokes)

    assert (drummed.key, drummed.mode) == (alone.key, alone.mode) == (9, MINOR)
    assert drummed.margin == pytest.approx(alone.margin, abs=0.06)


def test_only_a_piece_that_ends_has_a_closing():
    """Cut off on the dominant, a piece is heard as a whole; dying away, its last chord counts."""
    chord_s = 2.5
    cut_off = chords([C_MAJOR, F_MAJOR, C_MAJOR, G_MAJOR], chord_s, rate=RATE)
    fading = cut_off * np.minimum(1.0, np.arange(len(cut_off))[::-1] / (chord_s * RATE))

    first, second = hear(cut_off), hear(fading.astype(np.float32))

    assert (first.key, second.key) == (0, 0)
    assert first.margin > second.margin + 0.05


def test_a_tape_that_drifts_keeps_its_key():
    """Forty cents from beginning to end."""
    signal = cadence(57, MINOR)
    rates = 2 ** (np.linspace(-20, 20, len(signal)) / 1200)
    drifting = np.interp(np.cumsum(rates), np.arange(len(signal)), signal)

    guess = hear(drifting.astype(np.float32))

    assert (guess.key, guess.mode) == (9, MINOR)


def test_silence_around_changes_nothing():
    """A second of it before and after a piece."""
    signal = cadence(50, MINOR)

    alone, within = hear(signal), hear(np.pad(signal, RATE))

    assert (within.key, within.mode) == (alone.key, alone.mode)
    assert within.margin == pytest.approx(alone.margin, abs=0.02)


def test_a_stretch_has_its_own_key():
    """A piece that changes key is heard in each part's."""
    notes = chroma.measure(np.concatenate([cadence(48), cadence(54)]))

    before, after = key.hear(notes, (0.0, 8.0)), key.hear(notes, (8.0, 16.0))

    assert (before and before.key, after and after.key) == (0, 6)


def test_a_stretch_too_short_has_none():
    """A tenth of a second is a sound, not a key."""
    notes = chroma.measure(cadence(48))

    assert key.hear(notes, (1.0, 1.1)) is None


def test_silence_has_no_key():
    """Nothing sounds."""
    assert hear(np.zeros(6 * RATE, np.float32)) is None


@pytest.mark.parametrize("name", NO_MUSIC)
def test_what_is_no_music_has_no_key(name):
    """Tones, glides, noise and drums fit some key by chance, and are in none."""
    assert hear(np.asarray(NO_MUSIC[name], np.float32)) is None


def test_a_scale_has_a_key_also_under_some_noise():
    """Seven notes, one after the other."""
    played = np.concatenate(
        [tone(0.5, hz=440 * 2 ** (n / 12), rate=RATE) for n in (0, 2, 4, 5, 7, 9, 11, 12)]
    )

    clean, noisy = hear(played), hear(played + noise(4.0, dbfs=-40, rate=RATE))

    assert (clean.key, noisy.key) == (9, 9)


@pytest.mark.shared
@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Hungarian_Dance", (7, MINOR)),
        ("Karissa_Hobbs", (10, MAJOR)),
        ("Kevin_MacLeod_-_P_I", (4, MINOR)),
        ("198-209", None),
        ("3436-172162", None),
        ("5703-47212", None),
    ],
)
def test_recordings_have_their_key_and_read_speech_has_none(shared_data, name, expected):
    """Real recordings: three of music whose key is known, three of read speech."""
    path = next((shared_data / "audio").glob(f"{name}*.ogg"))
    samples, rate = soundfile.read(path, dtype="float32")

    guess = hear(samples)

    assert rate == RATE
    assert (guess and (guess.key, guess.mode)) == expected
