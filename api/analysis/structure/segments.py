"""Cut a recording from onset to onset, and say how loud each moment is and which notes it holds.

A segment is a moment whose sound hardly changes: one note, one chord, one stroke.
"""

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from api.analysis.harmony import chroma as notes
from api.analysis.harmony.chroma import Chroma
from api.analysis.sound import RATE
from api.analysis.spectra import Spectra
from api.analysis.structure import averages, levels, timbre
from api.analysis.structure.levels import FRAME_S
from api.analysis.structure.silence import Music

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
    """Segments of (n,) float32 mono samples whose spectra and chroma, or longer ones, are given."""
    level = levels.measure(samples)
    rise = _rise(heard.attack)[: len(level)]
    onsets = _onsets(rise)
    starts = _backtrack(onsets, level)
    strengths = np.maximum.reduceat(rise, starts)
    edges_s = np.append(starts * FRAME_S, len(samples) / RATE)
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


def placed(cut: Segments, music: Music) -> Segments:
    """The segments of a file's music in the file's time, contiguous from 0.0 to its end.

    Silence before or after the music is a segment of its own, unless it is too short for one: then
    the neighbour has it.
    """
    starts_s = cut.starts_s + music.origin_s
    ends_s = np.append(starts_s[1:], music.ends_s)
    first = int(np.argmax(ends_s > music.begins_s + SHORTEST_S))
    edges_s = np.maximum(np.append(starts_s[first:], music.ends_s), music.begins_s)
    before_s, after_s = float(edges_s[0]), music.file_s - music.ends_s
    edges_s[0] = before_s if before_s >= SHORTEST_S else 0.0
    edges_s[-1] = music.ends_s if after_s >= SHORTEST_S else music.file_s
    loudest_s = (starts_s + cut.loudness_max_times_s)[first:]
    sounding = Segments(
        starts_s=edges_s[:-1],
        durations_s=np.diff(edges_s),
        confidences=cut.confidences[first:],
        loudness_starts_db=cut.loudness_starts_db[first:],
        loudness_maxima_db=cut.loudness_maxima_db[first:],
        loudness_max_times_s=np.maximum(loudest_s - edges_s[:-1], 0.0),
        loudness_ends_db=cut.loudness_ends_db[first:],
        pitches=cut.pitches[first:],
        timbres=cut.timbres[first:],
    )
    silences = _silence(0.0, edges_s[0]), _silence(edges_s[-1], music.file_s)
    return _joined(silences[0], sounding, silences[1])


def _silence(start_s: float, end_s: float) -> Segments:
    """One segment in which nothing sounds, or none where it would have no length."""
    count = int(end_s > start_s)
    nothing, floor = np.zeros(count), np.full(count, levels.FLOOR_DB)
    return Segments(
        starts_s=np.full(count, start_s),
        durations_s=np.full(count, end_s - start_s),
        confidences=nothing,
        loudness_starts_db=floor,
        loudness_maxima_db=floor,
        loudness_max_times_s=nothing,
        loudness_ends_db=floor,
        pitches=np.ones((count, 12), np.float32),
        timbres=np.tile(timbre.SILENCE, (count, 1)),
    )


def _joined(*parts: Segments) -> Segments:
    columns = zip(
        *(tuple(getattr(part, f.name) for f in fields(part)) for part in parts), strict=True
    )
    return Segments(*map(np.concatenate, columns))


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
