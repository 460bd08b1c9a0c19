"""The process of one analysis: it hears one file, tells how far it is, and ends."""

from __future__ import annotations

import resource
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from pathlib import Path

from api.worker.parent_death import end_with_parent

MEMORY_BYTES = 2 << 30


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be heard: a file, the id and URI it goes by, and the moment (unix seconds)."""

    file: Path
    ident: str
    uri: str
    at: float


@dataclass(frozen=True, slots=True)
class Progress:
    """What the analysis begins to do now, and how many percent of it all are done."""

    stage: str
    percent: float


@dataclass(frozen=True, slots=True)
class Result:
    """What was heard: features and analysis as canonical JSON, by this version of the analyser."""

    analyser: int
    features: bytes
    analysis: bytes


@dataclass(frozen=True, slots=True)
class Unheard:
    """What is wrong with the file: `{"code", "title", "detail"}`."""

    problem: dict[str, str]


Report = Callable[[str, float], None]
Hear = Callable[[Order, Report], Result | Unheard]


def hear(order: Order, report: Report) -> Result | Unheard:
    """Decode the file in a process that may break, and hear it in this one."""
    from api.analysis import pipeline, problems, version  # noqa: PLC0415  # heavy
    from api.analysis.contract import shape  # noqa: PLC0415  # likewise
    from api.analysis.decoding import isolation  # noqa: PLC0415  # likewise

    report("decode", 0.0)
    try:
        heard = pipeline.analyse(isolation.decode_isolated(order.file), report)
    except problems.AnalysisError as problem:
        return Unheard(problem.to_json())
    report("features", 95.0)
    subject = shape.Subject(order.ident, order.uri, datetime.fromtimestamp(order.at, UTC))
    return Result(
        version.ANALYSER_VERSION,
        shape.features(heard, subject).model_dump_json().encode(),
        shape.analysis(heard, subject).model_dump_json().encode(),
    )


def main(listener: Connection, order: Order, hear_it: Hear) -> None:
    """Send Progress, then one Result or Unheard. Whoever breaks here ends without either."""
    confine()
    with listener:
        listener.send(
            hear_it(order, lambda stage, percent: listener.send(Progress(stage, percent)))
        )


def confine() -> None:
    """End with the worker, take no more memory than music needs, leave nothing behind."""
    end_with_parent()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
