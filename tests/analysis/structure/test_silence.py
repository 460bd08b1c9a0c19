"""Silence around the music shifts times, and changes nothing else."""

from dataclasses import replace
from functools import cache
from itertools import product

import numpy as np
import pytest
import soundfile

from api.analysis import pipeline, problems
from api.analysis.decoding import decode
from api.analysis.sound import RATE, Sound
from api.analysis.structure import silence
from api.analysis.structure.silence import find
from api.demo import catalogue
from tests.analysis import signals
from tests.analysis.contract.test_shape import told
from tests.sampling import sampled

PIECES = {track.slug: track for track in catalogue().tracks}
KINDS, SECONDS, PLACES = ("digital", "white"), (1.0, 10.0, 20.0, 60.0), ("front", "back", "both")
ALL = list(product(PIECES, KINDS, SECONDS, PLACES))
TIME_S, TEMPO, ESTIMATE, LEVEL_DB = 0.02, 0.002, 0.02, 0.1
NOISE = 0.002  # no sample of it is higher
MOST_SEGMENTS = 0.97  # a faint onset may be none where samples lie between those of before
ESTIMATES = ("acousticness", "danceability", "energy", "instrumentalness", "speechiness", "valence")
HEARD = [
    ("three-gates-jig", "digital", 10.0, "front"),
    ("tea-at-two-a-m", "white", 20.0, "back"),
    ("orbit-of-a-moth", "white", 3.3333, "both"),
    ("hammer-weather", "pink", 1.0, "both"),
]


