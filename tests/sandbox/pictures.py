"""Cover pictures: small PNGs painted from an address, so that no image leaves the machine."""

import re
import struct
import zlib
from functools import lru_cache

from tests.sandbox import naming
from tests.sandbox.answers import Answer

PATH = re.compile(r"/image/(?P<kind>[a-z]+)-(?P<n>\d+)-(?P<size>64|300|640)")


def picture(path: str) -> Answer:
    """Answer the picture of an address like /image/album-3-300; 404 for any other."""
    found = PATH.fullmatch(path)
    if found is None:
        return Answer(404)
    body = _png(found["kind"], int(found["n"]), int(found["size"]))
    return Answer(200, body, {"content-type": "image/png", "cache-control": "max-age=86400"})


@lru_cache(maxsize=256)
def _png(kind: str, n: int, size: int) -> bytes:
    """Paint a vertical run between two colours, 256 palette entries, one byte a pixel."""
    rng = naming.seeded(f"picture-{kind}", n)
    first, second = rng.randbytes(3), rng.randbytes(3)
    palette = b"".join(_mixed(first, second, step) for step in range(256))
    rows = b"".join(b"\0" + bytes([y * 255 // size]) * size for y in range(size))
    header = struct.pack(">IIBBBBB", size, size, 8, 3, 0, 0, 0)
    parts = ((b"IHDR", header), (b"PLTE", palette), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(*part) for part in parts)


def _mixed(first: bytes, second: bytes, step: int) -> bytes:
    return bytes((a * (255 - step) + b * step) // 255 for a, b in zip(first, second, strict=True))


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
