"""Render pieces with a soundfont of one's choice, as composed or as the world would have them.

    python -m tests.bench.audio.rendering --font musescore --seed 511 --out DIR [--rough]

Composing, MIDI and the last step of mastering are ../shared/tools/audio_truth's; `--rough` has
them played by people (`playing`) and treated (`roughening`). The seed fixes everything but what
the synthesiser and the soundfont are; what is true is adjusted exactly.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
from pathlib import Path
from random import Random
from statistics import median
from typing import Any

import soundfile

from tests.bench.audio import fonts, playing, roughening
from tests.bench.audio.fonts import Font
from tests.bench.audio.judge import NoTruth, tool
from tests.bench.audio.roughening import Samples

PIECES_OF_A_SEED = 24
SECONDS = 40.0
SETTINGS = ("-o", "synth.cpu-cores=1", "-o", "synth.dynamic-sample-loading=1")
AFTER_S = 1.0
"""What sounds on after the last downbeat, as in the generator."""


def main() -> None:
    """Render one folder."""
    parser = argparse.ArgumentParser("python -m tests.bench.audio.rendering", description=__doc__)
    parser.add_argument("--font", choices=sorted(fonts.BY_NAME), default="fluidr3")
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--count", type=int, default=PIECES_OF_A_SEED)
    parser.add_argument("--scores", action="store_true", help="of the music21 corpus instead")
    parser.add_argument("--rough", action="store_true")
    asked = parser.parse_args()
    pieces = scores(asked.seed, asked.count) if asked.scores else composed(asked.seed, asked.count)
    render(pieces, asked.out, fonts.BY_NAME[asked.font], rough=asked.rough)


def composed(seed: int, count: int) -> dict[str, Any]:
    """Pieces of a seed by name."""
    compose = tool("compose").compose
    return {f"s{seed}_{i:03d}": compose(seed, i, SECONDS) for i in range(count)}


def scores(seed: int, count: int) -> dict[str, Any]:
    """Pieces of the music21 corpus by name."""
    picked = tool("scores").pick(seed, count, SECONDS)
    return {f"s{seed}_score_{i:03d}": piece for i, piece in enumerate(picked)}


def render(pieces: dict[str, Any], folder: Path, font: Font, *, rough: bool) -> None:
    """Write a WAV and a MIDI file of each, and `truth.json` last. Raises NoTruth."""
    if not font.path.is_file() or not shutil.which("fluidsynth"):
        raise NoTruth(f"fluidsynth or {font.package} is not installed")
    folder.mkdir(parents=True, exist_ok=True)
    told = [_rendered(name, pieces[name], folder / name, font, rough=rough) for name in pieces]
    head = {"version": 1, "soundfont": font.path.name, "rough": rough}
    text = json.dumps({**head, "pieces": told}, indent=1) + "\n"
    (folder / "truth.json").write_text(text, encoding="utf-8")


def _rendered(name: str, piece: Any, at: Path, font: Font, *, rough: bool) -> dict[str, Any]:
    rng = Random(f"{name}/rough")
    if rough:
        playing.play(piece, playing.manner(rng), rng)
    how = roughening.treatment(rng) if rough else None
    render, seed = tool("render"), rng.randrange(2**31)
    midi, wave = at.with_suffix(".mid"), at.with_suffix(".wav")
    tool("generate").write_midi(midi, piece)  # sets the lead-in to a whole tick: before the truth
    truth = piece.truth()
    samples = synthesised(midi, wave, font)
    samples = roughening.sounded(samples, how, seed) if how else samples
    samples = render.master(samples, truth["downbeats"][-1] + AFTER_S, seed=seed, **piece.mix)
    if how:
        samples = roughening.trimmed(samples, how)
        steps = zip(truth["beats"], truth["beats"][1:], strict=False)
        truth["tempo"] = round(60 / median(after - before for before, after in steps), 4)
        truth = roughening.told(truth, how, round(len(samples) / roughening.RATE, 4))
    render.save(wave, samples)
    return {"name": name, "file": wave.name, "duration": len(samples) / roughening.RATE, **truth}


def synthesised(midi: Path, wave: Path, font: Font) -> Samples:
    """As the generator has it sound, (n, 2), but that only samples that sound are loaded."""
    options = ["-ni", "-q", "-g", "0.5", "-r", str(roughening.RATE), *SETTINGS]
    command = ["fluidsynth", *options, "-F", str(wave), str(font.path), str(midi)]
    subprocess.run(command, check=True, capture_output=True)  # noqa: S603  # a program of Debian's
    samples: Samples = soundfile.read(wave, dtype="float32")[0]
    return samples


if __name__ == "__main__":
    main()
