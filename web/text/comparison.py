"""Compare what a composer wrote with what was measured, in words. Pure.

Two tempi are the same within 4 %, as in MIREX; sections begin at the same place within 3 seconds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from api.schemas.analysis import Section
from api.schemas.features import AudioFeatures
from api.schemas.library import ComposersTruth
from web.text import formatting
from web.text.labels import field_name

SAME_TEMPO = 0.04
SAME_PLACE_S = 3.0
FIFTHS = {5, 7}  # semitones up or down to a neighbour on the circle
OCTAVE = 12
RELATIVE = {1: 9, 0: 3}  # from a major key to its relative minor, and back, in semitones
MULTIPLES = (
    (2, "twice as fast: also the place between two beats is counted"),
    (0.5, "half as fast: every other beat is counted"),
    (3, "three times as fast: each beat is counted as three"),
    (1 / 3, "a third as fast: one count for three beats"),
    (1.5, "one and a half times as fast"),
    (2 / 3, "two thirds as fast"),
)
AGREE, NEAR, DIFFERS = "agree", "near", "differs"
WORDS = {AGREE: "agree", NEAR: "related", DIFFERS: "differ"}


@dataclass(frozen=True, slots=True)
class Compared:
    """One thing a composer wrote beside what was measured. `verdict`: agree, near or differs."""

    label: str
    wrote: str
    heard: str
    verdict: str
    word: str
    note: str


def compare(
    truth: ComposersTruth, heard: AudioFeatures, sections: Sequence[Section]
) -> tuple[Compared, ...]:
    """Tempo, key, metre and sections."""
    return (
        _tempo(truth.tempo, heard.tempo),
        _key(truth, heard),
        _metre(truth.time_signature, heard.time_signature),
        _sections(truth, sections),
    )


def finding(rows: Sequence[Compared]) -> str:
    """A sentence: on how many of these points they agree."""
    agreed = sum(row.verdict == AGREE for row in rows)
    return f"The analyser agrees with the composer on {agreed} of {len(rows)} points."


def _row(field: str, pair: tuple[str, str | None], verdict: str, *, note: str = "") -> Compared:
    wrote, heard = pair
    return Compared(field_name(field), wrote, heard or "not found", verdict, WORDS[verdict], note)


def _tempo(wrote: float, heard: float | None) -> Compared:
    pair = (formatting.bpm(wrote), None if heard is None else formatting.bpm(heard))
    if heard is None:
        return _row("tempo", pair, DIFFERS, note="No steady beat was found.")
    if _alike(heard, wrote):
        return _row("tempo", pair, AGREE)
    for factor, words in MULTIPLES:
        if _alike(heard, wrote * factor):
            note = f"Octave-related, {words}. A listener may well do the same."
            return _row("tempo", pair, NEAR, note=note)
    return _row(
        "tempo", pair, DIFFERS, note="Another tempo altogether: the analyser is wrong here."
    )


def _alike(heard: float, wrote: float) -> bool:
    return abs(heard - wrote) <= SAME_TEMPO * wrote


def _key(truth: ComposersTruth, heard: AudioFeatures) -> Compared:
    pair = (truth.key_name, heard.key_name)
    if heard.key is None or heard.mode is None:
        return _row("key", pair, DIFFERS, note="No key was found.")
    apart = (heard.key - truth.key) % OCTAVE
    if apart == 0 and heard.mode == truth.mode:
        return _row("key", pair, AGREE)
    if heard.mode != truth.mode and apart == RELATIVE[truth.mode]:
        return _row("key", pair, NEAR, note="Relative keys: the same seven notes, another home.")
    if apart == 0:
        return _row("key", pair, NEAR, note="The same home note, with the other mode.")
    if apart in FIFTHS and heard.mode == truth.mode:
        return _row(
            "key", pair, NEAR, note="A fifth apart: neighbours that share six of seven notes."
        )
    return _row("key", pair, DIFFERS, note="Another key altogether: the analyser is wrong here.")


def _metre(wrote: str, heard: int | None) -> Compared:
    pair = (wrote, None if heard is None else formatting.metre(heard))
    beats, _, unit = wrote.partition("/")
    if heard is None:
        return _row("time_signature", pair, DIFFERS, note="No metre was found.")
    if heard == int(beats):
        return _row("time_signature", pair, AGREE)
    if heard in _others(int(beats), unit):
        return _row("time_signature", pair, NEAR, note="Another way of counting the same bar.")
    return _row("time_signature", pair, DIFFERS, note="Another metre: the analyser is wrong here.")


def _others(beats: int, unit: str) -> set[int]:
    """6/8 may be counted as 3 or 2, 12/8 as 4, 2/4 as 4."""
    if unit == "8" and beats % 3 == 0:
        return {3, beats // 3}
    return {2 * beats}


def _sections(truth: ComposersTruth, heard: Sequence[Section]) -> Compared:
    borders = [part.start for part in truth.sections[1:]]
    found = [section.start for section in heard[1:]]
    hit = sum(any(abs(mine - theirs) <= SAME_PLACE_S for mine in found) for theirs in borders)
    pair = tuple(formatting.counted(len(part), "section") for part in (truth.sections, heard))
    verdict = AGREE if hit == len(borders) == len(found) else NEAR if hit else DIFFERS
    many = "border" if len(borders) == 1 else "borders"
    note = f"{hit} of {len(borders)} {many} between sections found to within three seconds."
    return _row("sections", (pair[0], pair[1]), verdict, note=note)
