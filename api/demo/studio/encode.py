"""Make a small file that every browser plays: MP3 at 32 kHz, variable bit rate, joint stereo.

At these sizes the encoder keeps 44.1 kHz only by dropping all above 9 kHz; at 32 kHz it keeps
sound up to 13 kHz. The same samples give the same bytes with the same libsndfile and LAME.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import soundfile
from scipy import signal

from api.demo.studio.tones import RATE, Wave

FILE_RATE = 32_000
PEAK = 10 ** (-1.05 / 20)  # what may be heard behind any decoder, also between samples
_COMPRESSION = 0.87  # libsndfile's scale: 0 best, 1 smallest
_FINER = 4


def encode(sound: Wave, target: Path) -> None:
    """Write (n, 2) samples at 44.1 kHz; turned down till what comes back peaks below -1 dBTP."""
    samples = signal.resample_poly(sound, FILE_RATE, RATE, axis=0)
    while True:
        _write(samples, target)
        if (peak := true_peak(decode(target))) <= PEAK:
            return
        samples *= PEAK / peak * 0.995


def decode(source: Path) -> Wave:
    """(n, 2) float64 at `FILE_RATE`."""
    samples, _ = soundfile.read(source, dtype="float64", always_2d=True)
    return np.asarray(samples)


def true_peak(sound: Wave) -> float:
    """The highest absolute value after fourfold oversampling (as in ITU-R BS.1770, annex 2)."""
    loudest = 0.0
    for side in sound.T:
        finer = signal.resample_poly(side, _FINER, 1)
        loudest = max(loudest, float(np.abs(finer).max(initial=0.0)))
    return loudest


def _write(samples: Wave, target: Path) -> None:
    with soundfile.SoundFile(
        target,
        "w",
        samplerate=FILE_RATE,
        channels=2,
        format="MP3",
        subtype="MPEG_LAYER_III",
        compression_level=_COMPRESSION,
        bitrate_mode="VARIABLE",
    ) as file:
        file.write(samples)
