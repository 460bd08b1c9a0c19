"""Fit what a margin is worth, and write api/analysis/contract/calibration.json: `make calibration`.

    python -m tests.bench.audio.calibrate [--seeds 641 642 …] [--rough-seeds 651 …] [--check]

Rendered pieces of every soundfont, scores of music21 if asked, and, where REAL=DIR and ASAP=DIR
name them, records are weighed alike, so that a table serves both. What speaks for an answer, its
cues, is summed with weights of a logistic regression that never makes more of a cue mean less;
answers are then put in order of that sum and pooled until the share that is right only rises (the
pool-adjacent-violators algorithm, Ayer et al. 1955). Records that rhythm's weights were fitted with
answer too well: `--left-out` names weights like `rhythm/weights.json`, fitted without the `styles`
they tell, with which records of those styles are heard instead. `--check` prints what every decile
says and is with each fifth of the pieces judged by the others. Seeds and records used here prove
nothing.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import optimize

from api.analysis import pipeline
from api.analysis.contract import calibration, shape
from api.analysis.contract.calibration import CUES, TABLES, Estimate
from api.analysis.decoding import decode
from api.analysis.rhythm import readings
from tests.bench.audio import fonts, sureness
from tests.bench.audio.truth import Pieces, joined, records, rendered

SEEDS, ROUGH_SEEDS, SCORE_SEEDS = (641,), (651,), ()
SCORES = 24
CORES = 2
MOST_KNOTS = 4  # with 6 and 9 more deciles of songs left out are off
FEWEST_OF_A_KNOT = 20
RESTRAINT = 1.0  # ridge, on weights in units of their cues' deviation
FOLDS = 5
DIGITS = 4
JUDGED_BY = {
    Estimate.TEMPO: "within 4 % of the truth",
    Estimate.KEY: "the tonic",
    Estimate.MODE: "major or minor",
    Estimate.TIME_SIGNATURE: "an accepted count of beats in a bar",
    Estimate.BEAT: "a true beat within 70 ms",
    Estimate.BAR: "a true downbeat within 70 ms",
    Estimate.SECTION: "a true boundary within 0.5 s",
    Estimate.SEGMENT: "a note that begins within 50 ms",
}
NOBODY = shape.Subject("own_0000000000000000000000", "", heard_at=datetime.fromtimestamp(0, UTC))
RENDERED, RECORDS = "rendered", "records"

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Known = tuple[str, str, dict[str, Any]]
"""Of which kind of music, the file, and what is true of it."""


@dataclass(frozen=True, slots=True)
class Answers:
    """Of one kind: (n, c) cues, whether each is right, the number of its piece, its music."""

    cues: Floats
    right: Flags
    pieces: NDArray[np.int64]
    is_record: Flags

    def __getitem__(self, kept: Flags) -> Answers:
        return Answers(self.cues[kept], self.right[kept], self.pieces[kept], self.is_record[kept])

    @property
    def weights(self) -> Floats:
        """Of each answer: records and rendered music count the same in all."""
        weights = np.zeros(len(self.right))
        for kept in (self.is_record, ~self.is_record):
            weights[kept] = 1 / max(kept.sum(), 1)
        return weights / max(weights.sum(), 1e-9) * len(weights)


def main() -> None:
    """Analyse, fit and write."""
    parser = argparse.ArgumentParser("python -m tests.bench.audio.calibrate", description=__doc__)
    parser.add_argument("--seeds", type=int, nargs="*", default=list(SEEDS))
    parser.add_argument("--rough-seeds", type=int, nargs="*", default=list(ROUGH_SEEDS))
    parser.add_argument("--score-seeds", type=int, nargs="*", default=list(SCORE_SEEDS))
    parser.add_argument("--left-out", type=Path, nargs="*", default=[])
    parser.add_argument("--check", action="store_true")
    asked = parser.parse_args()
    known = list(_known(asked))
    with ProcessPoolExecutor(CORES) as pool:
        files = [file for _, file, _ in known]
        heard = pool.map(_cues_of_file, files, _weights(known, asked.left_out))
        kinds = gathered(known, heard)
    if asked.check:
        sys.stdout.writelines(f"{line}\n" for line in checked(kinds))
    told = {name: vars(asked)[name] for name in ("seeds", "rough_seeds", "score_seeds")}
    text = json.dumps(document(told, known, kinds), indent=1) + "\n"
    TABLES.write_text(text, encoding="utf-8")


def document(
    told: Mapping[str, Any], known: Sequence[Known], kinds: Mapping[Estimate, Answers]
) -> Mapping[str, Any]:
    """What is kept: tables, and what they come from."""
    return {
        "note": "Cues → share that is right; written by `make calibration`.",
        **told,
        "soundfonts": [font.name for font in fonts.installed()],
        "pieces": {kind: sum(of == kind for of, *_ in known) for kind in (RENDERED, RECORDS)},
        "tables": {kind.value: table(kind, kinds[kind]) for kind in Estimate},
    }


def _known(asked: argparse.Namespace) -> Iterator[Known]:
    """Everything there is to learn from."""
    folders: list[Pieces] = []
    for font in fonts.installed():
        folders += [rendered(seed, font.name) for seed in asked.seeds]
        folders += [rendered(seed, font.name, rough=True) for seed in asked.rough_seeds]
    first = fonts.installed()[0].name
    folders += [rendered(seed, first, scores=SCORES) for seed in asked.score_seeds]
    for file, piece in joined(folders):
        yield RENDERED, file, piece
    for file, piece in joined(records()):
        yield RECORDS, file, piece


def _weights(known: Sequence[Known], left_out: Sequence[Path]) -> list[Path]:
    """Where the weights lie that have not heard each piece."""
    unheard = {
        style: path
        for path in left_out
        for style in json.loads(path.read_text(encoding="utf-8"))["styles"]
    }
    usual = readings.WEIGHTS
    return [
        unheard.get(piece["style"], usual) if of == RECORDS else usual for of, _, piece in known
    ]


def _cues_of_file(file: str, weights: Path) -> list[dict[str, Any]]:
    readings.WEIGHTS = weights
    readings.weights.cache_clear()
    return analyses(pipeline.analyse(decode.read(file)))


def analyses(heard: pipeline.Heard) -> list[dict[str, Any]]:
    """As many analyses as an answer has cues at most: each has one in place of the confidence."""
    shown, told = calibration.tables, []
    for place in range(max(map(len, CUES.values()))):
        calibration.tables = partial(_bare, place)  # type: ignore[assignment]
        told.append(shape.analysis(heard, NOBODY).model_dump(mode="json"))
    calibration.tables = shown
    return told


def _bare(place: int) -> Mapping[Estimate, Mapping[str, list[float]]]:
    """Tables that say the cue of that place, and 0 where there is none."""
    line = {"margin": [0.0, 1.0], "confidence": [0.0, 1.0]}
    return {
        kind: {"weights": [float(place == n) for n in range(len(names))], **line}
        for kind, names in CUES.items()
    }


def gathered(
    known: Sequence[Known], heard: Iterator[list[dict[str, Any]]]
) -> Mapping[Estimate, Answers]:
    """All answers of all pieces, by kind."""
    rows: dict[Estimate, list[tuple[list[float], bool, int, bool]]] = {k: [] for k in Estimate}
    for number, ((of, file, piece), told) in enumerate(zip(known, heard, strict=True)):
        notes_s = sureness.notes_of(file, piece)
        each = [sureness.answers(piece, analysis, notes_s) for analysis in told]
        for kind, names in CUES.items():
            columns = [one.get(kind.value, []) for one in each[: len(names)]]
            for answers in zip(*columns, strict=True):
                cues = [cue for cue, _ in answers]
                rows[kind].append((cues, answers[0][1], number, of == RECORDS))
    return {
        kind: Answers(*(np.array(column) for column in zip(*found, strict=True)))
        for kind, found in rows.items()
        if found
    }


def table(kind: Estimate, found: Answers) -> Mapping[str, Any]:
    """Knots of a rising line through the shares that are right, and what they come from."""
    worth = weighed(found)
    margins, shares = risen(found.cues @ worth, found)
    parts = {RENDERED: found[~found.is_record], RECORDS: found[found.is_record]}
    counted = {
        name: {"answers": len(one.right), "right": round(float(one.right.mean()), DIGITS)}
        for name, one in parts.items()
        if len(one.right)
    }
    return {
        "right_is": JUDGED_BY[kind],
        **counted.pop(RENDERED, {}),
        **counted,
        "cues": list(CUES[kind]),
        "weights": [round(one, DIGITS) for one in worth.tolist()],
        "margin": [round(one, DIGITS) for one in margins],
        "confidence": [round(one, DIGITS) for one in shares],
    }


def weighed(found: Answers) -> Floats:
    """What each cue is worth, none below 0 and all together 1."""
    count = found.cues.shape[1]
    if count == 1:
        return np.ones(1)
    centred = found.cues - found.cues.mean(axis=0)
    scale = centred.std(axis=0) + 1e-6
    signs, weights = np.where(found.right, 1.0, -1.0), found.weights

    def loss(at: Floats) -> float:
        scores = signs * (at[0] + centred / scale @ at[1:])
        return float(weights @ np.logaddexp(0, -scores) + RESTRAINT / 2 * at[1:] @ at[1:])

    bounds = [(None, None), *[(0.0, None)] * count]
    made = optimize.minimize(loss, np.zeros(count + 1), method="L-BFGS-B", bounds=bounds)
    worth = made.x[1:] / scale
    total = worth.sum()
    return np.asarray(worth / total if total > 0 else np.full(count, 1 / count))


def risen(margins: Floats, found: Answers) -> tuple[list[float], list[float]]:
    """Margins that only rise, and the shares that are right about them."""
    order = np.argsort(margins, kind="stable")
    weights = found.weights[order]
    size = max(FEWEST_OF_A_KNOT, len(order) // MOST_KNOTS)
    parts = max(1, len(order) // size)
    reached = (np.cumsum(weights) - weights / 2) / max(weights.sum(), 1e-9) * parts
    place = np.minimum(reached.astype(int), parts - 1)
    pools: list[list[int]] = []
    for part in range(parts):
        inside = order[place == part].tolist()
        if inside:
            pools.append(inside)
        while len(pools) > 1 and _right(pools[-2], found) >= _right(pools[-1], found):
            pools[-2:] = [pools[-2] + pools[-1]]
    middles = [float(np.average(margins[pool], weights=found.weights[pool])) for pool in pools]
    return middles, [_right(pool, found) for pool in pools]


def _right(pool: list[int], found: Answers) -> float:
    return float(np.average(found.right[pool], weights=found.weights[pool]))


def checked(kinds: Mapping[Estimate, Answers]) -> Iterator[str]:
    """Per decile what is said and what is so, of each fifth of the pieces judged by the others."""
    for kind, found in kinds.items():
        said = np.zeros(len(found.right))
        for fold in range(FOLDS):
            left_out = found.pieces % FOLDS == fold
            others = found[~left_out]
            worth = weighed(others)
            said[left_out] = np.interp(
                found.cues[left_out] @ worth, *risen(others.cues @ worth, others)
            )
        for name, kept in ((RENDERED, ~found.is_record), (RECORDS, found.is_record)):
            pairs = list(zip(said[kept].tolist(), found.right[kept].tolist(), strict=True))
            if pairs:
                yield from map(str, sureness.lines(f"{name} held out", {kind.value: pairs}))


if __name__ == "__main__":
    main()
