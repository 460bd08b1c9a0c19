"""Instruments, room, master and encoder, heard through numbers on short excerpts."""

import numpy as np
import pytest
from scipy import signal

from api.demo import catalogue
from api.demo.studio import build, drums, room, struck, sustained
from api.demo.studio.covers import cover
from api.demo.studio.encode import FILE_RATE, PEAK, decode, encode, true_peak
from api.demo.studio.label import ALBUMS
from api.demo.studio.pieces import ALL, jig
from api.demo.studio.render import render
from api.demo.studio.tones import RATE, Strike

TUNED = {
    "guitar": struck.guitar(steel=True),
    "upright bass": struck.upright_bass(),
    "electric bass": struck.electric_bass(),
    "piano": struck.piano(),
    "electric piano": struck.electric_piano(),
    "vibraphone": struck.vibraphone(),
    "bell": struck.bell(),
    "fiddle": sustained.fiddle(),
    "whistle": sustained.whistle(),
    "organ": sustained.organ(),
    "strings": sustained.strings(),
    "synth": sustained.synth(),
}
DRUMS = (
    *(drums.kick(), drums.snare(), drums.hat(), drums.crash(), drums.tom(), drums.clap()),
    *(drums.ride(), drums.brush(), drums.rim(), drums.shaker(), drums.frame_drum()),
    *(drums.crackle(), drums.riser(), sustained.growl(), sustained.hollow()),
)


def strike(hz: float, length_s: float = 0.6) -> Strike:
    """One firm stroke, always the same."""
    return Strike(hz, length_s, 0.8, np.random.default_rng(5))


@pytest.mark.parametrize("name", TUNED)
def test_instruments_are_in_tune(name):
    """The fundamental lies within 12 cents of what was asked for."""
    sound = TUNED[name](strike(220.0))
    mono = sound if sound.ndim == 1 else sound.mean(axis=1)

    spectrum = np.abs(np.fft.rfft(mono[4_000:26_000] * np.hanning(22_000), 1 << 18))
    near = slice(round(205 * (1 << 18) / RATE), round(235 * (1 << 18) / RATE))
    found = (near.start + int(spectrum[near].argmax())) * RATE / (1 << 18)

    assert abs(1200 * np.log2(found / 220.0)) < 12


@pytest.mark.parametrize("voice", [*TUNED.values(), *DRUMS])
def test_a_sound_ends_in_silence(voice):
    """No voice stops with a click."""
    sound = voice(strike(220.0, 0.3))

    assert np.isfinite(sound).all()
    assert 0.003 < np.abs(sound).max() < 1.2
    assert np.abs(sound[-4:]).max() < 0.004


@pytest.mark.parametrize("make", ALL)
def test_every_piece_sounds(make):
    """A second of every piece: finite, not silent, below the ceiling."""
    piece = make()

    heard = render(piece, until_s=1.0)

    assert heard.shape == (RATE, 2)
    assert np.isfinite(heard).all()
    assert 0.01 < np.abs(heard).max() <= room.CEILING + 1e-9


def test_chance_is_seeded():
    """Rendered again, a piece is equal to the last bit."""
    assert np.array_equal(render(jig.piece(), until_s=0.5), render(jig.piece(), until_s=0.5))


def test_the_shipped_file_is_the_piece():
    """Composed and played again, the beginning matches the file but for what the codec lost."""
    piece = jig.piece()

    again = signal.resample_poly(render(piece, until_s=4.0), FILE_RATE, RATE, axis=0)
    shipped = decode(catalogue().track(piece.slug).path)[: len(again)]
    kept = signal.butter(4, 4_000, fs=FILE_RATE, output="sos")
    pair = [signal.sosfilt(kept, x[:-FILE_RATE].mean(axis=1)) for x in (again, shipped)]

    assert np.corrcoef(pair)[0, 1] > 0.95


@pytest.mark.parametrize("track", catalogue().tracks, ids=lambda track: track.slug)
def test_files_do_not_clip_nor_fall_silent(track):
    """Decoded, every file peaks below -1 dB and no half second before its fade is empty."""
    sound = decode(track.path)

    step = FILE_RATE // 2
    level = np.sqrt((sound[: len(sound) // step * step] ** 2).reshape(-1, 2 * step).mean(axis=1))
    last = int((track.truth.beats_s()[-1] - track.truth.fade_out_s) * 2)
    first = int(track.truth.fade_in_s) * 2

    assert np.abs(sound).max() <= PEAK
    assert level[first:last].min() > 0.001


def test_the_encoder_turns_down_what_would_clip(tmp_path):
    """A square at full scale overshoots in any lossy codec; it comes back quieter."""
    tone = 0.99 * np.sign(np.sin(2 * np.pi * 220 * np.arange(RATE) / RATE))

    encode(np.stack([tone, tone], axis=1), tmp_path / "square.mp3")

    assert true_peak(decode(tmp_path / "square.mp3")) <= PEAK


def test_the_limiter_holds_its_ceiling():
    """Far too loud goes in, the ceiling comes out, and quiet passes unchanged."""
    loud = 4 * np.random.default_rng(1).standard_normal((RATE // 2, 2))

    assert np.abs(room.limited(loud)).max() <= room.CEILING + 1e-9
    assert room.limited(loud * 0.02) == pytest.approx(loud * 0.02)


def test_a_build_writes_all_it_lists(tmp_path, monkeypatch, capsys):
    """Audio, covers and catalogue come from one command; a breath stands in for each piece."""
    monkeypatch.setattr(build, "render", lambda _: np.full((RATE // 4, 2), 0.01))

    build.main(["--out", str(tmp_path)])

    assert len(list((tmp_path / "audio").iterdir())) == len(ALL)
    assert len(list((tmp_path / "covers").iterdir())) == len(ALBUMS)
    assert (tmp_path / "catalogue.json").stat().st_size > 10_000
    assert "three-gates-jig.mp3" in capsys.readouterr().out


def test_a_cover_is_drawn_from_its_music():
    """Every piece of the album is a line of notes."""
    pieces = {piece.slug: piece for piece in (make() for make in ALL)}

    drawn = cover(ALBUMS[0], [pieces[slug] for slug in ALBUMS[0].tracks])

    assert drawn.count("<g ") == len(ALBUMS[0].tracks)
    assert ALBUMS[0].title in drawn
