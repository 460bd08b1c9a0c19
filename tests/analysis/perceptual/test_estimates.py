import csv
import json
from itertools import pairwise

import numpy as np
import pytest
import soundfile

from api.analysis.fitting import perceptual_table
from api.analysis.fitting.perceptual_table import MFCC
from api.analysis.perceptual import estimates, model
from api.analysis.perceptual.descriptors import NAMES, Description
from api.analysis.perceptual.estimates import estimate
from api.analysis.perceptual.timbre import REACH_HZ
from api.analysis.perceptual.voice import PATCH
from api.analysis.sound import RATE
from tests.analysis import signals

COLUMNS = (*NAMES, *MFCC)
FIELDS = {
    "danceability",
    "energy",
    "valence",
    "acousticness",
    "instrumentalness",
    "speechiness",
}


def song(seconds=12.0):
    """Held chords with a click each half second."""
    held = signals.chords([(48, "major"), (45, "minor")] * 20, 2.0, rate=RATE)
    clicks = signals.pulse(np.arange(0.25, 79.0, 0.5), 80.0, rate=RATE)
    return (held + clicks)[: int(seconds * RATE)]


def test_six_fields_are_estimated_and_liveness_never():
    """Each value lies between 0 and 1 and comes with how far such values were off."""
    heard = estimate(song())

    assert heard.values.keys() == heard.uncertainty.keys() == FIELDS
    assert all(0.0 <= value <= 1.0 for value in heard.values.values())
    assert all(0.0 < off < 0.25 for off in heard.uncertainty.values())


def test_the_level_of_a_file_changes_nothing():
    """The same recording at -20 dB is called the same."""
    loud, soft = estimate(song()).values, estimate(song() * np.float32(0.1)).values

    assert soft == pytest.approx(loud, abs=1e-3)


@pytest.mark.shared
@pytest.mark.parametrize("gain", [1.0, 0.1])
def test_a_copy_in_16_bits_is_called_the_same(shared_data, gain):
    """Recordings written in 16 bits, also at -20 dB, keep their values within 0.03."""
    path = next((shared_data / "audio").glob("*Vibe_Ace.ogg"))
    samples, _ = soundfile.read(path, dtype="float32")

    copy = (np.round(samples * gain * 2**15) / 2**15).astype(np.float32)

    assert estimate(copy).values == pytest.approx(estimate(samples).values, abs=0.03)


def test_what_is_louder_against_its_own_peak_has_more_energy():
    """Clipping raises the level without the peak, as loud masters do."""
    clipped = np.clip(song(), -0.08, 0.08)

    assert estimate(clipped).values["energy"] > estimate(song()).values["energy"]


def test_a_pause_is_not_listened_to():
    """Half a minute of near silence after the music leaves the estimates as they were."""
    music = song(30.0)
    trailing = np.concatenate([music, 1e-4 * music])

    assert estimate(trailing).values == pytest.approx(estimate(music).values)


@pytest.mark.parametrize(
    ("seconds", "windows", "patches"),
    [(5, 1, 8), (59, 1, 8), (60, 2, 8), (100, 3, 9), (720, 6, 12)],
)
def test_a_long_file_is_heard_at_a_few_places(seconds, windows, patches, monkeypatch):
    """Half minutes and patches for voices lie evenly over the file, and never leave it."""
    heard = []

    def spread(samples, length, count):
        heard.append(list(real(samples, length, count)))
        return heard[-1]

    real = estimates._spread
    monkeypatch.setattr(estimates, "_spread", spread)
    monkeypatch.setattr(estimates, "describe", lambda parts: Description(*table_of(len([*parts]))))
    monkeypatch.setattr(estimates, "reach_hz", lambda _: REACH_HZ)
    monkeypatch.setattr(estimates, "spoken", lambda _: 0.0)
    monkeypatch.setattr(estimates, "voice", lambda _: 0.0)

    estimate(np.arange(1, seconds * RATE + 1, dtype=np.float32))

    assert len(heard[0]) == windows == len(heard) - 1
    assert sum(map(len, heard[1:])) == patches
    assert all(len(window) == min(seconds, 30) * RATE for window in heard[0])
    assert all(len(patch) == PATCH for each in heard[1:] for patch in each)
    assert all(left[-1] < right[0] for left, right in pairwise(heard[0]))


def table_of(count):
    """Means and levels of so many stretches, all 1."""
    return np.ones((count, len(NAMES))), np.ones((count, 128))


@pytest.mark.parametrize(("top_hz", "off"), [(8_000.0, 0.02), (7_000.0, 0.02)])
def test_what_an_encoder_takes_from_the_treble_changes_no_estimate(top_hz, off):
    """A song that ends at 7 or 8 kHz is called what it is called with all of its band."""
    whole, dull = estimate(song()), estimate(cut(song(), top_hz))

    assert dull.values == pytest.approx(whole.values, abs=off)


def cut(music, top_hz):
    """Nothing of it is left from there on."""
    bins = np.fft.rfft(music)
    bins[round(top_hz * len(music) / RATE) :] = 0.0
    return np.fft.irfft(bins, len(music)).astype(np.float32)


