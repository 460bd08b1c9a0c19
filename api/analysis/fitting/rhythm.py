"""Fit what each figure of a reading is worth, on music whose beats are known.

`python -m api.analysis.fitting.rhythm [--doubts] OUT FOLDER...` reads folders of audio files, each
with a `truth.json`, and writes the weights that `readings` reads. Rendered music (`pieces`: `file`,
`tempo`, `time_signature`, `beats`, `downbeats`) is heard twice, the second time with a tempo that
bends as players' do, and is fitted alone first. Records (a list: `file` and, where known, `tempo`,
`metre`, `beats`, `downbeats`, or a `grid` of beats from a time on) then move those weights a
little, together with it. `--doubts` leaves the weights of OUT as they stand and fits what doubt of
the network adds to them, on music of which it knows little, too. No randomness and no clock: the
same folders give the same file.
"""

import argparse
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
from api.analysis.rhythm import beatnet, cues, metre, pulse, readings
from api.analysis.structure import silence

TOLERANCE_S = 0.07  # MIREX: an event this near to the true one is right
SETTLED_S = 5.0  # likewise: what lies before it is not judged
SAME_TEMPO = 0.04
SHARPNESS = 4.0  # of the wish for the best grouping over the second best
FIXED = 1e6
RESTRAINT = 10.0, FIXED, 10.0  # ridge, on weights in units of their figures' deviation: of figures
# of beats, of the same times the doubt, and of groupings; for rendered music,
RESERVE = 100.0, FIXED, 5.0  # for all music, towards the former,
DOUBTS = FIXED, 10.0, FIXED  # and for what doubt adds
RENDERED = 0.6  # what a rendered piece counts beside a record
BEATS_ODDS, DOWNBEATS_ODDS = 1.0, 10.0  # what the network's odds are worth before anything is heard
BENDS = ((0.03, 20.0), (0.05, 25.0), (0.04, 13.0))  # share of the tempo, and seconds, in turn
COMPOUND = 3  # eighths in a dotted beat
COUNTED = {6: 2, 12: 4}  # metres of records that count eighths, in dotted beats
DIGITS = 4

Figures = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Annotation:
    """What is known of a piece: its tempo in beats a minute, beats in a bar, beats, downbeats.

    What is not known is None, or empty. Times are seconds of the music, without silence before it.
    """

    tempo_bpm: float | None
    count: int | None
    beats_s: Figures
    downbeats_s: Figures


@dataclass(frozen=True, slots=True)
class Lesson:
    """What is heard of a piece, and what is known of it."""

    heard: spectra.Spectra
    activations: NDArray[np.float32]
    truth: Annotation


@dataclass(frozen=True, slots=True)
class Example:
    """A piece's readings: figures (r, 102) and (r, 21, 47), and how much each is wanted, (r, 21).

    `weight` is what the piece counts.
    """

    beats: Figures
    groupings: Figures
    wanted: Figures
    weight: float = 1.0


def main(arguments: Sequence[str]) -> None:
    """Write the weights fitted on the folders."""
    parser = argparse.ArgumentParser("python -m api.analysis.fitting.rhythm", description=__doc__)
    parser.add_argument("--doubts", action="store_true")
    parser.add_argument("out", type=Path)
    parser.add_argument("folders", type=Path, nargs="+")
    asked = parser.parse_args(arguments)
    pieces = [example for folder in asked.folders for example in examples(folder)]
    table = fit(pieces, readings.read(asked.out), DOUBTS) if asked.doubts else worth_of(pieces)
    rounded = {
        "beats": [round(value, DIGITS) for value in table.beats.tolist()],
        "groupings": [round(value, DIGITS) for value in table.groupings.tolist()],
    }
    asked.out.write_text(json.dumps(rounded, indent=1) + "\n", encoding="utf-8")


def examples(folder: Path) -> Iterator[Example]:
    """Every piece of a folder that has a reading; rendered ones straight and bent."""
    known = json.loads((folder / "truth.json").read_text(encoding="utf-8"))
    rendered = isinstance(known, dict)
    for number, piece in enumerate(known["pieces"] if rendered else known):
        straight = listen(folder / piece["file"], piece)
        bent = [bend(straight, BENDS[number % len(BENDS)])] if rendered else []
        for music in [straight, *bent]:
            proposed = readings.propose(cues.gather(music.heard, music.activations))
            if proposed and len(music.truth.beats_s):
                yield example(proposed, music.truth, weight=RENDERED if rendered else 1.0)


def listen(path: Path, piece: dict[str, Any]) -> Lesson:
    """A file, cut out of the silence around it as the analyser does."""
    music = silence.cut_out(decode.read(path))
    samples = music.sound.samples
    truth = _truth(piece, music.ends_s)
    return Lesson(
        heard=spectra.measure(samples),
        activations=beatnet.activations(samples),
        truth=replace(
            truth,
            beats_s=truth.beats_s - music.origin_s,
            downbeats_s=truth.downbeats_s - music.origin_s,
        ),
    )


def _truth(piece: dict[str, Any], ends_s: float) -> Annotation:
    beats, downbeats = piece.get("beats", []), piece.get("downbeats", [])
    if "grid" in piece and len(piece["tempi"]) == 1:
        beats = np.arange(piece["grid"], ends_s, 60 / piece["tempo"])
        downbeats = beats[:: piece["metre"]]
    known = [np.array([at for at in times if at <= ends_s]) for times in (beats, downbeats)]
    return Annotation(piece.get("tempo"), _count(piece), *known)


