"""Propose readings of the music, each a chain of beats, and judge them by what they would explain.

The judgement is a softmax over every reading and grouping of one recording (a conditional logit),
with weights fitted by `api.analysis.fitting.rhythm` on music whose beats are known.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from api.analysis.rhythm import beats, bends, metre, pulse, rubato, tempo
from api.analysis.rhythm.cues import Cues
from api.analysis.rhythm.onsets import RATE

WEIGHTS = Path(__file__).with_name("weights.json")
SHIFTS = (0.0, 1 / 3, 1 / 2, 2 / 3)  # of a beat: the tracker may have locked on to an off-beat
HALVES = (0.0, 1 / 2)  # likewise, where its tempo was free
FEWEST_BEATS = 7
LEAST_STRUCK = 0.25  # of the beats must be struck: what is not has no pulse
PAIR, SIMPLE, COMPOUND = 2, 4, 6  # a bar of two beats, and what it is called
EACH_THIRD, BOTH_THIRDS = 0.4, 0.6  # of a mean stroke more than on the half: compound time, whose
# first third has 0.7 and more in jigs and 6/8, 0.2 in shuffles
SAME_TEMPO = 0.04  # share by which two tempi may differ and still agree
LIKELY = 0.01  # probability from which a reading has a say

Figures = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Reading:
    """A chain of beats with its figures, (102,) for the beats and (21, 47) for their groupings.

    The second 51 are the first times how much the network is to be doubted: where it knows little,
    every figure may count for something else. `is_plain` tells a metronome, of whose bars only its
    accents can speak.
    """

    pulse: pulse.Pulse
    beat_figures: Figures
    grouping_figures: Figures
    is_plain: bool = False


@dataclass(frozen=True, slots=True)
class Weights:
    """What each figure is worth: (102,) for the beats and (47,) for a grouping."""

    beats: Figures
    groupings: Figures

    @property
    def accents(self) -> Figures:
        """Of them, those of a mark on the first beat, (12,)."""
        return self.groupings[: metre.MARKS]


@cache
def weights() -> Weights:
    """The fitted weights."""
    return read(WEIGHTS)


def read(path: Path) -> Weights:
    """Weights as they are written."""
    table = json.loads(path.read_text(encoding="utf-8"))
    return Weights(np.array(table["beats"]), np.array(table["groupings"]))


def propose(cues: Cues) -> list[Reading]:
    """Every candidate period, tracked, and every free chain, each moved by parts of a beat.

    If some of them are plain (a metronome's), they alone.
    """
    found = []
    for chain, shifts in _chains(cues):
        steps = np.diff(chain)
        for shift in shifts:
            moved = _audible(cues, chain + shift * np.append(steps, steps[-1:]))
            if len(moved) >= FEWEST_BEATS:
                found.append(_reading(cues, moved, shift))
    struck = [reading for reading in found if reading.pulse.struck >= LEAST_STRUCK]
    return [reading for reading in struck if reading.is_plain] or struck


def _chains(cues: Cues) -> Iterator[tuple[Figures, tuple[float, ...]]]:
    """Chains of beats, each with the parts of a beat by which it may be off."""
    windows = bends.look(cues.onsets)
    times = np.arange(len(cues.onsets.broad)) / RATE
    for period in tempo.candidates(cues.onsets):
        yield beats.track(cues.onsets.broad, bends.follow(windows, period, times)), SHIFTS
    for chain in rubato.chains(cues):
        yield chain, HALVES


def _audible(cues: Cues, chain: Figures) -> Figures:
    """The beats from half a beat before the music's first sound to its last."""
    first = max(cues.first_s - float(np.median(np.diff(chain))) / 2, 0.0) if len(chain) > 1 else 0.0
    return chain[(chain >= first) & (chain <= cues.last_s)]


def _reading(cues: Cues, chain: Figures, shift: float) -> Reading:
    laid = pulse.read(cues, chain)
    as_tracked = [shift == SHIFTS[0], shift == SHIFTS[2]]
    figures = np.append(laid.figures(), as_tracked)
    return Reading(
        pulse=laid,
        beat_figures=np.append(figures, cues.doubt * figures),
        grouping_figures=metre.figures(cues, laid),
        is_plain=pulse.is_plain(cues, laid),
    )


@dataclass(frozen=True, slots=True)
class Choice:
    """The reading and grouping taken (indices), and the probabilities of what they say.

    Shares are over all readings; `beat_shares` and `first_shares`, (m,), are of those that have a
    beat, and the first of a bar, where the reading taken has each of its beats.
    """

    reading: int
    grouping: int
    tempo_share: float
    metre: int
    metre_share: float
    beat_shares: Figures
    first_shares: Figures
    tempi: tuple[tuple[float, float], ...]


def choose(readings: Sequence[Reading]) -> Choice:
    """The beats that agree best with all that is probable, then the metre and its first beat.

    Where one reading is sure that is the reading; where none is, what most of them share (the
    least expected error) is right more often than what the likeliest of many says.
    """
    chances = np.array(
        [
            _in_pairs(shares) if _is_compound(reading) else shares
            for reading, shares in zip(readings, probabilities(readings), strict=True)
        ]
    )
    tempi = np.array([60 / reading.pulse.period_s for reading in readings])
    agrees = np.abs(tempi[:, None] / tempi - 1) < SAME_TEMPO
    likely = chances.sum(axis=1)
    shares = agrees @ likely
    best = _least_wrong(readings, likely)
    of_counts = metre.COUNTS[:, None] == metre.COUNTS
    counts = of_counts @ chances[best]
    grouping = int((chances[best] * of_counts[counts.argmax()]).argmax())
    names = np.array([_names(reading) for reading in readings])
    beat_shares, first_shares = _shares(readings, chances, readings[best].pulse.beats_s)
    return Choice(
        reading=best,
        grouping=grouping,
        tempo_share=float(shares[best]),
        metre=int(names[best, grouping]),
        metre_share=float(chances[names == names[best, grouping]].sum()),
        beat_shares=beat_shares,
        first_shares=first_shares,
        tempi=_ranked(tempi, shares),
    )


def _least_wrong(readings: Sequence[Reading], likely: Figures) -> int:
    """The index of the reading whose beats agree best with all that is likely."""
    heard = np.flatnonzero(likely >= min(LIKELY, likely.max()))
    chains = [readings[int(i)].pulse.beats_s for i in heard]
    alike = np.array([[pulse.alike(one, other) for other in chains] for one in chains])
    return int(heard[(alike @ likely[heard]).argmax()])


def _shares(
    readings: Sequence[Reading], chances: Figures, times_s: Figures
) -> tuple[Figures, Figures]:
    """How probable a beat, and the first beat of a bar, is at each of the times, (m,) each."""
    beat, first = np.zeros(len(times_s)), np.zeros(len(times_s))
    for reading, of_groupings in zip(readings, chances, strict=True):
        chain = reading.pulse.beats_s
        nearest = pulse.nearest(times_s, chain)
        meets = np.abs(chain[nearest] - times_s) <= pulse.SAME_S
        beat += of_groupings.sum() * meets
        begins = nearest[:, None] % metre.COUNTS == metre.FIRSTS
        first += (begins @ of_groupings) * meets
    return beat, first


def _names(reading: Reading) -> NDArray[np.int64]:
    """The metre of each grouping as the contract counts it, (21,), 3 to 7."""
    pair = COMPOUND if _is_compound(reading) else SIMPLE
    return np.where(metre.COUNTS == PAIR, pair, metre.COUNTS)


def _is_compound(reading: Reading) -> bool:
    thirds = reading.pulse.triple()
    return min(thirds) > EACH_THIRD and sum(thirds) > BOTH_THIRDS


def _in_pairs(chances: Figures) -> Figures:
    """In compound time, (21,): bars of four that could as well begin half-way are bars of two.

    In simple time both are called 4, and what is undecided there is only where bars begin.
    """
    moved, fours = chances.copy(), np.flatnonzero(metre.COUNTS == 2 * PAIR)
    halves = chances[fours].reshape(PAIR, PAIR)  # beginnings half a bar apart in one column
    shared = halves.min(axis=0)
    moved[fours] -= np.tile(shared, PAIR)
    moved[metre.COUNTS == PAIR] += PAIR * shared
    return moved


def _ranked(tempi: Figures, shares: Figures) -> tuple[tuple[float, float], ...]:
    """Tempi that differ, each with its probability, the most probable first."""
    ranked: dict[float, float] = {}
    for i in np.argsort(-shares, kind="stable"):
        if all(abs(tempi[i] / other - 1) > SAME_TEMPO for other in ranked):
            ranked[float(tempi[i])] = float(shares[i])
    return tuple(ranked.items())


def probabilities(readings: Sequence[Reading]) -> Figures:
    """Of each reading with each grouping, (len(readings), 21), summing to 1."""
    worth = weights()
    beat_scores = np.array([reading.beat_figures @ worth.beats for reading in readings])
    bar_scores = np.array([reading.grouping_figures @ worth.groupings for reading in readings])
    for i, reading in enumerate(readings):
        if reading.is_plain:
            bar_scores[i] += metre.accented(reading.grouping_figures)
    scores = beat_scores[:, None] + bar_scores
    odds: Figures = np.exp(scores - scores.max())
    chances: Figures = odds / odds.sum()
    return chances


def marks(cues: Cues, laid: pulse.Pulse) -> Figures:
    """How much each beat sounds like the first of a bar, (m,), of no fixed scale."""
    return metre.accents(cues, laid) @ weights().accents
