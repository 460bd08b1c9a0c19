"""The weights of another's network are taken out of its package without running its code."""

import io
import zipfile

import numpy as np

from api.analysis.fitting import beatnet

SIZES = {"0": 20, "1": 2, "2": 39_300, "3": 150, "4": 362_400, "5": 450, "6": 3}


def test_weights_are_read_from_the_wheel(tmp_path):
    """Each array keeps its place and shape, half as long; the two biases of a layer are summed."""
    saved, drawn = io.BytesIO(), np.random.default_rng(1)
    raw = {place: drawn.normal(0, 1, size).astype("<f4") for place, size in SIZES.items()}
    with zipfile.ZipFile(saved, "w") as archive:
        for place, values in raw.items():
            archive.writestr(f"archive/data/{place}", values.tobytes())
    with zipfile.ZipFile(tmp_path / "net.whl", "w") as wheel:
        wheel.writestr(beatnet.MODEL, saved.getvalue())

    beatnet.main([str(tmp_path / "net.whl"), str(tmp_path / "net.npz")])

    with np.load(tmp_path / "net.npz") as kept:
        assert {kept[name].dtype for name in kept.files} == {np.dtype(np.float16)}
        assert np.allclose(kept["inner"].ravel(), raw["2"], atol=4e-3)
        assert np.allclose(kept["layers"][1, 0, 0], raw["4"][180_000:180_150], atol=4e-3)
        biases = raw["4"][360_000:].reshape(2, 2, 600).sum(axis=1)
        assert np.allclose(kept["layer_biases"], biases, atol=4e-3)
