"""The questions of the exercise, as data: what is asked of each thing a worksheet is about."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from api.schemas.worksheet import SubjectKind

PROMPTS: Mapping[SubjectKind, tuple[str, ...]] = MappingProxyType(
    {
        SubjectKind.ARTIST: (
            "Are these the genres you would name?",
            "Are these the artists whose listeners you would like to meet?",
        ),
        SubjectKind.TRACK: ("Does this match how you would describe the song?",),
        SubjectKind.ANALYSIS: ("Do the borders lie where you would draw them?",),
        SubjectKind.PLAYLIST: ("Would a listener of this list stay for your song?",),
        SubjectKind.BRAND: (
            "Does it match your artist brand? What would you change: the song, its words, nothing?",
        ),
    }
)


def kind_of(subject: str) -> SubjectKind:
    """`artist:…` → artist."""
    return SubjectKind(subject.partition(":")[0])


def id_of(subject: str) -> str:
    """`artist:…` → its id."""
    return subject.partition(":")[2]
