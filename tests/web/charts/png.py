"""Read a PNG as its specification says, checksums and all."""

from __future__ import annotations

import struct
import zlib


def read_png(image: bytes) -> dict[str, bytes]:
    """Chunk name → content; raises when a checksum is wrong."""
    assert image[:8] == b"\x89PNG\r\n\x1a\n"
    chunks: dict[str, bytes] = {}
    at = 8
    while at < len(image):
        (size,) = struct.unpack(">I", image[at : at + 4])
        kind, body = image[at + 4 : at + 8], image[at + 8 : at + 8 + size]
        assert (
            zlib.crc32(kind + body) == struct.unpack(">I", image[at + 8 + size : at + 12 + size])[0]
        )
        chunks[kind.decode()] = body
        at += 12 + size
    return chunks


def pixels(image: bytes) -> list[bytes]:
    """The shades of each row."""
    chunks = read_png(image)
    width, _ = struct.unpack(">II", chunks["IHDR"][:8])
    data = zlib.decompress(chunks["IDAT"])
    return [data[at + 1 : at + 1 + width] for at in range(0, len(data), width + 1)]
