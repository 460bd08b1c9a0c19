"""What a view is handed: the client, the site, the clock, and what the request asks for."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Annotated, Protocol

from fastapi import Depends, FastAPI, Request

from api.caller import Person, caller
from api.schemas.provenance import Missing, Provenance
from web.client import ApiCall, ApiClient
from web.render import FRAGMENTS, Shell
from web.site import Site
from web.standing import Watch
from web.text.provenance import Head, head

MOST_OFFSET = 100_000
THEME, THEMES = "theme", ("light", "dark")


class Sourced(Protocol):
    """Anything with who said it and what is absent."""

    @property
    def provenance(self) -> tuple[Provenance, ...]:
        """Who said what."""
        ...

    @property
    def missing(self) -> tuple[Missing, ...]:
        """What is absent, and why."""
        ...


@dataclass(frozen=True, slots=True)
class SaidOfSeveral:
    """Who said what of several things that stand in one panel."""

    provenance: tuple[Provenance, ...]
    missing: tuple[Missing, ...] = ()


@dataclass(frozen=True, slots=True)
class Web:
    """Everything the pages need, kept on `app.state.web`."""

    client: ApiClient
    site: Site = field(default_factory=Site)
    clock: Callable[[], float] = time.time


@dataclass(frozen=True, slots=True)
class PageRequest:
    """One request for a page."""

    http: Request
    web: Web

    @property
    def client(self) -> ApiClient:
        """The way to the API."""
        return self.web.client

    @property
    def site(self) -> Site:
        """This installation."""
        return self.web.site

    @property
    def watch(self) -> Watch:
        """How the sources are."""
        found: Watch = self.http.app.state.watch
        return found

    @property
    def base(self) -> str:
        """The address this server is reached at, for curl lines only."""
        return str(self.http.base_url).rstrip("/")

    def shell(self, asked: str = "") -> Shell:
        """What stands around the page."""
        site, who = self.site, caller()
        return Shell(
            stand_in=site.stand_in,
            version=site.version,
            standing=self.watch.latest,
            asked=asked,
            upload_mb=site.upload_mb,
            signs_in=site.signs_in,
            person=who.name if isinstance(who, Person) else None,
            path=self.http.scope["path"],
            query=self.http.scope["query_string"].decode("latin-1"),
            theme=chosen_theme(self.http),
        )

    def text(self, name: str) -> str:
        """A query parameter, stripped; empty where there is none."""
        return self.http.query_params.get(name, "").strip()

    def whole(self, name: str) -> int:
        """A whole number in the address; nonsense is 0."""
        given = self.text(name)
        return int(given) if given.isascii() and given.isdigit() and len(given) < 9 else 0  # noqa: PLR2004

    def offset(self) -> int:
        """Where a list begins; nonsense is the beginning."""
        return min(self.whole("offset"), MOST_OFFSET)

    def head(self, title: str, call: ApiCall, shown: Sourced) -> Head:
        """The frame of a panel that shows `shown`."""
        return head(
            title,
            call,
            provenance=shown.provenance,
            missing=shown.missing,
            now=self.web.clock(),
            base=self.base,
        )


def chosen_theme(request: Request) -> str:
    """`light` or `dark` as chosen at the foot of a page; empty where the system decides."""
    chosen = request.cookies.get(THEME, "")
    return chosen if chosen in THEMES else ""


def equip(app: FastAPI, web: Web) -> None:
    """Give the pages of `app` what they need."""
    app.state.web = web
    app.state.watch = Watch(web.client, web.clock)


def page_request(request: Request) -> PageRequest:
    """What a page's handler works with."""
    return PageRequest(request, request.app.state.web)


async def _page_request(request: Request) -> PageRequest:
    """The same for FastAPI, once it is known how the sources are; a fragment has no foot."""
    found = page_request(request)
    if not request.scope["path"].startswith(FRAGMENTS):
        await found.watch.look()
    return found


PageRequestDep = Annotated[PageRequest, Depends(_page_request)]
