"""Measure the analyser on music with known truth and print every figure beside its target.

    python -m tests.bench.audio [--seeds 9001 9002 9003] [--rough-seeds 9004] [--score-seed 9001]

Each seed is rendered once with every soundfont there is, under var/audio-truth. REAL=DIR names
records that ../shared/tools/real_truth extracted, ASAP=DIR its performances; without them that
half is left out, and stability is measured on rendered pieces. A seed that anybody tuned on proves
nothing, nor does a record.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from tests.bench.audio import cli, fonts, scoring, stability, sureness, targets
from tests.bench.audio.judge import NoTruth
from tests.bench.audio.long_files import joined_up
from tests.bench.audio.table import HEAD, Bound, Line
from tests.bench.audio.truth import RECORDS, Pieces, joined, records, rendered

MODEL = cli.ROOT / "api" / "analysis" / "perceptual" / "model.json"
Set = tuple[str, list[Pieces], dict[str, Bound]]


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table; 1 where there is no truth to compare with."""
    asked = _asked(arguments)
    _say(f"{os.cpu_count()} cores, Python {platform.python_version()}, seeds {asked.seeds}")
    for font in fonts.absent():
        _say(f"left out: {font.name}, {font.package} is not installed")
    _say(HEAD)
    try:
        for line in _lines(asked):
            _say(str(line))
    except NoTruth as absent:
        _say(f"no truth to compare with: {absent}")
        return 1
    return 0


def _asked(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser("python -m tests.bench.audio", description=__doc__)
    parser.add_argument("--seeds", type=int, nargs="+", default=[9001, 9002, 9003])
    parser.add_argument("--rough-seeds", type=int, nargs="*", default=[9004])
    parser.add_argument("--score-seed", type=int, default=9001)
    parser.add_argument("--scores", type=int, default=24)
    parser.add_argument("--records-only", action="store_true", help="nothing rendered, no costs")
    return parser.parse_args(arguments)


def _lines(asked: argparse.Namespace) -> Iterator[Line]:
    plain: list[tuple[Pieces, cli.Run]] = []
    if not asked.records_only:
        for of, folders, bounds in _sets(asked):
            runs = [(one, cli.run(one.files)) for one in folders]
            yield from _of_rendered(of, runs, bounds)
            plain += runs if bounds is targets.RENDERED else []
        yield from _sureness("rendered", plain)
    for name in RECORDS:
        if not os.environ.get(name):
            _say(f"left out: {name} names no folder of records")
    real = [(one, cli.run(one.files)) for one in records()]
    if real:
        yield from _of_records(real)
        yield from _sureness("records", real)
    held, run = (real or plain)[0]
    yield from stability.lines(held.files, run.records)
    yield from _held_out()
    if plain:
        yield from _costs(plain)


def _sets(asked: argparse.Namespace) -> Iterator[Set]:
    """What is rendered: each soundfont plain and rough, then real scores."""
    for font in fonts.installed():
        yield font.name, [rendered(seed, font.name) for seed in asked.seeds], targets.RENDERED
    for font in fonts.installed():
        rough = [rendered(seed, font.name, rough=True) for seed in asked.rough_seeds]
        yield f"{font.name} rough", rough, {}
    if asked.scores:
        first = fonts.installed()[0].name
        folder = rendered(asked.score_seed, first, scores=asked.scores)
        yield f"{first} scores", [folder], targets.SCORES


def _of_rendered(
    of: str, runs: Sequence[tuple[Pieces, cli.Run]], bounds: dict[str, Bound]
) -> Iterator[Line]:
    pieces = [
        {**piece, "name": f"{place}/{piece['name']}"}
        for place, (one, _) in enumerate(runs)
        for piece in one.pieces
    ]
    analyses = [analysis for _, run in runs for analysis in run.analyses]
    if pieces:
        yield from scoring.rendered(of, pieces, analyses, bounds)


def _sureness(of: str, runs: Sequence[tuple[Pieces, cli.Run]]) -> Iterator[Line]:
    analyses = [analysis for _, run in runs for analysis in run.analyses]
    known = joined([one for one, _ in runs])
    yield from sureness.lines(f"{of} confidence", sureness.pooled(known, analyses))


def _of_records(runs: Sequence[tuple[Pieces, cli.Run]]) -> Iterator[Line]:
    pieces = [piece for one, _ in runs for piece in one.pieces]
    said = [record for _, run in runs for record in run.records]
    for of in dict.fromkeys(piece["set"] for piece in pieces):
        mine = [place for place, piece in enumerate(pieces) if piece["set"] == of]
        yield from scoring.recorded(
            of, [pieces[i] for i in mine], [said[i].get("analysis") for i in mine]
        )
    features = [record.get("features") for record in said]
    yield from scoring.sung_against_played(pieces, features)


def _held_out() -> Iterator[Line]:
    """As the perceptual model's own fit found them, a block left out."""
    told: dict[str, Any] = json.loads(MODEL.read_text(encoding="utf-8"))["held_out"]
    for field, bound in targets.HELD_OUT.items():
        one = told.get(field, {})
        if "spearman" in one:
            yield Line("Echo Nest held out", field, one["spearman"], None, one["rows"], bound, 0.0)


def _costs(runs: Sequence[tuple[Pieces, cli.Run]]) -> Iterator[Line]:
    spent = sum(run.cpu_s for _, run in runs) / max(sum(run.audio_min for _, run in runs), 1e-9)
    files = runs[0][0].files
    with tempfile.TemporaryDirectory() as name:
        three = joined_up(files, 3, Path(name) / "three.wav")
        twelve = joined_up(files, 12, Path(name) / "twelve.wav")
        one = cli.run([three])
        yield Line("cost", "CPU s per audio minute", spent, bound=targets.CPU_S_PER_MIN)
        yield Line("cost", "of 3 min, start included", one.cpu_s / one.audio_min)
        yield Line("cost", "3 min from a cold start, s", one.wall_s, bound=targets.FIRST_S)
        yield Line("cost", "peak MB of 12 min", cli.peak_mb(twelve), bound=targets.PEAK_MB)


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    raise SystemExit(main())
