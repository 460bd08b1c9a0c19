"""Fit what each figure of a reading is worth, on rendered music whose beats are known.

`python -m api.analysis.fitting.rhythm OUT FOLDER...` reads folders of audio files, each with a
`truth.json` (`pieces`: `file`, `tempo`, `time_signature`, `beats`, `downbeats`), and writes the
weights that `readings` reads. Each piece is heard twice, the second time with a tempo that bends as
players' do. No randomness and no clock: the same folders give the same file.
"""

import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import optimize

from api.analysis import sound, spectra
from api.analysis.decoding import decode
from api.analysis.rhythm import cues, metre, readings

TOLERANCE_S = 0.07  # MIREX: an event this near to the true one is right
SETTLED_S = 5.0  # likewise: what lies before it is not judged
SAME_TEMPO = 0.04
SHARPNESS = 4.0  # of the wish for the best grouping over the second best
RESTRAINT = 2.0  # ridge, on weights in units of their figures' deviation
BENDS = ((0.03, 20.0), (0.05, 25.0), (0.04, 13.0))  # share of the tempo, and seconds, in turn
COMPOUND = 3  # eighths in a dotted beat
DIGITS = 4

Figures = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Annotation:
    """What is known of a piece: its tempo in beats a minute, beats in a bar, beats, downbeats."""

    tempo_bpm: float
    count: int
    beats_s: Figures
    downbeats_s: Figures


@dataclass(frozen=True, slots=True)
class Example:
    """A piece's readings: figures (r, 39) and (r, 21, 45), and how much each is wanted, (r, 21)."""

    beats: Figures
    groupings: Figures
    wanted: Figures


def main(arguments: Sequence[str]) -> None:
    """Write the weights fitted on the folders."""
    out, *folders = map(Path, arguments)
    worth = fit([example for folder in folders for example in examples(folder)])
    table = {
        "beats": [round(value, DIGITS) for value in worth.beats.tolist()],
        "groupings": [round(value, DIGITS) for value in worth.groupings.tolist()],
    }
    out.write_text(json.dumps(table, indent=1) + "\n", encoding="utf-8")


def examples(folder: Path) -> Iterator[Example]:
    """Every piece of a folder that has a reading, straight and bent."""
    for number, (path, truth) in enumerate(_truths(folder)):
        heard = spectra.measure(decode.read(path).samples)
        bent = bend(heard, truth, BENDS[number % len(BENDS)])
        for music, known in ((heard, truth), bent):
            proposed = readings.propose(cues.gather(music))
            if proposed:
                yield example(proposed, known)


def _truths(folder: Path) -> Iterator[tuple[Path, Annotation]]:
    for piece in json.loads((folder / "truth.json").read_text(encoding="utf-8"))["pieces"]:
        yield folder / piece["file"], _truth(piece)


def _truth(piece: dict[str, Any]) -> Annotation:
    above, below = map(int, piece["time_signature"].split("/"))
    count = above // COMPOUND if below > COMPOUND + 1 and above > COMPOUND else above
    return Annotation(piece["tempo"], count, np.array(piece["beats"]), np.array(piece["downbeats"]))


def bend(
    heard: spectra.Spectra, truth: Annotation, way: tuple[float, float]
) -> tuple[spectra.Spectra, Annotation]:
    """The same music with a tempo that rises and falls by a share, over so many seconds."""
    share, over_s = way
    clock = np.arange(0.0, heard.duration_s, 0.001)
    was = clock + share * over_s / (2 * np.pi) * np.sin(2 * np.pi * clock / over_s)
    attack = _at(heard.attack, spectra.ATTACK, was)
    pitch = _at(heard.pitch, spectra.PITCH, was)
    beats, downbeats = (
        np.interp(times, was, clock) for times in (truth.beats_s, truth.downbeats_s)
    )
    bent = replace(heard, attack=attack, pitch=pitch)
    return bent, replace(truth, beats_s=beats, downbeats_s=downbeats)


