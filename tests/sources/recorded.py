"""Recorded answers of the open sources, from the folder beside the repository, to be sent again."""

import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.sandbox.answers import JSON_TYPE, Answer, dump

OF_THE_WIRE = {"content-encoding", "content-length", "transfer-encoding", "connection"}
EXCHANGE = {"request", "status", "body"}


@dataclass(frozen=True)
class Recorded:
    """One recorded answer: its kind, where it lies, and the body as JSON."""

    kind: str
    file: str
    quality: str
    answer: Answer
    body: Any


def recorded(data: Path, source: str) -> Iterator[Recorded]:
    """Every answer of a source, in the order of the manifest."""
    root = data / "open"
    with (root / "MANIFEST.tsv").open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))
    for row in rows:
        of, _, kind = row["kind"].partition("/")
        if of == source:
            sent = json.loads((root / row["file"]).read_text(encoding="utf-8"))
            yield Recorded(kind, row["file"], row["quality"], *_answered(sent))


def _answered(sent: Any) -> tuple[Answer, Any]:
    if not (isinstance(sent, dict) and sent.keys() >= EXCHANGE):
        return Answer(200, dump(sent), {"content-type": JSON_TYPE}), sent
    headers = {
        name.lower(): ", ".join(values)
        for name, values in (sent.get("headers") or {}).items()
        if name.lower() not in OF_THE_WIRE
    }
    return Answer(sent["status"], dump(sent["body"]), headers), sent["body"]
