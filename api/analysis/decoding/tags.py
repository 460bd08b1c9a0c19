"""What a file says of itself: title, artists, album, ISRC. Runs in the isolated child alone."""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import BinaryIO

from tinytag import TinyTag

from api.analysis.containers import framing
from api.analysis.containers.formats import Format
from api.analysis.containers.recognition import DetectedFormat
from api.analysis.containers.splice import ByteRange, Splice

MOST_LETTERS = 1_000
MOST_ITEMS = 200
BETWEEN_ARTISTS = ", "
_FIELDS = ("title", "artist", "album", "isrc")
_ID3 = re.compile(rb"ID3[\x02-\x04]")
_WITHOUT_CONTAINER = (Format.MP3, Format.ADTS)
_MOST_APE_BYTES = 1 << 20
_APE_ITEM_HEAD = 8  # size and flags

Said = dict[str, list[str]]


def read(path: Path, found: DetectedFormat) -> dict[str, str]:
    """The tags there are. Several artists are joined; of everything else the first counts.

    Tags are strangers' bytes: whatever the reader makes of broken ones, they count as none.
    """
    with path.open("rb") as file:
        size = file.seek(0, 2)
        told = [
            _tagged(file, ByteRange(place, size), found.format) for place in _places(file, found)
        ]
        told.append(_ape(file, size))
    said: dict[str, str] = {}
    for values in told:
        for name, texts in values.items():
            known = list(dict.fromkeys(text for text in texts if text))
            kept = known if name == "artist" else known[:1]
            said.setdefault(name, BETWEEN_ARTISTS.join(kept)[:MOST_LETTERS])
    return {name: text for name, text in said.items() if text}


def _places(file: BinaryIO, found: DetectedFormat) -> list[int]:
    """Where tags may begin: with the sound, or in front of it."""
    file.seek(0)
    id3 = _ID3.search(file.read(found.start))
    if id3 is None:
        return [found.start]
    both = [found.start, id3.start()]
    return both[::-1] if found.format in _WITHOUT_CONTAINER else both


def _tagged(file: BinaryIO, part: ByteRange, kind: Format) -> Said:
    """What tinytag finds in a part of the file."""
    file.seek(part.start)
    ending = "mp3" if _ID3.match(file.read(4)) else kind.value
    view = io.BufferedReader(Splice(file, [part]))
    try:
        tag = TinyTag.get(f"file.{ending}", file_obj=view, duration=False)
    except Exception:  # noqa: BLE001  # of the reader's many ways to break, none matters
        return {}
    told = {name: [str(getattr(tag, name, None) or "")] for name in _FIELDS}
    told = {name: [*texts, *map(str, tag.other.get(name) or [])] for name, texts in told.items()}
    return {name: texts for name, texts in told.items() if any(texts)}


def _ape(file: BinaryIO, size: int) -> Said:
    """The APEv2 tag before or behind the sound, which tinytag does not know."""
    for place in (0, size - framing.APE_BYTES, size - framing.APE_BYTES - framing.ID3V1_BYTES):
        file.seek(max(0, place))
        head = file.read(framing.APE_BYTES)
        if head[:8] != b"APETAGEX" or len(head) < framing.APE_BYTES:
            continue
        length, count = (int.from_bytes(head[at : at + 4], "little") for at in (12, 16))
        begin = framing.APE_BYTES if place == 0 else place + framing.APE_BYTES - length
        file.seek(max(0, begin))
        return _ape_items(file.read(min(length, _MOST_APE_BYTES)), count)
    return {}


def _ape_items(content: bytes, count: int) -> Said:
    """Items of APEv2; several values of one are parted by zero bytes."""
    said: Said = {}
    at = 0
    for _ in range(min(count, MOST_ITEMS)):
        length = int.from_bytes(content[at : at + 4], "little")
        end = content.find(b"\0", at + _APE_ITEM_HEAD)
        if end < 0:
            break
        name = content[at + _APE_ITEM_HEAD : end].decode("latin-1").lower()
        value, at = content[end + 1 : end + 1 + length], end + 1 + length
        if name in _FIELDS:
            said[name] = value.decode("utf-8", "replace").split("\0")
    return said
