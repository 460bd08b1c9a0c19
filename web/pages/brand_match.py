"""Does a track match the brand? All of it in a sentence, and the reason feature by feature."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar
from urllib.parse import quote, urlencode

from fastapi import APIRouter

from web.pages.brand_choice import BrandPick, brand_beside
from web.pages.brand_preview import brand_path, reasons
from web.pages.nearest import folded
from web.pages.panel import Panel, add_panel
from web.render import Data
from web.request import PageRequest
from web.text.labels import PANELS
from web.text.provenance import Head

router = APIRouter()
PANEL = "brand-match"


@dataclass(frozen=True, kw_only=True)
class BrandMatchPanel(Data):
    """A track beside the brand that was chosen; `name` is empty where none is.

    `folded`: it stands in the track's page, where its first line is enough until it is opened.
    `any`: whether there is a brand to choose.
    """

    template: ClassVar[str] = "track_brand.html"

    ident: str
    folded: bool
    name: str
    href: str
    says: str
    fields: tuple[tuple[str, str], ...]
    pick: BrandPick | None
    any: bool
    compare: str
    head: Head | None


async def _match(request: PageRequest, ident: str) -> BrandMatchPanel:
    beside = await brand_beside(request)
    nothing = BrandMatchPanel(
        shell=request.shell(),
        ident=quote(ident, safe=":"),
        folded=folded(request),
        name="",
        href="",
        says="no brand beside it",
        fields=(),
        pick=beside.pick,
        any=beside.pick is not None,
        compare="",
        head=None,
    )
    if beside.brand is None:
        return nothing
    brand = beside.brand
    answer = await request.client.brands.distance(brand.id, ident)
    found = answer.value
    return replace(
        nothing,
        name=brand.name,
        href=brand_path(brand.id),
        says=found.says,
        fields=reasons(found),
        any=True,
        compare=f"/compare?{urlencode({'a': found.track, 'b': brand.id})}",
        head=request.head(PANELS[PANEL], answer.call, found),
    )


add_panel(router, Panel(PANEL, "tracks", PANEL, _match))
