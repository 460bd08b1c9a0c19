"""Describe how a chain of beats lies on the music: what is struck on them and between."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from api.analysis.rhythm.cues import Cues
from api.analysis.rhythm.onsets import RATE

PLACES = np.array([0, 1 / 4, 1 / 3, 1 / 2, 2 / 3, 3 / 4])  # of a beat, where strokes are looked for
ON, THIRD, HALF, TWO_THIRDS = 0, 2, 3, 4  # in PLACES
BEAT, DOWNBEAT = 0, 1  # columns of odds
BLEND = -1  # the column of strokes that holds all ranges together
FULL_STROKE = 1.5
STROKE = 0.5  # above it a beat is struck, 1 being an ordinary moment
SAME_S = 0.07  # two beats closer than this are one, as MIREX has it
NEAR_S = 0.06  # of a beat, within which a stroke is the beat's own
NEARLY_ALL = 0.85  # of a metronome's beats are struck, and of its strokes are beats
LEAST_SILENT = 0.3  # of the time, between one of its clicks and the next
TEMPI_BPM = np.array([50.0, 65.0, 85.0, 110.0, 140.0, 180.0, 225.0])  # centres of soft ranges
OCTAVES_WIDE = 0.25
LOUD = 3.0  # a stroke above it says no more
EXPECTED = len(PLACES) * 5 + len(TEMPI_BPM)  # in `figures`, from where the network's odds stand

Figures = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Pulse:
    """One reading of the beats: their times (m,), lengths (m,) and what is found at six places.

    `strokes` is (6, m, 5); `odds` (6, m, 2) are those of a beat and of a downbeat.
    """

    beats_s: Figures
    steps_s: Figures
    strokes: Figures
    usual: Figures
    odds: Figures

    @property
    def period_s(self) -> float:
        """The ordinary time from beat to beat."""
        return float(np.median(self.steps_s))

    @property
    def struck(self) -> float:
        """The share of beats on which something is struck, 0 to 1."""
        return float((self.strokes[ON, :, BLEND] > STROKE).mean())

    @property
    def profile(self) -> Figures:
        """Mean stroke at each place of the beat, (6, 5), where 1 is the mean of all moments."""
        profile: Figures = self.strokes.mean(axis=1) / self.usual
        return profile

    def figures(self) -> Figures:
        """What can be said of the beats themselves, (49,)."""
        profile = self.profile[:, :BLEND]
        full = np.minimum(self.strokes[:, :, BLEND], FULL_STROKE).mean(axis=1) / FULL_STROKE
        expected = self.odds[:, :, BEAT].mean(axis=1)
        tempo = near(60 / self.period_s, TEMPI_BPM)
        return np.concatenate([profile.ravel(), full, tempo, expected, self._course()])

    def _course(self) -> Figures:
        """How alike every second beat is, what beats meet in a second, how uneven they are, (6,).

        Of a tempo twice too fast every second beat is weak; one far too slow meets little.
        """
        odds = self.odds[ON, :, BEAT]
        struck = np.minimum(self.strokes[ON, :, BLEND], LOUD)
        lasts_s = self.beats_s[-1] - self.beats_s[0]
        logs = np.log(self.steps_s / self.period_s)
        return np.array(
            [
                abs(odds[::2].mean() - odds[1::2].mean()),
                abs(struck[::2].mean() - struck[1::2].mean()),
                odds.sum() / lasts_s,
                struck.sum() / lasts_s,
                np.sqrt((np.diff(logs) ** 2).mean()),
                np.abs(logs).mean(),
            ]
        )

    def triple(self) -> tuple[float, float]:
        """How much more is struck on the beat's first and second third than on its half."""
        at = self.profile[:, BLEND]
        return float(at[THIRD] - at[HALF]), float(at[TWO_THIRDS] - at[HALF])


def read(cues: Cues, beats_s: Figures) -> Pulse:
    """A chain of at least two beats, laid on the music."""
    steps = np.diff(beats_s)
    steps = np.append(steps, steps[-1])
    at = beats_s + PLACES[:, None] * steps
    strokes = cues.struck(at).astype(np.float64)
    odds = cues.expected(at).astype(np.float64)
    return Pulse(beats_s, steps, strokes, cues.strokes.mean(axis=0) + 1e-6, odds)


def alike(one_s: Figures, other_s: Figures) -> float:
    """F-measure of two chains of beats within `SAME_S`, 0 to 1."""
    return 2 * float((_away(one_s, other_s) <= SAME_S).sum()) / (len(one_s) + len(other_s))


def nearest(times_s: Figures, beats_s: Figures) -> NDArray[np.int64]:
    """The index of the beat, of two or more, that is nearest to each time, (n,)."""
    after = np.clip(np.searchsorted(beats_s, times_s), 1, len(beats_s) - 1)
    return after - (times_s - beats_s[after - 1] <= beats_s[after] - times_s)


def _away(times_s: Figures, beats_s: Figures) -> Figures:
    away: Figures = np.abs(beats_s[nearest(times_s, beats_s)] - times_s)
    return away


def is_plain(cues: Cues, laid: Pulse) -> bool:
    """Whether this is a metronome: the beats, and nothing else, are struck, with silence between.

    What the fitted weights expect of music (chords, drums, off-beats) says nothing of one.
    """
    if cues.silent < LEAST_SILENT or laid.struck < NEARLY_ALL:
        return False
    energy = cues.onsets.broad.astype(np.float64) ** 2
    away = _away(np.arange(len(energy)) / RATE, laid.beats_s)
    return bool(energy[away <= NEAR_S].sum() > NEARLY_ALL * energy.sum())


def near(value: float, centres: Figures, width: float = OCTAVES_WIDE) -> Figures:
    """How near a positive value is to each centre, 0 to 1, by a bell as wide as `width` octaves.

    What lies beyond the outermost centres counts as the outermost.
    """
    inside = np.clip(value, centres[0], centres[-1])
    nearness: Figures = np.exp(-0.5 * (np.log2(inside / centres) / width) ** 2)
    return nearness
