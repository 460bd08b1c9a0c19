"""Measure which of the twelve notes sound when, whatever the tuning and the level.

A long window tells a note from its neighbour; it is taken in blocks, so that no spectrum of a whole
recording is ever kept. Drums sound on all notes at once: a note stands out of those around it.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from api.analysis.frames import transforms
from api.analysis.sound import RATE

WINDOW = 4_096  # samples: 186 ms, bins of 5.4 Hz
HOP = 1_024  # samples: 46 ms
FRAME_S = HOP / RATE
BLOCK_FRAMES = 256  # 12 s of sound, 8 MB of windows and bins

CONCERT_PITCH_HZ, CONCERT_PITCH_MIDI = 440.0, 69
CENTRE_MIDI = 72.0  # where an octave counts most, and over how many semitones it fades
SPREAD_SEMITONES = 20.0
LOWEST_HZ, HIGHEST_HZ = 60.0, 5_000.0
BINS = int(HIGHEST_HZ * WINDOW / RATE) + 1  # of a spectrum; the rest is not looked at
SILENCE_DB = -60.0  # below the loudest frame
TINY = np.finfo(np.float32).tiny

LOWEST_NOTE, NOTES = 36, 72  # C2 as a MIDI number, and six octaves, told from drums
AROUND_NOTES = 13  # semitones, half of which a note has to itself
HELD_FRAMES = 17  # 0.8 s: held is what goes on for half of them

TUNING_FRAMES = 600  # enough to know the tuning of any recording
STRETCH_FRAMES = 192  # 9 s in the shortest: a glide crosses notes in it, a tape drifts by cents
TUNING_HZ = (80.0, 2_500.0)
PEAK_DB = -30.0  # below the frame's loudest bin, a peak says nothing about the tuning


@dataclass(frozen=True, slots=True)
class Chroma:
    """How strongly each note sounds, C first.

    `times` is (n,) float64, the seconds a frame is centred on. `values` is (n, 12) float32; a
    frame's largest is 1, and a silent frame is all 0. `pitched` is the same of what stands out of
    the notes around it, without drums: keys are heard from it. `loudness` is (n,) float32, the sum
    of a frame's notes, and `held_share`, 0 to 1, how much of them goes on around their frame: .5 to
    .9 in music, .1 to .4 in drums, .4 to .5 in speech. `tuning_cents`, -50 to 50, is how far the
    recording lies from 440 Hz, and `steadiness`, 0 to 1, how much its partials agree about that:
    near 1 for a piano, .05 to .2 under drums and rap, near 0 for noise and for speech, whose pitch
    glides.
    """

    times: NDArray[np.float64]
    values: NDArray[np.float32]
    pitched: NDArray[np.float32]
    loudness: NDArray[np.float32]
    held_share: float
    tuning_cents: float
    steadiness: float


def measure(samples: NDArray[np.float32]) -> Chroma:
    """Chroma of (n,) float32 mono samples at 22,050 Hz."""
    tuning_cents, steadiness = _tuning(samples)
    filters = np.hstack([_filters(tuning_cents), _note_filters(tuning_cents)])
    frames = [bins @ filters for bins in _magnitudes(samples, HOP, BLOCK_FRAMES)]
    values, notes = np.split(np.concatenate(frames), [12], axis=1)
    bell = _bell(LOWEST_NOTE + np.arange(NOTES, dtype=np.float64)).astype(np.float32)
    loudness = notes @ bell
    held = np.minimum(notes, ndimage.median_filter(notes, (HELD_FRAMES, 1), mode="nearest"))
    return Chroma(
        times=np.arange(len(values), dtype=np.float64) * FRAME_S,
        values=_level(values),
        pitched=_level((_standing_out(notes) * bell).reshape(-1, NOTES // 12, 12).sum(axis=1)),
        loudness=loudness,
        held_share=float((held @ bell).sum() / max(float(loudness.sum()), TINY)),
        tuning_cents=tuning_cents,
        steadiness=steadiness,
    )


def _standing_out(notes: NDArray[np.float32]) -> NDArray[np.float32]:
    """(n, NOTES) magnitudes, less what a stroke has on all notes at once.

    The median over pitch is what is struck (Fitzgerald 2010), and a Wiener filter takes it away.
    Looking along time as well hears no better (39 records, 144 rendered pieces), and loses quick
    notes.
    """
    struck = ndimage.median_filter(notes, (1, AROUND_NOTES), mode="nearest")
    return np.asarray(notes * (notes**2 / np.maximum(notes**2 + struck**2, TINY)))


def _magnitudes(
    samples: NDArray[np.float32], hop: int, block: int
) -> Iterator[NDArray[np.float32]]:
    """`block` frames at a time, magnitudes (block, BINS) of windows `hop` apart."""
    blocks = transforms(samples, window=WINDOW, hop=hop, block=block)
    return (np.abs(bins[:, :BINS]) for bins in blocks)


def _filters(tuning_cents: float) -> NDArray[np.float32]:
    """A bump around each note's octaves, (BINS, 12), each row of Euclidean length 1.

    Rows are then weighted by a bell over pitch, so that neither the bass, where a bin is wider than
    a semitone, nor the cymbals decide.
    """
    hertz, midi = _pitches(tuning_cents)
    bumps = _bumps((midi[:, None] - np.arange(12) + 6) % 12 - 6, hertz)
    bumps /= np.linalg.norm(bumps, axis=1, keepdims=True)
    bell = _bell(midi)
    bell[hertz < LOWEST_HZ] = 0.0
    filters = np.zeros((BINS, 12), np.float32)
    filters[1:] = bumps * bell[:, None]
    return filters


def _note_filters(tuning_cents: float) -> NDArray[np.float32]:
    """The same for every note alone, (BINS, NOTES), each column of length 1."""
    hertz, midi = _pitches(tuning_cents)
    bumps = _bumps(midi[:, None] - LOWEST_NOTE - np.arange(NOTES), hertz)
    filters = np.zeros((BINS, NOTES), np.float32)
    filters[1:] = bumps / np.linalg.norm(bumps, axis=0)
    return filters


def _pitches(tuning_cents: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Hertz of every bin but the first, and MIDI numbers in the recording's own tuning."""
    hertz = np.arange(1, BINS, dtype=np.float64) * (RATE / WINDOW)
    return hertz, _midi(hertz) - tuning_cents / 100


