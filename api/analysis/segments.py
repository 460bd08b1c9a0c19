"""Cut a recording from onset to onset, and say how loud each moment is and which notes it holds.

A segment is a moment whose sound hardly changes: one note, one chord, one stroke.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from api.analysis import averages, levels, timbre
from api.analysis import chroma as notes
from api.analysis.chroma import Chroma
from api.analysis.levels import FRAME_S
from api.analysis.spectra import Spectra

SHORTEST_S = 0.06

RANGE_DB = 70.0  # a band's rise counts from this far below the loudest one
RISE_FRAMES = 2  # in which a rise is measured
PEAK_FRAMES = 3  # an onset rises most within so many frames to each side
AROUND_FRAMES = 43  # half a second to each side, whose mean an onset must exceed
THRESHOLD_DB = 0.9  # ... by this mean rise of all bands
BACKTRACK_FRAMES = 8  # 93 ms, in which the energy's minimum before an onset is sought
HALF_SURE_DB = 4.0  # the rise that gives a confidence of a half


@dataclass(frozen=True, slots=True)
class Segments:
    """One entry a segment; contiguous from 0.0 to the recording's duration.

    `starts_s`, `durations_s`, `loudness_max_times_s` (counted from the start) in seconds;
    `loudness_starts_db`, `loudness_maxima_db`, `loudness_ends_db` in dB of full scale, at least
    -60; `confidences` 0 to 1, how clear the onset is: all (n,) float64. `pitches` is (n, 12)
    float32, C first, each row's maximum exactly 1; `timbres` (n, 12) float32, see `timbre`.
    """

    starts_s: NDArray[np.float64]
    durations_s: NDArray[np.float64]
    confidences: NDArray[np.float64]
    loudness_starts_db: NDArray[np.float64]
    loudness_maxima_db: NDArray[np.float64]
    loudness_max_times_s: NDArray[np.float64]
    loudness_ends_db: NDArray[np.float64]
    pitches: NDArray[np.float32]
    timbres: NDArray[np.float32]


def cut(samples: NDArray[np.float32], heard: Spectra, chroma: Chroma) -> Segments:
    """Segments of (n,) float32 mono samples whose spectra and chroma are given."""
    level = levels.measure(samples)
    rise = _rise(heard.attack)
    onsets = _onsets(rise)
    starts = _backtrack(onsets, level)
    strengths = np.maximum.reduceat(rise, starts)
    edges_s = np.append(starts * FRAME_S, heard.duration_s)
    peaks = _peaks(level, starts)
    start_db = level[starts]
    return Segments(
        starts_s=edges_s[:-1],
        durations_s=np.diff(edges_s),
        confidences=strengths / (strengths + HALF_SURE_DB),
        loudness_starts_db=start_db,
        loudness_maxima_db=level[peaks],
        loudness_max_times_s=np.asarray((peaks - starts) * FRAME_S, np.float64),
        loudness_ends_db=np.append(start_db[1:], level[-1]),
        pitches=_pitches(chroma, edges_s),
        timbres=timbre.describe(heard, edges_s, level[peaks]),
    )


def _rise(powers: NDArray[np.float32]) -> NDArray[np.float64]:
    """(frames,): how much the bands rise into each frame, in dB, their mean (spectral flux)."""
    decibels = levels.relative_db(powers, RANGE_DB)
    grown = np.maximum(0.0, decibels[RISE_FRAMES:] - decibels[:-RISE_FRAMES]).mean(axis=1)
    return np.pad(grown.astype(np.float64), (RISE_FRAMES, 0))[: len(powers)]


def _onsets(rise: NDArray[np.float64]) -> NDArray[np.intp]:
    """Frames that rise more than all around them, and clearly more than the half second does."""
    highest = ndimage.maximum_filter1d(rise, 2 * PEAK_FRAMES + 1, mode="nearest")
    usual = ndimage.uniform_filter1d(rise, 2 * AROUND_FRAMES + 1, mode="nearest")
    return np.flatnonzero((rise == highest) & (rise > usual + THRESHOLD_DB))


def _backtrack(onsets: NDArray[np.intp], level: NDArray[np.float64]) -> NDArray[np.intp]:
    """Starts: 0, then the quietest frame shortly before each onset, `SHORTEST_S` apart or more."""
    least = int(np.ceil(SHORTEST_S / FRAME_S))
    starts = [0]
    for onset in onsets:
        first = max(int(onset) - BACKTRACK_FRAMES, starts[-1])
        before = level[first : onset + 1][::-1]
        start = int(onset) - int(np.argmin(before))
        if start - starts[-1] >= least and len(level) - 1 - start >= least:
            starts.append(start)
    return np.array(starts, np.intp)


def _peaks(level: NDArray[np.float64], starts: NDArray[np.intp]) -> NDArray[np.intp]:
    """The loudest frame of each segment."""
    ends = [*starts[1:].tolist(), len(level)]
    spans = zip(starts.tolist(), ends, strict=True)
    return np.array([a + int(np.argmax(level[a:b])) for a, b in spans], np.intp)


def _pitches(chroma: Chroma, edges_s: NDArray[np.float64]) -> NDArray[np.float32]:
    """(n, 12): the mean chroma of each segment over its maximum; all 1 where no note sounds."""
    mean = np.maximum(0.0, averages.between(chroma.values, notes.FRAME_S, edges_s))
    largest = mean.max(axis=1, keepdims=True)
    sounding = largest > 0.0
    return np.where(sounding, mean / np.where(sounding, largest, 1.0), 1.0).astype(np.float32)
