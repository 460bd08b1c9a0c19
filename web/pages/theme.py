"""Light, dark or as the system has it: kept in a cookie, so that no page flashes in the other."""

from __future__ import annotations

from fastapi import APIRouter, Response

from web.forms import fields, is_here, remembered, see
from web.request import THEME, THEMES, PageRequestDep

router = APIRouter()


@router.post("/theme")
async def choose_theme(request: PageRequestDep) -> Response:
    """Keep the choice, and lead back to the page it was made on."""
    said = await fields(request)
    chosen, back = _first(said, "theme"), _first(said, "next")
    answer = see(request, back if is_here(back) else "/")
    if chosen in THEMES:
        return remembered(answer, THEME, chosen)
    answer.delete_cookie(THEME, httponly=True, samesite="lax")
    return answer


def _first(said: dict[str, list[str]], name: str) -> str:
    return said.get(name, [""])[0]
