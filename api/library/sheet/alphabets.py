"""Tell which of the old encodings a text is in, from a few names. Pure.

Detectors want running text: of 42 single names charset-normalizer 3.5 knew 14, chardet 7.7 knew 29
and chardetng 34. A wrong decoding betrays itself: no language spells one word with its letters.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

SAMPLE_BYTES = 20_000
SURE = 0.6  # of the letters beyond ASCII that have to fit
_CYRILLIC = "абвгдежзийклмнопрстуфхцчшщъыьэюя"
_VOWELS = frozenset("аеиоуыэюяёіїє")
_ENGLISH = "abcdefghijklmnopqrstuvwxyz"
_MARKS = "’‘“”„‚«»–—…、。「」『』（）！？～\u3000\u00a0"  # stand between words in any language
_AROUND = "¿¡°"
_WORD = re.compile(rf"[^\x00-\x40\[-`{{-\x7f{_MARKS}]+")
_BETWEEN_LATIN = re.compile(r"[A-Za-z][^\x00-\x7f]+[A-Za-z]")


@dataclass(frozen=True, slots=True)
class Encoding:
    """An encoding, how people call it, and what its words look like."""

    codec: str
    name: str
    fits: Callable[[str], bool]


def _latin(*alphabets: str) -> Callable[[str], bool]:
    """Words of ASCII with letters of one language: hardly ever three of these and no other."""
    known = [frozenset(_ENGLISH + letters) for letters in alphabets]

    def fits(word: str) -> bool:
        low = word.replace("İ", "i").lower()
        foreign = len(low) > 2 and not any(sign < "\x80" for sign in low)  # noqa: PLR2004
        return not foreign and _cased(word) and any(set(low) <= letters for letters in known)

    return fits


def _cyrillic(*alphabets: str) -> Callable[[str], bool]:
    """Words of Cyrillic letters, hardly ever three without a vowel: so Hebrew gives itself away."""
    fits = _letters(*alphabets)
    return lambda word: fits(word) and (len(word) < 3 or not _VOWELS.isdisjoint(word.lower()))  # noqa: PLR2004


def _letters(*alphabets: str) -> Callable[[str], bool]:
    known = [frozenset(letters) for letters in alphabets]
    return lambda word: _cased(word) and any(set(word.lower()) <= letters for letters in known)


def _cased(word: str) -> bool:
    """`word`, `Word` or `WORD`: a capital inside a word is a wrong guess more often than a name."""
    return word[1:] == word[1:].lower() or word == word.upper()


def _common(codec: str, *spans: tuple[int, int], trail: int = 0x40) -> Callable[[str], bool]:
    """Characters that stand in the part of a table where the common ones were put."""

    def fits(word: str) -> bool:
        if _BETWEEN_LATIN.search(word):  # a letter with an accent, taken for half a character
            return False
        codes = (sign.encode(codec) for sign in word if sign >= "\x80" and sign not in "ー々")
        return all(
            len(code) > 1
            and code[1] >= trail
            and any(first <= code[0] <= last for first, last in spans)
            for code in codes
        )

    return fits


_JAPANESE_PLAIN = ((0x82, 0x83), (0x88, 0x97))
_WESTERN = (
    "äöüß", "àâçéèêëîïôùûüœæ", "áéíñóúü", "ãõáâàçéêíóôú", "àèéìòù", "æøåé", "åäöé", "ëïéöüèê",
)  # fmt: skip
_CENTRAL = ("ąćęłńóśźż", "áčďéěíňóřšťúůýž", "áäčďéíĺľňóôŕšťúýž", "áéíóöőúüű", "čćđšž", "ăâîşţ")
ENCODINGS = (  # where two fit alike the first one wins
    Encoding(
        "cp1252",
        "Western European (Windows-1252)",
        _latin(*_WESTERN),
    ),
    Encoding(
        "cp1251",
        "Cyrillic (Windows-1251)",
        _cyrillic(_CYRILLIC + "ё", _CYRILLIC + "іїєґ", "абвгдђежзијклљмнњопрстћуфхцчџш"),
    ),
    Encoding("koi8_r", "Cyrillic (KOI8-R)", _cyrillic(_CYRILLIC + "ё")),
    Encoding("cp932", "Japanese (Shift-JIS)", _common("cp932", *_JAPANESE_PLAIN)),
    Encoding("cp949", "Korean (CP949)", _common("cp949", (0xB0, 0xC8), trail=0xA1)),
    Encoding(
        "gb18030", "simplified Chinese (GB18030)", _common("gb18030", (0xB0, 0xD7), trail=0xA1)
    ),
    Encoding("big5", "traditional Chinese (Big5)", _common("big5", (0xA4, 0xC6))),
    Encoding(
        "euc_jp", "Japanese (EUC-JP)", _common("euc_jp", (0xA4, 0xA5), (0xB0, 0xCF), trail=0xA1)
    ),
    Encoding(
        "cp1250",
        "Central European (Windows-1250)",
        _latin(*_CENTRAL),
    ),
    Encoding("cp1254", "Turkish (Windows-1254)", _latin("çğıöşüâîû")),
    Encoding("cp1252", "Western European (Windows-1252)", _latin("áðéíóúýþæö")),
    Encoding("cp1257", "Baltic (Windows-1257)", _latin("ąčęėįšųūž", "āčēģīķļņšūž", "äõöüšž")),
    Encoding("cp1255", "Hebrew (Windows-1255)", _letters("אבגדהוזחטיךכלםמןנסעףפץצקרשת")),
    Encoding("cp1253", "Greek (Windows-1253)", _letters("αβγδεζηθικλμνξοπρσςτυφχψωάέήίόύώϊϋΐΰ")),
    Encoding("cp1256", "Arabic (Windows-1256)", _letters("ءآأؤإئابةتثجحخدذرزسشصضطظعغفقكلمنهوىيًٌٍَُِّْ")),
    Encoding("cp866", "Cyrillic (MS-DOS)", _cyrillic(_CYRILLIC + "ё")),
    Encoding("cp874", "Thai (Windows-874)", _letters("".join(map(chr, range(0xE01, 0xE4F))))),
    Encoding("iso8859_2", "Central European (ISO 8859-2)", _latin(*_CENTRAL)),
    Encoding("iso8859_15", "Western European (ISO 8859-15)", _latin(*_WESTERN)),
    Encoding(
        "mac_roman",
        "Western European (Macintosh)",
        _latin(*_WESTERN),
    ),
    Encoding(
        "cp850",
        "Western European (MS-DOS)",
        _latin(*_WESTERN),
    ),
)


def most_likely(data: bytes) -> Encoding | None:
    """The encoding whose words look most like words; None where none does."""
    lines = [line for line in re.split(rb"[\r\n]+", data) if not line.isascii()]
    sample = b"\n".join(lines)[:SAMPLE_BYTES]
    share, _, best = max(
        (_share(sample, encoding), -place, encoding) for place, encoding in enumerate(ENCODINGS)
    )
    return best if share >= SURE else None


def _share(sample: bytes, encoding: Encoding) -> float:
    """How much of what is beyond ASCII stands in words that fit, 0 to 1."""
    text = sample.decode(encoding.codec, errors="replace")
    marks = sum(map(_MARKS.count, text))
    fitting, every = marks / 2, float(marks)  # a mark may be half of a letter
    for found in _WORD.findall(text):
        word = found.strip(_AROUND)
        beyond = sum(sign >= "\x80" for sign in word)
        every += beyond
        if beyond and "\ufffd" not in word and encoding.fits(word):
            fitting += beyond
    return fitting / every if every else 0.0
