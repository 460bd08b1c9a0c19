"""Fit the perceptual estimates to a table of described tracks and write them as plain numbers.

`python -m api.analysis.perceptual_fit CSV OUT` reads a table with the columns that
`perceptual_table` names and writes the file that `perceptual_model` reads. No randomness and no
clock: the same table gives the same file. Neighbouring tracks are often of one album, so the
figures in the file come from leaving out whole blocks of neighbours, never single tracks.
"""

import json
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from scipy import stats
from scipy.special import ndtri

from api.analysis.perceptual_model import (
    INPUTS,
    LEVEL,
    Estimator,
    Figures,
    Kernel,
    Regression,
    Values,
    inputs,
)
from api.analysis.perceptual_table import Table, judge, read

FIELDS = (
    "danceability",
    "energy",
    "valence",
    "acousticness",
    "instrumentalness",
    "speechiness",
)
HEARS_LEVEL = frozenset({"energy"})  # the rest ranked no better with it

CREDIT = (
    "Fitted to The Echo Nest's values in FMA: M. Defferrard, K. Benzi, P. Vandergheynst, "
    'X. Bresson, "FMA: A Dataset For Music Analysis", ISMIR 2017, arXiv:1612.01840; CC BY 4.0.'
)
CAVEAT = (
    "The values were made by The Echo Nest's analyser; that FMA's authors could license them is "
    "their statement, unverified. None came from Spotify's Web API, and none may be added from it. "
    "The descriptors are means over 30 s clips of mostly folk, hip-hop, pop and rock."
)

QUANTILES = 101
SWEEPS = 60  # the dual settles long before
SETTLED = 1e-3


@dataclass(frozen=True, slots=True)
class Learner:
    """A kernel, and how closely its support vector regression follows the rows.

    `tube` is how far off a row may be before it counts, `limit` how much one row may weigh
    (Drucker et al. 1997).
    """

    kernel: Kernel
    limit: float
    tube: float


LEARNERS = (
    Learner(Kernel("gaussian", 0.01), 1.0, 0.2),
    Learner(Kernel("gaussian", 0.02), 0.5, 0.3),
    Learner(Kernel("gaussian", 0.003), 2.0, 0.2),
    Learner(Kernel("laplacian", 0.01), 1.0, 0.2),
)


def fit(table: Table) -> Estimator:
    """The estimator of all rows, with what it reached where each block was left out in turn."""
    rows = inputs(table.described)
    return replace(_learn(rows, table.targets), held_out=_held_out(rows, table))


def _held_out(rows: Values, table: Table) -> dict[str, Figures]:
    places = {name: np.empty(len(rows)) for name in table.targets}
    values = {name: np.empty(len(rows)) for name in table.targets}
    for block in np.unique(table.blocks):
        away = table.blocks == block
        seen = {name: truth[~away] for name, truth in table.targets.items()}
        estimator = _learn(rows[~away], seen)
        for name, place in estimator.places(rows[away]).items():
            places[name][away], values[name][away] = place, estimator.value(name, place)
    return {name: judge(truth, places[name], values[name]) for name, truth in table.targets.items()}


def _learn(rows: Values, targets: Mapping[str, Values]) -> Estimator:
    centre, scale = rows.mean(axis=0), np.maximum(rows.std(axis=0), 1e-9)
    units = (rows - centre) / scale
    return Estimator(
        centre=centre,
        scale=scale,
        kernels=tuple(learner.kernel for learner in LEARNERS),
        rows=units,
        fields={name: _regress(name, units, truth) for name, truth in targets.items()},
        held_out={},
    )


def _regress(name: str, units: Values, truth: Values) -> Regression:
    """A field's regression on normal deviates of its ranks, which no skew can bend."""
    emphasis = np.array([float(column != LEVEL or name in HEARS_LEVEL) for column in INPUTS])
    deviates = ndtri((stats.rankdata(truth) - 0.5) / len(truth))
    seen = units * emphasis
    weights = [support(one.kernel.between(seen, seen) + 1.0, deviates, one) for one in LEARNERS]
    quantiles = np.quantile(truth, np.linspace(0.0, 1.0, QUANTILES))
    return Regression(emphasis=emphasis, weights=np.array(weights), quantiles=quantiles)


def support(likeness: Values, wanted: Values, learner: Learner) -> Values:
    """The weight of each row, (n,), -limit to limit, of a regression on (n, n) likeness.

    Coordinate descent on the dual: minimise w'Kw / 2 - w'y + tube * |w|, one weight at a time
    (Ho & Lin 2012, without an intercept: that is the 1 in the likeness).
    """
    weights, said, own = np.zeros(len(wanted)), np.zeros(len(wanted)), np.diag(likeness)
    for _ in range(SWEEPS):
        largest = 0.0
        for row in range(len(wanted)):
            pull = wanted[row] - said[row] + own[row] * weights[row]
            best = np.sign(pull) * max(abs(pull) - learner.tube, 0.0) / own[row]
            step = float(np.clip(best, -learner.limit, learner.limit)) - weights[row]
            said += step * likeness[row]
            weights[row] += step
            largest = max(largest, abs(step))
        if largest < SETTLED * learner.limit:
            break
    return weights


def document(estimator: Estimator) -> dict[str, Any]:
    """The contents of the file that `perceptual_model.parse` reads."""
    return {
        "credit": CREDIT,
        "caveat": CAVEAT,
        "held_out": {name: _figures(reached) for name, reached in estimator.held_out.items()},
        "inputs": list(INPUTS),
        "centre": estimator.centre.round(6).tolist(),
        "scale": estimator.scale.round(6).tolist(),
        "kernels": [asdict(kernel) for kernel in estimator.kernels],
        "fields": {
            name: {
                "emphasis": field.emphasis.tolist(),
                "quantiles": field.quantiles.round(5).tolist(),
                "weights": field.weights.round(4).tolist(),
            }
            for name, field in estimator.fields.items()
        },
        "rows": estimator.rows.round(3).tolist(),
    }


def _figures(reached: Figures) -> dict[str, float]:
    return {name: round(value, 4) for name, value in asdict(reached).items()}


def main(source: str, target: str) -> None:
    """Fit to the CSV `source` and write `target`."""
    contents = document(fit(read(Path(source), FIELDS)))
    Path(target).write_text(json.dumps(contents, separators=(",", ":")) + "\n", "utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
