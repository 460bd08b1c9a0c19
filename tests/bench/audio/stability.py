"""What should not change when nothing about the music does: silence in front, a cut, a codec."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
from numpy.typing import NDArray
from scipy import signal

from tests.bench.audio import cli, targets
from tests.bench.audio.table import PERCENT, Line, shares

LEAD_S, CUT_S = 1.0, 1.7
LOW_HZ, LOW_ORDER, LOW_RATE = 7000, 8, 16_000
SAME_TEMPO, SAME_DOWNBEAT_S = 0.04, 0.09
EDGE_S = 1.0
KBIT_S = 64
MPEG_1_FROM, MPEG_1, MPEG_2 = 32_000, (32, 320), (8, 160)  # Hz, kbit/s of compression 1 and 0
MP3 = {"format": "MP3", "subtype": "MPEG_LAYER_III", "bitrate_mode": "CONSTANT"}
WAVE = {"format": "WAV", "subtype": "PCM_16"}

Samples = NDArray[np.float64]
Record = Mapping[str, Any]
Change = Callable[[Samples, int], tuple[Samples, int]]


def _low_passed(samples: Samples, rate: int) -> tuple[Samples, int]:
    if rate <= LOW_RATE:
        return samples, rate
    sections = signal.butter(LOW_ORDER, LOW_HZ, "low", fs=rate, output="sos")
    return signal.sosfiltfilt(sections, samples, axis=0), rate


CHANGES: Mapping[str, tuple[Change, Mapping[str, Any], float]] = {
    "lead 1 s": (
        lambda x, rate: (np.pad(x, ((round(LEAD_S * rate), 0), (0, 0))), rate),
        WAVE,
        LEAD_S,
    ),
    "cut 1.7 s": (lambda x, rate: (x[round(CUT_S * rate) :], rate), WAVE, -CUT_S),
    "quiet": (lambda x, rate: (x * 0.1, rate), WAVE, 0.0),
    "low-pass 7 kHz": (_low_passed, WAVE, 0.0),
    "16 kHz": (
        lambda x, rate: (signal.resample_poly(x, LOW_RATE, rate, axis=0), LOW_RATE),
        WAVE,
        0.0,
    ),
    "mp3 64k": (lambda x, rate: (x, rate), MP3, 0.0),
}
"""What is done to samples (n, channels) at a rate, how they are written, seconds all moves by."""
CODECS = ("low-pass 7 kHz", "16 kHz", "mp3 64k")


def lines(files: Sequence[str], heard: Sequence[Record]) -> Iterator[Line]:
    """Each change in turn beside what was heard of the unchanged files."""
    for name, (_, _, moved_s) in CHANGES.items():
        pairs = list(zip(heard, _changed(files, name), strict=True))
        analysed = [(a, b) for a, b in pairs if "analysis" in a and "analysis" in b]
        yield from _unchanged(name, analysed, moved_s)
        if name in CODECS:
            yield from _estimates(name, analysed)


def _changed(files: Sequence[str], name: str) -> list[Record]:
    """What the analyser says of changed copies, which are not kept."""
    change, way, _ = CHANGES[name]
    with tempfile.TemporaryDirectory() as folder:
        copies = [Path(folder) / f"{place}.{way['format'].lower()}" for place in range(len(files))]
        for file, copy in zip(files, copies, strict=True):
            samples, rate = change(*soundfile.read(file, always_2d=True))
            written(copy, samples, rate, way)
        return list(cli.run([str(copy) for copy in copies]).records)


def written(copy: Path, samples: Samples, rate: int, way: Mapping[str, Any]) -> None:
    """As a file; an MP3 with 64 kbit/s, which libsndfile counts on a scale of the rate's own."""
    least, most = MPEG_1 if rate >= MPEG_1_FROM else MPEG_2
    level = {"compression_level": (most - KBIT_S) / (most - least)} if way is MP3 else {}
    soundfile.write(copy, np.clip(samples, -1, 1), rate, **way, **level)


def _unchanged(name: str, pairs: Sequence[tuple[Record, Record]], moved_s: float) -> Iterator[Line]:
    found: dict[str, list[float]] = {"tempo": [], "key": [], "metre": [], "bar phase": []}
    for before, after in pairs:
        for figure, same in kept(before, after, moved_s).items():
            found[figure].append(same)
    for figure, values in found.items():
        if values:
            bound = targets.UNCHANGED.get(name, {}).get(figure)
            yield Line(name, f"{figure} unchanged", *shares(values), bound)


def kept(before: Record, after: Record, moved_s: float) -> dict[str, bool]:
    """Whether tempo, key, metre and the place of the bars stayed; bars only where there are any."""
    old, new = before["features"], after["features"]
    same = {
        "tempo": old["tempo"] == new["tempo"]
        if None in {old["tempo"], new["tempo"]}
        else abs(old["tempo"] / new["tempo"] - 1) <= SAME_TEMPO,
        "key": (old["key"], old["mode"]) == (new["key"], new["mode"]),
        "metre": old["time_signature"] == new["time_signature"],
    }
    last = after["analysis"]["track"]["duration"] - EDGE_S
    were = [row["start"] + moved_s for row in before["analysis"]["bars"]]
    are = np.array([row["start"] for row in after["analysis"]["bars"]])
    inside = [at for at in were if EDGE_S < at < last]
    if inside and len(are):
        near = [np.abs(are - at).min() < SAME_DOWNBEAT_S for at in inside]
        same["bar phase"] = bool(np.mean(near) > 0.5)  # most of them
    return same


def _estimates(name: str, pairs: Sequence[tuple[Record, Record]]) -> Iterator[Line]:
    moves = [move for before, after in pairs for move in moved(before, after)]
    if moves:
        inside = [by <= told for _, by, told in moves]
        yield Line(name, "estimates within theirs", *shares(inside), targets.WITHIN_UNCERTAINTY)
        for field in dict.fromkeys(field for field, *_ in moves):
            by = [move for one, move, _ in moves if one == field]
            bound = targets.INSTRUMENTALNESS_MOVES if field == "instrumentalness" else None
            within = PERCENT * np.mean(
                [ok for ok, (one, *_) in zip(inside, moves, strict=True) if one == field]
            )
            yield Line(
                name,
                f"{field} moves",
                float(np.mean(by)),
                None,
                len(by),
                bound,
                remark=f"at most {max(by):.2f}, {within:.0f} % within its uncertainty",
            )


def moved(before: Record, after: Record) -> Iterator[tuple[str, float, float]]:
    """Each estimate that both give, how far it moved, and the uncertainty told at first."""
    old, new = before["features"], after["features"]
    for field, uncertainty in old["uncertainty"].items():
        if old.get(field) is not None and new.get(field) is not None:
            yield field, abs(old[field] - new[field]), uncertainty
