"""Decode a file into a Sound. Runs in the isolated child, and nowhere else, on strangers' files."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from api.analysis import problems
from api.analysis.containers import recognition
from api.analysis.containers.streams import Block, Stream
from api.analysis.decoding import loudness
from api.analysis.decoding.resample import Resampler
from api.analysis.sound import MAX_S, MIN_S, POWERS_PER_S, RATE, Sound, clock

LOWEST_RATE, HIGHEST_RATE = 8_000, 192_000
MOST_CHANNELS = 8
MOST_LINKS = 1_000
"""Streams joined in one file."""
MOST_COUNTED = 1 << 29
"""So many samples of a long file's rest are decoded only to be counted: two hours of stereo."""
SILENT_LUFS = -60.0
LOUDEST = 1_000.0
"""Samples 60 dB above full scale are no music but a mistake, and would overflow later."""
_CANCELLED = 1e-6  # power of the mono mix against the channels' own


def read(path: Path | str, *, max_s: int = MAX_S) -> Sound:
    """The first `max_s` seconds of a file's first audio stream. Raises AnalysisError.

    Samples are counted as they are decoded; what a header claims is never trusted. Streams that
    are joined to the first are heard with it, also at other rates.
    """
    with Path(path).open("rb", buffering=0) as file:
        hearing = _Hearing(max_s)
        hearing.all(recognition.links(file))
        return hearing.sound()


class _Hearing:
    """Takes stream after stream, and keeps what is needed of them."""

    def __init__(self, max_s: int) -> None:
        self._max_s = max_s
        self._mixer = _Mixer(max_s)
        self._powers: list[NDArray[np.float64]] = []
        self._first: Stream | None = None
        self._heard_s = self._beyond_s = 0.0
        self._counted = 0
        self._left_out: list[str] = []

    def all(self, links: Iterator[Stream]) -> None:
        """Every stream. What is wrong with the first is raised, with a later one said."""
        for number in range(MOST_LINKS):
            try:
                stream = next(links, None)
                if stream is None:
                    return
                self._take(stream)
            except problems.AnalysisError as problem:
                if not number:
                    raise
                self._left_out.append(
                    f"what is joined to it at {clock(self._heard_s)} was left out: {problem.detail}"
                )
                return
        self._left_out.append(f"only the first {MOST_LINKS:,} recordings joined in it were heard")

    def sound(self) -> Sound:
        """What was heard. Raises AnalysisError."""
        if self._first is None or self._heard_s < MIN_S:
            raise problems.TooShort(
                f"It lasts {self._heard_s:.1f} seconds; {MIN_S} seconds are the least we can "
                "analyse."
            )
        powers = np.concatenate(self._powers)
        return Sound(
            samples=self._mixer.finish(),
            duration_s=self._heard_s,
            loudness_lufs=_audible(loudness.integrated(powers)),
            channels=self._first.channels,
            source_rate=self._first.rate,
            beyond_s=self._beyond_s,
            left_out=tuple(dict.fromkeys(self._left_out)),
            powers=powers,
        )

    def _take(self, stream: Stream) -> None:
        _check_shape(stream)
        self._first = self._first or stream
        weights = loudness.channel_weights(stream.channels, lfe_last=stream.lfe_last)
        meter = loudness.Meter(stream.rate, weights)
        self._mixer.begin(stream.rate)
        limit = round((self._max_s - self._heard_s) * stream.rate)
        taken = beyond = 0
        for block in stream.blocks():
            kept = block[: limit - taken]
            _check_values(kept)
            meter.feed(kept)
            self._mixer.feed(kept)
            taken += len(kept)
            beyond += len(block) - len(kept)
            if beyond and self._is_counted(block, stream):
                beyond = max(beyond, (stream.samples or 0) - taken)
                break
        self._mixer.end()
        self._align()
        self._powers.append(meter.powers())
        self._heard_s += taken / stream.rate
        self._beyond_s += beyond / stream.rate
        self._left_out += stream.left_out

    def _is_counted(self, block: Block, stream: Stream) -> bool:
        """Whether the rest need not, or must not, be decoded to know how long it is."""
        self._counted += block.size
        if self._counted > MOST_COUNTED and stream.samples is None:
            self._left_out.append("it is longer still")
        return stream.samples is not None or self._counted > MOST_COUNTED

    def _align(self) -> None:
        """Before another stream, one power for each tenth of a second so far."""
        if self._powers:
            known = np.concatenate(self._powers)
            count = int(self._heard_s * POWERS_PER_S)
            self._powers = [np.pad(known, (0, max(0, count - len(known))), mode="edge")[:count]]


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
    """The mean of the channels at RATE, of one stream after another.

    Room for the longest sound is set aside at once; what is never written takes no memory.
    """

    def __init__(self, max_s: int) -> None:
        self._resampler = Resampler(RATE)
        self._room = np.empty((max_s + 1) * RATE, dtype=np.float32)
        self._length = 0
        self._mixed = self._heard = 0.0

    def begin(self, rate: int) -> None:
        """What follows has this rate."""
        self._resampler = Resampler(rate)

    def feed(self, block: Block) -> None:
        """The next samples, (n, channels)."""
        channels = block.shape[1]
        mono = block @ np.full(channels, 1 / channels, dtype=np.float32)
        self._mixed += float(np.vdot(mono, mono))
        self._heard += float(np.vdot(block, block)) / channels
        self._keep(self._resampler.feed(mono))

    def end(self) -> None:
        """The stream is over."""
        self._keep(self._resampler.finish())

    def finish(self) -> NDArray[np.float32]:
        """(n,) float32 of all; raises NoSignal where the channels cancel one another out."""
        if self._mixed < _CANCELLED * self._heard:
            raise problems.NoSignal(
                "Its channels cancel one another out when mixed: one of them is turned over."
            )
        return self._room[: self._length]

    def _keep(self, piece: NDArray[np.float32]) -> None:
        self._room[self._length : self._length + len(piece)] = piece
        self._length += len(piece)