def quiet(kind: str, count: int, channels: int = 1) -> np.ndarray:
    """(count, channels) that nobody hears: digital silence, or noise at -70 dBFS."""
    if not count or kind == "digital":
        return np.zeros((count, channels), np.float32)
    spectrum = np.fft.rfft(np.random.default_rng(count).standard_normal((count, channels)), axis=0)
    tilt = {"white": 0.0, "pink": 0.5, "brown": 1.0}[kind]
    audible = np.maximum(np.arange(len(spectrum)), count // 2_000)  # not below some 20 Hz
    coloured = np.fft.irfft(spectrum / audible[:, None] ** tilt, count, axis=0)
    return np.asarray(10 ** (-70 / 20) * coloured / coloured.std(), np.float32)


def surrounded(sound: np.ndarray, rate: int, kind: str, *, front_s: float, back_s: float):
    """(n, channels) with so many seconds of silence before and after."""
    ends = [quiet(kind, round(s * rate), sound.shape[1]) for s in (front_s, back_s)]
    return np.concatenate([ends[0], sound, ends[1]])


def lengths(seconds: float, place: str) -> dict[str, float]:
    """The silence in front and behind."""
    return {"front_s": seconds * (place != "back"), "back_s": seconds * (place != "front")}


@cache
def played(slug: str) -> Sound:
    """A piece of the demo label, decoded."""
    return decode.read(PIECES[slug].path)


@cache
def alone(slug: str) -> silence.Music:
    """Its music."""
    return silence.cut_out(played(slug))


@pytest.mark.parametrize(("slug", "kind", "seconds", "place"), sampled(ALL, 53))
def test_the_music_is_cut_out_the_same(slug, kind, seconds, place):
    """From a piece with silence around it, to the sample; so whatever is heard in it is the same.

    Noise may reach into the block in which the music begins, and differ there by its own height.
    """
    around = lengths(seconds, place)
    samples = surrounded(played(slug).samples[:, None], RATE, kind, **around)[:, 0]
    longer = replace(played(slug), samples=samples, duration_s=len(samples) / RATE)

    music = silence.cut_out(longer)

    assert len(music.sound.samples) == len(alone(slug).sound.samples)
    assert np.abs(music.sound.samples - alone(slug).sound.samples).max() < NOISE
    shift = music.begins_s - alone(slug).begins_s, music.ends_s - alone(slug).ends_s
    assert shift == pytest.approx((around["front_s"],) * 2, abs=silence.BLOCK / RATE)


@pytest.mark.slow
@pytest.mark.parametrize(("slug", "kind", "seconds", "place"), sampled(HEARD, 2))
def test_silence_around_a_file_shifts_times_and_changes_nothing_else(
    tmp_path, slug, kind, seconds, place
):
    """Whatever is said of a piece is said of it with silence around it, as much later."""
    around = lengths(seconds, place)
    samples, rate = soundfile.read(PIECES[slug].path, dtype="float32", always_2d=True)
    soundfile.write(tmp_path / "usual.wav", samples, rate, subtype="PCM_16")
    padded = surrounded(samples, rate, kind, **around)
    soundfile.write(tmp_path / "longer.wav", padded, rate, subtype="PCM_16")

    usual, longer = (
        pipeline.analyse(decode.read(tmp_path / name)) for name in ("usual.wav", "longer.wav")
    )

    assert not list(differing(usual, longer, around["front_s"]))
    assert "left out" in told(longer)[1]["provenance"][0]["detail"]


def differing(usual, longer, later_s):
    """What the two answers differ in by more than they may."""
    features, others = told(usual)[0], told(longer)[0]
    for name in ("key", "mode", "time_signature"):
        if features[name] != others[name]:
            yield name, features[name], others[name]
    tempi = [[found["tempo"], *found["tempo_candidates"]] for found in (features, others)]
    if tempi[0] != pytest.approx(tempi[1], rel=TEMPO):
        yield "tempo", *tempi
    for name in ESTIMATES:
        if others[name] != pytest.approx(features[name], abs=ESTIMATE):
            yield name, features[name], others[name]
    if others["loudness"] != pytest.approx(features["loudness"], abs=LEVEL_DB):
        yield "loudness", features["loudness"], others["loudness"]
    yield from differing_times(told(usual)[1], told(longer)[1], later_s)


def differing_times(usual, longer, later_s):
    """The same of the analyses."""
    for name in ("end_of_fade_in", "start_of_fade_out"):
        if longer["track"][name] - later_s != pytest.approx(usual["track"][name], abs=TIME_S):
            yield name, usual["track"][name], longer["track"][name]
    for name in ("bars", "beats", "tatums", "sections"):
        found, expected = starts(longer[name]) - later_s, starts(usual[name])
        first = int(name == "sections")  # which begins with the file
        if len(found) != len(expected) or np.abs(found - expected)[first:].max() > TIME_S:
            yield name, expected, found
    found, expected = starts(longer["segments"]) - later_s, starts(usual["segments"])[1:]
    near = np.abs(found[:, None] - expected).min(axis=0) <= TIME_S
    if near.mean() < MOST_SEGMENTS:
        yield "segments", expected, found


def starts(rows) -> np.ndarray:
    """Where they begin."""
    return np.array([row["start"] for row in rows])


def song(seconds: float = 20.0, *, dbfs: float = -20.0) -> np.ndarray:
    """(n,) held chords."""
    roots = [(48, "major"), (53, "major"), (55, "major"), (48, "major")] * round(seconds)
    held = signals.chords(roots, 1.0, dbfs=dbfs, rate=RATE)
    return held[: round(seconds * RATE)]


def span_s(samples: np.ndarray) -> tuple[float, float]:
    """Where the music begins and ends."""
    span = find(samples)
    return span.begins / RATE, span.ends / RATE


def test_a_soft_beginning_is_music():
    """A piece that begins and ends with notes at -50 dBFS is heard whole."""
    soft = song(8, dbfs=-44)  # partials 6 dB below
    piece = np.concatenate([0.2 * soft, song(), 0.2 * soft])

    assert span_s(piece) == pytest.approx((0.0, 36.0), abs=0.05)


def test_silence_within_the_music_is_part_of_it():
    """A minute between two movements is left where it is."""
    piece = np.concatenate([song(10), np.zeros(60 * RATE, np.float32), song(10)])

    assert span_s(piece) == pytest.approx((0.0, 80.0), abs=0.02)


@pytest.mark.parametrize("kind", ["digital", "white", "pink", "brown"])
@pytest.mark.parametrize("offset", [0.0, 0.002])
def test_what_nobody_hears_is_silence(kind, offset):
    """Noise of any colour, and a constant offset of the level."""
    piece = surrounded(song()[:, None], RATE, kind, front_s=7.0, back_s=30.0)[:, 0]

    assert span_s(piece + np.float32(offset)) == pytest.approx((7.0, 27.0), abs=0.02)


@pytest.mark.parametrize("gain_db", [-20.0, -30.0])
def test_a_soft_recording_is_not_silence(gain_db):
    """What is soft beside the recording's own peak only is judged by that."""
    piece = surrounded(song()[:, None], RATE, "digital", front_s=1.0, back_s=1.0)[:, 0]
    softer = piece * np.float32(10 ** (gain_db / 20))

    assert span_s(softer) == pytest.approx(span_s(piece), abs=0.02)
    assert find(softer).first % silence.GRID == find(piece).first % silence.GRID


@pytest.mark.parametrize("samples", [0, 1, 255, 256, 1_023, 1_024, 5_555])
def test_the_grid_stands_in_the_music(samples):
    """However many samples lie before it, the first frame lies on the same place of the music."""
    piece = song(6)

    later = find(np.pad(piece, (samples, 300)))

    assert later.first - samples == find(piece).first
    assert later.ends - samples == find(piece).ends


def test_next_to_no_music_is_too_little(tmp_path):
    """Two seconds of music in a minute of silence are two seconds."""
    little = np.pad(song(2), (30 * RATE, 28 * RATE))
    path = tmp_path / "little.wav"
    soundfile.write(path, little, RATE)

    with pytest.raises(problems.TooShort, match=r"2\.0 seconds of sound"):
        pipeline.analyse(decode.read(path))
    assert find(np.pad(song(5), (30 * RATE, 28 * RATE))).begins == pytest.approx(30 * RATE, abs=256)


def test_silence_around_is_a_segment_of_its_own(sound):
    """Nothing sounds in it, and no note stands out; the sections have it."""
    longer = replace(
        sound, samples=np.pad(sound.samples, (2 * RATE, 3 * RATE)), duration_s=sound.duration_s + 5
    )

    analysis = told(pipeline.analyse(longer))[1]

    first, last = analysis["segments"][0], analysis["segments"][-1]
    assert (first["start"], first["duration"]) == pytest.approx((0.0, 2.0), abs=0.02)
    assert (last["start"], last["duration"]) == pytest.approx((34.0, 3.0), abs=0.02)
    for silent in (first, last):
        assert silent["loudness_max"] == silent["loudness_start"] == silent["loudness_end"] == -60
        assert silent["pitches"] == [1.0] * 12
        assert silent["timbre"][0] == 0.0
    ends = [row["start"] + row["duration"] for row in analysis["sections"]]
    assert (analysis["sections"][0]["start"], ends[-1]) == pytest.approx((0.0, 37.0))
