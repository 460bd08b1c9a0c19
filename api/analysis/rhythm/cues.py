"""Gather what a listener goes by when tapping a foot: what is struck when, and what sounds between.

Both are laid out once so that hundreds of readings of the same music can be looked up cheaply.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from api.analysis import sound, spectra
from api.analysis.rhythm import beatnet, onsets, tempo

PITCH_RATE = sound.RATE / spectra.PITCH.hop  # 21.5 a second
CLASSES = 12
CHORD, BASS, LOUDNESS = slice(0, 12), slice(12, 24), 24  # columns of `sounding`
CHORD_FROM, BASS_TO = 12, 24  # semitones from C2: chords are read from C3 up, the bass to B3
GAIN = 1e4  # before the logarithm, on powers whose largest is 1
SLACK = 5  # frames, 46 ms to 58 ms: a stroke counts as on time within half of it
LIKELIEST = 0.99  # how probable or improbable a beat may count, log-odds of 4.6
LATE = 1  # activation, by which its beats come before the sound's
NEARBY = 5  # activations, 80 to 100 ms: the network marks a beat some 20 ms early or late
DECIDED = 1.0  # deviation of a beat's log-odds: 0.3 in noise and tones, 1.2 to 3 in music
SURE, DOUBTFUL = 2.7, 1.5  # likewise: 2.6 to 3.3 in music with drums, 1.4 to 2.4 without
LOOSE, PLAIN = 0.4, 0.7  # how plainly it repeats itself: 0.2 to 0.5 where players are free
AUDIBLE = 1e-5  # of the loudest moment's power: 50 dB below it
HOLD, AROUND = 2, 7  # frames, 93 ms, over which notes are held; semitones they stand out of
FAINT = 1e-2  # of a squared length: what is fainter is like nothing
NOTES = 0.55  # speech holds 0.3 to 0.5 of its sound and noise 0.1; pianos and orchestras 0.6 to 0.9


@dataclass(frozen=True, slots=True)
class Cues:
    """The music as strokes and sounds.

    `strokes` is (n, 5) float32: the onset ranges and their blend, each value the largest nearby.
    `odds` is (k, 2) float32, 50 a second: log-odds that a record would have a beat there, and that
    it would have a downbeat, each the largest nearby; `moments` (k,) is the former as it was heard.
    `sums` is (n_pitch + 1, 25) float64: running sums of chroma, bass chroma and loudness.
    `first_s` and `last_s` are where something begins and ceases to sound, and `silent` is the share
    of the time between them in which nothing does. `held` is how alike what stands out of its
    neighbouring semitones is to what did a moment before: near 1 where notes are held. `clarity`
    tells how plainly the strokes repeat themselves, 0 to 1.
    """

    onsets: onsets.Onsets
    strokes: NDArray[np.float32]
    odds: NDArray[np.float32]
    moments: NDArray[np.float32]
    sums: NDArray[np.float64]
    first_s: float
    last_s: float
    silent: float
    held: float
    clarity: float

    @property
    def is_music(self) -> bool:
        """Whether notes are held, or the network knows beats from the rest, of which it hears more.

        In music the mean log-odds of a beat are -0.2 to -2.8, in speech, where it knows nothing,
        0.3 to 0.6, in noise 2; in every third piece for piano, whose strokes it takes for beats
        throughout, up to 1.3.
        """
        beats = self.odds[:, 0]
        return self.held > NOTES or bool(beats.mean() < 0.0 and beats.std() > DECIDED)

    @property
    def doubt(self) -> float:
        """How much the network is to be doubted, 0 to 1.

        It hardly tells beats from the rest, and yet strokes repeat themselves plainly, as in tunes
        that one instrument plays in time.
        """
        hardly = np.interp(self.odds[:, 0].std(), (DOUBTFUL, SURE), (1.0, 0.0))
        return float(hardly * np.interp(self.clarity, (LOOSE, PLAIN), (0.0, 1.0)))

    def struck(self, times_s: NDArray[np.float64]) -> NDArray[np.float32]:
        """Strokes at the times, (..., 5) for times of any shape; those outside read the end."""
        frames = np.round(times_s * onsets.RATE).astype(np.int64)
        return self.strokes[np.clip(frames, 0, len(self.strokes) - 1)]

    def expected(self, times_s: NDArray[np.float64]) -> NDArray[np.float32]:
        """Log-odds of a beat and of a downbeat at the times, (..., 2)."""
        frames = np.round(times_s * beatnet.ACTIVATIONS_PER_S).astype(np.int64)
        return self.odds[np.clip(frames, 0, len(self.odds) - 1)]

    def sounding(
        self, starts_s: NDArray[np.float64], ends_s: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """Mean sound between pairs of times, (k, 25): chroma, bass chroma, loudness."""
        length = np.maximum((ends_s - starts_s) * PITCH_RATE, 1e-6)
        return (self._sum_to(ends_s) - self._sum_to(starts_s)) / length[:, None]

    def _sum_to(self, times_s: NDArray[np.float64]) -> NDArray[np.float64]:
        frames = np.clip(times_s * PITCH_RATE + 0.5, 0, len(self.sums) - 1)
        whole = np.minimum(frames.astype(np.int64), len(self.sums) - 2)
        part = (frames - whole)[:, None]
        means: NDArray[np.float64] = self.sums[whole] * (1 - part) + self.sums[whole + 1] * part
        return means


def gather(heard: spectra.Spectra, activations: NDArray[np.float32]) -> Cues:
    """The cues of a recording: its spectra, and what `beatnet` makes of it, (n, 2)."""
    found = onsets.find(heard)
    ranges = np.column_stack([found.ranges, found.broad])
    strokes = ndimage.maximum_filter1d(ranges, SLACK, axis=0)
    power = heard.attack.sum(axis=1)
    audible = np.flatnonzero(power > AUDIBLE * power.max(initial=0.0))
    first, last = (audible[0], audible[-1]) if len(audible) else (0, 0)
    tones = _tones(heard.pitch)
    odds, moments = _odds(activations)
    return Cues(
        onsets=found,
        strokes=strokes,
        odds=odds,
        moments=moments,
        sums=_sums(tones),
        first_s=first / onsets.RATE,
        last_s=last / onsets.RATE,
        silent=1 - len(audible) / (last - first + 1),
        held=_held(tones),
        clarity=tempo.clarity(found),
    )


def _odds(activations: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    either = np.column_stack([activations.sum(axis=1), activations[:, 1]])
    spread = ndimage.maximum_filter1d(either, NEARBY, axis=0)
    return _log_odds(spread), np.roll(_log_odds(either[:, 0]), LATE)


def _log_odds(chances: NDArray[np.float32]) -> NDArray[np.float32]:
    likely = np.clip(chances, 1 - LIKELIEST, LIKELIEST)
    odds: NDArray[np.float32] = np.log(likely / (1 - likely))
    return odds


def _tones(pitch: NDArray[np.float32]) -> NDArray[np.float64]:
    loudest = max(float(pitch.max(initial=0.0)), 1e-20)
    tones: NDArray[np.float64] = np.log1p(pitch * (GAIN / loudest)).astype(np.float64)
    return tones


def _held(tones: NDArray[np.float64]) -> float:
    """Mean cosine of the tones' relief and what it was `HOLD` frames before."""
    relief = tones - ndimage.uniform_filter1d(tones, AROUND, axis=1)
    length = np.sqrt((relief**2).sum(axis=1) + FAINT)
    alike = (relief[HOLD:] * relief[:-HOLD]).sum(axis=1) / (length[HOLD:] * length[:-HOLD])
    return float(alike.mean()) if len(alike) else 0.0


def _sums(tones: NDArray[np.float64]) -> NDArray[np.float64]:
    chord = tones[:, CHORD_FROM:].reshape(len(tones), -1, CLASSES).sum(axis=1)
    bass = tones[:, :BASS_TO].reshape(len(tones), -1, CLASSES).sum(axis=1)
    frames = np.column_stack([chord, bass, tones.sum(axis=1)])
    return np.concatenate([np.zeros((1, frames.shape[1])), np.cumsum(frames, axis=0)])