def _count(piece: dict[str, Any]) -> int | None:
    if "time_signature" not in piece:
        return COUNTED.get(piece.get("metre", 0), piece.get("metre"))
    above, below = map(int, piece["time_signature"].split("/"))
    return above // COMPOUND if below > COMPOUND + 1 and above > COMPOUND else above


def bend(music: Lesson, way: tuple[float, float]) -> Lesson:
    """The same music with a tempo that rises and falls by a share, over so many seconds."""
    share, over_s = way
    clock = np.arange(0.0, music.heard.duration_s, 0.001)
    was = clock + share * over_s / (2 * np.pi) * np.sin(2 * np.pi * clock / over_s)
    truth = music.truth
    return Lesson(
        heard=replace(
            music.heard,
            attack=_at(music.heard.attack, spectra.ATTACK.hop, was),
            pitch=_at(music.heard.pitch, spectra.PITCH.hop, was),
        ),
        activations=_at(music.activations, beatnet.HOP, was),
        truth=replace(
            truth,
            beats_s=np.interp(truth.beats_s, was, clock),
            downbeats_s=np.interp(truth.downbeats_s, was, clock),
        ),
    )


def _at(frames_of: NDArray[np.float32], hop: int, was_s: Figures) -> NDArray[np.float32]:
    """Frames at even steps of a bent clock, given what the time was at each of its milliseconds."""
    clock = np.arange(len(frames_of)) * (hop / sound.RATE)
    then = np.interp(clock, np.arange(len(was_s)) * 0.001, was_s)
    frames = np.round(then * sound.RATE / hop).astype(np.int64)
    taken: NDArray[np.float32] = frames_of[np.clip(frames, 0, len(frames_of) - 1)]
    return taken


def example(
    proposed: Sequence[readings.Reading], truth: Annotation, *, weight: float = 1.0
) -> Example:
    """A piece's readings, wanted the more the more of the truth they get right."""
    merits = np.array([_merits(reading, truth) for reading in proposed])
    wishes = np.exp(SHARPNESS * (merits - merits.max()))
    return Example(
        beats=np.array([reading.beat_figures for reading in proposed]),
        groupings=np.array([reading.grouping_figures for reading in proposed]),
        wanted=wishes / wishes.sum(),
        weight=weight,
    )


def _merits(reading: readings.Reading, truth: Annotation) -> Figures:
    """Of each grouping, 0 to 4: tempo and metre right, and the F-measures of both kinds of beat."""
    laid = reading.pulse
    tempo = truth.tempo_bpm or np.inf
    in_tempo = abs(60 / laid.period_s / tempo - 1) < SAME_TEMPO
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
    if not len(true_s):
        return np.zeros(len(picks))
    judged = found_s >= SETTLED_S
    met = judged & (np.abs(found_s[:, None] - true_s).min(axis=1) <= TOLERANCE_S)
    count = (true_s >= SETTLED_S).sum() + picks @ judged.astype(np.float64)
    agreed: Figures = 2 * (picks @ met.astype(np.float64)) / np.maximum(count, 1.0)
    return agreed


def worth_of(pieces: Sequence[Example]) -> readings.Weights:
    """Weights of rendered music, then those of all music that lie near them."""
    rendered = [replace(piece, weight=1.0) for piece in pieces if piece.weight < 1.0]
    worth = fit(rendered, expected(pieces[0]), RESTRAINT)
    return fit(pieces, worth, RESERVE) if len(rendered) < len(pieces) else worth


def expected(piece: Example) -> readings.Weights:
    """What is believed before anything is heard: nothing but what the network says of records."""
    beats = np.zeros(piece.beats.shape[-1])
    beats[[pulse.EXPECTED + pulse.ON, pulse.EXPECTED + pulse.HALF]] = BEATS_ODDS, -BEATS_ODDS
    groupings = np.zeros(piece.groupings.shape[-1])
    groupings[metre.EXPECTED] = DOWNBEATS_ODDS
    return readings.Weights(beats, groupings)


def fit(
    pieces: Sequence[Example], near: readings.Weights, restraint: tuple[float, float, float]
) -> readings.Weights:
    """Weights under which the wanted readings are the most probable (ridge conditional logit).

    How strongly they are drawn near those that are given is said for beats, for what doubt adds to
    those, and for groupings.
    """
    split = pieces[0].beats.shape[1]
    scale = np.concatenate(
        [_deviation(e.beats for e in pieces), _deviation(e.groupings for e in pieces)]
    )
    scaled = [
        replace(e, beats=e.beats / scale[:split], groupings=e.groupings / scale[split:])
        for e in pieces
    ]
    believed = np.concatenate([near.beats, near.groupings]) * scale
    drawn = np.repeat(restraint, [split // 2, split // 2, len(scale) - split])

    def regretted(weights: Figures) -> tuple[float, Figures]:
        loss, slope = _loss(weights, split, scaled)
        pull = drawn * (weights - believed)
        return loss + float(pull @ (weights - believed)) / 2, slope + pull

    found = optimize.minimize(
        regretted,
        believed,
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
    loss, slope = 0.0, np.zeros(len(weights))
    for piece in pieces:
        scores = (piece.beats @ weights[:split])[:, None] + piece.groupings @ weights[split:]
        scores -= scores.max()
        logs = scores - np.log(np.exp(scores).sum())
        loss -= piece.weight * float((piece.wanted * logs).sum())
        surplus = piece.weight * (np.exp(logs) - piece.wanted)
        bars = np.tensordot(surplus, piece.groupings, axes=2)
        slope += np.concatenate([surplus.sum(axis=1) @ piece.beats, bars])
    return loss, slope


if __name__ == "__main__":
    main(sys.argv[1:])
