"""The recorded answers of open sources beside the repository, and a stand-in that replays one."""

import csv
import json
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.conftest import SHARED
from tests.sandbox.answers import Answer, Request, dump
from tests.sources.contract import StandIn

ROOT = SHARED / "open"
OF_THE_WIRE = {"content-encoding", "content-length", "transfer-encoding", "connection"}


@dataclass(frozen=True)
class OpenRecording:
    """One file of the manifest: a whole exchange, or nothing but a body."""

    file: str
    kind: str

    @cached_property
    def whole(self) -> Any:
        """The file as it is."""
        return json.loads((ROOT / self.file).read_bytes())

    @property
    def is_exchange(self) -> bool:
        """Whether request, status and headers are there, too."""
        return isinstance(self.whole, dict) and {"request", "status", "body"} <= self.whole.keys()

    @property
    def body(self) -> Any:
        """What was answered."""
        return self.whole["body"] if self.is_exchange else self.whole

    def asked(self, name: str) -> list[str]:
        """The values of a parameter in the recorded address."""
        query = urlsplit(self.whole["request"]["url"]).query if self.is_exchange else ""
        return parse_qs(query).get(name, [])

    @property
    def answer(self) -> Answer:
        """The answer again, without headers that tell of a coding: bodies are stored decoded."""
        body = self.body.encode() if isinstance(self.body, str) else dump(self.body)
        if not self.is_exchange:
            return Answer(200, body, {"content-type": "application/json"})
        sent = {name.lower(): values for name, values in (self.whole["headers"] or {}).items()}
        kept = {name: values[-1] for name, values in sent.items() if name not in OF_THE_WIRE}
        return Answer(self.whole["status"], body, kept)


def recordings(source: str) -> list[OpenRecording]:
    """Every file of a source; none where the material is absent."""
    if not (ROOT / "MANIFEST.tsv").is_file():
        return []
    with (ROOT / "MANIFEST.tsv").open(newline="", encoding="utf-8") as manifest:
        return [
            OpenRecording(row["file"], row["kind"].partition("/")[2])
            for row in csv.DictReader(manifest, delimiter="\t")
            if row["kind"].startswith(f"{source}/")
        ]


class Replaying(StandIn):
    """Answers everything with one recording."""

    def __init__(self, recording: OpenRecording) -> None:
        async def answer(_request: Request) -> Answer:
            return recording.answer

        super().__init__(answer)
