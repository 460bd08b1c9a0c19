"""Cut a recording where its sound changes for good: other instruments, other chords, other level.

Every beat is described by timbre, level, movement and notes; the cuts are those that leave the
least change inside the sections, each further cut having to earn its price. What changes all the
time anyway counts for little, and how the music dies away for nothing. A section is a stretch, not
a verse.
"""

from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray
from scipy import fft

from api.analysis.harmony.chroma import FRAME_S, Chroma
from api.analysis.sound import RATE
from api.analysis.spectra import ATTACK, MEL, Spectra
from api.analysis.structure import averages, levels

MEL_FRAME_S = MEL.hop / RATE
ATTACK_FRAME_S = ATTACK.hop / RATE

SHORTEST_S = 6.0
GRID_S = 0.5  # stands in for beats where none were heard
SETTLED_S = 0.05  # what sounds this long after a beat belongs to it, not to the one before
RANGE_DB = 60.0  # below the loudest band of the recording

PRESENT_DB, GONE_DB = -6.0, -20.0  # of the usual level: counts wholly, and not at all, near an end
CLOSE_S = 2.0  # of what sounds: a last chord held is no section
NEAR = 12  # pieces: what varies among so many would vary without sections
COUNTS = 0.5
HARDLY = 1e-6  # instead of nothing

COEFFICIENTS = 13  # of the cepstrum; the first is the level
MOVING = 4  # frames, 46 ms: in which a note is struck or goes on
RANGES = 8  # in which movement is heard
PRICE_S = 3.5  # a cut costs as much as the usual change of so many seconds
ON_DOWNBEAT = 0.7  # of the price
NO_TIMES = np.empty(0)


@dataclass(frozen=True, slots=True)
class Share:
    """What a group of numbers counts for, and the variance that is too slight to count."""

    weight: float
    slight: float


TIMBRE, LEVEL = Share(1.0, 20.0), Share(0.5, 20.0)
MOVEMENT, NOTES = Share(1.0, 1.5), Share(0.5, 0.005)
ALL = sum(share.weight for share in (TIMBRE, LEVEL, MOVEMENT, NOTES))


@dataclass(frozen=True, slots=True)
class Cuts:
    """Where sections start, and how clear that is.

    `starts_s` is (k,) float64, the first 0.0, the others on beats, `SHORTEST_S` apart or more.
    `strengths` is (k,) float64, 0 to 1: the share of what a cut explains that is left once it has
    paid its price; 1 for the first.
    """

    starts_s: NDArray[np.float64]
    strengths: NDArray[np.float64]


def cut(
    heard: Spectra,
    chroma: Chroma,
    beats_s: NDArray[np.float64],
    *,
    downbeats_s: NDArray[np.float64] = NO_TIMES,
) -> Cuts:
    """Sections of a recording; `beats_s` is (n,), rising, and may be empty.

    A cut at one of `downbeats_s`, some of the beats, is a little cheaper.
    """
    edges_s = _edges(beats_s, heard.duration_s)
    settled_s = np.append(0.0, edges_s[1:] + SETTLED_S)
    present = _present(heard, settled_s)
    seconds = np.diff(edges_s) * np.maximum(present, HARDLY)
    scatter = _Scatter(_describe(heard, chroma, (settled_s, seconds)), seconds)
    prices = PRICE_S * ALL * np.where(np.isin(edges_s, downbeats_s), ON_DOWNBEAT, 1.0)
    sounding = np.flatnonzero(present >= COUNTS)
    sounding_s = np.clip(edges_s, edges_s[sounding[0]], edges_s[sounding[-1] + 1])
    starts = _cheapest(scatter, sounding_s, prices)
    return Cuts(edges_s[starts], _strengths(scatter, starts, PRICE_S * ALL))


def _edges(beats_s: NDArray[np.float64], duration_s: float) -> NDArray[np.float64]:
    """(n + 1,): 0.0, the beats inside and the duration; every half second where there are none."""
    inside = beats_s if len(beats_s) else np.arange(GRID_S, duration_s, GRID_S)
    inside = inside[(inside > 0.0) & (inside < duration_s)]
    return np.unique(np.concatenate([[0.0], inside, [duration_s]]))


def _present(heard: Spectra, edges_s: NDArray[np.float64]) -> NDArray[np.float64]:
    """(n,), 0 to 1: how much what lies between edges belongs to the music.

    Less the further all before it, or all after it, is below the usual level: a rest counts, a
    decay does not. The last `CLOSE_S` of what is left are out as well, unless they are all.
    """
    power = averages.between(heard.mel.sum(axis=1, keepdims=True), MEL_FRAME_S, edges_s)[:, 0]
    level_db = levels.relative_db(power.astype(np.float32), RANGE_DB)
    until, since = np.maximum.accumulate(level_db), np.maximum.accumulate(level_db[::-1])[::-1]
    below_db = np.minimum(until, since) - np.median(level_db)
    present = np.clip((below_db - GONE_DB) / (PRESENT_DB - GONE_DB), 0.0, 1.0)
    end_s = edges_s[np.flatnonzero(present >= COUNTS)[-1] + 1]
    before = np.where(edges_s[:-1] < end_s - CLOSE_S, present, 0.0)
    return np.asarray(before if before.max() >= COUNTS else present)


