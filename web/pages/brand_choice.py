"""Which brand the pages draw beside a track: the one that was chosen, or else the newest."""

from __future__ import annotations

from api.schemas.brands import Brand
from web.client import ApiProblem
from web.request import PageRequest

COOKIE = "brand"
NO_BRAND = "none"


async def chosen_brand(request: PageRequest) -> Brand | None:
    """The brand; None where there is none, where none is wanted, or where none can be told."""
    wanted = request.http.cookies.get(COOKIE)
    if wanted == NO_BRAND:
        return None
    try:
        found = (await request.client.brands.every()).value.items
    except ApiProblem:
        return None
    return next((one for one in found if one.id == wanted), next(iter(found), None))
