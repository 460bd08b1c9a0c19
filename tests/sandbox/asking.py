"""One authorised call as an endpoint sees it: ids and parameters read and validated."""

from dataclasses import dataclass, field
from urllib.parse import urlencode

from tests.sandbox import words
from tests.sandbox.answers import Refusal, Request, error, unauthorised
from tests.sandbox.catalogue import Catalogue, catalogue
from tests.sandbox.ids import is_id
from tests.sandbox.render import Json, Render
from tests.sandbox.rules import Genres, Limits, Rules

BATCH_MOST = {"artist": 50, "track": 50, "album": 20, "features": 100}
OFFSET_MOST = 100_000


@dataclass(frozen=True, slots=True)
class Page:
    """Which part of a list is asked for."""

    limit: int
    offset: int

    @property
    def part(self) -> slice:
        """Answer the places this page covers."""
        return slice(self.offset, self.offset + self.limit)


@dataclass(frozen=True, slots=True)
class Window:
    """A page of a list of known length; `query` overrides parameters in the links."""

    page: Page
    total: int
    query: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Ask:
    """What an endpoint needs to answer."""

    request: Request
    base_url: str
    rules: Rules
    genres: Genres
    person: str | None = None
    scopes: frozenset[str] = frozenset()
    path_id: str = ""

    @property
    def by_user(self) -> bool:
        """Tell whether somebody has signed in, rather than the app alone."""
        return self.person is not None

    def user(self, scope: str | None = None) -> str:
        """Answer who asks; raises Refusal 401 for the app alone, 403 without the scope."""
        if self.person is None:
            raise Refusal(unauthorised("Valid user authentication required"))
        if scope is not None and scope not in self.scopes:
            raise Refusal(error(403, "Insufficient client scope"))
        return self.person

    @property
    def catalogue(self) -> Catalogue:
        """Answer the music there is."""
        return catalogue()

    @property
    def render(self) -> Render:
        """Answer a writer for this class and market; raises Refusal on a bad market."""
        return Render(self.base_url, self.catalogue, self.rules, self.genres, self.market)

    @property
    def market(self) -> str | None:
        """Read `market` (`country` in old clients); raises Refusal(400)."""
        query = self.request.query
        market = query.get("market", query.get("country"))
        if market is not None and market not in words.KNOWN_MARKETS:
            raise Refusal(error(400, "Invalid market code"))
        return market

    def number(self, kind: str) -> int:
        """Read the id in the path; raises Refusal 400 when malformed, 404 when unknown."""
        number = self.catalogue.number(kind, self.valid(self.path_id))
        if number is None:
            raise Refusal(error(404, "Resource not found"))
        return number

    def numbers(self, kind: str) -> list[int | None]:
        """Read `ids` in the order asked; one malformed id makes the whole batch 400."""
        ids = self.request.query.get("ids", "").split(",")
        if len(ids) > BATCH_MOST[kind]:
            raise Refusal(error(400, "Too many ids requested"))
        looked_up = "track" if kind == "features" else kind
        return [self.catalogue.number(looked_up, self.valid(entity_id)) for entity_id in ids]

    def valid(self, entity_id: str) -> str:
        """Check an id's form; raises Refusal(400)."""
        if not is_id(entity_id):
            raise Refusal(error(400, "Invalid base62 id"))
        return entity_id

    def page(self, limits: Limits, *, last_offset: int = OFFSET_MOST) -> Page:
        """Read `limit` and `offset`; raises Refusal(400) outside the class's bounds."""
        limit = self._integer("limit", limits.usual)
        offset = self._integer("offset", 0)
        if not 1 <= limit <= limits.most:
            raise Refusal(error(400, "Invalid limit"))
        if not 0 <= offset <= last_offset:
            raise Refusal(error(400, "Invalid offset"))
        return Page(limit, offset)

    def paging(self, items: list[Json | None], window: Window, *, below: str | None = None) -> Json:
        """Wrap one page of items; links point at the sandbox, at `below` or this very path."""
        page, query = window.page, self.request.query | window.query
        address = f"{self.base_url}{below or self.request.path}"

        def link(offset: int) -> str:
            bounds = {"offset": str(offset), "limit": str(page.limit)}
            return f"{address}?{urlencode(query | bounds)}"

        following, before = page.offset + page.limit, max(0, page.offset - page.limit)
        return {
            "href": link(page.offset),
            "limit": page.limit,
            "next": link(following) if following < window.total else None,
            "offset": page.offset,
            "previous": link(before) if page.offset else None,
            "total": window.total,
            "items": items,
        }

    def _integer(self, name: str, usual: int) -> int:
        text = self.request.query.get(name, str(usual))
        try:
            return int(text)
        except ValueError as problem:
            raise Refusal(error(400, f"Invalid {name}")) from problem
