"""Audio analysis: the whole, some of its parts, or its columns."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import Any

from api.cache.entry import TtlClass
from api.cache.tiers import Served
from api.schemas.analysis import (
    AnalysisColumns,
    AudioAnalysis,
    IntervalColumns,
    PackedRows,
    SectionColumns,
    SegmentColumns,
)
from api.schemas.base import Model
from api.schemas.provenance import Capability, SourceName
from api.services.cascade import Cascade, Lookup


class Part(StrEnum):
    """What an analysis consists of."""

    TRACK = "track"
    BARS = "bars"
    BEATS = "beats"
    TATUMS = "tatums"
    SECTIONS = "sections"
    SEGMENTS = "segments"


class View(StrEnum):
    """How the lists are laid out."""

    ROWS = "rows"
    COLUMNS = "columns"


PER_NOTE = frozenset({"pitches", "timbre"})
TWELVE = 12
MOST = 255  # what a byte holds
_LISTS: dict[str, type[Model]] = {
    "bars": IntervalColumns,
    "beats": IntervalColumns,
    "tatums": IntervalColumns,
    "sections": SectionColumns,
    "segments": SegmentColumns,
}


class Analyses:
    """Audio analyses of tracks. Raises ApiError."""

    def __init__(self, cascade: Cascade) -> None:
        self._cascade = cascade

    async def of(
        self, ident: str, parts: Sequence[Part], *, view: View, only: SourceName | None
    ) -> Served:
        """The analysis; a part of it or its columns are computed once and kept."""
        whole = await self._cascade.first(_lookup(ident, only))
        if view is View.ROWS and set(parts) == set(Part):
            return whole
        wanted = frozenset(parts)
        variant = f"{'+'.join(sorted(wanted))}:{view}"
        body = whole.entry.body
        return await self._cascade.tiers.derive(
            [whole], variant, lambda: asyncio.to_thread(_shape, body, wanted, view)
        )


def _lookup(ident: str, only: SourceName | None) -> Lookup:
    return Lookup(
        capability=Capability.ANALYSIS,
        subject="audio analysis",
        thing="track",
        kind="analysis",
        ident=ident,
        only=only,
        ttl=TtlClass.SOUND,
        ask=lambda source, native, known: source.analysis(native, known=known),
    )


def _shape(body: bytes, wanted: frozenset[Part], view: View) -> bytes:
    analysis = select(AudioAnalysis.model_validate_json(body), wanted)
    shaped: Model = columns(analysis) if view is View.COLUMNS else analysis
    return shaped.__pydantic_serializer__.to_json(shaped)


def select(analysis: AudioAnalysis, wanted: Iterable[Part]) -> AudioAnalysis:
    """The analysis with all but the wanted parts left out, and what is said of them."""
    out = {part.value for part in Part} - {part.value for part in wanted}
    missing = tuple(gap for gap in analysis.missing if _part_of(gap.field) not in out)
    return analysis.model_copy(update={**dict.fromkeys(out), "missing": missing})


def _part_of(field: str) -> str:
    return field.split("[", maxsplit=1)[0].split(".", maxsplit=1)[0]


def columns(analysis: AudioAnalysis) -> AnalysisColumns:
    """The same, one list per field; pitches and timbre in bytes, row by row."""
    shared = {name: getattr(analysis, name) for name in AnalysisColumns.model_fields}
    lists = {name: _columns(kind, shared[name]) for name, kind in _LISTS.items()}
    return AnalysisColumns.model_validate(shared | lists)


def _columns(kind: type[Model], rows: Sequence[Model] | None) -> Model | None:
    if rows is None:
        return None
    return kind(**{name: _column(rows, name) for name in kind.model_fields})


def _column(rows: Sequence[Model], name: str) -> tuple[Any, ...] | PackedRows:
    values = tuple(getattr(row, name) for row in rows)
    return pack(values) if name in PER_NOTE else values


def pack(values: Sequence[Sequence[float]]) -> PackedRows:
    """Twelve numbers per segment as twelve rows of bytes, each between its least and greatest."""
    rows = tuple(zip(*values, strict=True)) or ((0.0,),) * TWELVE
    offset = tuple(min(row) for row in rows)
    scale = tuple((max(row) - least) / MOST for row, least in zip(rows, offset, strict=True))
    packed = b"".join(
        bytes(round((value - least) / (step or 1.0)) for value in row)
        for row, least, step in zip(rows, offset, scale, strict=True)
    )
    data = base64.b64encode(packed if values else b"").decode("ascii")
    return PackedRows(data=data, scale=scale, offset=offset)
