"""Turn descriptors into perceptual values: kernel regressions, kept as plain numbers in a file.

The file beside this module is written by `perceptual_fit` and says where its data came from, what
it reached on held-out blocks, and what it may not be taken for. Nothing in it is a pickle.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from scipy.special import ndtr

from api.analysis.perceptual.descriptors import NAMES, Description, Values
from api.analysis.perceptual.timbre import REACH_HZ, Timbre
from api.analysis.spectra import MEL

PATH = Path(__file__).with_name("model.json")
LEVEL = "level_db"
INPUTS: tuple[str, ...] = (
    "dynamics_db",
    *(f"mfcc_{place:02d}" for place in range(1, 20)),
    *(f"chroma_{of}" for of in ("mean", "deviation", "largest", "smallest")),
    *(f"spectral_contrast_{place:02d}" for place in range(5)),
    LEVEL,
)
FARTHEST = 6.0  # standard deviations: sound beyond is as strange as sound can be
LEAST = 1e-9  # stands for 0 under a logarithm
FILLED_DB = 24.0  # below the peaks of the lowest band, encoders fill the valleys

CHROMA, CONTRAST, RMSE = slice(0, 12), slice(12, 17), NAMES.index("rmse")


@dataclass(frozen=True, slots=True)
class Figures:
    """What a regression reached where each block was left out in turn."""

    rows: int
    spearman: float
    mae: float
    constant_mae: float


@dataclass(frozen=True, slots=True)
class Regression:
    """One field: `emphasis` (n_inputs,) scales its inputs, `weights` is (n_rows,).

    `quantiles` are the field's values at evenly spaced shares of the rows, from least to largest.
    """

    emphasis: Values
    weights: Values
    intercept: float
    quantiles: Values


@dataclass(frozen=True, slots=True)
class Estimator:
    """All fields' regressions over the same `rows`, (n_rows, n_inputs), in standard units.

    `timbre` is what those rows have, from which the treble of what is heard is told.
    `held_out` says what each field's regression reached on blocks it had not seen, and `narrow`
    how far off it was there, given no more than a narrow band.
    """

    timbre: Timbre
    centre: Values
    scale: Values
    rows: Values
    fields: Mapping[str, Regression]
    held_out: Mapping[str, Figures]
    narrow: Mapping[str, float]

    def places(self, described: Description, reach_hz: float = REACH_HZ) -> dict[str, Values]:
        """Where each of n stands among the rows, by field, as (n,) normal deviates."""
        heard = inputs(self.timbre.coefficients(described.levels, reach_hz), described.means)
        units = np.clip((heard - self.centre) / self.scale, -FARTHEST, FARTHEST)
        return {name: self._place(units, field) for name, field in self.fields.items()}

    def _place(self, units: Values, field: Regression) -> Values:
        near = likeness(apart(units * field.emphasis, self.rows * field.emphasis))
        return np.asarray(near @ field.weights + field.intercept)

    def value(self, name: str, places: Values) -> Values:
        """The values, 0 to 1, that stand at these places among the field's own."""
        quantiles = self.fields[name].quantiles
        shares = np.linspace(0.0, 1.0, len(quantiles))
        return np.asarray(np.interp(ndtr(places), shares, quantiles))


def apart(rows: Values, others: Values) -> Values:
    """Squared distances, (n_rows, n_others)."""
    squares = (rows * rows).sum(axis=1)[:, None] + (others * others).sum(axis=1)
    return np.asarray(np.maximum(squares - 2 * rows @ others.T, 0.0))


def likeness(distances: Values) -> Values:
    """The rational quadratic kernel, 1 where two rows are equal (Rasmussen & Williams, eq. 4.19).

    Its tails are long: it looks near and far at once, and strange sound is still like something.
    """
    return np.asarray(1.0 / (1.0 + distances))


def inputs(coefficients: Values, means: Values) -> Values:
    """What the regressions look at, (n, 30), from (n, 20) of timbre and (n, 18) means.

    Only `level_db` depends on the level: it is the mean of all bands' dB, since the dB of the mean,
    which the bass decides, tell less of energy. `dynamics_db` is how far it lies below those, notes
    count without their names, and the lowest band's contrast is bounded: an mp3 at 128 kbit/s turns
    31 dB into 24, and leaves 20 as they are.
    """
    chroma, level = means[:, CHROMA], coefficients[:, 0] / np.sqrt(MEL.bands)
    notes = [chroma.mean(axis=1), chroma.std(axis=1), chroma.max(axis=1), chroma.min(axis=1)]
    dynamics = level - 20 * np.log10(np.maximum(means[:, RMSE], LEAST))
    contrast = means[:, CONTRAST].copy()
    contrast[:, 0] = -10 * np.log10(10 ** (-contrast[:, 0] / 10) + 10 ** (-FILLED_DB / 10))
    return np.column_stack([dynamics, coefficients[:, 1:], *notes, contrast, level])


@cache
def load() -> Estimator:
    """The fitted estimator that ships with the product."""
    return parse(json.loads(PATH.read_text("utf-8")))


def parse(document: Mapping[str, Any]) -> Estimator:
    """The estimator of a file's contents; `perceptual_fit` says what else stands there."""
    return Estimator(
        timbre=Timbre(**{name: np.array(value) for name, value in document["timbre"].items()}),
        centre=np.array(document["centre"]),
        scale=np.array(document["scale"]),
        rows=np.array(document["rows"]),
        fields={name: _regression(field) for name, field in document["fields"].items()},
        held_out={name: Figures(**reached) for name, reached in document["held_out"].items()},
        narrow=document["narrow"],
    )


def _regression(field: Mapping[str, Any]) -> Regression:
    return Regression(
        emphasis=np.array(field["emphasis"]),
        weights=np.array(field["weights"]),
        intercept=field["intercept"],
        quantiles=np.array(field["quantiles"]),
    )
