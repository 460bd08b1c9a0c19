"""Fit what a margin is worth, and write api/analysis/contract/calibration.json: `make calibration`.

    python -m tests.bench.audio.calibrate [--seeds 301 302 …] [--score-seeds 7 8]

Each kind of answer is put in order of its margin and pooled until the share that is right only
rises (the pool-adjacent-violators algorithm, Ayer et al. 1955). Seeds used here prove nothing.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from operator import itemgetter
from typing import Any

import numpy as np

from api.analysis import pipeline
from api.analysis.contract import calibration, shape
from api.analysis.contract.calibration import TABLES, Estimate
from api.analysis.decoding import decode
from tests.bench.audio.__main__ import RENDERED
from tests.bench.audio.sureness import Answer, pooled
from tests.bench.audio.truth import rendered

SEEDS = range(311, 327)  # the weights of rhythm were fitted on 301 to 310
SCORE_SEEDS = (7,)
SCORES = 40
CORES = 2
MOST_KNOTS = 12
FEWEST_OF_A_KNOT = 25
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
PLAIN = {"margin": [0.0, 1.0], "confidence": [0.0, 1.0]}
NOBODY = shape.Subject("own_0000000000000000000000", "", heard_at=datetime.fromtimestamp(0, UTC))


def main() -> None:
    """Analyse, fit and write."""
    parser = argparse.ArgumentParser("python -m tests.bench.audio.calibrate", description=__doc__)
    parser.add_argument("--seeds", type=int, nargs="+", default=list(SEEDS))
    parser.add_argument("--score-seeds", type=int, nargs="*", default=list(SCORE_SEEDS))
    asked = parser.parse_args()
    folders = [rendered(seed, RENDERED) for seed in asked.seeds]
    folders += [rendered(seed, RENDERED, scores=SCORES) for seed in asked.score_seeds]
    with ProcessPoolExecutor(CORES, initializer=_show_margins) as pool:
        heard = pool.map(margins, [file for folder in folders for file in folder.files])
        names = [piece["name"] for folder in folders for piece in folder.pieces]
        analyses = dict(zip(names, heard, strict=True))
    kinds = pooled(folders, analyses)
    document = {
        "note": "Margin → share that is right; written by `make calibration`.",
        "seeds": asked.seeds,
        "score_seeds": asked.score_seeds,
        "tables": {kind.value: table(kinds[kind.value], JUDGED_BY[kind]) for kind in Estimate},
    }
    TABLES.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")


def _show_margins() -> None:
    """In this process confidences are bare margins from now on."""
    calibration.tables = lambda: dict.fromkeys(Estimate, PLAIN)  # type: ignore[assignment]


def margins(file: str) -> dict[str, Any]:
    """The analysis of one of our own files with bare margins in place of confidences."""
    heard = pipeline.analyse(decode.read(file))
    return shape.analysis(heard, NOBODY).model_dump(mode="json")


def table(found: Sequence[Answer], judged_by: str) -> Mapping[str, Any]:
    """Knots of a rising line through the shares that are right, and what they come from."""
    order = sorted(found, key=itemgetter(0))  # right and wrong at the same margin stay mixed
    size = max(FEWEST_OF_A_KNOT, len(order) // MOST_KNOTS)
    parts = [order[at : at + size] for at in range(0, len(order), size)]
    if len(parts) > 1 and len(parts[-1]) < size:
        parts[-2:] = [[*parts[-2], *parts[-1]]]
    pools: list[list[Answer]] = []
    for part in parts:
        pools.append(part)
        while len(pools) > 1 and _right(pools[-2]) >= _right(pools[-1]):
            pools[-2:] = [[*pools[-2], *pools[-1]]]
    return {
        "right_is": judged_by,
        "answers": len(order),
        "right": round(_right(order), 4),
        "margin": [round(float(np.mean([margin for margin, _ in pool])), 4) for pool in pools],
        "confidence": [round(_right(pool), 4) for pool in pools],
    }


def _right(pool: Sequence[Answer]) -> float:
    return sum(right for _, right in pool) / len(pool)


if __name__ == "__main__":
    main()
