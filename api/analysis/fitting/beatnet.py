"""Turn the weights of BeatNet's wheel into the small file that `api.analysis.rhythm.beatnet` reads.

`python -m api.analysis.fitting.beatnet WHEEL OUT` takes model 1 (trained without GTZAN) out of the
wheel of BeatNet 1.1.3. Neither PyTorch nor pickle is needed: a saved model is a zip of raw float32.
The weights are M. Heydari's, F. Cwitkowitz's and Z. Duan's, CC BY 4.0; rounding to float16 and the
sum of the two biases of each layer are our changes.
"""

import io
import sys
import zipfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

MODEL = "BeatNet/models/model_1_weights.pt"
UNITS, GATES, LAYERS = 150, 4, 2
PLACES = {  # in the archive, and their shapes there
    "kernel": ("0", (2, 10)),
    "kernel_bias": ("1", (2,)),
    "inner": ("2", (UNITS, 262)),
    "inner_bias": ("3", (UNITS,)),
    "outer": ("5", (3, UNITS)),
    "outer_bias": ("6", (3,)),
}
LSTM = "4"  # matrices of input and state, layer by layer, then their biases

Weights = dict[str, NDArray[np.float16]]


def main(arguments: Sequence[str]) -> None:
    """Write the weights of a wheel."""
    wheel, out = map(Path, arguments)
    np.savez_compressed(out, **read(wheel))  # type: ignore[arg-type]  # names are ours


def read(wheel: Path) -> Weights:
    """Every array by its name; `layers` is (2, 2, 600, 150), of input and of state."""
    with zipfile.ZipFile(wheel) as outer, zipfile.ZipFile(io.BytesIO(outer.read(MODEL))) as saved:
        parts = {
            name: _floats(saved, place).reshape(shape) for name, (place, shape) in PLACES.items()
        }
        lstm = _floats(saved, LSTM)
    split = LAYERS * 2 * GATES * UNITS * UNITS
    parts["layers"] = lstm[:split].reshape(LAYERS, 2, GATES * UNITS, UNITS)
    parts["layer_biases"] = lstm[split:].reshape(LAYERS, 2, GATES * UNITS).sum(axis=1)
    return {name: values.astype(np.float16) for name, values in parts.items()}


def _floats(saved: zipfile.ZipFile, place: str) -> NDArray[np.float32]:
    return np.frombuffer(saved.read(f"archive/data/{place}"), "<f4")


if __name__ == "__main__":
    main(sys.argv[1:])
