"""Whether confidences mean what they say: the share of right answers among those as sure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tests.bench.audio.notes import onsets_s
from tests.bench.audio.truth import Pieces

NEAR_S = 0.07
NEAR_SECTION_S = 0.5
NEAR_NOTE_S = 0.05
TEMPO_TOLERANCE = 0.04
DECILES = 10
FEWEST = 20
"""In fewer answers the share that is right is mostly chance."""
TRIMMED_S = 5.0
"""The first seconds are left out of beats and bars, as in the judge's own measures."""

Answer = tuple[float, bool]
Rows = Sequence[Mapping[str, Any]]


def answers(
    piece: Mapping[str, Any], analysis: Mapping[str, Any], notes_s: Sequence[float] = ()
) -> dict[str, list[Answer]]:
    """(confidence, right) of everything an analysis is sure or unsure of, by kind."""
    track = analysis["track"]
    right: dict[str, Callable[[Any], bool]] = {
        "tempo": lambda said: abs(said / piece["tempo"] - 1) <= TEMPO_TOLERANCE,
        "key": lambda said: bool(said == piece["key"]),
        "mode": lambda said: bool(said == piece["mode"]),
        "time_signature": lambda said: said in piece["metre_accept"],
    }
    found = {
        kind: [(track[f"{kind}_confidence"], is_right(track[kind]))]
        for kind, is_right in right.items()
        if track[kind] is not None
    }
    found["beat"] = _events(analysis["beats"], piece["beats"])
    found["bar"] = _events(analysis["bars"], piece["downbeats"])
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


@dataclass(frozen=True, slots=True)
class Decile:
    """A tenth of the answers of one kind, the least sure first."""

    n: int
    said: float
    right: float

    @property
    def apart(self) -> float:
        """Points between what was said and what was so."""
        return 100 * abs(self.said - self.right)


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
    folders: Sequence[Pieces], analyses: Mapping[str, Mapping[str, Any]]
) -> dict[str, list[Answer]]:
    """The answers of all pieces that were analysed, by kind."""
    kinds: dict[str, list[Answer]] = {}
    for home, piece in ((one, piece) for one in folders for piece in one.pieces):
        if analysis := analyses.get(piece["name"]):
            notes_s = onsets_s((home.folder / piece["file"]).with_suffix(".mid"))
            for kind, found in answers(piece, analysis, notes_s).items():
                kinds.setdefault(kind, []).extend(found)
    return kinds


def lines(kinds: Mapping[str, Sequence[Answer]]) -> list[str]:
    """One line a kind: how many, how many right, and per decile what was said and what was so."""
    made = []
    for kind, found in kinds.items():
        share = 100 * sum(right for _, right in found) / max(len(found), 1)
        parts = deciles(found)
        told = "  ".join(f"{100 * one.said:.0f}→{100 * one.right:.0f}" for one in parts)
        worst = max((one.apart for one in parts), default=0.0)
        made.append(f"{kind:<16}{len(found):>6}{share:>6.0f}   worst {worst:>4.1f}   {told}")
    return made
