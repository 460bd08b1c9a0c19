"""What each version of the analyser heard in an own file, side by side."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from fastapi import APIRouter, Response

from api.schemas.features import UNIT_FEATURES, AudioFeatures
from api.schemas.library import KeptAnalysis
from web.pages.files import OlderAnalysis, older_analysis
from web.render import Data
from web.request import PageRequest, PageRequestDep
from web.responses import page
from web.text import formatting
from web.text.labels import FIELDS

router = APIRouter()
ABSENT = "not found"
FACTS = ("tempo", "key", "time_signature", "loudness")


@dataclass(frozen=True, slots=True)
class VersionColumn:
    """One version: when it heard the file, and where all of that can be read."""

    name: str
    when: str
    features: str
    analysis: str


@dataclass(frozen=True, slots=True)
class VersionRow:
    """One number as each version has it. `differs`: not all say the same."""

    label: str
    values: tuple[str, ...]
    differs: bool


@dataclass(frozen=True, kw_only=True)
class FileVersionsPage(Data):
    """The versions that have heard a file, the one that counts first."""

    template: ClassVar[str] = "file_versions.html"

    title: str
    back: str
    older: OlderAnalysis | None
    columns: tuple[VersionColumn, ...]
    rows: tuple[VersionRow, ...]


@router.get("/library/{ident}/versions")
async def get_versions(ident: str, request: PageRequestDep) -> Response:
    """Their numbers side by side."""
    track = (await request.client.library.track(ident)).value
    heard = await asyncio.gather(*(_heard(request, track.id, one) for one in track.analyses))
    data = FileVersionsPage(
        shell=request.shell(),
        title=track.title,
        back=f"/tracks/{track.id}",
        older=older_analysis(track),
        columns=tuple(map(_column, track.analyses)),
        rows=_rows(heard) if heard else (),
    )
    return page(request, data)


async def _heard(request: PageRequest, ident: str, one: KeptAnalysis) -> AudioFeatures:
    return (await request.client.library.kept_features(ident, one.analyser)).value


def _column(one: KeptAnalysis) -> VersionColumn:
    return VersionColumn(
        f"Version {one.analyser}", formatting.moment(one.made_at), one.features, one.analysis
    )


def _rows(heard: Sequence[AudioFeatures]) -> tuple[VersionRow, ...]:
    told = [(name, tuple(_told(one, name) for one in heard)) for name in (*FACTS, *UNIT_FEATURES)]
    return tuple(
        VersionRow(FIELDS[name], values, differs=len(set(values)) > 1)
        for name, values in told
        if set(values) != {ABSENT}
    )


def _told(found: AudioFeatures, name: str) -> str:
    if name == "key":
        return found.key_name or ABSENT
    value = getattr(found, name)
    if value is None:
        return ABSENT
    if name == "tempo":
        return formatting.tempo(value, found.tempo_range)
    if name == "time_signature":
        return formatting.metre(value)
    return (
        f"{formatting.decimal(value, 1)} LUFS" if name == "loudness" else formatting.decimal(value)
    )
