"""Whether confidences mean what they say: the share of right answers among those as sure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tests.bench.audio import targets
from tests.bench.audio.notes import onsets_s
from tests.bench.audio.table import PERCENT, Line

NEAR_S = 0.07
NEAR_SECTION_S = 0.5
NEAR_NOTE_S = 0.05
TEMPO_TOLERANCE = 0.04
DECILES = 10
FEWEST = 20
"""In fewer answers the share that is right is mostly chance."""
APART_POINTS = 10.0
"""So far may what is said be from what is so, or two standard errors, whichever is more."""
TRIMMED_S = 5.0
"""The first seconds are left out of beats and bars, as in the judge's own measures."""

Answer = tuple[float, bool]
Rows = Sequence[Mapping[str, Any]]


def answers(
    piece: Mapping[str, Any], analysis: Mapping[str, Any], notes_s: Sequence[float] = ()
) -> dict[str, list[Answer]]:
    """(confidence, right) of all that an analysis is sure or unsure of and is known, by kind."""
    track = analysis["track"]
    right: dict[str, tuple[str, Callable[[Any], bool]]] = {
        "tempo": ("tempo", lambda said: abs(said / piece["tempo"] - 1) <= TEMPO_TOLERANCE),
        "key": ("key", lambda said: bool(said == piece["key"])),
        "mode": ("mode", lambda said: bool(said == piece["mode"])),
        "time_signature": ("metre_accept", lambda said: said in piece["metre_accept"]),
    }
    found = {
        kind: [(track[f"{kind}_confidence"], is_right(track[kind]))]
        for kind, (known, is_right) in right.items()
        if track[kind] is not None and known in piece
    }
    for kind, ours, theirs in (("beat", "beats", "beats"), ("bar", "bars", "downbeats")):
        if piece.get(theirs):
            found[kind] = _events(analysis[ours], piece[theirs])
    if piece["sections"]:
        inner = [section["start"] for section in piece["sections"][1:]]
        found["section"] = _near(analysis["sections"][1:], inner, NEAR_SECTION_S)
    if notes_s:
        found["segment"] = _near(analysis["segments"][1:], notes_s, NEAR_NOTE_S)
    return found


def _events(rows: Rows, truth: Sequence[float]) -> list[Answer]:
    return _near([row for row in rows if row["start"] >= TRIMMED_S], truth, NEAR_S)


def _near(rows: Rows, truth: Sequence[float], within_s: float) -> list[Answer]:
    at = np.asarray(truth, float)
    return [
        (row["confidence"], bool(len(at) and np.abs(at - row["start"]).min() <= within_s))
        for row in rows
    ]


def notes_of(file: str, piece: Mapping[str, Any]) -> list[float]:
    """When its notes begin, where a MIDI file lies beside it."""
    midi = Path(file).with_suffix(".mid")
    moved_s = piece.get("moved_s", 0.0)
    return [at + moved_s for at in onsets_s(midi)] if midi.is_file() else []


@dataclass(frozen=True, slots=True)
class Decile:
    """The answers of one kind in a tenth of the scale of confidence."""

    n: int
    said: float
    right: float

    @property
    def apart(self) -> float:
        """Points between what was said and what was so."""
        return PERCENT * abs(self.said - self.right)

    @property
    def is_outside(self) -> bool:
        """Further apart than ten points and than chance makes likely."""
        error = PERCENT * (self.right * (1 - self.right) / self.n) ** 0.5
        return self.apart > max(APART_POINTS, 2 * error)

    def __str__(self) -> str:
        mark = "!" * self.is_outside
        return f"{PERCENT * self.said:.0f}→{PERCENT * self.right:.0f}{mark} ({self.n})"


def deciles(found: Sequence[Answer]) -> list[Decile]:
    """Answers in tenths of the scale of confidence, 0-0.1 to 0.9-1; those with few left out."""
    said = np.array([confidence for confidence, _ in found], float)
    right = np.array([is_right for _, is_right in found], bool)
    places = np.minimum((said * DECILES).astype(int), DECILES - 1)
    picks = (places == place for place in range(DECILES))
    return [_decile(said[pick], right[pick]) for pick in picks if pick.sum() >= FEWEST]


def _decile(said: NDArray[np.float64], right: NDArray[np.bool_]) -> Decile:
    return Decile(len(said), float(said.mean()), float(right.mean()))


def pooled(
    known: Iterable[tuple[str, Mapping[str, Any]]], analyses: Iterable[Mapping[str, Any] | None]
) -> dict[str, list[Answer]]:
    """The answers of all (file, piece) that were analysed, by kind."""
    kinds: dict[str, list[Answer]] = {}
    for (file, piece), analysis in zip(known, analyses, strict=True):
        if analysis:
            for kind, found in answers(piece, analysis, notes_of(file, piece)).items():
                kinds.setdefault(kind, []).extend(found)
    return kinds


def lines(of: str, kinds: Mapping[str, Sequence[Answer]]) -> Iterator[Line]:
    """A line a kind: in how many deciles it is too far off, and per decile what was said and so."""
    for kind, found in kinds.items():
        parts = deciles(found)
        outside = sum(part.is_outside for part in parts)
        told = "  ".join(map(str, parts))
        yield Line(
            of,
            f"{kind} deciles off",
            outside,
            None,
            len(found),
            targets.DECILES_OUTSIDE,
            remark=f"said→right (n): {told}",
        )
