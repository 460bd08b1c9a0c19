"""Invented answers of /v1 about brands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from api.schemas.brands import Brand, BrandDistance, Brands, MadeFrom, Targets
from api.schemas.lists import Batch, BatchItem
from api.schemas.problem import Problem
from api.schemas.provenance import SourceName
from api.services.brand_distance import measure
from tests.web import music, own

BRAND, OTHER = "brd_0LcJLqbBmaGUft1e9Mm8HV", "brd_11dFghVXANMlKmJXsNCbNl"
AIMS = {
    "tempo": {"min": 84, "max": 98},
    "energy": {"min": 0.3, "max": 0.55, "weight": 0.5},
    "liveness": {"min": 0, "max": 0.2},
}


def brand(ident: str = BRAND, **more: Any) -> Brand:
    """What somebody aims at: three features, two tracks."""
    given: dict[str, Any] = {
        "id": ident,
        "name": "Warm and close",
        "words": "Late evening, one lamp on.",
        "targets": Targets.model_validate(AIMS),
        "references": (own.OWN, music.TRACK),
        "made_from": (MadeFrom(id=own.OWN, source=SourceName.LIBRARY, loudness_reference="LUFS"),),
        "made_at": music.THEN,
        "changed_at": music.THEN,
    }
    return Brand(**given | more)


def shelf(*items: Brand) -> Brands:
    """All brands; none, unless they are given."""
    return Brands(items=items)


def preview(tracks: Sequence[str], problems: Mapping[str, Problem] = {}) -> Batch[BrandDistance]:
    """How far each of these is from it, or the problem with it."""
    item = BatchItem[BrandDistance]
    return Batch[BrandDistance](
        items=tuple(
            item(id=one, ok=False, value=None, problem=problems[one])
            if one in problems
            else item(id=one, ok=True, value=measure(brand(), own.features(one)), problem=None)
            for one in tracks
        )
    )


def distance(**more: Any) -> BrandDistance:
    """How far the owner's file is from it."""
    return measure(brand(), own.features(own.OWN, **more))
