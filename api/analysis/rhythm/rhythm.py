"""Hear the rhythm of a recording: tempo, beats, swing, metre and downbeats, chosen together.

Every chain of beats that the onsets support is weighed with every grouping into bars; the answer is
the best of all, and its margins are the shares of probability that agree with it.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from api.analysis import spectra
from api.analysis.rhythm import beats, cues, metre, onsets, readings
from api.analysis.rhythm.pulse import BLEND, ON, Pulse

LEAST_CLARITY, FULL_CLARITY = 0.11, 0.45  # plain music is above 0.45
DOUBTED = 0.06  # more is asked of what the network hears no music in: speech and noise reach 0.15
BY_CHANCE, LONG_ENOUGH_S = 0.17, 20.0  # the less there is, the more it repeats by chance
LEAST_ATTACK_DB = 1.5  # a tone's own beating stays below it
TRIPLE = 3
STRAIGHT = 0.5
LATE = np.linspace(0.56, 0.76, 21)  # where a late off-beat is looked for
SWUNG = (0.595, 0.715)  # where it is swing: beyond lies the last sixteenth
AUDIBLY = 0.3  # of a full stroke, the mean of the beats being 1
CLEARLY = 1.25  # times more is struck there than half-way
RIVAL = 0.05  # probability from which a tempo that is no relative is told
SLOWEST_BPM, FASTEST_BPM = 30.0, 300.0
MOST_CANDIDATES = 5
FULL_STROKE = 2.5
FEWEST_LOCAL_BEATS = 4
A_FEW = 8  # beats over which a tempo is felt: players' unevenness within a bar evens out
FORGIVEN = 1.08  # times the slowest is the fastest: 1.00 to 1.03 where players keep time
SLOWER, FASTER = 10, 90  # percentiles, so that one pause is no tempo

Floats = NDArray[np.float64]
Indices = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Rhythm:
    """What was heard; without a pulse the tempo and metre are None and every array is empty.

    `tempo_bpm` is 60 / the median beat. `candidates` are tempi in beats a minute, best first, the
    chosen one leading. `beats_s` is (m,) float64, rising. `swing` is where the off-beat falls in
    the beat: 0.5 straight, about 2/3 swung or in compound time. `metre` is 3 to 7, where bars of
    two beats are 6 if the beat divides in three (6/8) and else 4 (2/4). `downbeats` is (k,) int64,
    indices into `beats_s`. Margins and strengths are 0 to 1 and uncalibrated; those of beats, (m,),
    and of bars, (k,), are how probable a beat, and the first of a bar, is at that time. `clarity`
    tells how plainly the strokes repeat themselves, 0 to 1.
    `tempo_range` is the slowest and fastest tempo over a few beats, None where it is steady.
    """

    tempo_bpm: float | None
    candidates: tuple[float, ...]
    beats_s: Floats
    swing: float
    metre: int | None
    downbeats: Indices
    tempo_margin: float
    metre_margin: float
    beat_margins: Floats
    bar_margins: Floats
    beat_strengths: Floats
    downbeat_strengths: Floats
    clarity: float
    tempo_range: tuple[float, float] | None = None


NOTHING = Rhythm(
    tempo_bpm=None,
    candidates=(),
    beats_s=np.empty(0),
    swing=STRAIGHT,
    metre=None,
    downbeats=np.empty(0, np.int64),
    tempo_margin=0.0,
    metre_margin=0.0,
    beat_margins=np.empty(0),
    bar_margins=np.empty(0),
    beat_strengths=np.empty(0),
    downbeat_strengths=np.empty(0),
    clarity=0.0,
)


def hear(heard: spectra.Spectra, activations: NDArray[np.float32]) -> Rhythm:
    """The rhythm of a recording, from its spectra and `beatnet`'s view of it, (n, 2).

    `NOTHING` where no pulse is found.
    """
    found = cues.gather(heard, activations)
    enough = LEAST_CLARITY + BY_CHANCE * max(0.0, 1 - heard.duration_s / LONG_ENOUGH_S)
    enough += 0.0 if found.is_music else DOUBTED
    has_pulse = found.clarity > enough and found.onsets.attack_db > LEAST_ATTACK_DB
    proposed = readings.propose(found) if has_pulse else []
    if not proposed:
        return NOTHING
    choice = readings.choose(proposed)
    pulse = proposed[choice.reading].pulse
    return _told(found, pulse, choice, plainness=_plainness(found.clarity))


def _told(found: cues.Cues, pulse: Pulse, choice: readings.Choice, *, plainness: float) -> Rhythm:
    times = beats.settle(found.onsets.broad, pulse.beats_s)
    tempo_bpm = 60 / float(np.median(np.diff(times)))
    count, first = metre.GROUPINGS[choice.grouping]
    marks, swing = readings.marks(found, pulse), _swing(found, pulse)
    downbeats = metre.downbeats(marks, count, first)
    return Rhythm(
        tempo_bpm=tempo_bpm,
        candidates=_candidates(tempo_bpm, choice, triple=count == TRIPLE or swing > STRAIGHT),
        beats_s=times,
        swing=swing,
        metre=choice.metre,
        downbeats=downbeats,
        tempo_margin=choice.tempo_share * plainness,
        metre_margin=choice.metre_share * plainness,
        beat_margins=choice.beat_shares * plainness,
        bar_margins=choice.first_shares[downbeats] * plainness,
        beat_strengths=_strengths(pulse),
        downbeat_strengths=_above_others(marks, downbeats),
        clarity=found.clarity,
        tempo_range=span(times),
    )


def span(beats_s: Floats) -> tuple[float, float] | None:
    """Slowest and fastest tempo over eight beats, in beats a minute; None where it is steady."""
    if len(beats_s) <= 2 * A_FEW:
        return None
    felt = 60 * A_FEW / (beats_s[A_FEW:] - beats_s[:-A_FEW])
    slowest, fastest = np.percentile(felt, (SLOWER, FASTER))
    return (float(slowest), float(fastest)) if fastest > FORGIVEN * slowest else None


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


def _plainness(clarity: float) -> float:
    return min(1.0, (clarity - LEAST_CLARITY) / (FULL_CLARITY - LEAST_CLARITY))


def _candidates(tempo_bpm: float, choice: readings.Choice, *, triple: bool) -> tuple[float, ...]:
    """The tempo taken, then its relatives and its rivals, the more probable the earlier."""
    share_of = dict(choice.tempi)
    factors = (1 / 2, 2, 2 / 3, 3 / 2) if triple else (1 / 2, 2)
    others = {bpm: share for bpm, share in choice.tempi if share >= RIVAL}
    for relative in (tempo_bpm * factor for factor in factors):
        if SLOWEST_BPM <= relative <= FASTEST_BPM:
            near = min(share_of, key=lambda bpm: abs(bpm / relative - 1))
            agrees = abs(near / relative - 1) < readings.SAME_TEMPO
            others[near if agrees else relative] = share_of[near] if agrees else 0.0
    ranked = sorted(others, key=lambda bpm: -others[bpm])
    differ = [bpm for bpm in ranked if abs(bpm / tempo_bpm - 1) > readings.SAME_TEMPO]
    return (tempo_bpm, *differ[: MOST_CANDIDATES - 1])


def _swing(found: cues.Cues, pulse: Pulse) -> float:
    """Where the off-beat falls, 0.5 or between 0.6 and 0.71."""
    at = pulse.beats_s + np.append(STRAIGHT, LATE)[:, None] * pulse.steps_s
    frames = np.arange(len(found.onsets.broad)) / onsets.RATE
    struck = np.interp(at, frames, found.onsets.broad).mean(axis=1)
    late = int(struck[1:].argmax())
    plain = struck[1 + late] > max(CLEARLY * struck[0], AUDIBLY * _strengths(pulse).mean())
    return float(LATE[late]) if plain and SWUNG[0] < LATE[late] < SWUNG[1] else STRAIGHT


def _above_others(marks: Floats, bars: Indices) -> Floats:
    """How far each downbeat's marks exceed those of the other beats of its bar, (k,), 0 to 1."""
    rests = [
        marks[a + 1 : b].mean() if b > a + 1 else 0.0 for a, b in pairwise([*bars, len(marks)])
    ]
    lead: Floats = (marks[bars] - np.array(rests)) / (marks.std() + 1e-6)
    return 1 / (1 + np.exp(-lead))
