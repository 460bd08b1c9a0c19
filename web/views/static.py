"""Static files: content-addressed, so they never go stale, and gzipped once."""

from __future__ import annotations

from fastapi import APIRouter, HTTPException, Response

from web import assets
from web.deps import AskDep

router = APIRouter()
FOR_EVER = "public, max-age=31536000, immutable"


@router.get(assets.PREFIX + "/{name}")
async def static(name: str, ask: AskDep) -> Response:
    """A file under the name that a page handed out."""
    found = assets.served(f"{assets.PREFIX}/{name}")
    if found is None:
        raise HTTPException(404)
    headers = {
        "Cache-Control": FOR_EVER,
        "Vary": "Accept-Encoding",
        "X-Content-Type-Options": "nosniff",
    }
    if not accepts_gzip(ask.request.headers.get("accept-encoding", "")):
        return Response(found.body, headers=headers, media_type=found.media_type)
    headers["Content-Encoding"] = "gzip"
    return Response(found.gzipped, headers=headers, media_type=found.media_type)


def accepts_gzip(offer: str) -> bool:
    """Whether gzip is named and not refused (`gzip;q=0`)."""
    for coding in offer.lower().split(","):
        name, _, weight = coding.partition(";")
        if name.strip() == "gzip":
            return weight.replace(" ", "").rstrip("0.") != "q="
    return False
