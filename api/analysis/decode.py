"""Decode a file into a Sound. Runs in the isolated child, and nowhere else, on strangers' files."""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from api.analysis import aac, formats, loudness, mp4, problems, streams
from api.analysis.formats import Format
from api.analysis.resample import Resampler
from api.analysis.sound import MAX_S, MIN_S, RATE, Sound
from api.analysis.streams import Block, Stream

LOWEST_RATE, HIGHEST_RATE = 8_000, 192_000
MOST_CHANNELS = 8
SILENT_LUFS = -60.0
LOUDEST = 1_000.0
"""Samples 60 dB above full scale are no music but a mistake, and would overflow later."""
_CANCELLED = 1e-6  # power of the mono mix against the channels' own


def read(path: Path | str, *, max_s: int = MAX_S) -> Sound:
    """The first `max_s` seconds of a file's first audio stream. Raises Problem.

    Samples are counted as they are decoded; what a header claims is never trusted.
    """
    with Path(path).open("rb", buffering=0) as file:
        return _hear(_opened(file), max_s)


def _opened(file: BinaryIO) -> Stream:
    found = formats.recognise(file)
    if found.format is Format.MP4:
        return mp4.stream(file)
    file.seek(found.start)
    if found.format is Format.ADTS:
        return aac.stream(file)
    return streams.sndfile(file, found.format)


def _hear(stream: Stream, max_s: int) -> Sound:
    _check_shape(stream)
    weights = loudness.channel_weights(stream.channels, lfe_last=stream.lfe_last)
    meter, mixer = loudness.Meter(stream.rate, weights), _Mixer(stream.rate, max_s)
    limit = max_s * stream.rate
    taken, truncated = 0, False
    for block in stream.blocks():
        truncated = taken + len(block) > limit
        kept = block[: limit - taken]
        _check_values(kept)
        meter.feed(kept)
        mixer.feed(kept)
        taken += len(kept)
        if truncated:
            break
    duration_s = taken / stream.rate
    if duration_s < MIN_S:
        raise problems.TooShort(
            f"It lasts {duration_s:.1f} seconds; {MIN_S} seconds are the least we can analyse."
        )
    powers = meter.powers()
    return Sound(
        samples=mixer.finish(),
        duration_s=duration_s,
        loudness_lufs=_audible(loudness.integrated(powers)),
        channels=stream.channels,
        source_rate=stream.rate,
        truncated=truncated,
        powers=powers,
    )


def _check_shape(stream: Stream) -> None:
    if not LOWEST_RATE <= stream.rate <= HIGHEST_RATE:
        raise problems.BadAudio(
            f"It has {stream.rate} samples a second; {LOWEST_RATE} to {HIGHEST_RATE} can be read."
        )
    if not 1 <= stream.channels <= MOST_CHANNELS:
        raise problems.BadAudio(
            f"It has {stream.channels} channels; up to {MOST_CHANNELS} can be read."
        )


def _check_values(block: Block) -> None:
    if not len(block):
        return
    highest = max(float(block.max()), -float(block.min()))
    if not np.isfinite(highest):
        raise problems.BadAudio("Some of its samples are not numbers (NaN or infinite).")
    if highest > LOUDEST:
        raise problems.BadAudio("Some of its samples are far above full scale.")


def _audible(lufs: float | None) -> float:
    if lufs is None or lufs < SILENT_LUFS:
        raise problems.NoSignal(
            f"It is silent, or quieter than {SILENT_LUFS:.0f} LUFS. Was the right file exported?"
        )
    return lufs


class _Mixer:
    """The mean of the channels at RATE.

    Room for the longest sound is set aside at once; what is never written takes no memory.
    """

    def __init__(self, rate: int, max_s: int) -> None:
        self._resampler = Resampler(rate)
        self._room = np.empty((max_s + 1) * RATE, dtype=np.float32)
        self._length = 0
        self._mixed = self._heard = 0.0

    def feed(self, block: Block) -> None:
        channels = block.shape[1]
        mono = block @ np.full(channels, 1 / channels, dtype=np.float32)
        self._mixed += float(np.vdot(mono, mono))
        self._heard += float(np.vdot(block, block)) / channels
        self._keep(self._resampler.feed(mono))

    def finish(self) -> NDArray[np.float32]:
        """(n,) float32; raises NoSignal where the channels cancel one another out."""
        if self._mixed < _CANCELLED * self._heard:
            raise problems.NoSignal(
                "Its channels cancel one another out when mixed: one of them is turned over."
            )
        self._keep(self._resampler.finish())
        return self._room[: self._length]

    def _keep(self, piece: NDArray[np.float32]) -> None:
        self._room[self._length : self._length + len(piece)] = piece
        self._length += len(piece)
