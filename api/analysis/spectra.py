"""Measure a recording's spectra once, in blocks, for every room of the analyser that needs them.

Nothing here keeps a spectrum of a whole file at full resolution: only band powers leave a block.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from api.analysis.frames import transforms
from api.analysis.sound import RATE

BLOCK_FRAMES = 1_024  # 12 to 48 s of sound, at most 20 MB
LOWEST_NOTE = 36  # C2 as a MIDI number: the first semitone of `pitch`

BREAK_HZ = 1_000.0  # Slaney's mel scale is linear below and logarithmic above
MELS_PER_HZ = 3 / 200
MELS_PER_LOG_HZ = 27 / np.log(6.4)


@dataclass(frozen=True, slots=True)
class Pass:
    """One way of looking: a Hann window and a hop, in samples, and the number of bands."""

    window: int
    hop: int
    bands: int


MEL = Pass(2_048, 512, 128)  # for timbre and sections
ATTACK = Pass(1_024, 256, 40)  # short, so that an onset is placed within a few milliseconds
PITCH = Pass(4_096, 1_024, 60)  # long, so that a note is told from its neighbour


@dataclass(frozen=True, slots=True)
class Spectra:
    """Band powers of a recording; frame `i` of each is centred on sample `i` times its hop.

    `mel` is (n_frames, 128) float32 power in Slaney's mel bands, 0 to 11,025 Hz, every 512 samples,
    and `times` (n_frames,) float64 its seconds. `attack` is (n_attack, 40) float32, the same bands
    but coarser, every 256 samples. `pitch` is (n_pitch, 60) float32 power in semitones from C2 to
    B6, every 1,024 samples.
    """

    mel: NDArray[np.float32]
    times: NDArray[np.float64]
    attack: NDArray[np.float32]
    pitch: NDArray[np.float32]
    duration_s: float


def measure(samples: NDArray[np.float32]) -> Spectra:
    """Band powers of (n,) float32 mono samples at 22,050 Hz."""
    mel = _powers(samples, MEL, mel_filters(MEL))
    return Spectra(
        mel=mel,
        times=np.arange(len(mel), dtype=np.float64) * (MEL.hop / RATE),
        attack=_powers(samples, ATTACK, mel_filters(ATTACK)),
        pitch=_powers(samples, PITCH, _note_filters(PITCH)),
        duration_s=len(samples) / RATE,
    )


@cache
def mel_filters(way: Pass, rate: int = RATE) -> NDArray[np.float32]:
    """Triangles of equal area over equal steps of the mel scale, (window // 2 + 1, bands) float32.

    Scale and area after Slaney, Auditory Toolbox (1998).
    """
    top = BREAK_HZ * MELS_PER_HZ + MELS_PER_LOG_HZ * np.log(rate / 2 / BREAK_HZ)
    edges = _hertz(np.linspace(0.0, top, way.bands + 2))
    low, centre, high = edges[:-2], edges[1:-1], edges[2:]
    at = np.arange(way.window // 2 + 1)[:, None] * (rate / way.window)
    rising, falling = (at - low) / (centre - low), (high - at) / (high - centre)
    return (np.maximum(0.0, np.minimum(rising, falling)) * (2 / (high - low))).astype(np.float32)


def _hertz(mels: NDArray[np.float64]) -> NDArray[np.float64]:
    knee = BREAK_HZ * MELS_PER_HZ
    above = BREAK_HZ * np.exp((np.maximum(mels, knee) - knee) / MELS_PER_LOG_HZ)
    return np.where(mels < knee, mels / MELS_PER_HZ, above)


def _note_filters(way: Pass) -> NDArray[np.float32]:
    """Triangles a semitone, or two bins where that is wider, to each side of a note."""
    at = np.arange(way.window // 2 + 1)[:, None] * (RATE / way.window)
    notes = 440.0 * 2.0 ** ((LOWEST_NOTE + np.arange(way.bands) - 69) / 12)
    reach = np.maximum(notes * (2 ** (1 / 12) - 1), 1.5 * RATE / way.window)
    return np.maximum(0.0, 1.0 - np.abs(at - notes) / reach).astype(np.float32)


def _powers(
    samples: NDArray[np.float32], way: Pass, filters: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Band powers of every frame, (1 + n // hop, bands): centred, with silence beyond the ends."""
    powers = np.empty((1 + len(samples) // way.hop, way.bands), np.float32)
    done = 0
    for part in transforms(samples, window=way.window, hop=way.hop, block=BLOCK_FRAMES):
        powers[done : done + len(part)] = (part.real**2 + part.imag**2) @ filters
        done += len(part)
    return powers
