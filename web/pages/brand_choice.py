"""Which brand the pages draw beside a track: the one that was chosen, or else the newest.

A cookie of the browser keeps it, and it is chosen wherever a range is drawn.
"""

from __future__ import annotations

from dataclasses import dataclass

from api.schemas.brands import Brand
from web.client import ApiProblem
from web.request import PageRequest

COOKIE = "brand"
NO_BRAND = "none"


@dataclass(frozen=True, slots=True)
class BrandPick:
    """What can be chosen where a range is drawn: ids and names, `none` last; `chosen` is one id."""

    chosen: str
    brands: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class BrandBeside:
    """The brand beside a track, if there is one. `pick`: None where there is nothing to choose."""

    brand: Brand | None = None
    pick: BrandPick | None = None

    def band(self, field: str) -> tuple[float, float] | None:
        """The range that it aims at."""
        target = self.brand.targets.by_field.get(field) if self.brand else None
        return None if target is None else (target.min, target.max)


async def brand_beside(request: PageRequest) -> BrandBeside:
    """The brand, and which there are; neither where they cannot be told."""
    wanted = request.http.cookies.get(COOKIE)
    try:
        found = (await request.client.brands.every()).value.items
    except ApiProblem:
        return BrandBeside()
    chosen = next((one for one in found if one.id == wanted), next(iter(found), None))
    brand = None if wanted == NO_BRAND else chosen
    if not found or (brand and len(found) == 1):
        return BrandBeside(brand)
    named = [(one.id, one.name) for one in found]
    return BrandBeside(
        brand, BrandPick(brand.id if brand else NO_BRAND, (*named, (NO_BRAND, "no brand")))
    )


async def chosen_brand(request: PageRequest) -> Brand | None:
    """The brand; None where there is none, where none is wanted, or where none can be told."""
    return (await brand_beside(request)).brand
