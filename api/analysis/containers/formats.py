"""The kinds of file that can be heard."""

from __future__ import annotations

from enum import StrEnum

READABLE = "WAV, AIFF, FLAC, MP3, Ogg Vorbis, Opus, M4A (AAC or Apple Lossless) or AAC"


class Format(StrEnum):
    """A container and its sound, named as files of it end."""

    WAV = "wav"
    AIFF = "aiff"
    FLAC = "flac"
    MP3 = "mp3"
    VORBIS = "ogg"
    OPUS = "opus"
    OGG_FLAC = "oga"
    MP4 = "m4a"
    ADTS = "aac"
