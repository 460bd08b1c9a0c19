"""How far tracks are from ranges that nobody has kept, as a brand’s form asks."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from pydantic import ValidationError

from api.http import batch
from api.http.examples import INVENTED
from api.http.openapi import responses
from api.http.responses import at_home
from api.music import ids
from api.problems.errors import InvalidRequest
from api.problems.invalid_request import in_words
from api.routes.dependencies import BrandsDep, BrandSoundsDep, separate
from api.schemas.brands import MOST_REFERENCES, TARGETED, BrandDistance, Targets
from api.schemas.lists import Batch
from api.schemas.problem import InvalidPart
from api.services.brand_distance import Sketch

router = APIRouter(tags=["library"])
TWICE = "A feature has one range only."
_NUMBER = r"-?[0-9]{1,6}(\.[0-9]{1,9})?"
_ONE = f"({'|'.join(TARGETED)}):{_NUMBER}:{_NUMBER}(:{_NUMBER})?"
Ranges = Annotated[
    str,
    Query(
        pattern=f"^{_ONE}(,{_ONE}){{0,{len(TARGETED) - 1}}}$",
        description="Ranges, separated by commas, each once: a feature, its lower and its upper "
        "end, and how much it counts (0 to 1) unless that is 1: `energy:0.3:0.55:0.5`.",
        examples=["energy:0.3:0.55:0.5,tempo:84:98"],
    ),
]


def _targets(text: str) -> Targets:
    """Ranges as an address has them. Raises InvalidRequest, one complaint for each that is none."""
    given = [part.split(":") for part in text.split(",")]
    names = ("min", "max", "weight")
    ranges = {
        field: dict(zip(names, map(float, numbers), strict=False)) for field, *numbers in given
    }
    if len(ranges) < len(given):
        raise InvalidRequest((InvalidPart(pointer="query/ranges", detail=TWICE),))
    try:
        return Targets.model_validate(ranges)
    except ValidationError as error:
        told = [f"{one['loc'][0]}: {in_words(one)}" for one in error.errors()]
        parts = tuple(InvalidPart(pointer="query/ranges", detail=part) for part in told)
        raise InvalidRequest(parts) from error


@router.get(
    "/v1/distance",
    operation_id="get_distance",
    response_model=Batch[BrandDistance],
    responses=responses("brand-not-found", "cross-site"),
)
async def get_distance(
    request: Request,
    brands: BrandsDep,
    *,
    sounds: BrandSoundsDep,
    ranges: Ranges,
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
        ),
    ] = None,
) -> Response:
    """What ranges that nobody has kept would mean: how far these tracks are from them.

    Told as `/v1/brands/{brand_id}/distance` tells it, in the order asked, each with its own
    `problem`.
    """
    targets = _targets(ranges)
    kept = None if brand is None else await brands.one(brand)
    aim = Sketch(targets) if kept is None else Sketch(targets, kept.id, kept.made_from)
    told = await sounds.distances(aim, separate(tracks))
    return at_home(request, "distance", batch.told(request, BrandDistance, told))
