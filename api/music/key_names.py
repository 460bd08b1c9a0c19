"""Names of keys and notes, as musicians and as DJs write them: the only table of them. Pure."""

from __future__ import annotations

from typing import overload

MAJOR, MINOR = 1, 0
_CAMELOT = "([1-9]|1[0-2])[AB]"
CAMELOT_LIST = f"^{_CAMELOT}(,{_CAMELOT}){{0,23}}$"  # a pattern: `8A` or `8A,9A,8B`
_MAJOR_NAMES = ("C", "D♭", "D", "E♭", "E", "F", "F♯", "G", "A♭", "A", "B♭", "B")
_MINOR_NAMES = ("C", "C♯", "D", "E♭", "E", "F", "F♯", "G", "G♯", "A", "B♭", "B")
_SHARPS = ("C", "C♯", "D", "D♯", "E", "F", "F♯", "G", "G♯", "A", "A♯", "B")
_FLATS = ("C", "D♭", "D", "E♭", "E", "F", "G♭", "G", "A♭", "A", "B♭", "B")
_WITHOUT_SIGNATURE = {"C major", "A minor"}
_WITH_FLATS = {"F major", "D minor", "G minor", "C minor", "F minor"}  # though not in their names
_FIFTH = 7
_MINOR_THIRD = 3


@overload
def key_name(key: int, mode: int) -> str: ...
@overload
def key_name(key: int | None, mode: int | None) -> str | None: ...
def key_name(key: int | None, mode: int | None) -> str | None:
    """`6, 0` → `F♯ minor`; the spelling with fewer accidentals. None without key or mode."""
    if key is None or mode is None:
        return None
    return f"{_MAJOR_NAMES[key]} major" if mode == MAJOR else f"{_MINOR_NAMES[key]} minor"


def note_name(pitch: int, key: int | None = None, mode: int | None = None) -> str:
    """A note as its key has it: 8 is `G♯` in E major, `A♭` in F minor, `G♯/A♭` where none tells."""
    name, sharp, flat = key_name(key, mode), _SHARPS[pitch], _FLATS[pitch]
    if sharp == flat or name is None or name in _WITHOUT_SIGNATURE:
        return sharp if sharp == flat else f"{sharp}/{flat}"
    return flat if "♭" in name or name in _WITH_FLATS else sharp


@overload
def camelot(key: int, mode: int) -> str: ...
@overload
def camelot(key: int | None, mode: int | None) -> str | None: ...
def camelot(key: int | None, mode: int | None) -> str | None:
    """`6, 0` → `11A`: fifths around a clock, A for minor, with its relative major as B."""
    if key is None or mode is None:
        return None
    tonic = key if mode == MAJOR else key + _MINOR_THIRD
    hour = (tonic * _FIFTH + 7) % 12 + 1
    return f"{hour}{'B' if mode == MAJOR else 'A'}"


def blending(code: str) -> tuple[str, ...]:
    """The Camelot keys that blend with `code`: one down, one up, the other letter."""
    number, letter = int(code[:-1]), code[-1]
    down, up = (number - 2) % 12 + 1, number % 12 + 1
    return (f"{down}{letter}", f"{up}{letter}", f"{number}{'B' if letter == 'A' else 'A'}")


def spoken(text: str) -> str:
    """As a screen reader says it: `C♯ minor` is `C sharp minor`."""
    return text.replace("♯", " sharp").replace("♭", " flat")
