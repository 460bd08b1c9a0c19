"""The raw stuff of every instrument: oscillators, decaying rings, envelopes, filters."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import signal

RATE = 44_100
Wave = npt.NDArray[np.float64]  # (n,) mono or (n, 2) stereo, full scale 1


@dataclass(frozen=True, slots=True)
class Strike:
    """What a player asks of an instrument, once."""

    hz: float
    length_s: float
    velocity: float
    rng: np.random.Generator

    @property
    def n(self) -> int:
        """Samples while the key is held."""
        return max(1, round(self.length_s * RATE))


Voice = Callable[[Strike], Wave]


def clock(n: int) -> Wave:
    """(n,) seconds."""
    return np.arange(n) / RATE


def falling(n: int, t60_s: float) -> Wave:
    """(n,) an exponential that has lost 60 dB after `t60_s`."""
    return np.exp(-6.9078 * clock(n) / t60_s)


def envelope(
    n: int, attack_s: float, release_s: float, *, sustain: float = 1.0, decay_s: float = 0.2
) -> Wave:
    """(n + release,) attack, decay to `sustain`, hold for n samples, release smoothly."""
    t = clock(n)
    rise = np.clip(t / attack_s, 0, 1)
    shape = rise * (sustain + (1 - sustain) * np.exp(-np.clip(t - attack_s, 0, None) / decay_s))
    tail = 0.5 + 0.5 * np.cos(np.linspace(0, np.pi, max(2, round(release_s * RATE))))
    return np.concatenate([shape, shape[-1] * tail])


def steady(hz: float, n: int) -> Wave:
    """(n,) an unmoving frequency."""
    return np.full(n, hz)


def vibrato(hz: float, n: int, rng: np.random.Generator, *, cents: float, after_s: float) -> Wave:
    """(n,) a frequency that begins to sway a while after the note has begun."""
    t = clock(n)
    depth = cents * np.clip((t - after_s) / 0.35, 0, 1)
    rate = 5.3 + 0.4 * rng.standard_normal()
    sway = np.sin(2 * np.pi * (rate * t + rng.random()))
    return np.asarray(hz * 2.0 ** (depth * sway / 1200))


def saw(hz: Wave, rng: np.random.Generator) -> Wave:
    """(n,) a saw whose corner is rounded by a polynomial (PolyBLEP), so that it hardly aliases."""
    step = hz / RATE
    phase = (rng.random() + np.cumsum(step)) % 1
    return _saw_at(phase, step)


def pulse(hz: Wave, rng: np.random.Generator, *, width: float = 0.5) -> Wave:
    """(n,) a rectangle, as the difference of two saws."""
    step = hz / RATE
    phase = (rng.random() + np.cumsum(step)) % 1
    return 0.7 * (_saw_at(phase, step) - _saw_at((phase + width) % 1, step))


def _saw_at(phase: Wave, step: Wave) -> Wave:
    rounding = np.zeros_like(phase)
    begun = phase < step
    t = phase[begun] / step[begun]
    rounding[begun] = 2 * t - t * t - 1
    ending = phase > 1 - step
    t = (phase[ending] - 1) / step[ending]
    rounding[ending] = t * t + 2 * t + 1
    return 2 * phase - 1 - rounding


def ring(hz: float, n: int, *, t60_s: float, phase: float = 0.0) -> Wave:
    """(n,) a sine that dies away, as the answer of a two-pole resonator to a click."""
    radius = np.exp(-6.9078 / (t60_s * RATE))
    turn = 2 * np.pi * hz / RATE
    click = np.zeros(n)
    click[0] = 1.0
    ahead = [np.sin(phase), radius * np.sin(turn - phase)]
    back = [1.0, -2 * radius * np.cos(turn), radius * radius]
    return np.asarray(signal.lfilter(ahead, back, click))


def noise(n: int, rng: np.random.Generator) -> Wave:
    """(n,) white noise."""
    return rng.standard_normal(n) * 0.4


def low_pass(x: Wave, hz: float, order: int = 2) -> Wave:
    """The same without what lies above."""
    return _filtered(x, min(hz, 0.45 * RATE), order=order, kind="low")


def high_pass(x: Wave, hz: float, order: int = 2) -> Wave:
    """The same without what lies below."""
    return _filtered(x, hz, order=order, kind="high")


def band_pass(x: Wave, low_hz: float, high_hz: float) -> Wave:
    """The same between two frequencies."""
    return high_pass(low_pass(x, high_hz), low_hz)


def _filtered(x: Wave, hz: float, *, order: int, kind: str) -> Wave:
    sections = signal.butter(order, hz, kind, fs=RATE, output="sos")
    return np.asarray(signal.sosfilt(sections, x, axis=0))


def bump(x: Wave, hz: float, gain_db: float, *, q: float = 1.0) -> Wave:
    """A bell in the spectrum: the biquad of R. Bristow-Johnson's Audio EQ Cookbook."""
    level = 10 ** (gain_db / 40)
    turn = 2 * np.pi * hz / RATE
    alpha = np.sin(turn) / (2 * q)
    ahead = [1 + alpha * level, -2 * np.cos(turn), 1 - alpha * level]
    back = [1 + alpha / level, -2 * np.cos(turn), 1 - alpha / level]
    return np.asarray(signal.lfilter(ahead, back, x, axis=0))


def gliding_low_pass(x: Wave, cutoff_hz: Wave, *, resonance_db: float = 0.0) -> Wave:
    """A low-pass whose edge moves: five still filters, faded into one another."""
    lowest, highest = float(cutoff_hz.min()), float(cutoff_hz.max())
    if highest < lowest * 1.05:
        return _edged(x, lowest, resonance_db)
    edges = np.geomspace(lowest, highest, 5)
    place = np.clip(np.interp(np.log(cutoff_hz), np.log(edges), np.arange(5)), 0, 4)
    out = np.zeros_like(x)
    for index, edge in enumerate(edges):
        weight = np.clip(1 - np.abs(place - index), 0, 1)
        if weight.any():
            out += weight * _edged(x, float(edge), resonance_db)
    return out


def _edged(x: Wave, hz: float, resonance_db: float) -> Wave:
    hz = min(hz, 0.4 * RATE)
    kept = low_pass(x, hz, 2)
    return bump(kept, hz, resonance_db, q=3.0) if resonance_db else kept


def wide(left: Wave, right: Wave) -> Wave:
    """(n, 2) two sides."""
    return np.stack([left, right], axis=1)
