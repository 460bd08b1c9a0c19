"""Read a table of described and judged tracks, and say how near the estimates come to it.

Shared by the fit, which learns from such a table, and by the judge, who holds another one:
`python -m api.analysis.fitting.perceptual_table CSV` prints how near the estimates come.
"""

import argparse
import csv
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from api.analysis.perceptual.descriptors import NAMES, Description, Values
from api.analysis.perceptual.model import Estimator, Figures, load
from api.analysis.perceptual.timbre import COEFFICIENTS, SMOOTH

MFCC = tuple(f"mfcc_{place:02d}" for place in range(COEFFICIENTS))


@dataclass(frozen=True, slots=True)
class DescribedTracks:
    """n described tracks, `blocks` (n,) of neighbouring tracks, and the targets.

    `skipped` counts the rows that had no descriptors.
    """

    described: Description
    blocks: NDArray[np.int64]
    targets: Mapping[str, Values]
    skipped: int


def read(path: Path, fields: tuple[str, ...]) -> DescribedTracks:
    """The rows of a CSV with columns `block`, the fields, and `a_` before each descriptor's name.

    Without a block, a row belongs to block 0. Raises KeyError where another column is absent, and
    ValueError where no row has descriptors.
    """
    with path.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    columns = [f"a_{name}" for name in (*NAMES, *MFCC)]
    full = [row for row in rows if all(row[column] for column in columns)]
    if not full:
        raise ValueError(f"no row of {path.name} has descriptors")
    described = np.array([[float(row[column]) for column in columns] for row in full])
    means, coefficients = np.split(described, [len(NAMES)], axis=1)
    return DescribedTracks(
        described=Description(means, coefficients @ SMOOTH),
        blocks=np.array([int(row.get("block") or 0) for row in full]),
        targets={name: np.array([float(row[name] or "nan") for row in full]) for name in fields},
        skipped=len(rows) - len(full),
    )


def judge(truth: Values, places: Values, guessed: Values) -> Figures:
    """Rank correlation with the places and mean absolute error of the values guessed from them.

    Beside it the error of always saying the median. Rows whose truth is not a number do not count.
    """
    known = np.isfinite(truth)
    truth, places, guessed = truth[known], places[known], guessed[known]
    return Figures(
        rows=len(truth),
        spearman=float(stats.spearmanr(truth, places).statistic),
        mae=float(np.abs(truth - guessed).mean()),
        constant_mae=float(np.abs(truth - np.median(truth)).mean()),
    )


def evaluate(path: Path, estimator: Estimator) -> str:
    """A table of the figures that the estimator reaches on the rows of a CSV."""
    table = read(path, tuple(estimator.fields))
    places = estimator.places(table.described)
    lines = [f"{'target':<18}{'n':>5}{'spearman':>10}{'mae':>8}{'constant':>10}"]
    for name, truth in table.targets.items():
        reached = judge(truth, places[name], estimator.value(name, places[name]))
        lines.append(
            f"{name:<18}{reached.rows:>5}{reached.spearman:>10.3f}"
            f"{reached.mae:>8.3f}{reached.constant_mae:>10.3f}"
        )
    return "\n".join([*lines, f"{table.skipped} rows without descriptors left out"])


def main(arguments: Sequence[str]) -> None:
    """Print how near the estimates come to a table of described and judged tracks."""
    parser = argparse.ArgumentParser(prog="python -m api.analysis.fitting.perceptual_table")
    parser.add_argument("table", metavar="CSV", type=Path)
    sys.stdout.write(evaluate(parser.parse_args(arguments).table, load()) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
