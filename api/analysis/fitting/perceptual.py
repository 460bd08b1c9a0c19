"""Fit the perceptual estimates to a table of described tracks and write them as plain numbers.

`python -m api.analysis.fitting.perceptual CSV OUT` reads a table with the columns that
`perceptual_table` names and writes the file that `perceptual.model` reads. No randomness and no
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
from scipy import linalg, optimize, stats
from scipy.special import ndtri

from api.analysis.fitting.perceptual_table import DescribedTracks, judge, read
from api.analysis.perceptual.descriptors import Description, Values
from api.analysis.perceptual.model import (
    FARTHEST,
    INPUTS,
    LEVEL,
    Estimator,
    Figures,
    Regression,
    apart,
    inputs,
    likeness,
)
from api.analysis.perceptual.timbre import NARROW_HZ, REACH_HZ, Timbre

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

# Inputs that are scaled together: 30 scales of their own would fit the noise of 347 rows.
GROUPS: tuple[tuple[str, ...], ...] = (
    ("dynamics_db",),
    ("mfcc_01",),
    ("mfcc_02",),
    tuple(f"mfcc_{place:02d}" for place in range(3, 20)),
    ("chroma_mean",),
    ("chroma_deviation",),
    ("chroma_largest", "chroma_smallest"),
    *(
        tuple(f"spectral_contrast_{place:02d}" for place in places)
        for places in ((0, 1), (2, 3), (4,))
    ),
    (LEVEL,),
)
USUAL_SCALE, SCALE_SPREAD = np.log(0.01), 1.5  # what a group's squared scale is held to
FIRST_NOISE = np.log(0.4)
SCALE_BOUNDS, SIGNAL_BOUNDS, NOISE_BOUNDS = (-9.0, 2.0), (-3.0, 3.0), (-4.0, 2.0)
STEPS = 60

LIMIT, TUBE = 0.5, 0.2  # how much one row may weigh; how far off it may be before it counts
SWEEPS = 60  # the dual settles long before
SETTLED = 1e-3


@dataclass(frozen=True, slots=True)
class Scales:
    """How closely a field's kernel looks at each input, and how much of it is signal and noise."""

    emphasis: Values
    signal: float
    noise: float


def fit(table: DescribedTracks) -> Estimator:
    """The estimator of all rows, with what it reached where each block was left out in turn."""
    estimators = {block: _learn(*_without(table, block)) for block in np.unique(table.blocks)}
    whole, narrow = (_held_out(table, estimators, reach) for reach in (REACH_HZ, NARROW_HZ))
    return replace(
        _learn(table.described, table.targets),
        held_out=whole,
        narrow={name: reached.mae for name, reached in narrow.items()},
    )


def _without(table: DescribedTracks, block: int) -> tuple[Description, Mapping[str, Values]]:
    seen = table.blocks != block
    return table.described.some(seen), {name: of[seen] for name, of in table.targets.items()}


def _held_out(
    table: DescribedTracks, estimators: Mapping[int, Estimator], reach_hz: float
) -> dict[str, Figures]:
    """Each block as the estimator sees it that has not seen it."""
    places = {name: np.empty(len(table.blocks)) for name in table.targets}
    values = {name: np.empty(len(table.blocks)) for name in table.targets}
    for block, estimator in estimators.items():
        away = table.blocks == block
        for name, place in estimator.places(table.described.some(away), reach_hz).items():
            places[name][away], values[name][away] = place, estimator.value(name, place)
    return {name: judge(truth, places[name], values[name]) for name, truth in table.targets.items()}


def _learn(described: Description, targets: Mapping[str, Values]) -> Estimator:
    timbre = Timbre.of(described.levels)
    rows = inputs(timbre.coefficients(described.levels), described.means)
    centre, scale = rows.mean(axis=0), np.maximum(rows.std(axis=0), 1e-9)
    units = np.clip((rows - centre) / scale, -FARTHEST, FARTHEST)
    return Estimator(
        timbre=timbre,
        centre=centre,
        scale=scale,
        rows=units,
        fields={name: _regress(name, units, truth) for name, truth in targets.items()},
        held_out={},
        narrow={},
    )


def _regress(name: str, units: Values, truth: Values) -> Regression:
    """A field's regression on normal deviates of its ranks, which no skew can bend.

    The mean of two on one kernel: a Gaussian process, whose evidence sets the scales, and a support
    vector regression, which rows far from all others cannot pull about.
    """
    wanted = np.asarray(ndtri((stats.rankdata(truth) - 0.5) / len(truth)))
    heard = [group for group in GROUPS if LEVEL not in group or name in HEARS_LEVEL]
    scales = _scales(units, wanted, heard)
    near = likeness(apart(units * scales.emphasis, units * scales.emphasis))
    process = np.linalg.solve(scales.signal * near + scales.noise * np.eye(len(near)) + 1.0, wanted)
    vectors = support(near + 1.0, wanted)
    return Regression(
        emphasis=scales.emphasis,
        weights=(scales.signal * process + vectors) / 2,
        intercept=float(process.sum() + vectors.sum()) / 2,
        quantiles=np.quantile(truth, np.linspace(0.0, 1.0, QUANTILES)),
    )


