"""The way from the pages to brands, and to how far tracks are from them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from api.schemas.brands import Brand, BrandDistance, Brands, Target
from api.schemas.lists import Batch
from web.client.library import Send
from web.client.messages import ApiRequest, ApiResponse, Nothing, json_request

BRANDS = "/v1/brands"


class BrandClient:
    """Typed questions about brands."""

    def __init__(self, send: Send) -> None:
        self._send = send

    async def every(self) -> ApiResponse[Brands]:
        """All brands, newest first."""
        return await self._send(ApiRequest(Brands, BRANDS))

    async def one(self, ident: str) -> ApiResponse[Brand]:
        """One brand."""
        return await self._send(ApiRequest(Brand, _at(ident)))

    async def make(self, value: Mapping[str, Any]) -> ApiResponse[Brand]:
        """Make a brand of this."""
        return await self._send(json_request(Brand, BRANDS, value, method="POST"))

    async def change(
        self, ident: str, value: Mapping[str, Any], *, seen: str
    ) -> ApiResponse[Brand]:
        """Change what has the ETag that was `seen`, and nothing else."""
        headers = {"if-match": seen}
        return await self._send(
            json_request(Brand, _at(ident), value, method="PATCH", headers=headers)
        )

    async def delete(self, ident: str) -> None:
        """Delete a brand."""
        await self._send(ApiRequest(Nothing, _at(ident), method="DELETE"))

    async def distance(self, ident: str, track: str) -> ApiResponse[BrandDistance]:
        """How far a track is from a brand."""
        path = f"{_at(ident)}/distance"
        return await self._send(ApiRequest(BrandDistance, path, {"track": track}))

    async def distances(
        self, ranges: Mapping[str, Target], tracks: Sequence[str], ident: str | None
    ) -> ApiResponse[Batch[BrandDistance]]:
        """How far tracks are from ranges that nobody has kept; `ident`: whose they change."""
        texts = [
            ":".join((field, *map(_plain, (aim.min, aim.max, aim.weight))))
            for field, aim in ranges.items()
        ]
        params = {"ranges": ",".join(texts), "tracks": ",".join(tracks), "brand": ident}
        return await self._send(ApiRequest(Batch[BrandDistance], "/v1/distance", params))


def _plain(value: float) -> str:
    """A number without an exponent, which the address of ranges does not have."""
    return f"{value:.6f}".rstrip("0").removesuffix(".")


def _at(ident: str) -> str:
    return f"{BRANDS}/{quote(ident, safe='')}"
