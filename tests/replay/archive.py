"""The recorded answers beside the repository: which files there are, and what each of them is."""

import csv
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from tests.conftest import SHARED

ROOT = SHARED / "spotify"
SECTIONS = {  # kind in the index → address of one thing
    "artist": "/v1/artists/{}",
    "related-artists": "/v1/artists/{}/related-artists",
    "top-tracks": "/v1/artists/{}/top-tracks",
    "artist-albums": "/v1/artists/{}/albums",
    "track": "/v1/tracks/{}",
    "audio-features": "/v1/audio-features/{}",
    "audio-analysis": "/v1/audio-analysis/{}",
    "playlist": "/v1/playlists/{}",
    "playlist-items": "/v1/playlists/{}/tracks",
}


@dataclass(frozen=True)
class Recording:
    """One file of the manifest. `about` is its row in the index, {} if it is newer than that."""

    file: str
    kind: str
    quality: str
    about: Mapping[str, Any]

    @cached_property
    def whole(self) -> Any:
        """The file as it is."""
        return json.loads((ROOT / self.file).read_bytes())

    @property
    def body(self) -> Any:
        """The answer's body; recorded exchanges carry request and headers around it."""
        return self.whole["body"] if self.file.startswith("recorded/") else self.whole


def recordings() -> list[Recording]:
    """Every file of the manifest; none where the material is absent."""
    if not ROOT.is_dir():
        return []
    about = {row["file"]: row for rows in index()["kinds"].values() for row in rows}
    with (ROOT / "MANIFEST.tsv").open(newline="", encoding="utf-8") as manifest:
        return [
            Recording(row["file"], row["kind"], row["quality"], about.get(row["file"], {}))
            for row in csv.DictReader(manifest, delimiter="\t")
        ]


@lru_cache(maxsize=1)
def index() -> dict[str, Any]:
    """Which id is where; nothing is anywhere where the material is absent."""
    if not ROOT.is_dir():
        return {"kinds": {}, "serve": {kind: {} for kind in (*SECTIONS, "search", "errors")}}
    parsed: dict[str, Any] = json.loads((ROOT / "index.json").read_bytes())
    return parsed


def served() -> dict[str, Any]:
    """Address → place of the answer (of its parts, for lists) for every id in the index."""
    places = {}
    for kind, address in SECTIONS.items():
        for ident, place in index()["serve"][kind].items():
            places[address.format(ident)] = place
    return places


def read(place: Mapping[str, Any]) -> Any:
    """What stands at a pointer into a file."""
    value = _file(place["file"])
    for step in place["pointer"].split("/")[1:]:
        name = step.replace("~1", "/").replace("~0", "~")
        value = value[int(name)] if isinstance(value, list) else value[name]
    return value


@lru_cache(maxsize=200)
def _file(name: str) -> Any:
    return json.loads(Path(ROOT / name).read_bytes())
