"""Why a file cannot be analysed, in words for the person who brought it.

AnalysisError
├─ UnsupportedFormat  unsupported-format  not one of the formats we read
├─ TooShort           too-short           less than 5 seconds
├─ NoSignal           no-signal           silence
├─ BadAudio           bad-audio           damaged, impossible, or too much work to decode
│  └─ Gone            gone                no file any more: nothing is wrong with the music
└─ NoDecoder          no-decoder          no fault of the file: nothing can be opened here now
   └─ CutShort        cut-short           the decoder was killed or stopped while it was at it
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Self

KILLED = "The system killed the decoder, as it does when memory runs out."
BROKEN = "The decoder broke on it, or it takes more memory or time than any music."
TOO_MUCH = "Decoding it takes more memory than any music needs."


class AnalysisError(Exception):
    """A file that cannot be analysed. `str()` is the detail, a sentence for people."""

    code: ClassVar[str] = "bad-audio"
    title: ClassVar[str] = "This file cannot be analysed"

    @property
    def detail(self) -> str:
        """What exactly is wrong, and what helps."""
        return str(self.args[0]) if self.args else self.title

    def to_json(self) -> dict[str, str]:
        """`{"code", "title", "detail"}`."""
        return {"code": self.code, "title": self.title, "detail": self.detail}

    @classmethod
    def from_json(cls, told: Mapping[str, object]) -> AnalysisError:
        """The same problem on the other side of a pipe; an unknown code is BadAudio."""
        kind = _BY_CODE.get(str(told.get("code")), BadAudio)
        return kind(str(told.get("detail", kind.title)))

    def __reduce__(self) -> tuple[type[Self], tuple[str]]:
        return type(self), (self.detail,)


class UnsupportedFormat(AnalysisError):
    """Neither name nor tags count: the first bytes are not of a format we read."""

    code = "unsupported-format"
    title = "This is not an audio file we can read"


class TooShort(AnalysisError):
    """Too little music to say anything about it."""

    code = "too-short"
    title = "This recording is too short"


class NoSignal(AnalysisError):
    """There is nothing to be heard."""

    code = "no-signal"
    title = "There is no signal in this file"


class BadAudio(AnalysisError):
    """Damaged, impossible, or too much work to decode."""

    code = "bad-audio"
    title = "The audio in this file cannot be decoded"


class Gone(BadAudio):
    """There was a file, and it has been taken away."""

    code = "gone"
    title = "The file is gone"


class NoDecoder(AnalysisError):
    """A file that is known to be good cannot be opened here either; no child may claim this."""

    code = "no-decoder"
    title = "Files cannot be opened on this server just now"

    @classmethod
    def because(cls, trouble: str) -> Self:
        """The problem with this trouble, half a sentence, as its reason."""
        return cls(f"{trouble[:1].upper()}{trouble[1:]}.")


class CutShort(NoDecoder):
    """The decoder was killed or stopped by another hand than ours. It may work the next time."""

    code = "cut-short"


_BY_CODE = {kind.code: kind for kind in (UnsupportedFormat, TooShort, NoSignal, BadAudio, Gone)}
