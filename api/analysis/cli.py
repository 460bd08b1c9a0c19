"""Analyse files from a terminal: one JSON line each, features and analysis, or the problem."""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from api.analysis import pipeline, problems
from api.analysis.contract import shape
from api.analysis.decoding import isolation
from api.music.ids import own_id, own_uri
from api.schemas.reference import Kind

_USAGE = "usage: python -m api.analysis FILE…\n"


def main(files: Sequence[str]) -> int:
    """0 if every file was analysed, 1 if any had a problem, 2 without files."""
    if not files:
        sys.stderr.write(_USAGE)
        return 2
    return max(map(_say, map(_line, files)))


def _say(line: dict[str, object]) -> int:
    sys.stdout.write(json.dumps(line, ensure_ascii=False, separators=(",", ":")) + "\n")
    sys.stdout.flush()
    return int("problem" in line)


def _line(file: str) -> dict[str, object]:
    try:
        heard = pipeline.analyse(isolation.decode_isolated(file))
    except problems.AnalysisError as problem:
        return {"file": file, "problem": problem.to_json()}
    subject = _subject(Path(file))
    return {
        "file": file,
        "features": shape.features(heard, subject).model_dump(mode="json"),
        "analysis": shape.analysis(heard, subject).model_dump(mode="json"),
    }


def _subject(path: Path) -> shape.Subject:
    """The file's id from its bytes; the moment is the file's own, so that two runs say the same."""
    with path.open("rb") as file:
        ident = own_id(hashlib.file_digest(file, "sha256").digest())
    changed = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    return shape.Subject(ident, own_uri(Kind.TRACK, ident), changed)
