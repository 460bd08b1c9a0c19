"""Static files under names that change whenever their content does, so that they never go stale."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from fastapi import APIRouter, HTTPException, Request, Response

FOR_EVER = "public, max-age=31536000, immutable"
MEDIA_TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
DEFAULT_MEDIA_TYPE = "text/plain"  # licences
SPACES = re.compile(rb"\s+")  # of our own style sheets: laid out for people, sent as one space


@dataclass(frozen=True, slots=True)
class Asset:
    """A file as sent, with its address and the hash its tag carries."""

    address: str
    integrity: str
    media_type: str
    body: bytes


@cache
def read_assets(
    folder: Path, prefix: str, pattern: str = "*", *, versioned: bool = False
) -> Mapping[str, Asset]:
    """The files of `folder` by name; where names are `versioned`, addresses need no digest."""
    paths = [path for path in folder.glob(pattern) if path.is_file()]
    return {path.name: _read(path, prefix, versioned=versioned) for path in paths}


def static_router(path: str, assets: Callable[[], Mapping[str, Asset]]) -> APIRouter:
    """GET `path`: the file at an address that was handed out, and 404 for any other."""
    router = APIRouter(include_in_schema=False)

    @router.get(path)
    async def get_static(request: Request) -> Response:
        asset = asset_at(request.scope["path"], assets())
        if asset is None:
            raise HTTPException(404)
        headers = {"Cache-Control": FOR_EVER, "X-Content-Type-Options": "nosniff"}
        return Response(asset.body, headers=headers, media_type=asset.media_type)

    return router


def asset_at(address: str, assets: Mapping[str, Asset]) -> Asset | None:
    """The file at an address; None for one that was never handed out, which is not kept."""
    return next((asset for asset in assets.values() if asset.address == address), None)


def _read(path: Path, prefix: str, *, versioned: bool) -> Asset:
    body = path.read_bytes()
    if path.suffix == ".css" and not versioned:
        body = SPACES.sub(b" ", body)
    digest = "" if versioned else f"-{hashlib.sha256(body).hexdigest()[:12]}"
    return Asset(
        address=f"{prefix}/{path.stem}{digest}{path.suffix}",
        integrity="sha384-" + base64.b64encode(hashlib.sha384(body).digest()).decode(),
        media_type=MEDIA_TYPES.get(path.suffix, DEFAULT_MEDIA_TYPE),
        body=body,
    )