def _scales(units: Values, wanted: Values, heard: list[tuple[str, ...]]) -> Scales:
    """The scales that make what was wanted likeliest (Rasmussen & Williams, section 5.4)."""
    columns = [[INPUTS.index(name) for name in group] for group in heard]
    far = np.stack([apart(units[:, own], units[:, own]) for own in columns])
    found = optimize.minimize(
        _unlikeliness,
        np.array([*[USUAL_SCALE] * len(heard), 0.0, FIRST_NOISE]),
        (far, wanted),
        jac=True,
        method="L-BFGS-B",
        bounds=[*[SCALE_BOUNDS] * len(heard), SIGNAL_BOUNDS, NOISE_BOUNDS],
        options={"maxiter": STEPS},
    ).x
    emphasis = np.zeros(len(INPUTS))
    for own, log_square in zip(columns, found, strict=False):
        emphasis[own] = np.exp(log_square / 2)
    return Scales(emphasis, float(np.exp(found[-2])), float(np.exp(found[-1])))


def _unlikeliness(logs: Values, far: Values, wanted: Values) -> tuple[float, Values]:
    """Negative log evidence of log squared scales, signal and noise, and its gradient.

    `far` is (n_groups, n, n) squared distances. The scales are held to the usual one, softly.
    """
    squares, signal, noise = np.exp(logs[:-2]), np.exp(logs[-2]), np.exp(logs[-1])
    near = likeness(np.tensordot(squares, far, 1))
    factor = linalg.cho_factor(signal * near + noise * np.eye(len(near)) + 1.0, lower=True)
    weights = linalg.cho_solve(factor, wanted)
    pull = linalg.cho_solve(factor, np.eye(len(near))) - np.outer(weights, weights)
    stray = (logs[:-2] - USUAL_SCALE) / SCALE_SPREAD
    value = wanted @ weights / 2 + np.log(np.diag(factor[0])).sum() + stray @ stray / 2
    bent = np.tensordot(far, pull * near * near, 2) * -signal / 2
    gradient = [
        *(bent * squares + stray / SCALE_SPREAD),
        (pull * near).sum() * signal / 2,
        np.trace(pull) * noise / 2,
    ]
    return float(value), np.array(gradient)


def support(kernel: Values, wanted: Values) -> Values:
    """The weight of each row, (n,), -LIMIT to LIMIT, in a support vector regression.

    Coordinate descent on the dual: minimise w'Kw / 2 - w'y + TUBE * |w|, one weight at a time
    (Ho & Lin 2012). There is no intercept: a constant in the (n, n) kernel stands for it.
    """
    weights, said, own = np.zeros(len(wanted)), np.zeros(len(wanted)), np.diag(kernel)
    for _ in range(SWEEPS):
        largest = 0.0
        for row in range(len(wanted)):
            pull = wanted[row] - said[row] + own[row] * weights[row]
            best = np.sign(pull) * max(abs(pull) - TUBE, 0.0) / own[row]
            step = float(np.clip(best, -LIMIT, LIMIT)) - weights[row]
            said += step * kernel[row]
            weights[row] += step
            largest = max(largest, abs(step))
        if largest < SETTLED * LIMIT:
            break
    return weights


def document(estimator: Estimator) -> dict[str, Any]:
    """The contents of the file that `perceptual.model.parse` reads."""
    return {
        "credit": CREDIT,
        "caveat": CAVEAT,
        "held_out": {name: _figures(reached) for name, reached in estimator.held_out.items()},
        "narrow": {name: round(mae, 4) for name, mae in estimator.narrow.items()},
        "timbre": {
            "mean": estimator.timbre.mean.round(4).tolist(),
            "covariance": estimator.timbre.covariance.round(4).tolist(),
        },
        "inputs": list(INPUTS),
        "centre": estimator.centre.round(6).tolist(),
        "scale": estimator.scale.round(6).tolist(),
        "fields": {
            name: {
                "emphasis": field.emphasis.round(5).tolist(),
                "intercept": round(field.intercept, 5),
                "quantiles": field.quantiles.round(5).tolist(),
                "weights": field.weights.round(5).tolist(),
            }
            for name, field in estimator.fields.items()
        },
        "rows": estimator.rows.round(3).tolist(),
    }


def _figures(reached: Figures) -> dict[str, float]:
    return {name: round(value, 4) for name, value in asdict(reached).items()}


def written(contents: Mapping[str, Any]) -> str:
    """The text of the file."""
    return json.dumps(contents, separators=(",", ":")) + "\n"


def main(source: str, target: str) -> None:
    """Fit to the CSV `source` and write `target`."""
    Path(target).write_text(written(document(fit(read(Path(source), FIELDS)))), "utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
