"""Audio analysis: the whole, some of its parts, or its columns."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from enum import StrEnum

from api.cache.policy import TtlClass
from api.cache.tiers import Served
from api.schemas.analysis import AnalysisColumns, AudioAnalysis, Column
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
    """The same, one column per field; pitches and timbre one per note or axis."""
    values = {name: getattr(analysis, name) for name in AnalysisColumns.model_fields}
    lists = ("bars", "beats", "tatums", "sections", "segments")
    return AnalysisColumns(**values | {name: _columns(values[name]) for name in lists})


def _columns(rows: Sequence[Model] | None) -> dict[str, Column | tuple[Column, ...]] | None:
    if rows is None:
        return None
    if not rows:
        return {}
    return {name: _column(rows, name) for name in type(rows[0]).model_fields}


def _column(rows: Sequence[Model], name: str) -> Column | tuple[Column, ...]:
    values = tuple(getattr(row, name) for row in rows)
    return tuple(zip(*values, strict=True)) if name in PER_NOTE else values
