"""The bytes of a file as text, whatever they were written in. Pure.

UTF-8 and UTF-16 are known for sure. Old encodings are guessed from the spelling, and said; where no
guess is good the file is refused with what to do. Nothing is replaced silently.
"""

from __future__ import annotations

import codecs
import re

from api.library.sheet.alphabets import most_likely
from api.library.sheet.rows import NotASheet, Unread

_MARKS = (  # the longer first: UTF-32's begins as UTF-16's
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_OTHER_FILES = (
    (
        b"PK\x03\x04",
        "This is an Excel workbook or a ZIP archive: save it as CSV, or unpack it, first.",
    ),
    (b"\xd0\xcf\x11\xe0", "This is an old Excel workbook: save it as a CSV file first."),
    (b"\x1f\x8b", "This file is compressed (gzip): unpack it first."),
    (b"%PDF", "This is a PDF. Bring the list as a CSV file or as text."),
)
_WEB_PAGE = re.compile(r"\s*<(?:!doctype|html|\?xml|table)\b", re.IGNORECASE)
_UTF8_HINT = "Save it again as “CSV UTF-8” and bring that."
_NO_TEXT = f"The file is not text, or it is damaged. {_UTF8_HINT}"
_LOST = "\ufffd"
_UPPER = range(0x80, 0xA0)
_SHARE_OF_NULS = 0.2  # of every second byte, in UTF-16
_GARBLED = re.compile("[ÃÂÐÑÅÄâãäåæçèé][\u0080-\u00bf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]")


def read_text(data: bytes) -> tuple[str, tuple[Unread, ...]]:
    """The text, and what is not sure about it. Raises NotASheet."""
    for start, reason in _OTHER_FILES:
        if data.startswith(start):
            raise NotASheet(reason)
    text, unread = _decoded(data.rstrip(b"\0") if _is_padded(data) else data)
    if "\0" in text:
        raise NotASheet(_NO_TEXT)
    if _WEB_PAGE.match(text):
        raise NotASheet("This is a web page or XML, not a CSV file.")
    return text.replace("\ufeff", ""), unread


def _is_padded(data: bytes) -> bool:
    """Whether NULs stand at the end alone, as a crash of the disk or the program leaves them."""
    return data.endswith(b"\0\0") and b"\0" not in data.rstrip(b"\0")


def _decoded(data: bytes) -> tuple[str, tuple[Unread, ...]]:
    if codec := next((codec for mark, codec in _MARKS if data.startswith(mark)), _wide(data)):
        return _strict(data, codec), ()
    try:
        return data.decode(), ()
    except UnicodeDecodeError as error:
        return _damaged(data) or _guessed(data, error)


def _strict(data: bytes, codec: str) -> str:
    whole = data[: len(data) - len(data) % {"utf-16": 2, "utf-32": 4}.get(codec[:6], 1)]
    try:
        return whole.decode(codec)
    except UnicodeDecodeError as error:
        raise NotASheet(_NO_TEXT) from error


def _wide(data: bytes) -> str | None:
    """UTF-16 or UTF-32 without a mark: every second byte of its commas and ids is NUL."""
    if b"\0" not in data:
        return None
    if len(data) >= 8 and not any(data[1:4]) and data[0]:  # noqa: PLR2004
        return "utf-32-le"
    if len(data) >= 8 and not any(data[0:3]) and data[3]:  # noqa: PLR2004
        return "utf-32-be"
    even, odd = data[::2].count(0), data[1::2].count(0)
    most = max(even, odd)
    if min(even, odd) * 10 > most or most < len(data) / 2 * _SHARE_OF_NULS:
        return None
    return "utf-16-le" if odd > even else "utf-16-be"


def _damaged(data: bytes) -> tuple[str, tuple[Unread, ...]] | None:
    """UTF-8 of which a few letters are broken; None where it is another encoding altogether."""
    text = data.decode(errors="replace")
    broken = text.count(_LOST)
    whole = sum(sign >= "\x80" for sign in text) - broken
    return (text, ()) if whole > 4 * broken else None


def _guessed(data: bytes, error: UnicodeDecodeError) -> tuple[str, tuple[Unread, ...]]:
    likely = most_likely(data)
    if likely is None or b"\0" in data:
        raise NotASheet(_NO_TEXT if b"\0" in data else _unknown(data)) from error
    text = data.decode(likely.codec, errors="replace")
    shown = next(line for line in re.split(r"[\r\n]+", text) if not line.isascii())
    says = f"The file is not in UTF-8. It was read as {likely.name}; if names look wrong, "
    return text, (Unread(None, None, shown, says + _UTF8_HINT[0].lower() + _UTF8_HINT[1:]),)


def _unknown(data: bytes) -> str:
    line = next(
        number for number, line in enumerate(data.splitlines(), start=1) if not line.isascii()
    )
    return f"It cannot be told how the letters of line {line} are encoded. {_UTF8_HINT}"


def mended(text: str) -> str:
    """`AÃ±os` → `Años`: text in UTF-8 that somebody took for another encoding, once or twice."""
    for _ in range(2):
        better = next(
            filter(None, (_unfolded(text, codec) for codec in ("cp1252", "cp1251"))), None
        )
        if better is None:
            break
        text = better
    return text


def is_garbled(text: str) -> bool:
    """Whether letters were lost, or still look as if UTF-8 had been taken for something else."""
    return _LOST in text or bool(_GARBLED.search(text))


def _unfolded(text: str, codec: str) -> str | None:
    if text.isascii():
        return None
    try:
        better = text.encode(codec, errors="earprint-undefined").decode()
    except UnicodeError:
        return None
    return better if len(better) < len(text) else None


def _undefined(error: UnicodeError) -> tuple[bytes, int]:
    """The bytes that Windows-1252 leaves undefined, which programs pass on as they are."""
    if isinstance(error, UnicodeEncodeError):
        part = error.object[error.start : error.end]
        if all(ord(sign) in _UPPER for sign in part):
            return part.encode("latin-1"), error.end
    raise error


codecs.register_error("earprint-undefined", _undefined)
