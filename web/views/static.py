"""Static files: content-addressed, so they never go stale."""

from __future__ import annotations

from fastapi import APIRouter, HTTPException, Response

from web import assets

router = APIRouter()
FOR_EVER = "public, max-age=31536000, immutable"


@router.get(assets.PREFIX + "/{name}")
async def static(name: str) -> Response:
    """A file under the name that a page handed out."""
    found = assets.served(f"{assets.PREFIX}/{name}")
    if found is None:
        raise HTTPException(404)
    headers = {"Cache-Control": FOR_EVER, "X-Content-Type-Options": "nosniff"}
    return Response(found.body, headers=headers, media_type=found.media_type)
