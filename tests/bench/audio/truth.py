"""Pieces whose tempo, key, metre, beats and sections are known, rendered beside the repository."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

TOOLS = Path(__file__).resolve().parents[4] / "shared" / "tools" / "audio_truth"
PIECES_OF_A_SEED = 24


class NoTruth(Exception):
    """The generator of pieces, or what it needs to sound, is not on this machine."""


@dataclass(frozen=True, slots=True)
class Pieces:
    """One rendered folder: what is true of each of its files."""

    folder: Path
    pieces: tuple[dict[str, Any], ...]

    @property
    def files(self) -> list[str]:
        """Every file, as the analyser is given it."""
        return [str(self.folder / piece["file"]) for piece in self.pieces]


def rendered(seed: int, under: Path, *, scores: int = 0) -> Pieces:
    """The pieces of a seed, rendered once; or so many real scores. Raises NoTruth."""
    folder = under / (f"scores{seed}" if scores else f"s{seed}")
    if not (folder / "truth.json").is_file():
        _render(seed, folder, scores)
    told = json.loads((folder / "truth.json").read_text(encoding="utf-8"))
    return Pieces(folder, tuple(told["pieces"]))


def _render(seed: int, folder: Path, scores: int) -> None:
    if not (TOOLS / "generate.py").is_file():
        raise NoTruth("../shared/tools/audio_truth is absent")
    amount = ["--count", "0", "--scores", str(scores)] if scores else ["--count", "24"]
    options = ["--seed", str(seed), "--out", str(folder), *amount]
    done = subprocess.run(  # noqa: S603  # the generator beside the repository
        [sys.executable, str(TOOLS / "generate.py"), *options],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise NoTruth(f"the generator failed: {done.stderr.strip().splitlines()[-1:]}")


def joined(folders: Sequence[Pieces]) -> list[dict[str, Any]]:
    """All pieces of several folders."""
    return [piece for one in folders for piece in one.pieces]
