"""Measure the analyser on pieces with known truth and print every figure beside its target.

    python -m tests.bench.audio [--seeds 9001 9002 9003] [--score-seed 9001] [--scores 24]

Pieces are rendered once under var/audio-truth. A seed that anybody tuned on proves nothing.
"""

from __future__ import annotations

import argparse
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tests.bench.audio import cli, sureness
from tests.bench.audio.long_files import joined_up
from tests.bench.audio.scoring import SCORE_TARGETS, TARGETS, figures
from tests.bench.audio.truth import TOOLS, NoTruth, Pieces, joined, rendered

RENDERED = cli.ROOT / "var" / "audio-truth"
PERCEPTUAL = TOOLS.parents[1] / "data" / "perceptual" / "fma_fit.csv"
MOST_CPU_S_PER_MIN = 1.0
MOST_FIRST_S = 10
MOST_MB = 500


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the tables; 1 where there is no truth to compare with."""
    asked = _asked(arguments)
    _say(f"{os.cpu_count()} cores, Python {platform.python_version()}, seeds {asked.seeds}")
    try:
        pieces = [rendered(seed, RENDERED) for seed in asked.seeds]
        runs = _rendered_music(pieces)
        _scores(asked.score_seed, asked.scores)
    except NoTruth as absent:
        _say(f"no truth to compare with: {absent}")
        return 1
    _costs(pieces[0], runs)
    _perceptual()
    return 0


def _asked(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser("python -m tests.bench.audio", description=__doc__)
    parser.add_argument("--seeds", type=int, nargs="+", default=[9001, 9002, 9003])
    parser.add_argument("--score-seed", type=int, default=9001)
    parser.add_argument("--scores", type=int, default=24)
    return parser.parse_args(arguments)


def _rendered_music(folders: Sequence[Pieces]) -> list[cli.Run]:
    runs = [cli.run(one.files) for one in folders]
    analyses = {name: one for run in runs for name, one in run.analyses.items()}
    pieces = joined(folders)
    _say(f"\n{len(pieces)} rendered pieces, {len(pieces) - len(analyses)} without an analysis")
    for figure in figures(pieces, analyses, TARGETS):
        _say(figure.line())
    _say("\nconfidence          n  right   said→right in percent, per tenth of the scale")
    for line in sureness.lines(sureness.pooled(folders, analyses)):
        _say(line)
    return runs


def _scores(seed: int, count: int) -> None:
    folder = rendered(seed, RENDERED, scores=count)
    analyses = cli.run(folder.files).analyses
    _say(f"\n{len(folder.pieces)} real scores (music21), seed {seed}")
    for figure in figures(folder.pieces, analyses, SCORE_TARGETS):
        _say(figure.line())


def _costs(pieces: Pieces, runs: Sequence[cli.Run]) -> None:
    per_min = sum(run.cpu_s for run in runs) / max(sum(run.audio_min for run in runs), 1e-9)
    with tempfile.TemporaryDirectory() as name:
        three = joined_up(pieces.files, 3, Path(name) / "three.wav")
        twelve = joined_up(pieces.files, 12, Path(name) / "twelve.wav")
        one = cli.run([three])
        _say(f"\nCPU s per audio minute      {per_min:>6.2f}  <= {MOST_CPU_S_PER_MIN}")
        _say(f"CPU s per minute, one 3 min {one.cpu_s / one.audio_min:>6.2f}  start included")
        _say(f"3 min from a cold start, s  {one.wall_s:>6.1f}  <= {MOST_FIRST_S}")
        _say(f"peak MB for 12 min          {cli.peak_mb(twelve):>6.0f}  <= {MOST_MB}")


def _perceptual() -> None:
    """The figures that the model's own command prints; these rows are those it was fitted on."""
    if not PERCEPTUAL.is_file():
        _say("\nperceptual: ../shared/data/perceptual is absent")
        return
    _say("\nperceptual estimates on the rows they were fitted on (held-out: perceptual/model.json)")
    command = [
        sys.executable,
        "-m",
        "api.analysis.fitting.perceptual_table",
        str(PERCEPTUAL),
    ]
    done = subprocess.run(  # noqa: S603  # our own program
        command, cwd=cli.ROOT, capture_output=True, text=True, check=False
    )
    _say(done.stdout or done.stderr)


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    raise SystemExit(main())
