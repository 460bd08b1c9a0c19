"""How right answers are, by the measures of ../shared/tools/audio_truth/score.py."""

from __future__ import annotations

import importlib.util
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from tests.bench.audio.truth import TOOLS, NoTruth

PERCENT = 100
TARGETS = {
    "tempo acc1 (4 %)": 91,
    "tempo acc2 (x2 x3)": 99,
    "beat F 70 ms": 89,
    "downbeat F 70 ms": 76,
    "key exact": 96,
    "key MIREX": 97,
    "metre": 91,
    "sections F 0.5 s": 86,
    "sections F 3 s": 90,
}
SCORE_TARGETS = {
    "tempo acc1 (4 %)": 88,
    "beat F 70 ms": 80,
    "downbeat F 70 ms": 50,
    "key exact": 88,
}


@dataclass(frozen=True, slots=True)
class Figure:
    """One measure over all pieces, in percent, with its bootstrap standard error."""

    name: str
    percent: float
    error: float
    target: int | None

    def line(self) -> str:
        """As the table shows it."""
        asked = "" if self.target is None else f"{'>=':>4}{self.target:>4}"
        short = "" if self.target is None or self.percent >= self.target else "  falls short"
        return f"{self.name:<22}{self.percent:>7.1f}{self.error:>6.1f}{asked}{short}"


def figures(
    pieces: Sequence[dict[str, Any]],
    analyses: Mapping[str, Mapping[str, Any]],
    targets: Mapping[str, int],
) -> list[Figure]:
    """Every measure; a piece without an analysis counts as wrong. Raises NoTruth."""
    score = _score()
    answers = {name: score.read_answer(answer) for name, answer in analyses.items()}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # mir_eval warns of empty lists, which count as wrong
        values = score.evaluate(list(pieces), lambda piece: answers.get(piece["name"], {}))
    made = []
    for name, scored in values.items():
        mean, error, n = score.mean_and_error(scored)
        if n:
            made.append(Figure(name, PERCENT * mean, PERCENT * error, targets.get(name)))
    return made


def _score() -> ModuleType:
    """The judge's own program, loaded from where it lies."""
    spec = importlib.util.spec_from_file_location("audio_truth_score", TOOLS / "score.py")
    if spec is None or spec.loader is None or not (TOOLS / "score.py").is_file():
        raise NoTruth("../shared/tools/audio_truth is absent")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