def _bumps(away: NDArray[np.float64], hertz: NDArray[np.float64]) -> NDArray[np.float64]:
    """What each bin counts that many semitones away from a note: a bell no narrower than a bin."""
    bin_semitones = 12 / np.log(2) * (RATE / WINDOW) / hertz
    return np.asarray(np.exp(-0.5 * (2 * away / np.maximum(1.0, bin_semitones)[:, None]) ** 2))


def _bell(midi: NDArray[np.float64]) -> NDArray[np.float64]:
    """What a pitch counts for."""
    return np.asarray(np.exp(-0.5 * ((midi - CENTRE_MIDI) / SPREAD_SEMITONES) ** 2))


def _level(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """Each frame divided by its largest value; frames far below the loudest one are silence."""
    loudest = values.max(axis=1, keepdims=True)
    floor = loudest.max() * 10 ** (SILENCE_DB / 20)
    heard = loudest > max(float(floor), TINY)
    return np.where(heard, values / np.where(heard, loudest, 1.0), 0.0).astype(np.float32)


def _tuning(samples: NDArray[np.float32]) -> tuple[float, float]:
    """Cents away from 440 Hz, and how much the partials agree: the mean of unit vectors.

    Partials are the spectra's peaks, placed between bins by a parabola through the logarithms
    (Smith & Serra 1987); deviations from the tempered scale are averaged around a circle. They need
    to agree within a stretch only, so that a tape that drifts is still music; stretches are equal,
    as few partials agree by chance.
    """
    hop = max(HOP, len(samples) // TUNING_FRAMES)
    count = 1 + len(samples) // hop
    stretch_frames = -(-count // max(1, round(count / STRETCH_FRAMES)))
    total, agreed, weight = 0j, 0.0, 0.0
    for bins in _magnitudes(samples, hop, stretch_frames):
        midi, strength = _partials(bins)
        stretch = complex((strength * np.exp(2j * np.pi * midi)).sum())
        total, agreed = total + stretch, agreed + abs(stretch)
        weight += float(strength.sum())
    if weight == 0.0:
        return 0.0, 0.0
    return float(np.angle(total)) / (2 * np.pi) * 100, agreed / weight


def _partials(bins: NDArray[np.float32]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Pitch as MIDI numbers, and weight, of every clear peak in (frames, bins) magnitudes."""
    low, high = (round(hertz * WINDOW / RATE) for hertz in TUNING_HZ)
    before, at, after = bins[:, low - 1 : high - 1], bins[:, low:high], bins[:, low + 1 : high + 1]
    floor = at.max(axis=1, keepdims=True) * 10 ** (PEAK_DB / 20)
    where = np.nonzero((at > before) & (at >= after) & (at > floor) & (before > 0) & (after > 0))
    a, b, c = (np.log(side[where].astype(np.float64)) for side in (before, at, after))
    shift = 0.5 * (a - c) / (a - 2 * b + c)
    return _midi((where[1] + low + shift) * (RATE / WINDOW)), np.exp(0.5 * b)


def _midi(hertz: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(CONCERT_PITCH_MIDI + 12 * np.log2(hertz / CONCERT_PITCH_HZ))
