"""Read the short texts in which the pieces are written: melodies, chord names, rhythms."""

from __future__ import annotations

import re
from dataclasses import dataclass

from api.demo.studio.score import Clip, Note

_STEPS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
_SHIFTS = {"": 0, "#": 1, "b": -1}
_NOTE = re.compile(r"([A-G])([#b]?)(-?\d)(!?)(?:=([\d.]+))?\Z")
_REST = re.compile(r"-(?:=([\d.]+))?\Z")
_CHORD = re.compile(r"([A-G][#b]?)([^/]*)(?:/([A-G][#b]?))?\Z")
_QUALITIES = {
    "": (0, 4, 7),
    "m": (0, 3, 7),
    "5": (0, 7),
    "6": (0, 4, 7, 9),
    "m6": (0, 3, 7, 9),
    "7": (0, 4, 7, 10),
    "maj7": (0, 4, 7, 11),
    "m7": (0, 3, 7, 10),
    "m7b5": (0, 3, 6, 10),
    "dim": (0, 3, 6),
    "dim7": (0, 3, 6, 9),
    "aug": (0, 4, 8),
    "sus2": (0, 2, 7),
    "sus4": (0, 5, 7),
    "7sus4": (0, 5, 7, 10),
    "add9": (0, 4, 7, 14),
    "madd9": (0, 3, 7, 14),
    "9": (0, 4, 10, 14),
    "maj9": (0, 4, 11, 14),
    "m9": (0, 3, 10, 14),
    "13": (0, 4, 10, 21),
    "69": (0, 4, 9, 14),
    "7b9": (0, 4, 10, 13),
    "7#9": (0, 4, 10, 15),
}
_LEVELS = {"X": 1.0, "x": 0.75, "o": 0.5, "g": 0.28}  # accent, plain, soft, ghost


@dataclass(frozen=True, slots=True)
class Chord:
    """A harmony between two places: root and bass as pitch classes, tones above the root."""

    start: float
    length: float
    root: int
    tones: tuple[int, ...]
    bass: int


def pitch_class(name: str) -> int:
    """`F#` → 6."""
    return (_STEPS[name[0]] + _SHIFTS[name[1:]]) % 12


def pitch(name: str) -> int:
    """`A4` → 69, the MIDI number."""
    return _STEPS[name[0]] + _SHIFTS[name[1:-1]] + 12 * (int(name[-1]) + 1)


def melody(text: str, *, bar: float, level: float = 0.7, legato: float = 0.95) -> Clip:
    """Read `D5=.5 E5 - F#5!=1 |`: pitch, length in quarters (kept till changed), `!` accented.

    `|` must fall on a bar line. Raises ValueError where it does not, or at an unknown word.
    """
    at, length = 0.0, 1.0
    notes: list[Note] = []
    for number, word in enumerate(text.split()):
        if word == "|":
            if abs(at / bar - round(at / bar)) > 1e-6:  # noqa: PLR2004 - sums of thirds
                raise ValueError(f"word {number}: the bar line falls at {at} of bars of {bar}")
            continue
        if silent := _REST.match(word):
            length = float(silent[1] or length)
        elif found := _NOTE.match(word):
            length = float(found[5] or length)
            height = _STEPS[found[1]] + _SHIFTS[found[2]] + 12 * (int(found[3]) + 1)
            loud = level + _stress(at, bar) + (0.15 if found[4] else 0.0)
            notes.append(Note(at, length * legato, height, min(1.0, loud)))
        else:
            raise ValueError(f"word {number}: {word!r} is neither a note, a rest nor a bar line")
        at += length
    return Clip(tuple(notes), round(at, 6))


def _stress(at: float, bar: float) -> float:
    if abs(at % bar) < 1e-6:  # noqa: PLR2004 - sums of thirds
        return 0.1
    return 0.04 if abs(at % 1.0) < 1e-6 else -0.04  # noqa: PLR2004 - likewise


def harmony(text: str, *, bar: float) -> tuple[Chord, ...]:
    """Read `Am7 D7 | Gmaj7`: the chords of each bar share it evenly; `%` repeats the last."""
    chords: list[Chord] = []
    for place, names in enumerate(text.split("|")):
        words = names.split()
        length = bar / len(words)
        for index, word in enumerate(words):
            start = place * bar + index * length
            if word == "%":
                last = chords[-1]
                chords.append(Chord(start, length, last.root, last.tones, last.bass))
            else:
                chords.append(_chord(word, start, length))
    return tuple(chords)


def _chord(word: str, start: float, length: float) -> Chord:
    found = _CHORD.match(word)
    if found is None or found[2] not in _QUALITIES:
        raise ValueError(f"{word!r} is no chord known here")
    root = pitch_class(found[1])
    bass = pitch_class(found[3]) if found[3] else root
    return Chord(start, length, root, _QUALITIES[found[2]], bass)


def rhythm(text: str, *, step: float, pitch_number: float = 60.0) -> Clip:
    """Read `X.o.x-..`: accents, plain, soft and ghost strokes; `-` holds the one before.

    Blanks are for the eye. Raises ValueError at an unknown sign.
    """
    signs = "".join(text.split())
    notes: list[Note] = []
    for index, sign in enumerate(signs):
        if sign in _LEVELS:
            notes.append(Note(index * step, step, pitch_number, _LEVELS[sign]))
        elif sign == "-" and notes:
            held = notes[-1]
            length = (index + 1) * step - held.start
            notes[-1] = Note(held.start, length, held.pitch, held.velocity)
        elif sign != ".":
            raise ValueError(f"{sign!r} is no sign of a rhythm")
    return Clip(tuple(notes), len(signs) * step)
