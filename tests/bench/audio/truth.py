"""Pieces whose answers are known: rendered beside the repository, or records of one's own.

A piece is what ../shared/tools/audio_truth tells of it; records are brought into the same form.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import soundfile

from tests.bench.audio.judge import RECORDED, TOOLS, NoTruth, tool

ROOT = Path(__file__).resolve().parents[3]
UNDER = ROOT / "var" / "audio-truth"
RECORDS = ("REAL", "ASAP")  # name folders of records in the environment
GAMES = ("funkin", "stepmania")
GAME_MUSIC = "game music"


@dataclass(frozen=True, slots=True)
class Pieces:
    """One folder: what is true of each of its files."""

    folder: Path
    pieces: tuple[dict[str, Any], ...]

    @property
    def files(self) -> list[str]:
        """Every file, as the analyser is given it."""
        return [str(self.folder / piece["file"]) for piece in self.pieces]


def rendered(seed: int, font: str, *, scores: int = 0, rough: bool = False) -> Pieces:
    """The pieces of a seed, rendered once; or so many scores of music21. Raises NoTruth."""
    kind = "-scores" * bool(scores) + "-rough" * rough
    folder = UNDER / f"{font}-{seed}{kind}"
    if not (folder / "truth.json").is_file():
        options = ["--seed", str(seed), "--font", font, "--out", str(folder)]
        options += ["--scores", "--count", str(scores)] if scores else []
        options += ["--rough"] if rough else []
        _render(options)
    told = json.loads((folder / "truth.json").read_text(encoding="utf-8"))
    return Pieces(folder, tuple(told["pieces"]))


def _render(options: Sequence[str]) -> None:
    """In a process of its own: whoever measures memory stays small."""
    command = [sys.executable, "-m", "tests.bench.audio.rendering", *options]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        raise NoTruth(f"rendering failed: {done.stderr.strip().splitlines()[-1:]}")


def recorded(folder: Path) -> Pieces:
    """Records that ../shared/tools/real_truth extracted, with their set in `style`."""
    if not (folder / "truth.json").is_file() or not (TOOLS / RECORDED).is_dir():
        raise NoTruth(f"{folder}/truth.json or ../shared/tools/{RECORDED} is absent")
    told = json.loads((folder / "truth.json").read_text(encoding="utf-8"))
    return Pieces(folder, tuple(_record(folder, one) for one in told))


def records() -> list[Pieces]:
    """All that the environment names."""
    return [recorded(Path(os.environ[name])) for name in RECORDS if os.environ.get(name)]


def _record(folder: Path, told: dict[str, Any]) -> dict[str, Any]:
    """In the form of rendered pieces; what is not known of it is left out."""
    length = soundfile.info(str(folder / told["file"])).duration
    known = ("name", "file", "tempo", "key", "mode")
    piece: dict[str, Any] = {name: told[name] for name in known if name in told}
    piece |= {"set": GAME_MUSIC if told["set"] in GAMES else told["set"], "style": told["style"]}
    piece |= {"duration": length, "told": told, "sections": []}
    if "metre" in told:
        piece["metre_accept"] = told.get("metre_accept") or _accepted(told["metre"])
    if "grid" in told and len(told.get("tempi", "1")) == 1:
        beats, downbeats = tool("real_truth", RECORDED).grid(told, length)
    else:
        beats, downbeats = told.get("beats"), told.get("downbeats")
    if told.get("partial"):
        beats = downbeats = None
    piece |= {name: at for name, at in (("beats", beats), ("downbeats", downbeats)) if at}
    return piece


def _accepted(metre: int) -> list[int]:
    """As the judge takes them: bars of two may be counted in four, compound ones in three ways."""
    return {2: [2, 4], 6: [2, 3, 6], 12: [3, 4, 12]}.get(metre, [metre])


def joined(folders: Sequence[Pieces]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every file of several folders with what is true of it."""
    for one in folders:
        yield from zip(one.files, one.pieces, strict=True)
