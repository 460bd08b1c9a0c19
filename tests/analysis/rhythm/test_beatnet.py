"""What the network that listened to records must hear in music made here."""

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import signal

from api.analysis.rhythm import beatnet
from api.analysis.sound import RATE

BEAT_S = 0.5


def band(seconds=20.0) -> NDArray[np.float32]:
    """(n,) float32: drums and a bass in four, kick on one and three, snare on two and four."""
    at, drawn = np.arange(round(seconds * RATE)) / RATE, np.random.default_rng(3)
    beat, since = np.floor(at / BEAT_S).astype(int), at % BEAT_S
    kick = np.sin(2 * np.pi * 55 * since) * np.exp(-12 * since) * (beat % 2 == 0)
    snare = drawn.normal(0, 0.3, len(at)) * np.exp(-20 * since) * (beat % 2 == 1)
    hats = signal.lfilter([1, -1], [1], drawn.normal(0, 0.1, len(at))) * np.exp(
        -60 * (at % (BEAT_S / 2))
    )
    root = 110 * 2 ** (np.array([0, 5, 7, 3])[beat // 4 % 4] / 12)
    chord = sum(np.sin(2 * np.pi * root * ratio * at) for ratio in (0.5, 1, 1.25, 1.5))
    return np.asarray(0.4 * kick + 0.5 * snare + 0.3 * hats + 0.05 * chord, np.float32)


def at_beats(heard, offset=0.0):
    """The largest probability within 40 ms of each beat from 5 s on, moved by parts of one."""
    frames = np.round((np.arange(5.0, 19.0, BEAT_S) + offset * BEAT_S) * 50).astype(int)
    return heard[frames[:, None] + np.arange(-2, 3)].max(axis=1)


def test_beats_and_downbeats_are_probable_where_they_are():
    """Beats are told from what lies between them, and the first of a bar from the others."""
    heard = beatnet.activations(band())

    both = heard.sum(axis=1)
    assert at_beats(both).mean() > at_beats(both, offset=0.25).mean() + 0.4
    firsts = np.arange(len(at_beats(both))) % 4 == (-5.0 / BEAT_S) % 4
    assert at_beats(heard[:, 1])[firsts].mean() > 2 * at_beats(heard[:, 1])[~firsts].mean()


def test_probabilities_come_fifty_a_second():
    """There is a row for each 20 ms, two probabilities that leave room for neither."""
    heard = beatnet.activations(band(12.0))

    assert heard.shape == (12 * 50 + 1, 2)
    assert heard.min() >= 0
    assert heard.sum(axis=1).max() <= 1


def test_a_network_hears_quiet_music_alike():
    """The level of a recording is no matter, and the same samples give the same bytes."""
    loud = beatnet.activations(band(8.0))

    assert np.allclose(beatnet.activations(band(8.0) * np.float32(0.05)), loud, atol=1e-3)
    assert beatnet.activations(band(8.0)).tobytes() == loud.tobytes()


@pytest.mark.parametrize("samples", [0, 1, 500, 3_000])
def test_hardly_any_sound_is_no_trouble(samples):
    """Nothing, or silence, has its rows of finite numbers."""
    heard = beatnet.activations(np.zeros(samples, np.float32))

    assert heard.shape == (samples // 441 + 1, 2)
    assert np.isfinite(heard).all()


def test_blocks_join_without_a_seam(monkeypatch):
    """Memory is bounded by blocks, and they change nothing."""
    whole = beatnet.activations(band(6.0))
    monkeypatch.setattr(beatnet, "BLOCK_FRAMES", 64)

    assert np.allclose(beatnet.activations(band(6.0)), whole, atol=1e-4)


def test_a_folded_kernel_hears_every_place_once():
    """One product is the kernel at all places, the even ones first, filter by filter."""
    drawn = np.random.default_rng(5)
    kernel = drawn.normal(size=(10, 2)).astype(np.float32)
    bands = drawn.normal(size=272).astype(np.float32)

    even, odd = (bands @ beatnet._folded(kernel)).reshape(2, 2, beatnet.POOLED)

    places = np.lib.stride_tricks.sliding_window_view(bands, 10) @ kernel
    assert np.allclose(even, places[0:262:2].T, atol=1e-4)
    assert np.allclose(odd, places[1:262:2].T, atol=1e-4)