def test_a_narrow_band_is_said_to_tell_less():
    """Sampled at 8 kHz, a song is called nearly what it was, and the doubt about it grows."""
    whole, narrow = estimate(song()), estimate(cut(song(), 4_000.0))

    assert narrow.uncertainty["acousticness"] > whole.uncertainty["acousticness"]
    for name in ("danceability", "energy", "valence"):
        assert abs(narrow.values[name] - whole.values[name]) <= narrow.uncertainty[name]


def test_of_hardly_any_band_nothing_is_said():
    """What ends below 2.4 kHz, as a sine does, has no estimates."""
    assert estimate(cut(song(), 2_000.0)) == estimates.Perceptual({}, {})


def test_white_noise_has_all_of_its_band():
    """It is as even as the hiss laid under everything, and is not taken for it."""
    assert estimate(signals.noise(6.0, rate=RATE)).values.keys() == FIELDS


def test_a_voice_decides_whether_music_is_wordless(monkeypatch):
    """The same song with a voice in all, half and none of its patches."""
    sung = iter([2.0] * 8 + [2.0, -4.0] * 4 + [-4.0] * 8)
    monkeypatch.setattr(estimates, "voice", lambda _: next(sung))

    whole, half, none = (estimate(song()).values["instrumentalness"] for _ in range(3))

    assert whole < 0.2 < half < 0.6 < none


def test_speech_is_full_of_words(monkeypatch):
    """What is like speech is moved to the values of speech, and only in the two fields."""
    music = estimate(song()).values
    monkeypatch.setattr(estimates, "spoken", lambda _: 1.0)

    speech = estimate(song()).values

    assert speech == {**music, "speechiness": 0.9, "instrumentalness": 0.0}


def test_the_file_of_weights_names_its_origin_and_beats_a_constant():
    """It is small plain text with credit, caveat and held-out figures of every field."""
    document = json.loads(model.PATH.read_text("utf-8"))

    assert "Defferrard" in document["credit"]
    assert "CC BY 4.0" in document["credit"]
    assert "unverified" in document["caveat"]
    assert document["inputs"] == list(model.INPUTS)
    assert model.PATH.stat().st_size < 500_000
    for reached in document["held_out"].values():
        assert reached["mae"] < reached["constant_mae"]


@pytest.mark.parametrize(
    ("field", "rank"),
    [
        ("energy", 0.83),
        ("acousticness", 0.87),
        ("instrumentalness", 0.55),
        ("danceability", 0.62),
        ("valence", 0.46),
        ("speechiness", 0.52),
    ],
)
def test_held_out_blocks_rank_as_promised(field, rank):
    """The rank correlation on blocks left out is at least what the figures say we reach."""
    assert model.load().held_out[field].spearman >= rank


def test_evaluate_prints_the_figures_of_a_table(tmp_path, capsys):
    """Rows without descriptors are left out and counted; targets that are absent too."""
    table = tmp_path / "table.csv"
    rng = np.random.default_rng(5)
    with table.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.writer(lines)
        writer.writerow(["block", *sorted(FIELDS), *(f"a_{name}" for name in COLUMNS)])
        for row in range(12):
            described = [""] * len(COLUMNS) if row < 2 else rng.uniform(0.1, 1.0, len(COLUMNS))
            targets = rng.uniform(0.0, 1.0, len(FIELDS)).tolist()
            writer.writerow([0, *("" if row == 11 else value for value in targets), *described])

    perceptual_table.main([str(table)])

    header, *lines, skipped = capsys.readouterr().out.splitlines()
    assert header.split() == ["target", "n", "spearman", "mae", "constant"]
    assert {line.split()[0] for line in lines} == FIELDS
    assert {line.split()[1] for line in lines} == {"9"}
    assert skipped == "2 rows without descriptors left out"


def test_a_table_without_descriptors_is_refused(tmp_path):
    """There is nothing to evaluate in a table of targets alone."""
    table = tmp_path / "table.csv"
    header = ["block", *FIELDS, *(f"a_{name}" for name in COLUMNS)]
    table.write_text(",".join(header) + "\n" + "," * (len(header) - 1) + "\n", "utf-8")

    with pytest.raises(ValueError, match=r"no row of table\.csv has descriptors"):
        perceptual_table.main([str(table)])


@pytest.mark.shared
def test_recordings_are_called_what_they_are(shared_data):
    """Speech is speech, strings are acoustic and wordless, and a song is less wordless."""
    heard = {
        path.name.split("_")[0]: estimate(soundfile.read(path, dtype="float32")[0]).values
        for path in sorted((shared_data / "audio").glob("*.ogg"))
    }

    strings, song_, readers = (
        heard["Hungarian"],
        heard["Karissa"],
        [values for name, values in heard.items() if name.endswith("-0000.ogg")],
    )
    assert min(values["speechiness"] for values in readers) > 0.66
    assert max(strings["speechiness"], song_["speechiness"]) < 0.33
    assert strings["instrumentalness"] > 0.5 > song_["instrumentalness"]
    assert strings["acousticness"] > 0.8
