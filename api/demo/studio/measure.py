"""Hear each file of the demo label as a job would: `python -m api.demo.studio.measure [--out DIR]`.

What a file has been measured to be is written anew only where it has changed, and says since when.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from api.demo import DemoTrack, catalogue
from api.demo.measured import MEASURED, Measured, unpacked
from api.music import ids
from api.schemas.reference import Kind
from api.worker.process import Order, Unheard, hear

_MOMENT = "retrieved_at"


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure everything; ends with a line and status 1 at a file that cannot be heard."""
    parser = argparse.ArgumentParser(prog="python -m api.demo.studio.measure", description=__doc__)
    parser.add_argument("--out", type=Path, default=MEASURED, help="where the results go")
    out: Path = parser.parse_args(arguments).out
    out.mkdir(parents=True, exist_ok=True)
    tracks = catalogue().tracks
    for stray in set(out.glob("*.json.zst")) - {out / name_of(track) for track in tracks}:
        stray.unlink()
    for track in tracks:
        changed = write(measure(track), out / name_of(track))
        sys.stdout.write(f"{'changed' if changed else 'as before':>9}  {track.slug}\n")
        sys.stdout.flush()


def name_of(track: DemoTrack) -> str:
    """The file that says what was heard in a track."""
    return f"{track.slug}.json.zst"


def measure(track: DemoTrack) -> Measured:
    """What the analyser hears in a shipped file, now. Raises SystemExit."""
    uri = ids.own_uri(Kind.TRACK, track.id)
    told = hear(Order(track.path, track.id, uri, time.time()), lambda _stage, _percent: None)
    if isinstance(told, Unheard):
        raise SystemExit(f"{track.slug}: {told.problem['detail']}")
    return Measured(track.sha256, told.analyser, told.features, told.analysis)


def write(heard: Measured, path: Path) -> bool:
    """Keep what was heard, unless the same is kept already; whether it was written."""
    if path.exists() and _timeless(unpacked(path.read_bytes())) == _timeless(heard):
        return False
    path.write_bytes(heard.packed())
    return True


def _timeless(heard: Measured) -> list[object]:
    """All of it but when it was heard."""
    parts = [json.loads(part) for part in (heard.features, heard.analysis)]
    for part in parts:
        for said in part["provenance"]:
            del said[_MOMENT]
    return [heard.sha256, heard.analyser, *parts]


if __name__ == "__main__":
    main()
