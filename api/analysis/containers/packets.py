"""How many samples a packet of Opus or Vorbis holds, without decoding it."""

from __future__ import annotations

from typing import Protocol

from api.analysis.containers.formats import Format

_LONGEST_OPUS = 5_760
_SILK, _HYBRID, _CELT = (480, 960, 1_920, 2_880), (480, 960), (120, 240, 480, 960)
"""Samples of a frame at 48 kHz, by its kind (RFC 6716 §3.1)."""


class Counter(Protocol):
    """Counts along a stream."""

    header_packets: int
    """So many packets come first that hold no sound."""
    delay: int
    """Samples at the start that are not to be heard."""

    def header(self, packet: bytes) -> None:
        """Learn from one of those."""
        ...

    def samples(self, packet: bytes) -> int:
        """What comes out of the decoder for this packet."""
        ...


def counter(codec: Format) -> Counter:
    """The counter of a codec."""
    return _Opus() if codec is Format.OPUS else _Vorbis()


class _Opus:
    header_packets = 2

    def __init__(self) -> None:
        self.delay = 0

    def header(self, packet: bytes) -> None:
        """The first tells the delay (RFC 7845 §5.1)."""
        if packet.startswith(b"OpusHead"):
            self.delay = int.from_bytes(packet[10:12], "little")

    def samples(self, packet: bytes) -> int:
        """Length of its frames times their number."""
        if not packet:
            return 0
        config, code = packet[0] >> 3, packet[0] & 3
        if config < 12:  # noqa: PLR2004
            each = _SILK[config & 3]
        else:
            each = _HYBRID[config & 1] if config < 16 else _CELT[config & 3]  # noqa: PLR2004
        count = (1, 2, 2, packet[1] & 63 if len(packet) > 1 else 0)[code]
        return each * count if each * count <= _LONGEST_OPUS else 0


class _Vorbis:
    """Needs the sizes of blocks (Vorbis I §4.2.2) and which mode has which (§4.2.4)."""

    header_packets = 3
    delay = 0

    def __init__(self) -> None:
        self._sizes = (0, 0)
        self._modes: list[int] = []
        self._before = 0

    def header(self, packet: bytes) -> None:
        """The first says how long blocks are, the third which modes there are."""
        if packet.startswith(b"\x01vorbis") and len(packet) > 28:  # noqa: PLR2004
            self._sizes = 1 << (packet[28] & 15), 1 << (packet[28] >> 4)
        elif packet.startswith(b"\x05vorbis"):
            self._modes = _modes(packet)

    def samples(self, packet: bytes) -> int:
        """Half of this block and half of the one before overlap: a quarter of each comes out."""
        if not packet or packet[0] & 1 or not self._modes:
            return 0
        mode = packet[0] >> 1 & ((1 << (len(self._modes) - 1).bit_length()) - 1)
        if mode >= len(self._modes):
            return 0
        size = self._sizes[self._modes[mode]]
        out = self._before // 4 + size // 4 if self._before else 0
        self._before = size
        return out


def _modes(setup: bytes) -> list[int]:
    """The block flag of each mode, read from the packet's end, where they stand.

    A mode has 41 bits: flag, two numbers of 16 bits that are 0, a mapping below 64. Before the
    first stands their number less one, in 6 bits; behind the last one bit that is set.
    """
    bits = int.from_bytes(setup[-_SETUP_TAIL_BYTES:], "little")
    end = bits.bit_length() - 1
    flags: list[int] = []
    found: list[int] = []
    while end >= 41 + 6 and len(flags) < 64:  # noqa: PLR2004
        end -= 41
        mode = bits >> end & ((1 << 41) - 1)
        if mode >> 1 & 0xFFFFFFFF or mode >> 33 > 63:  # noqa: PLR2004
            break
        flags.insert(0, mode & 1)
        if (bits >> (end - 6) & 63) + 1 == len(flags):
            found = list(flags)
    return found


_SETUP_TAIL_BYTES = 64 * 41 // 8 + 8
