"""Put Apple Lossless packets into a CAF file in memory, which libsndfile can read.

Apple Core Audio Format Specification 1.0: chunks `desc`, `kuki`, `pakt`, `data`.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from io import BytesIO

from api.analysis import problems

COOKIE_BYTES = 24
_DEPTHS = {16: 1, 20: 2, 24: 3, 32: 4}  # bits of the source → the flag that says so
_DAMAGED = "The description of its Apple Lossless sound is damaged."


def wrap(cookie: bytes, packets: Sequence[bytes]) -> BytesIO:
    """A CAF file. `cookie` is ALACSpecificConfig (24 bytes).

    How long it is, the packets say: the last one may be short, and then names its length itself.
    """
    if len(cookie) < COOKIE_BYTES:
        raise problems.BadAudio(_DAMAGED)
    per_packet, _, depth, _, _, _, channels, _, _, _, rate = struct.unpack(
        ">IBBBBBBHIII", cookie[:COOKIE_BYTES]
    )
    if depth not in _DEPTHS or not channels or not per_packet:
        raise problems.BadAudio(_DAMAGED)
    desc = struct.pack(">d4sIIIII", rate, b"alac", _DEPTHS[depth], 0, per_packet, channels, 0)
    held = (len(packets) - 1) * per_packet + min(per_packet, _held(packets[-1], per_packet))
    table = struct.pack(">qqii", len(packets), held, 0, len(packets) * per_packet - held)
    sizes = b"".join(_variable(len(packet)) for packet in packets)
    out = BytesIO()
    out.write(b"caff\x00\x01\x00\x00")
    for name, content in (
        (b"desc", desc),
        (b"kuki", cookie[:COOKIE_BYTES]),
        (b"pakt", table + sizes),
    ):
        out.write(name + struct.pack(">q", len(content)) + content)
    out.write(b"data" + struct.pack(">qI", 4 + sum(map(len, packets)), 0))
    out.writelines(packets)
    out.seek(0)
    return out


def _held(packet: bytes, usual: int) -> int:
    """The samples of a packet; a short one has their number behind 23 bits of settings."""
    head = int.from_bytes(packet[:7].ljust(7, b"\0"))
    return head >> 1 & 0xFFFFFFFF if head >> 36 & 1 else usual


def _variable(number: int) -> bytes:
    """7 bits a byte, the highest bit set on all but the last."""
    parts = [number & 0x7F]
    while number := number >> 7:
        parts.append(number & 0x7F | 0x80)
    return bytes(reversed(parts))
