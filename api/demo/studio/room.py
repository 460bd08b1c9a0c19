"""What happens to sound after the instrument: amplifier, tape, echo, room, and the master."""

from __future__ import annotations

import numpy as np
from scipy import ndimage, signal

from api.demo.studio.piece import Reverb
from api.demo.studio.tones import (
    RATE,
    Wave,
    band_pass,
    bump,
    clock,
    falling,
    high_pass,
    low_pass,
    noise,
)

CEILING = 0.75  # -2.5 dBFS: what a lossy codec adds on top stays below -1 dBTP


def amplifier(x: Wave, *, gain: float = 30.0, tight_hz: float = 110.0) -> Wave:
    """A valve amplifier at full tilt and its loudspeaker; twice oversampled against aliasing."""
    driven = signal.resample_poly(high_pass(x, tight_hz, 1), 2, 1, axis=0)
    shaped = np.tanh(gain * driven) + 0.25 * np.tanh(0.5 * gain * driven + 0.4)
    out = high_pass(signal.resample_poly(shaped, 1, 2, axis=0)[: len(x)], 75)
    out = bump(bump(out, 130, 3.0), 420, -4.0, q=0.8)
    return 0.3 * low_pass(bump(out, 2_800, 4.0), 6_200, 4)


def crunch(x: Wave) -> Wave:
    """The same amplifier, turned half way down."""
    return 1.1 * amplifier(x, gain=9.0, tight_hz=160.0)


def tape(x: Wave) -> Wave:
    """An old cassette: pitch that wavers, a soft top, a little warmth."""
    n = len(x)
    t = clock(n)
    waver = 0.0011 * np.sin(2 * np.pi * 0.55 * t) + 0.00012 * np.sin(2 * np.pi * 6.3 * t)
    places = np.clip(np.arange(n) + waver * RATE, 0, n - 1)
    moved = np.stack([np.interp(places, np.arange(n), side) for side in x.T], axis=1)
    return np.asarray(np.tanh(1.4 * low_pass(moved, 5_200)) / 1.2)


def chorus(x: Wave) -> Wave:
    """A slow doubling that widens."""
    n = len(x)
    out = x.copy()
    for side, turn in ((0, 0.0), (1, 1.6)):
        late = (0.012 + 0.003 * np.sin(2 * np.pi * 0.7 * clock(n) + turn)) * RATE
        places = np.clip(np.arange(n) - late, 0, n - 1)
        out[:, side] += 0.6 * np.interp(places, np.arange(n), x[:, side])
    return 0.8 * out


def placed(x: Wave, pan: float) -> Wave:
    """(n, 2) a mono or stereo part at its place, at constant power."""
    angle = (pan + 1) * np.pi / 4
    left, right = np.sqrt(2) * np.cos(angle), np.sqrt(2) * np.sin(angle)
    both = x if x.ndim == 2 else np.stack([x, x], axis=1)  # noqa: PLR2004 - axes
    return np.asarray(both * np.array([left, right]))


def reverberated(send: Wave, room: Reverb, rng: np.random.Generator) -> Wave:
    """What the room answers: convolution with noise that dies, the high end sooner."""
    n = round(room.t60_s * 1.1 * RATE)
    wet = np.zeros_like(send)
    for side in range(2):
        grain = noise(n, rng)
        low = low_pass(grain, room.dull_hz) * falling(n, room.t60_s)
        high = high_pass(grain, room.dull_hz) * falling(n, 0.45 * room.t60_s)
        answer = high_pass(low + 0.7 * high, 180, 1)
        answer *= np.clip(clock(n) / 0.008, 0, 1)
        answer = np.concatenate([np.zeros(round(room.before_s * RATE)), answer])
        answer /= np.sqrt(np.sum(answer**2))
        wet[:, side] = signal.fftconvolve(send[:, side], answer)[: len(send)]
    return wet


def echoed(send: Wave, *, every_s: float, back: float) -> Wave:
    """Repeats that change sides and grow duller each time."""
    step = round(every_s * RATE)
    out = np.zeros_like(send)
    current = send
    for turn in range(1, 6):
        current = back * band_pass(current, 250, 4_500)[:, ::-1]
        if turn * step >= len(send):
            break
        out[turn * step :] += current[: len(send) - turn * step]
    return out


def ducking(n: int, kicks_s: list[float], depth: float) -> Wave:
    """(n,) a gain that falls at every kick and swings back within a quarter of a second."""
    gain = np.ones(n)
    length = round(0.26 * RATE)
    dip = 1 - depth * (0.5 + 0.5 * np.cos(np.linspace(0, np.pi, length)))
    dip[: round(0.008 * RATE)] = np.linspace(1, dip[round(0.008 * RATE)], round(0.008 * RATE))
    for at in kicks_s:
        first = round(at * RATE)
        kept = max(0, min(length, n - first))
        gain[first : first + kept] = np.minimum(gain[first : first + kept], dip[:kept])
    return gain


def mastered(mix: Wave, level_db: float) -> Wave:
    """At the wanted level, rumble cut, peaks rounded and held below the ceiling.

    The level is the RMS of the louder half of all 400 ms windows.
    """
    mix = high_pass(mix - mix.mean(axis=0), 28)
    for _ in range(2):  # the limiter takes some away, so measure once more behind it
        mix = limited(mix * 10 ** ((level_db - loud_half_db(mix)) / 20))
    return mix


def loud_half_db(x: Wave) -> float:
    """RMS in dBFS of the louder half of all 400 ms windows."""
    size = round(0.4 * RATE)
    power = (x[: len(x) // size * size] ** 2).mean(axis=1).reshape(-1, size).mean(axis=1)
    loud = power[power >= np.median(power)]
    return float(10 * np.log10(loud.mean() + 1e-12))


def limited(x: Wave) -> Wave:
    """Never above `CEILING`: soft above two thirds of it, then a gain that sees 4 ms ahead."""
    knee = 2 / 3
    bent = np.abs(x) / CEILING
    over = knee + (1.6 - knee) * np.tanh(np.clip(bent - knee, 0, None) / (1.6 - knee))
    soft = np.sign(x) * CEILING * np.where(bent > knee, over, bent)
    peaks = ndimage.maximum_filter1d(np.abs(soft).max(axis=1), round(0.008 * RATE))
    wanted = np.minimum(1.0, CEILING / np.maximum(peaks, 1e-9))
    held = ndimage.minimum_filter1d(wanted, round(0.06 * RATE))
    gain = ndimage.uniform_filter1d(held, round(0.05 * RATE))
    return np.asarray(soft * np.minimum(gain, wanted)[:, None])
