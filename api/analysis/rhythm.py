"""Hear the rhythm of a recording: tempo, beats, swing, metre and downbeats, chosen together.

Every chain of beats that the onsets support is weighed with every grouping into bars; the answer is
the best of all, and its margins are the shares of probability that agree with it.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from api.analysis import beats, cues, metre, readings, spectra, tempo
from api.analysis.pulse import BLEND, ON, Pulse

LEAST_CLARITY, FULL_CLARITY = 0.17, 0.45  # speech and noise reach 0.15, plain music is above 0.45
PAIR, SIMPLE, COMPOUND = 2, 4, 6  # a bar of two beats, and what it is called
STRAIGHT = 0.5
SWUNG = np.arange(0.58, 0.725, 0.01)  # places of the off-beat that count as swung
CLEARLY = 1.15  # times more is struck there than half-way
FULL_STROKE = 2.5
FEWEST_LOCAL_BEATS = 4

Floats = NDArray[np.float64]
Indices = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Rhythm:
    """What was heard; without a pulse the tempo and metre are None and every array is empty.

    `tempo_bpm` is 60 / the median beat. `candidates` are tempi in beats a minute, best first, the
    chosen one leading. `beats_s` is (m,) float64, rising. `swing` is where the off-beat falls in
    the beat: 0.5 straight, about 2/3 swung or in compound time. `metre` is 3 to 7, where bars of
    two beats are 6 if the beat divides in three (6/8) and else 4 (2/4). `downbeats` is (k,) int64,
    indices into `beats_s`. Margins and strengths are 0 to 1 and uncalibrated.
    """

    tempo_bpm: float | None
    candidates: tuple[float, ...]
    beats_s: Floats
    swing: float
    metre: int | None
    downbeats: Indices
    tempo_margin: float
    metre_margin: float
    beat_strengths: Floats
    downbeat_strengths: Floats


NOTHING = Rhythm(
    tempo_bpm=None,
    candidates=(),
    beats_s=np.empty(0),
    swing=STRAIGHT,
    metre=None,
    downbeats=np.empty(0, np.int64),
    tempo_margin=0.0,
    metre_margin=0.0,
    beat_strengths=np.empty(0),
    downbeat_strengths=np.empty(0),
)


def hear(heard: spectra.Spectra) -> Rhythm:
    """The rhythm of a recording, from its spectra alone; `NOTHING` where no pulse is found."""
    found = cues.gather(heard)
    clarity = tempo.clarity(found.onsets)
    proposed = readings.propose(found) if clarity > LEAST_CLARITY else []
    if not proposed:
        return NOTHING
    plainness = min(1.0, (clarity - LEAST_CLARITY) / (FULL_CLARITY - LEAST_CLARITY))
    choice = readings.choose(proposed)
    pulse = proposed[choice.reading].pulse
    count, first = metre.GROUPINGS[choice.grouping]
    marks = metre.accents(found, pulse) @ readings.weights().accents
    times, strengths = beats.settle(found.onsets.broad, pulse.beats_s), _strengths(pulse)
    swing = _swing(found, pulse)
    return Rhythm(
        tempo_bpm=60 / float(np.median(np.diff(times))),
        candidates=choice.tempi_bpm,
        beats_s=times,
        swing=swing,
        metre=(COMPOUND if swing > STRAIGHT else SIMPLE) if count == PAIR else count,
        downbeats=np.arange(first, len(times), count),
        tempo_margin=choice.tempo_share * plainness,
        metre_margin=choice.metre_share * plainness,
        beat_strengths=strengths,
        downbeat_strengths=_above_others(marks, first, count),
    )


def within(rhythm: Rhythm, start_s: float, end_s: float) -> tuple[float | None, float]:
    """Tempo in beats a minute between two times, and its margin.

    A stretch with fewer than four beats has the whole's tempo and half its margin.
    """
    inside = rhythm.beats_s[(rhythm.beats_s >= start_s) & (rhythm.beats_s < end_s)]
    if len(inside) < FEWEST_LOCAL_BEATS:
        return rhythm.tempo_bpm, rhythm.tempo_margin / 2
    steps = np.diff(inside)
    middle = float(np.median(steps))
    steady = max(0.0, 1.0 - float(np.median(np.abs(steps - middle))) / (0.1 * middle))
    return 60 / middle, rhythm.tempo_margin * steady


def _strengths(pulse: Pulse) -> Floats:
    """How hard each beat is struck, (m,), 1 being two and a half times the music's rms."""
    struck: Floats = np.minimum(pulse.strokes[ON, :, BLEND] / FULL_STROKE, 1.0)
    return struck


def _swing(found: cues.Cues, pulse: Pulse) -> float:
    """Where the off-beat falls, 0.5 or between 0.58 and 0.72."""
    places = np.append(STRAIGHT, SWUNG)
    at = pulse.beats_s + places[:, None] * pulse.steps_s
    struck = found.struck(at)[:, :, BLEND].mean(axis=1)
    late = int(struck[1:].argmax())
    return float(SWUNG[late]) if struck[1 + late] > CLEARLY * struck[0] else STRAIGHT


def _above_others(marks: Floats, first: int, count: int) -> Floats:
    """How far each downbeat's marks exceed those of the other beats of its bar, (k,), 0 to 1."""
    bars = np.arange(first, len(marks), count)
    ends = np.append(bars[1:], len(marks))
    rests = np.array(
        [marks[a + 1 : b].mean() if b > a + 1 else 0.0 for a, b in zip(bars, ends, strict=True)]
    )
    lead = (marks[bars] - rests) / (marks.std() + 1e-6)
    strengths: Floats = 1 / (1 + np.exp(-lead))
    return strengths
