import csv

import numpy as np
import pytest

from api.analysis.fitting import perceptual
from api.analysis.fitting.perceptual import FIELDS, LIMIT, TUBE, support
from api.analysis.fitting.perceptual_table import MFCC, read
from api.analysis.perceptual.descriptors import NAMES
from api.analysis.perceptual.model import apart, likeness, parse

COLUMNS = (*NAMES, *MFCC)
CONTRAST = COLUMNS.index("spectral_contrast_02")


@pytest.fixture(scope="module")
def table(tmp_path_factory):
    """80 invented tracks whose targets are curves of one descriptor, with noise on top."""
    rng = np.random.default_rng(11)
    described = rng.uniform(1.0, 2.0, (80, len(COLUMNS)))
    curve = 1 / (1 + np.exp(-6 * (described[:, CONTRAST] - 1.5))) + rng.normal(0, 0.05, 80)
    path = tmp_path_factory.mktemp("fit") / "table.csv"
    with path.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.writer(lines)
        writer.writerow(["block", *FIELDS, *(f"a_{name}" for name in COLUMNS)])
        for row, values in enumerate(described):
            targets = [float(np.clip(curve[row], 0, 1))] * len(FIELDS)
            writer.writerow([row // 20, *targets, *values])
    return path


@pytest.fixture(scope="module")
def fitted(table):
    """The contents of the file fitted to those tracks."""
    return perceptual.document(perceptual.fit(read(table, FIELDS)))


def test_a_curve_in_the_descriptors_is_found(fitted):
    """On blocks left out the ranks agree and the error is far below a constant's."""
    for reached in fitted["held_out"].values():
        assert reached["rows"] == 80
        assert reached["spearman"] > 0.8
        assert reached["mae"] < reached["constant_mae"] / 2


def test_the_same_table_gives_the_same_file(table, fitted, tmp_path):
    """Nothing in the fit is drawn or timed."""
    target = tmp_path / "perceptual.json"

    perceptual.main(str(table), str(target))

    assert perceptual.written(fitted) == target.read_text("utf-8")


def test_the_file_holds_what_was_fitted(table, fitted):
    """Read back, the rounded numbers place the tracks where they belong."""
    rows = read(table, FIELDS)
    estimator = parse(fitted)

    values = estimator.value("energy", estimator.places(rows.described)["energy"])

    assert np.abs(values - rows.targets["energy"]).mean() < 0.1


def test_only_energy_hears_the_level(fitted):
    """The other fields give the last input, the level, no weight at all."""
    heard = {name for name, field in fitted["fields"].items() if field["emphasis"][-1] > 0}

    assert heard == {"energy"}


def test_the_gradient_of_the_evidence_is_its_slope():
    """What the search is told about the slope agrees with small steps."""
    rng = np.random.default_rng(2)
    units, wanted = rng.normal(size=(12, 3)), rng.normal(size=12)
    far = np.stack([apart(units[:, [column]], units[:, [column]]) for column in range(3)])
    logs = np.array([-3.0, -1.0, -2.0, 0.3, -1.2])

    _, gradient = perceptual._unlikeliness(logs, far, wanted)

    for place, slope in enumerate(gradient):
        step = np.eye(len(logs))[place] * 1e-5
        above = perceptual._unlikeliness(logs + step, far, wanted)[0]
        below = perceptual._unlikeliness(logs - step, far, wanted)[0]
        assert slope == pytest.approx((above - below) / 2e-5, rel=1e-4, abs=1e-6)


def test_support_vectors_obey_their_bounds():
    """Rows inside the tube weigh nothing, rows on its edge something, rows outside the limit."""
    rng = np.random.default_rng(4)
    units = rng.normal(size=(40, 2))
    wanted = np.sin(units[:, 0]) + rng.normal(0, 0.3, 40)
    kernel = likeness(apart(units, units)) + 1.0

    weights = support(kernel, wanted)

    off = wanted - kernel @ weights
    assert np.abs(weights).max() <= LIMIT
    assert np.abs(off[np.abs(weights) == 0]).max() <= TUBE + 0.01
    edge = (np.abs(weights) > 0) & (np.abs(weights) < LIMIT)
    assert np.abs(off[edge]) == pytest.approx(TUBE, abs=0.02)
    assert np.abs(off[np.abs(weights) == LIMIT]).min() >= TUBE - 0.01
