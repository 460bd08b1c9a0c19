"""Brands: make one, see, change and delete them, and ask how far a track is from one."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from pydantic import ValidationError

from api.http import batch
from api.http.conditional import has_seen
from api.http.examples import INVENTED
from api.http.json_body import described, read_json
from api.http.openapi import responses
from api.http.responses import at_home, changed
from api.library.brands import not_there
from api.music import ids
from api.problems.errors import InvalidRequest
from api.routes.collections import IfMatch
from api.routes.dependencies import (
    BrandsDep,
    BrandSoundsDep,
    TrackOfQuery,
    UploadLimitsDep,
    separate,
)
from api.schemas.brands import (
    MOST_REFERENCES,
    TARGETED,
    Brand,
    BrandChange,
    BrandDistance,
    Brands,
    NewBrand,
    Targets,
)
from api.schemas.lists import Batch
from api.schemas.problem import InvalidPart
from api.services.brand_distance import Sketch

router = APIRouter(prefix="/v1/brands", tags=["library"])
MOST_BYTES = 100_000
TWICE = "A feature has one range only."
EXAMPLE_ID = ids.BRAND_PREFIX + INVENTED.playlist_id
_RANGES = {"tempo": {"min": 84, "max": 98}, "energy": {"min": 0.3, "max": 0.55, "weight": 0.5}}
_NEW = {"name": "Warm and close", "words": "Late evening, one lamp on.", "targets": _RANGES}


async def _brand_id(
    brand_id: Annotated[
        str,
        Path(
            description="The brand’s id: brd_ and 22 letters and digits.",
            examples=[EXAMPLE_ID],
            json_schema_extra={"pattern": f"^{ids.BRAND_PREFIX}{ids.id_pattern()}$"},
        ),
    ],
) -> str:
    if not ids.is_brand(brand_id):
        raise not_there()
    return brand_id


BrandId = Annotated[str, Depends(_brand_id)]
_NUMBER = r"-?[0-9]{1,6}(\.[0-9]{1,9})?"
_ONE_AIM = f"({'|'.join(TARGETED)}):{_NUMBER}:{_NUMBER}(:{_NUMBER})?"
Aims = Annotated[
    str,
    Query(
        pattern=f"^{_ONE_AIM}(,{_ONE_AIM}){{0,{len(TARGETED) - 1}}}$",
        description="Ranges, separated by commas, each once: a feature, its lower and its upper "
        "end, and how much it counts (0 to 1) unless that is 1: `energy:0.3:0.55:0.5`.",
        examples=["energy:0.3:0.55:0.5,tempo:84:98"],
    ),
]


def targets_of(text: str) -> Targets:
    """Ranges as an address has them. Raises InvalidRequest, one complaint for each that is none."""
    given = [part.split(":") for part in text.split(",")]
    names = ("min", "max", "weight")
    aims = {field: dict(zip(names, map(float, numbers), strict=False)) for field, *numbers in given}
    if len(aims) < len(given):
        raise InvalidRequest((InvalidPart(pointer="query/aims", detail=TWICE),))
    try:
        return Targets.model_validate(aims)
    except ValidationError as error:
        parts = [
            f"{one['loc'][0]}: {one['msg'].removeprefix('Value error, ')}" for one in error.errors()
        ]
        told = tuple(InvalidPart(pointer="query/aims", detail=part) for part in parts)
        raise InvalidRequest(told) from error


@router.post(
    "",
    operation_id="make_brand",
    response_model=Brand,
    status_code=201,
    responses=responses("cross-site", "conflict", "file-too-large", "queue-full", "no-room"),
    openapi_extra=described(NewBrand, _NEW),
)
async def make_brand(
    request: Request, brands: BrandsDep, *, sounds: BrandSoundsDep, limits: UploadLimitsDep
) -> Response:
    """Say what you want to sound like: a range per feature, or songs that sound like it.

    With `from`, one to five tracks, the ranges are what these songs span, each wider by what its
    source is typically off by. Of a feature that one of them lacks no range is made. `made_from`
    says who described each.
    """
    async with limits.lists.place(request):
        asked = await read_json(request, NewBrand, most_bytes=MOST_BYTES)
    made = await brands.make(asked, await sounds.spanned(asked.songs) if asked.songs else None)
    return changed(made, 201, {"Location": f"/v1/brands/{made.id}"})


@router.get(
    "",
    operation_id="get_brands",
    response_model=Brands,
    responses=responses("cross-site"),
)
async def get_brands(request: Request, brands: BrandsDep) -> Response:
    """Your brands, newest first."""
    return at_home(request, "brands", await brands.every())


@router.get(
    "/preview",
    operation_id="preview_brand",
    response_model=Batch[BrandDistance],
    responses=responses("brand-not-found", "cross-site"),
)
async def preview_brand(
    request: Request,
    brands: BrandsDep,
    *,
    sounds: BrandSoundsDep,
    aims: Aims,
    tracks: Annotated[
        str,
        Query(
            pattern=f"^[^,]+(,[^,]+){{0,{MOST_REFERENCES - 1}}}$",
            description=f"1 to {MOST_REFERENCES} track ids, separated by commas.",
            examples=[INVENTED.two_tracks],
        ),
    ],
    brand: Annotated[
        str | None,
        Query(
            pattern=f"^{ids.BRAND_PREFIX}{ids.id_pattern()}$",
            description="The brand that these ranges are to change: loudness is compared on the "
            "scale of the songs it was made from.",
            examples=[EXAMPLE_ID],
        ),
    ] = None,
) -> Response:
    """What ranges that nobody has kept would mean: how far these tracks are from them.

    Told as `/v1/brands/{brand_id}/distance` tells it, in the order asked, each with its own
    `problem`.
    """
    targets = targets_of(aims)
    kept = None if brand is None else await brands.one(brand)
    aim = Sketch(targets) if kept is None else Sketch(targets, kept.id, kept.made_from)
    told = await sounds.distances(aim, separate(tracks))
    return at_home(request, "brand-preview", batch.told(request, BrandDistance, told))


@router.get(
    "/{brand_id}",
    operation_id="get_brand",
    response_model=Brand,
    responses=responses("brand-not-found", "cross-site"),
)
async def get_brand(brand_id: BrandId, request: Request, brands: BrandsDep) -> Response:
    """One brand: its words, its ranges and weights, the tracks that stand for it."""
    return at_home(request, "brand", await brands.one(brand_id))


@router.patch(
    "/{brand_id}",
    operation_id="change_brand",
    response_model=Brand,
    responses=responses(
        "brand-not-found",
        "changed-meanwhile",
        "cross-site",
        "file-too-large",
        "queue-full",
        "no-room",
    ),
    openapi_extra=described(BrandChange, {"name": "Warm and closer", "targets": _RANGES}),
)
async def change_brand(
    brand_id: BrandId,
    request: Request,
    brands: BrandsDep,
    *,
    limits: UploadLimitsDep,
    _if_match: IfMatch = None,
) -> Response:
    """Change its name, its words, all that it aims at, or the list of its tracks.

    All of it is done, or nothing. With `If-Match`, which takes the `ETag` of the brand, nothing is
    done to what you have not seen.
    """
    async with limits.lists.place(request):
        asked = await read_json(request, BrandChange, most_bytes=MOST_BYTES)
        told = await brands.change(
            brand_id, asked, is_seen=lambda tag: has_seen(request.headers, tag)
        )
    return changed(told)


@router.delete(
    "/{brand_id}",
    operation_id="delete_brand",
    status_code=204,
    responses=responses("brand-not-found", "cross-site", "no-room"),
)
async def delete_brand(brand_id: BrandId, brands: BrandsDep) -> Response:
    """Delete a brand. The tracks that stood for it stay."""
    await brands.delete(brand_id)
    return Response(status_code=204, headers={"Cache-Control": "no-store"})


@router.get(
    "/{brand_id}/distance",
    operation_id="get_brand_distance",
    response_model=BrandDistance,
    responses=responses(
        "brand-not-found",
        "analysis-in-progress",
        "track-not-found",
        "features-unavailable",
        "cross-site",
    ),
)
async def get_distance(
    brand_id: BrandId,
    request: Request,
    brands: BrandsDep,
    *,
    sounds: BrandSoundsDep,
    track: TrackOfQuery,
) -> Response:
    """Does this track match your brand? Per feature in words, and as a whole.

    What a guess is typically off by is weighed: within half of that outside of a range it is at
    its edge. What nobody knows is said, and counts for nothing.
    """
    brand = await brands.one(brand_id)
    return at_home(request, "brand-distance", await sounds.distance(brand, track))