def _describe(
    heard: Spectra, chroma: Chroma, parts: tuple[NDArray[np.float64], NDArray[np.float64]]
) -> NDArray[np.float64]:
    """(n, 33): what the parts are like, given as edges and the seconds they count."""
    edges_s, seconds = parts
    colour = averages.between(_cepstrum(heard.mel), MEL_FRAME_S, edges_s)
    movement = averages.between(_movement(heard.attack), ATTACK_FRAME_S, edges_s)
    notes = averages.between(chroma.values, FRAME_S, edges_s)
    return np.hstack(
        [
            _weigh(colour[:, 1:], seconds, TIMBRE),
            _weigh(colour[:, :1], seconds, LEVEL),
            _weigh(movement, seconds, MOVEMENT),
            _weigh(notes, seconds, NOTES),
        ]
    )


def _cepstrum(power: NDArray[np.float32]) -> NDArray[np.float32]:
    """(n_frames, 13): the first coefficients of the cosine transform of mel bands in dB."""
    waves = fft.dct(np.eye(power.shape[1], dtype=np.float32), axis=1, norm="ortho")
    return np.asarray(levels.relative_db(power, RANGE_DB) @ waves[:, :COEFFICIENTS])


def _movement(power: NDArray[np.float32]) -> NDArray[np.float32]:
    """(n_frames, 8): how far, in dB, ranges of bands rise or fall: much where notes are struck."""
    level_db = levels.relative_db(power, RANGE_DB)
    moved = np.zeros_like(level_db)
    np.abs(level_db[MOVING:] - level_db[:-MOVING], out=moved[MOVING:])
    return np.asarray(moved.reshape(len(power), RANGES, -1).mean(axis=2))


def _weigh(
    values: NDArray[np.float64], seconds: NDArray[np.float64], share: Share
) -> NDArray[np.float64]:
    """Centred, and scaled so that what is unusual in this recording is far from 0.

    The measure is half way, as a ratio, between all variance and that of `NEAR` parts in a row,
    which mostly lie in one section. Without the slight variance, the breath of a steady
    tone would be made a storm.
    """
    centred = values - np.average(values, axis=0, weights=seconds)
    variance = float(np.average((centred**2).sum(axis=1), weights=seconds))
    near = min(NEAR, len(centred))
    inside = sliding_window_view(centred, near, axis=0).var(axis=-1).sum(axis=1)
    counted = sliding_window_view(seconds, near).min(axis=-1) > 2 * HARDLY * seconds.max()
    unrest = float(np.median(inside[counted])) if counted.any() else variance
    return np.asarray(centred * np.sqrt(share.weight / (np.sqrt(unrest * variance) + share.slight)))


class _Scatter:
    """Squared distances of pieces, weighted by seconds, from the mean of their stretch."""

    def __init__(self, pieces: NDArray[np.float64], weights: NDArray[np.float64]) -> None:
        self._weights = np.concatenate([[0.0], np.cumsum(weights)])
        self._squares = np.concatenate([[0.0], np.cumsum((pieces**2).sum(axis=1) * weights)])
        self._sums = np.zeros((len(pieces) + 1, pieces.shape[1]))
        np.cumsum(pieces * weights[:, None], axis=0, out=self._sums[1:])

    def __len__(self) -> int:
        return len(self._weights) - 1

    def of(self, starts: NDArray[np.intp], end: int) -> NDArray[np.float64]:
        """(k,): the scatter of the pieces from each start up to `end`."""
        sums = self._sums[end] - self._sums[starts]
        weights = self._weights[end] - self._weights[starts]
        between = (sums**2).sum(axis=1) / weights
        return np.asarray(self._squares[end] - self._squares[starts] - between)


def _cheapest(
    scatter: _Scatter, sounding_s: NDArray[np.float64], prices: NDArray[np.float64]
) -> NDArray[np.intp]:
    """First pieces of the sections whose scatter and prices cost the least in all.

    `sounding_s` are the edges, those outside of the music drawn to where it begins and ends.
    Dynamic programming over ends (Jackson et al. 2005, optimal partitioning).
    """
    count = len(sounding_s) - 1
    cost = np.full(count + 1, np.inf)
    cost[0] = 0.0
    back = np.zeros(count + 1, np.intp)
    for end in range(1, count + 1):
        reachable = int(np.searchsorted(sounding_s, sounding_s[end] - SHORTEST_S, side="right"))
        starts = np.flatnonzero(np.isfinite(cost[:reachable]))
        if len(starts):
            costs = cost[starts] + scatter.of(starts, end) + prices[starts]
            best = int(np.argmin(costs))
            cost[end], back[end] = costs[best], starts[best]
    found = [int(back[count])]
    while found[-1] > 0:
        found.append(int(back[found[-1]]))
    return np.array(found[::-1], np.intp)


def _strengths(scatter: _Scatter, starts: NDArray[np.intp], price: float) -> NDArray[np.float64]:
    """(k,): for each start, one minus the price over what joining it to its left would cost."""
    strengths = np.ones(len(starts))
    ends = [*starts[1:], len(scatter)]
    for i in range(1, len(starts)):
        left, here, end = starts[i - 1 : i], starts[i : i + 1], int(ends[i])
        apart = scatter.of(left, int(here[0]))[0] + scatter.of(here, end)[0]
        gain = scatter.of(left, end)[0] - apart
        strengths[i] = np.clip(1.0 - price / gain, 0.0, 1.0) if gain > 0.0 else 0.0
    return strengths
