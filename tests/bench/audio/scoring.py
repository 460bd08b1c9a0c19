"""How right answers are, by the measures of the judge's own programs."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from tests.bench.audio import targets
from tests.bench.audio.judge import RECORDED, tool
from tests.bench.audio.table import Bound, Line, shares

Piece = dict[str, Any]
Analysis = Mapping[str, Any]
METRICS = ("tempo acc1", "tempo acc2", "beat F", "downbeat F", "key exact", "key MIREX", "metre")
SUNG = ("country", "hiphop", "pop", "reggae", "rock")  # genres of records that nearly all are
PLAYED = ("classical", "jazz")


def rendered(
    of: str,
    pieces: Sequence[Piece],
    analyses: Sequence[Analysis | None],
    bounds: Mapping[str, Bound],
) -> Iterator[Line]:
    """A line a measure; a piece without an analysis counts as wrong."""
    score = tool("score")
    read = [score.read_answer(one) if one else {} for one in analyses]
    answers = {piece["name"]: answer for piece, answer in zip(pieces, read, strict=True)}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # mir_eval warns of empty lists, which count as wrong
        values = score.evaluate(list(pieces), lambda piece: answers[piece["name"]])
        constant = score.evaluate(list(pieces), score.constant)
    for name, scored in values.items():
        told = scored == scored  # noqa: PLR0124  # not a number where it does not apply
        if told.any():
            same = shares(constant[name][told])[0]
            yield Line(of, name, *shares(scored[told]), bounds.get(name), same)


def recorded(
    of: str, pieces: Sequence[Piece], analyses: Sequence[Analysis | None]
) -> Iterator[Line]:
    """The same of records, by the measures for those."""
    judge = tool("real_truth", RECORDED).judge
    constant = tool("score").constant
    judged = [judge(piece["told"], _answer(piece, one)) for piece, one in _both(pieces, analyses)]
    never = [
        judge(piece["told"], {**constant(piece), "duration": piece["duration"]}) for piece in pieces
    ]
    bounds = targets.RECORDED.get(of, {})
    for name in METRICS:
        values = [one[name] for one in judged if name in one]
        if values:
            same = shares([one[name] for one in never if name in one])[0]
            yield Line(of, name, *shares(values), bounds.get(name), same)


def _both(
    pieces: Sequence[Piece], analyses: Sequence[Analysis | None]
) -> Iterator[tuple[Piece, Analysis | None]]:
    return zip(pieces, analyses, strict=True)


def _answer(piece: Piece, analysis: Analysis | None) -> dict[str, Any]:
    if analysis is None:
        return {"duration": piece["duration"], "time_signature": None}
    track = analysis["track"]
    said = {name: track[name] for name in ("tempo", "key", "mode", "time_signature", "duration")}
    starts = {name: [row["start"] for row in analysis[name]] for name in ("beats", "bars")}
    return {**said, "beats": starts["beats"], "downbeats": starts["bars"]}


def sung_against_played(
    pieces: Sequence[Piece], features: Sequence[Mapping[str, Any] | None]
) -> Iterator[Line]:
    """How well instrumentalness tells genres that are sung from those that are mostly played."""
    told: dict[bool, list[float]] = {True: [], False: []}
    for piece, one in zip(pieces, features, strict=True):
        if one and piece["style"] in SUNG + PLAYED and one["instrumentalness"] is not None:
            told[piece["style"] in PLAYED].append(one["instrumentalness"])
    if all(told.values()):
        apart = np.subtract.outer(told[True], told[False])
        area = float((apart > 0).mean() + (apart == 0).mean() / 2)
        bound, n = targets.SUNG_AGAINST_PLAYED, sum(map(len, told.values()))
        yield Line("sung | played", "instrumentalness AUC", area, None, n, bound, 0.5)
