"""What the analyser heard in the demo label's files, shipped beside them. Reading it is light."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from backports import zstd

from api.demo import FOLDER

MEASURED = FOLDER / "measured"
PACKING_LEVEL = 19


@dataclass(frozen=True, slots=True)
class Measured:
    """One file's features and analysis as canonical JSON, and which bytes were heard by whom."""

    sha256: str
    analyser: int
    features: bytes
    analysis: bytes

    def packed(self) -> bytes:
        """As it is shipped."""
        said = {
            "sha256": self.sha256,
            "analyser": self.analyser,
            "features": json.loads(self.features),
            "analysis": json.loads(self.analysis),
        }
        return zstd.compress(_canonical(said), PACKING_LEVEL)


def measured(slug: str) -> Measured:
    """What was heard in the piece of that slug. Raises FileNotFoundError."""
    return unpacked((MEASURED / f"{slug}.json.zst").read_bytes())


def unpacked(data: bytes) -> Measured:
    """What `Measured.packed` has packed."""
    said = json.loads(zstd.decompress(data))
    return Measured(
        sha256=said["sha256"],
        analyser=said["analyser"],
        features=_canonical(said["features"]),
        analysis=_canonical(said["analysis"]),
    )


def _canonical(value: Any) -> bytes:  # noqa: ANN401  # any JSON
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
