"""One face for every decoder: a rate, a number of channels, and blocks of samples.

What a decoder is handed says nothing false (see `splice`): files are rewritten so that each is read
to its end, and what could not be heard of it is said.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np
import soundfile
from numpy.typing import NDArray

from api.analysis import problems
from api.analysis.containers.formats import Format
from api.analysis.containers.splice import Splice
from api.analysis.sound import clock

Block = NDArray[np.float32]

BLOCK_FRAMES = 1 << 16
DAMAGED = "The file is damaged, or not what its first bytes promise."

_MPEG = frozenset({"MPEG_LAYER_I", "MPEG_LAYER_II", "MPEG_LAYER_III"})
# What libsndfile may call a file of each format. Rare codecs (ADPCM, GSM…) are left alone: they
# are the least tested code of the library, and nobody masters to them.
_ALLOWED: dict[Format, tuple[frozenset[str], frozenset[str]]] = {
    Format.MP3: (frozenset({"MP3", "MPEG"}), _MPEG),
    Format.VORBIS: (frozenset({"OGG"}), frozenset({"VORBIS"})),
    Format.OPUS: (frozenset({"OGG"}), frozenset({"OPUS"})),
    Format.MP4: (frozenset({"CAF"}), frozenset({"ALAC_16", "ALAC_20", "ALAC_24", "ALAC_32"})),
}


@dataclass(frozen=True)
class Stream:
    """An opened file. `blocks()` gives (n, channels) float32 until the file ends, once.

    `samples`: how many there are, where they can be counted without decoding.
    `left_out`: what of it is not heard, in words; complete when the blocks have been read.
    """

    rate: int
    channels: int
    lfe_last: bool
    blocks: Callable[[], Iterator[Block]]
    samples: int | None = None
    left_out: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Coding:
    """How bare samples are written; `subtype` and `endian` are libsndfile's words.

    `frame_bytes`: what a sample of all channels takes.
    """

    rate: int
    channels: int
    subtype: str
    endian: str
    frame_bytes: int


def sndfile(source: io.BytesIO | Splice, expected: Format, *, samples: int | None = None) -> Stream:
    """Through libsndfile, which must find the format we found. Raises AnalysisError.

    Handed as an open file, so that neither the name nor its ending can sway the library.
    """
    file = opened(source)
    containers, codecs = _ALLOWED[expected]
    if file.format not in containers or file.subtype not in codecs:
        raise problems.UnsupportedFormat(
            f"The sound inside is coded as {file.subtype}, which we do not read."
        )
    left_out: list[str] = []
    return Stream(
        file.samplerate,
        file.channels,
        lfe_last=expected in {Format.VORBIS, Format.OPUS},
        blocks=lambda: _until_damaged(file, source, left_out),
        samples=samples,
        left_out=left_out,
    )


def bare(source: Splice, coding: Coding, samples: int) -> Stream:
    """Samples without a container."""
    file = opened(
        source,
        samplerate=coding.rate,
        channels=coding.channels,
        subtype=coding.subtype,
        endian=coding.endian,
        format="RAW",
    )
    return Stream(file.samplerate, file.channels, lfe_last=False, blocks=file.rest, samples=samples)


def opened(source: io.BytesIO | Splice, **coding: object) -> Decoder:
    """An opened file. Raises BadAudio."""
    try:
        return Decoder(source, **coding)
    except (soundfile.SoundFileError, ValueError, TypeError, OverflowError) as error:
        raise problems.BadAudio(DAMAGED) from error


class Decoder(soundfile.SoundFile):  # type: ignore[misc]
    """libsndfile, reading on to the end, once."""

    gave_up = False
    """Whether it stumbled: over damage, or at a false end, where a header promised more."""

    def seekable(self) -> bool:
        """Never: soundfile would seek to where it stands after each block, in MP3 inexactly."""
        return False

    def rest(self) -> Iterator[Block]:
        """All that can be read."""
        while not self.gave_up:
            room = np.full((BLOCK_FRAMES, self.channels), np.nan, dtype=np.float32)
            try:
                block = self.read(out=room)
            except (soundfile.SoundFileError, ValueError):
                # It counts nothing where it stumbles, but what it has written is sound.
                block = room[: np.count_nonzero(~np.isnan(room[:, 0]))]
                self.gave_up = True
            if not len(block):
                return
            yield block


def _until_damaged(
    file: Decoder, source: io.BytesIO | Splice, left_out: list[str]
) -> Iterator[Block]:
    heard = 0
    for block in file.rest():
        heard += len(block)
        yield block
    if file.gave_up and source.tell() < source.seek(0, io.SEEK_END):
        left_out.append(f"what follows {clock(heard / file.samplerate)} is damaged")
