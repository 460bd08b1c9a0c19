"""Recorded answers of the open sources, from the folder beside the repository, to be sent again."""

import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.sandbox.answers import JSON_TYPE, Answer, Request, dump
from tests.sources.contract import StandIn

OF_THE_WIRE = {"content-encoding", "content-length", "transfer-encoding", "connection"}
EXCHANGE = {"request", "status", "body"}


@dataclass(frozen=True)
class Recorded:
    """One recorded answer: its kind, where it lies, the body as JSON, and the address if known."""

    kind: str
    file: str
    quality: str
    answer: Answer
    body: Any
    url: str = ""

    def asked(self, name: str) -> list[str]:
        """The values of a parameter in the recorded address."""
        return parse_qs(urlsplit(self.url).query).get(name, [])


ABSENT = Recorded("", "no-recorded-answers", "", Answer(404), None)
"""What a test of every recording gets where there are none: it is skipped, by this name."""


def recorded(data: Path, source: str) -> Iterator[Recorded]:
    """Every answer of a source, in the order of the manifest; none where that is absent."""
    root = data / "open"
    if not root.is_dir():
        return
    with (root / "MANIFEST.tsv").open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))
    for row in rows:
        of, _, kind = row["kind"].partition("/")
        if of == source:
            sent = json.loads((root / row["file"]).read_text(encoding="utf-8"))
            url = sent["request"]["url"] if _is_exchange(sent) else ""
            yield Recorded(kind, row["file"], row["quality"], *_answered(sent), url)


def of_kind(data: Path, source: str, *kinds: str) -> list[Recorded]:
    """A source's answers of these kinds, of which there are some."""
    found = [one for one in recorded(data, source) if one.kind in kinds]
    assert found
    return found


class Replaying(StandIn):
    """Answers everything with one recording."""

    def __init__(self, one: Recorded) -> None:
        async def answer(_request: Request) -> Answer:
            return one.answer

        super().__init__(answer)


def _is_exchange(sent: Any) -> bool:
    return isinstance(sent, dict) and sent.keys() >= EXCHANGE


def _answered(sent: Any) -> tuple[Answer, Any]:
    if not _is_exchange(sent):
        return Answer(200, dump(sent), {"content-type": JSON_TYPE}), sent
    headers = {
        name.lower(): ", ".join(values)
        for name, values in (sent.get("headers") or {}).items()
        if name.lower() not in OF_THE_WIRE
    }
    return Answer(sent["status"], dump(sent["body"]), headers), sent["body"]
