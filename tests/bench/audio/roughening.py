"""What happens to music on its way to a file: a room, a chain of effects, a cut.

Samples are (n, channels) float64 at `RATE`. Nothing here delays the music: the direct sound of a
room comes first, and filters are of low order.
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import signal

RATE = 44_100
ORDER = 2
LEAST_LEVEL = 1e-4
SMOOTHED_S = 0.02

Samples = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Treatment:
    """What is done, in this order; None leaves a step out.

    A room (seconds until it has fallen by 60 dB, and its share of the amplitude), filters (Hz), a
    compressor (dB above the usual level, where it begins, and its ratio), silence in front or,
    below 0, a beginning that is cut off, and an end that is (seconds).
    """

    room: tuple[float, float] | None
    lowest_hz: float | None
    highest_hz: float | None
    compressor: tuple[float, float] | None
    lead_s: float
    cut_s: float


def treatment(rng: Random) -> Treatment:
    """One of many: each step in about half of the pieces."""
    maybe = lambda share, value: value if rng.random() < share else None  # noqa: E731
    beginning = rng.random()
    return Treatment(
        room=maybe(0.6, (rng.uniform(0.2, 1.5), rng.uniform(0.05, 0.4))),
        lowest_hz=maybe(0.4, 40 * 4 ** rng.random()),
        highest_hz=maybe(0.5, 3500 * 4 ** rng.random()),
        compressor=maybe(0.6, (rng.uniform(-10, 3), rng.uniform(2, 8))),
        lead_s=round(
            rng.uniform(0.1, 3.0) if beginning < 0.35
            else -rng.uniform(0.3, 4.0) if beginning < 0.7
            else 0.0, 4),
        cut_s=round(maybe(0.5, rng.uniform(2.0, 6.0)) or 0.0, 4),
    )  # fmt: skip


def sounded(samples: Samples, how: Treatment, seed: int) -> Samples:
    """The music after its room, filters and compressor; as long as before."""
    made = samples
    if how.room:
        made = in_room(made, *how.room, seed=seed)
    if how.lowest_hz:
        made = filtered(made, how.lowest_hz, "highpass")
    if how.highest_hz:
        made = filtered(made, how.highest_hz, "lowpass")
    if how.compressor:
        made = compressed(made, *how.compressor)
    return made


def trimmed(samples: Samples, how: Treatment) -> Samples:
    """With silence before it, or without its beginning and its end."""
    lead, cut = round(how.lead_s * RATE), round(how.cut_s * RATE)
    silence = np.zeros((max(lead, 0), samples.shape[1]))
    return np.concatenate([silence, samples[max(-lead, 0) : len(samples) - cut]])


def told(truth: dict[str, Any], how: Treatment, duration_s: float) -> dict[str, Any]:
    """What is true of the trimmed music, `duration_s` long."""
    place = lambda time: round(time + how.lead_s, 4)  # noqa: E731
    kept = {
        name: [place(at) for at in truth[name] if 0 <= place(at) < duration_s]
        for name in ("beats", "downbeats")
    }
    sections = [
        {**one, "start": max(0.0, place(one["start"])), "end": min(duration_s, place(one["end"]))}
        for one in truth["sections"]
    ]
    whole = [one for one in sections if one["start"] < one["end"]]
    return {**truth, **kept, "sections": whole, "moved_s": how.lead_s, "duration": duration_s}


def in_room(samples: Samples, falls_s: float, share: float, *, seed: int) -> Samples:
    """Noise that dies away follows the direct sound, other noise in each channel."""
    length = int(falls_s * RATE)
    falling = 10 ** (-3 * np.arange(length) / length)
    tail = np.random.default_rng(seed).standard_normal((length, samples.shape[1]))
    tail *= falling[:, None]
    tail /= np.sqrt((tail**2).sum(axis=0))
    wet = signal.oaconvolve(samples, tail, axes=0)[: len(samples)]
    made: Samples = (1 - share) * samples + share * wet
    return made


def filtered(samples: Samples, hz: float, kind: str) -> Samples:
    """Twelve dB an octave beyond `hz`."""
    sections = signal.butter(ORDER, hz, kind, fs=RATE, output="sos")
    made: Samples = signal.sosfilt(sections, samples, axis=0)
    return made


def compressed(samples: Samples, above_db: float, ratio: float) -> Samples:
    """Levels above the threshold, `above_db` above the music's rms, grow by 1 / `ratio` dB a dB."""
    power = (samples**2).mean(axis=1)
    pole = np.exp(-1 / (SMOOTHED_S * RATE))
    level = np.sqrt(np.maximum(signal.lfilter([1 - pole], [1, -pole], power), LEAST_LEVEL**2))
    threshold = np.sqrt(power.mean()) * 10 ** (above_db / 20)
    gain = np.maximum(level / max(threshold, LEAST_LEVEL), 1.0) ** (1 / ratio - 1)
    made: Samples = samples * gain[:, None]
    return made
