"""One face for every decoder: a rate, a number of channels, and blocks of samples."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import BinaryIO

import numpy as np
import soundfile
from numpy.typing import NDArray

from api.analysis import problems
from api.analysis.formats import Format

Block = NDArray[np.float32]

BLOCK_FRAMES = 1 << 16
_DAMAGED = "The file is damaged, or not what its first bytes promise."

_PCM = frozenset({"PCM_U8", "PCM_S8", "PCM_16", "PCM_24", "PCM_32", "FLOAT", "DOUBLE"})
# What libsndfile may call a file of each format. Rare codecs (ADPCM, GSM…) are left alone: they
# are the least tested code of the library, and nobody masters to them.
_ALLOWED: dict[Format, tuple[frozenset[str], frozenset[str]]] = {
    Format.WAV: (frozenset({"WAV", "WAVEX", "RF64"}), _PCM),
    Format.AIFF: (frozenset({"AIFF"}), _PCM),
    Format.FLAC: (frozenset({"FLAC"}), _PCM),
    Format.MP3: (frozenset({"MP3", "MPEG"}), frozenset({"MPEG_LAYER_III"})),
    Format.VORBIS: (frozenset({"OGG"}), frozenset({"VORBIS"})),
    Format.OPUS: (frozenset({"OGG"}), frozenset({"OPUS"})),
    Format.MP4: (frozenset({"CAF"}), frozenset({"ALAC_16", "ALAC_20", "ALAC_24", "ALAC_32"})),
}


@dataclass(frozen=True)
class Stream:
    """An opened file. `blocks()` gives (n, channels) float32 until the file ends, once."""

    rate: int
    channels: int
    lfe_last: bool
    blocks: Callable[[], Iterator[Block]]


def sndfile(file: BinaryIO, expected: Format) -> Stream:
    """Through libsndfile, which must find the format we found. Raises Problem.

    Handed as an open file, so that neither the name nor its ending can sway the library; it reads
    from where the file stands.
    """
    in_memory = isinstance(file, BytesIO)
    try:
        opened = soundfile.SoundFile(file if in_memory else file.fileno(), closefd=False)
    except (soundfile.SoundFileError, ValueError, TypeError) as error:
        raise problems.BadAudio(_DAMAGED) from error
    containers, codecs = _ALLOWED[expected]
    if opened.format not in containers or opened.subtype not in codecs:
        raise problems.UnsupportedFormat(
            f"The sound inside is coded as {opened.subtype}, which we do not read."
        )
    lfe_last = expected in {Format.VORBIS, Format.OPUS}
    return Stream(opened.samplerate, opened.channels, lfe_last, lambda: _read(opened))


def _read(opened: soundfile.SoundFile) -> Iterator[Block]:
    while True:
        try:
            block = opened.read(BLOCK_FRAMES, dtype="float32", always_2d=True)
        except (soundfile.SoundFileError, ValueError) as error:
            raise problems.BadAudio(_DAMAGED) from error
        if not len(block):
            return
        yield block
