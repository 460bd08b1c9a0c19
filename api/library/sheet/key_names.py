"""Names of keys and modes as people and programs write them, in many languages. Pure."""

from __future__ import annotations

import re

from api.library.sheet.headings import bare
from api.music.key_names import MAJOR, MINOR, camelot

_MOST_LETTERS = 40
_SOUNDS = {  # by letter: English; German where it says Dur or Moll; solfège
    "c": 0, "d": 2, "e": 4, "f": 5, "g": 7, "a": 9, "b": 11, "h": 11,
    "do": 0, "ut": 0, "re": 2, "mi": 4, "fa": 5, "sol": 7, "so": 7, "la": 9, "si": 11, "ti": 11,
    "до": 0, "ре": 2, "ми": 4, "фа": 5, "соль": 7, "ля": 9, "си": 11,
    "ハ": 0, "ニ": 2, "ホ": 4, "ヘ": 5, "ト": 7, "イ": 9, "ロ": 11,
    "cis": 1, "dis": 3, "eis": 5, "fis": 6, "gis": 8, "ais": 10, "his": 0,
    "ces": 11, "des": 1, "es": 3, "fes": 4, "ges": 6, "as": 8, "bes": 10, "ees": 3, "aes": 8,
}  # fmt: skip
_BENT = {
    "#": 1, "♯": 1, "sharp": 1, "diese": 1, "diesis": 1, "sostenido": 1, "sustenido": 1, "диез": 1,
    "b": -1, "♭": -1, "flat": -1, "bemol": -1, "bemolle": -1, "бемоль": -1, "嬰": 1, "変": -1,
}  # fmt: skip
_MODES = {
    MAJOR: """
        major maj majeur mayor maior maggiore dur duuri dúr durowa мажор majör 長調 大調 大调 1""",
    MINOR: """
        minor min mineur menor minore moll molli molowa минор minör 短調 小調 小调 m 0""",
}
_MODE_OF = {word: mode for mode, words in _MODES.items() for word in words.split()}
_GERMAN = {"dur", "moll", "duuri", "molli", "dúr", "durowa", "molowa"}
_WHEEL = re.compile(r"(1[0-2]|[1-9])\s*([ABdm])\Z", re.IGNORECASE)
_CAMELOT = {camelot(key, mode): (key, mode) for key in range(12) for mode in (MAJOR, MINOR)}
_JOINED = re.compile(r"[嬰変]|[短長小大][調调]")
_KEY_PART = re.compile(r"[^\W\d_]+|[#♯♭]")


def mode_of(cell: str) -> int | None:
    """`minor`, `Moll`, `Major`, `0`, `1.0`; `M` is major, `m` is minor."""
    if cell == "M":
        return MAJOR
    return _MODE_OF.get(cell.casefold().removesuffix(".0").strip(" ."))


def key_of(cell: str) -> tuple[int, int | None] | None:
    """`F♯ minor`, `Fis-Moll`, `F#m`, `la mineur`, `11A`, `4m`: pitch class, and mode if it says."""
    text = cell.strip().replace("♮", "")
    if found := _WHEEL.match(text):
        hour, ring = int(found[1]), found[2].upper()
        hour = hour if ring in "AB" else (hour + 6) % 12 + 1  # Open Key begins at C, Camelot at A♭
        return _CAMELOT[f"{hour}{'B' if ring in 'BD' else 'A'}"]
    if len(text) > _MOST_LETTERS:
        return None
    sharp, _, flat = text.partition("/")
    said = _named_key(f"{sharp} {flat.partition(' ')[2]}" if flat else sharp)
    if not flat or said is None:
        return said
    other = _named_key(flat)
    return said if other is not None and other[0] == said[0] else None


def _named_key(text: str) -> tuple[int, int | None] | None:
    first = re.match(r"[A-Ha-h](?=(?:[#♯b♭]|m\b|M\b|maj|min|\s|-|\Z))", text)
    text = _JOINED.sub(r" \g<0> ", text)
    parts = _KEY_PART.findall(text if first is None else f"{first[0]} {text[1:]}")
    words = [_unaccented(part) for part in parts]
    if first is not None and len(words) > 1 and re.match(r"b(?:m|maj|min)", words[1]):
        words[1:2] = ["b", words[1][1:]]  # `Bbm`
        parts[1:2] = ["b", parts[1][1:]]
    bend = 0
    if words and words[0] in {"嬰", "変"}:
        bend, words, parts = _BENT[words[0]], words[1:], parts[1:]
    if not words or words[0] not in _SOUNDS:
        return None
    sound, mode = _SOUNDS[words[0]], None
    for part, word in zip(parts[1:], words[1:], strict=True):
        if word in _BENT and mode is None:
            bend += _BENT[word]
        elif mode is None and (part == "M" or word in _MODE_OF):
            mode = MAJOR if part == "M" else _MODE_OF[word]
        else:
            return None
    if words[0] == "b" and any(word in _GERMAN for word in words):
        sound = 10  # in German B is B flat, and H is B
    return (sound + bend) % 12, mode


def _unaccented(part: str) -> str:
    """`dièse` → `diese`; signs and words that are only spelled with marks stay as they are."""
    plain = bare(part)
    return plain if plain in _BENT or plain in _SOUNDS or part.isascii() else part.casefold()
