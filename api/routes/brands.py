"""Brands: make one, see, change and delete them, and ask how far a track is from one."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request, Response

from api.http.conditional import has_seen
from api.http.examples import INVENTED
from api.http.json_body import described, read_json
from api.http.openapi import responses
from api.http.responses import at_home, changed
from api.library.brands import not_there
from api.music import ids
from api.routes.collections import IfMatch
from api.routes.dependencies import (
    BrandsDep,
    BrandSoundsDep,
    TrackOfQuery,
    UploadLimitsDep,
)
from api.schemas.brands import Brand, BrandChange, BrandDistance, Brands, NewBrand

router = APIRouter(prefix="/v1/brands", tags=["library"])
MOST_BYTES = 100_000
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