def _at(powers: NDArray[np.float32], way: spectra.Pass, was_s: Figures) -> NDArray[np.float32]:
    """Frames at even steps of a bent clock, given what the time was at each of its milliseconds."""
    clock = np.arange(len(powers)) * (way.hop / sound.RATE)
    then = np.interp(clock, np.arange(len(was_s)) * 0.001, was_s)
    frames = np.round(then * sound.RATE / way.hop).astype(np.int64)
    taken: NDArray[np.float32] = powers[np.clip(frames, 0, len(powers) - 1)]
    return taken


def example(proposed: Sequence[readings.Reading], truth: Annotation) -> Example:
    """A piece's readings, wanted the more the more of the truth they get right."""
    merits = np.array([_merits(reading, truth) for reading in proposed])
    wishes = np.exp(SHARPNESS * (merits - merits.max()))
    return Example(
        beats=np.array([reading.beat_figures for reading in proposed]),
        groupings=np.array([reading.grouping_figures for reading in proposed]),
        wanted=wishes / wishes.sum(),
    )


def _merits(reading: readings.Reading, truth: Annotation) -> Figures:
    """Of each grouping, 0 to 4: tempo and metre right, and the F-measures of both kinds of beat."""
    laid = reading.pulse
    in_tempo = abs(60 / laid.period_s / truth.tempo_bpm - 1) < SAME_TEMPO
    every = np.ones((1, len(laid.beats_s)), np.bool_)
    firsts = np.array([metre.on_first(*way, len(laid.beats_s)) for way in metre.GROUPINGS])
    beats = agreement(truth.beats_s, laid.beats_s, every)
    downbeats = agreement(truth.downbeats_s, laid.beats_s, firsts)
    merits: Figures = in_tempo + beats + downbeats + (truth.count == metre.COUNTS)
    return merits


def agreement(true_s: Figures, found_s: Figures, picks: NDArray[np.bool_]) -> Figures:
    """F-measure of true times and of each pick, (k, m), from rising found times (m,), within 70 ms.

    Found times lie further apart than that, so no true one is met twice.
    """
    judged = found_s >= SETTLED_S
    met = judged & (np.abs(found_s[:, None] - true_s).min(axis=1) <= TOLERANCE_S)
    count = (true_s >= SETTLED_S).sum() + picks @ judged.astype(np.float64)
    agreed: Figures = 2 * (picks @ met.astype(np.float64)) / np.maximum(count, 1.0)
    return agreed


def fit(pieces: Sequence[Example]) -> readings.Weights:
    """Weights under which the wanted readings are the most probable (ridge conditional logit)."""
    split = pieces[0].beats.shape[1]
    scale = np.concatenate(
        [_deviation(e.beats for e in pieces), _deviation(e.groupings for e in pieces)]
    )
    scaled = [
        replace(e, beats=e.beats / scale[:split], groupings=e.groupings / scale[split:])
        for e in pieces
    ]
    found = optimize.minimize(
        lambda weights: _loss(weights, split, scaled),
        np.zeros(len(scale)),
        jac=True,
        method="L-BFGS-B",
        options={"maxiter": 300},
    )
    weights = found.x / scale
    return readings.Weights(weights[:split], weights[split:])


def _deviation(figures: Iterable[Figures]) -> Figures:
    rows = np.concatenate([block.reshape(-1, block.shape[-1]) for block in figures])
    deviation: Figures = rows.std(axis=0) + 1e-6
    return deviation


def _loss(weights: Figures, split: int, pieces: Sequence[Example]) -> tuple[float, Figures]:
    """Cross-entropy of what is wanted and what the weights choose, and its slope."""
    loss, slope = RESTRAINT / 2 * float(weights @ weights), RESTRAINT * weights
    for piece in pieces:
        scores = (piece.beats @ weights[:split])[:, None] + piece.groupings @ weights[split:]
        scores -= scores.max()
        logs = scores - np.log(np.exp(scores).sum())
        loss -= float((piece.wanted * logs).sum())
        surplus = np.exp(logs) - piece.wanted
        bars = np.tensordot(surplus, piece.groupings, axes=2)
        slope = slope + np.concatenate([surplus.sum(axis=1) @ piece.beats, bars])
    return loss, slope


if __name__ == "__main__":
    main(sys.argv[1:])
