"""The way from the pages to worksheets, and to one that is shared by its link."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from api.schemas.worksheet import NewSheetLink, Worksheet, Worksheets
from web.client.library import Send
from web.client.messages import ApiRequest, ApiResponse, Nothing, json_request

WORKSHEETS, SHARED = "/v1/worksheets", "/v1/shared"


class WorksheetClient:
    """Typed questions about worksheets."""

    def __init__(self, send: Send) -> None:
        self._send = send

    async def some(self, *, limit: int, offset: int = 0) -> ApiResponse[Worksheets]:
        """A part of them, the last changed first."""
        params = {"limit": limit, "offset": offset or None}
        return await self._send(ApiRequest(Worksheets, WORKSHEETS, params))

    async def one(self, ident: str) -> ApiResponse[Worksheet]:
        """One worksheet, its facts as they were frozen."""
        return await self._send(ApiRequest(Worksheet, _at(ident)))

    async def with_now(self, ident: str) -> ApiResponse[Worksheet]:
        """The same with what is said today."""
        return await self._send(ApiRequest(Worksheet, _at(ident), {"now": "true"}))

    async def make(self, name: str, about: Sequence[str]) -> ApiResponse[Worksheet]:
        """Begin one about these things."""
        value = {"name": name, "about": [*about]}
        return await self._send(json_request(Worksheet, WORKSHEETS, value, method="POST"))

    async def change(
        self, ident: str, change: Mapping[str, Any], *, seen: str
    ) -> ApiResponse[Worksheet]:
        """Change what has the ETag that was `seen`, and nothing else."""
        headers = {"if-match": seen}
        return await self._send(
            json_request(Worksheet, _at(ident), change, method="PATCH", headers=headers)
        )

    async def delete(self, ident: str) -> None:
        """Delete one."""
        await self._send(ApiRequest(Nothing, _at(ident), method="DELETE"))

    async def share(self, ident: str) -> ApiResponse[NewSheetLink]:
        """Make a private link to it; an earlier one ends."""
        return await self._send(ApiRequest(NewSheetLink, f"{_at(ident)}/share", method="POST"))

    async def withdraw(self, ident: str) -> None:
        """Let the link to it lead nowhere."""
        await self._send(ApiRequest(Nothing, f"{_at(ident)}/share", method="DELETE"))

    async def shared(self, secret: str) -> ApiResponse[Worksheet]:
        """What whoever has the link reads. The secret is in no address."""
        plain = quote(secret, safe="")  # a header holds ASCII only
        headers = {"authorization": f"Bearer {plain}"}
        return await self._send(ApiRequest(Worksheet, SHARED, headers=headers))


def _at(ident: str) -> str:
    return f"{WORKSHEETS}/{quote(ident, safe='')}"
