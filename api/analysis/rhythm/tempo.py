"""Propose beat periods: the lags at which the onset envelopes resemble themselves."""

import numpy as np
from numpy.typing import NDArray
from scipy import fft, ndimage

from api.analysis.rhythm.onsets import RATE, Onsets

SLOWEST_BPM, FASTEST_BPM = 50.0, 230.0
PEAKS = 6  # of the autocorrelation, whose relatives are proposed too
RELATIVES = (1.0, 2.0, 0.5, 3.0, 1 / 3, 1.5, 2 / 3)
SAME = 0.03  # two periods closer than this share are one
MOST = 12
WINDOW_S = 12.0  # short enough for a tempo that bends
ROOM = 1.5  # times the longest lag: the least that is worth comparing with itself


def autocorrelation(envelope: NDArray[np.float32], lags: int) -> NDArray[np.float64]:
    """Of the envelope without its mean, (lags,), 1 at lag 0; long lags are not favoured."""
    centred = envelope - envelope.mean()
    size = fft.next_fast_len(2 * len(centred), real=True)
    spectrum = fft.rfft(centred, size)
    raw = fft.irfft(spectrum.real**2 + spectrum.imag**2, size)[:lags].astype(np.float64)
    count = np.maximum(len(centred) - np.arange(lags), 1)
    curve: NDArray[np.float64] = raw / count * (len(centred) / max(raw[0], 1e-12))
    return curve


def candidates(onsets: Onsets) -> NDArray[np.float64]:
    """Beat periods worth trying, (k,) seconds, at most `MOST`, most self-similar first."""
    lags = int(2.2 * RATE * 60 / SLOWEST_BPM)
    if len(onsets.broad) < lags:
        return np.empty(0)
    curve = _salience(onsets, lags)
    kept: list[float] = []
    for peak in _peaks(curve)[:PEAKS]:
        for relative in RELATIVES:
            _keep(kept, peak * relative / RATE)
    return np.array(sorted(kept, key=lambda period: -_comb(curve, period * RATE))[:MOST])


def _salience(onsets: Onsets, lags: int) -> NDArray[np.float64]:
    """Autocorrelations of the blend and of the bass, a little blurred against human timing."""
    curve = autocorrelation(onsets.broad, lags) + 0.5 * autocorrelation(onsets.ranges[:, 0], lags)
    blurred: NDArray[np.float64] = ndimage.gaussian_filter1d(curve, 1.0)
    return blurred


def _peaks(curve: NDArray[np.float64]) -> list[float]:
    """Lags of the local maxima between the tempo limits, in frames and parts, best comb first."""
    first, last = int(RATE * 60 / FASTEST_BPM), int(RATE * 60 / SLOWEST_BPM) + 1
    at = np.arange(max(first, 1), last)
    at = at[(curve[at] >= curve[at - 1]) & (curve[at] > curve[at + 1])]
    before, here, after = curve[at - 1], curve[at], curve[at + 1]
    exact = at + 0.5 * (before - after) / np.minimum(before - 2 * here + after, -1e-12)
    order = np.argsort([-_comb(curve, lag) for lag in exact], kind="stable")
    return [float(exact[i]) for i in order]


def _comb(curve: NDArray[np.float64], lag: float) -> float:
    """Self-similarity at a lag and its double."""
    return float(np.interp([lag, 2 * lag], np.arange(len(curve)), curve).sum())


def _keep(kept: list[float], period: float) -> None:
    inside = 60 / FASTEST_BPM <= period <= 60 / SLOWEST_BPM
    if inside and all(abs(period / other - 1) > SAME for other in kept):
        kept.append(period)


def clarity(onsets: Onsets) -> float:
    """How plainly the music repeats itself within seconds, 0 to 1: noise and speech lie near 0.1.

    The mean, over windows of 12 s, of the largest autocorrelation at the lag of a possible beat.
    """
    size, first = round(WINDOW_S * RATE), int(RATE * 60 / FASTEST_BPM)
    lags = int(RATE * 2 * 60 / SLOWEST_BPM)
    starts = range(0, max(len(onsets.broad) - size, 0) + 1, size // 2)
    windows = (onsets.broad[start : start + size] for start in starts)
    found = [autocorrelation(w, lags)[first:].max() for w in windows if len(w) > ROOM * lags]
    return float(np.clip(np.mean(found), 0.0, 1.0)) if found else 0.0
