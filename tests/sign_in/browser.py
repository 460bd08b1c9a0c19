"""A browser that signs in: it keeps cookies, follows Spotify's stand-in, and sends forms."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any

import httpx

from api.http.session_cookie import CSRF_HEADER, SESSION
from api.sign_in.people import csrf_token_of
from tests.routes import product
from tests.routes.product import MovableClock, Product
from tests.sandbox import Sandbox

HOST = "127.0.0.1"
REDIRECT_URL = f"http://{HOST}:8000/signed-in"
KEY = "A" * 43 + "="
OTHER_KEY = "B" * 42 + "A="
NAVIGATION = {
    "sec-fetch-site": "cross-site",
    "sec-fetch-mode": "navigate",
    "sec-fetch-dest": "document",
}


@dataclass(slots=True)
class Browser:
    """One browser with its cookies; `visit` follows no redirect."""

    http: httpx.AsyncClient
    cookies: dict[str, str]

    async def visit(self, path: str, **headers: str) -> httpx.Response:
        """Go to an address of the product."""
        return await self._sent("GET", path, headers)

    async def post(self, path: str, *, csrf: str | None = "own", **more: Any) -> httpx.Response:
        """Send a form, as the session's own pages do; or with another token, or none."""
        own = csrf_token_of(self.cookies[SESSION]) if SESSION in self.cookies else ""
        token = own if csrf == "own" else csrf
        headers = {"sec-fetch-site": "same-origin"} | ({CSRF_HEADER: token} if token else {})
        return await self._sent(more.pop("method", "POST"), path, headers, **more)

    async def sign_in(self, path: str = "/") -> httpx.Response:
        """All the way there and back; the answer that begins the session."""
        begun = await self.visit(f"/sign-in?next={path}")
        return await self.visit(await self.consent(begun), **NAVIGATION)

    async def consent(self, begun: httpx.Response) -> str:
        """Where Spotify leads back to, from where the product has led."""
        async with httpx.AsyncClient() as outside:
            answer = await outside.get(begun.headers["location"])
        return httpx.URL(answer.headers["location"]).raw_path.decode()

    async def _sent(
        self, method: str, path: str, headers: dict[str, str], **more: Any
    ) -> httpx.Response:
        told = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        sent = headers | ({"cookie": told} if told else {})
        answer = await self.http.request(method, path, headers=sent, **more)
        for line in answer.headers.get_list("set-cookie"):
            for name, morsel in SimpleCookie(line).items():
                if morsel["max-age"] == "0":
                    self.cookies.pop(name, None)
                else:
                    self.cookies[name] = morsel.value
        return answer


def browser(running: Product) -> Browser:
    """A new one, with no cookies."""
    transport = httpx.ASGITransport(running.app, raise_app_exceptions=False)
    return Browser(httpx.AsyncClient(transport=transport, base_url=f"http://{HOST}:8000"), {})


@asynccontextmanager
async def opened(
    sandbox: Sandbox, folder: Path, *, clock: MovableClock | None = None, **more: Any
) -> AsyncIterator[Product]:
    """A product in which people can sign in at the stand-in."""
    sandbox.register(REDIRECT_URL)
    more = {"secret": KEY, **more}
    async with product.opened(sandbox, folder, clock=clock, **more) as running:
        yield running
