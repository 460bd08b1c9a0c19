"""A comparison to take along: as a spreadsheet with Exportify’s columns, and as JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from fastapi import APIRouter, Response

from web.pages.compare_strips import compared
from web.pages.side_names import SideKind, address
from web.pages.sides import Side
from web.request import PageRequest, PageRequestDep
from web.text import versus
from web.text.labels import SOURCES
from web.text.meanings import MEANINGS
from web.text.sounds import SideSound
from web.text.spreadsheet import spreadsheet

router = APIRouter()
NUMBERS = {meaning.field: meaning.label for meaning in MEANINGS}
COLUMNS = (
    *("Track Name", "Artist Name(s)", "Kind", "Id", "Duration (ms)"),
    *NUMBERS.values(),
    *("Key", "Camelot", "Time Signature", "Loudness Unit", "Songs Heard", "Songs", "Source"),
)


@router.get("/compare/export.csv")
async def as_csv(request: PageRequestDep) -> Response:
    """A row for each side; a list’s are averages, a brand’s the middle of its ranges."""
    rows = [_row(side) for side in await compared(request)]
    return _file(spreadsheet(COLUMNS, rows), "csv", "text/csv; charset=utf-8")


@router.get("/compare/export.json")
async def as_json(request: PageRequestDep) -> Response:
    """The sides with how far each number may be off, and how far they are apart."""
    sides = await compared(request)
    document = {
        "comparison": _whole(request, address(side.named.value for side in sides)),
        "sides": [_side(side) for side in sides],
        "differences": _differences(sides),
    }
    text = json.dumps(document, ensure_ascii=False, indent=1) + "\n"
    return _file(text, "json", "application/json")


def _file(text: str, ending: str, media_type: str) -> Response:
    headers = {
        "Content-Disposition": f'attachment; filename="comparison.{ending}"',
        "Cache-Control": "private, no-store",
        "X-Content-Type-Options": "nosniff",
    }
    body = text.encode("utf-8", "replace")
    return Response(body, headers=headers, media_type=media_type)


def _whole(request: PageRequest, path: str) -> str:
    return f"{request.base}{path}"


def _row(side: Side) -> Sequence[object]:
    sound = side.sound or SideSound(None, {})
    key = sound.keys[0] if sound.keys else None
    heard, total = sound.heard or (None, None)
    single = side.named.kind is SideKind.SONG
    metre = max(sound.metres, key=lambda beats: sound.metres[beats], default=None)
    return (
        *(
            side.name,
            side.about if single else None,
            side.named.kind.value,
            side.named.ident,
            sound.length_ms,
        ),
        *(
            round(sound.readings[field].middle, 6) if field in sound.readings else None
            for field in NUMBERS
        ),
        *(key and key.key_name, key and key.camelot, metre, sound.scale, heard, total),
        sound.source and SOURCES[sound.source],
    )


def _side(side: Side) -> dict[str, Any]:
    sound = side.sound
    told = {
        "id": side.named.ident,
        "kind": side.named.kind,
        "name": side.name,
        "about": side.about,
        "without_numbers": side.note,
    }
    if sound is None:
        return told
    return told | {
        "source": sound.source,
        "heard": sound.heard and {"songs": sound.heard[0], "of": sound.heard[1]},
        "loudness_unit": sound.scale,
        "duration_ms": sound.length_ms,
        "keys": [key.model_dump() for key in sound.keys],
        "time_signatures": dict(sound.metres),
        "confidence": dict(sound.sure),
        "numbers": {
            field: {"from": reading.low, "to": reading.high, "off": reading.off}
            for field, reading in sound.readings.items()
        },
        "provenance": [said.model_dump(mode="json") for said in sound.provenance],
        "missing": [gap.model_dump(mode="json") for gap in sound.missing],
    }


def _differences(sides: Sequence[Side]) -> list[dict[str, Any]]:
    return [
        {
            "feature": one.meaning.field,
            "between": [sides[place].named.ident for place in one.pair],
            "by": one.by,
            "errors": one.weight,
            "says": one.word,
        }
        for one in versus.differences([side.sound for side in sides])
    ]
