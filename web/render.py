"""Turn page data into HTML: a whole page, or one block of the same template for htmx."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from typing import ClassVar

from jinja2 import Environment, PackageLoader, StrictUndefined
from jinja2_fragments import render_block
from markupsafe import Markup

from api.caller import Person, caller
from api.http.static import Asset, read_assets
from web.standing import Standing
from web.text import formatting, labels, provenance
from web.text.walk import Walk

STATIC = "/static"
FOLDER = Path(__file__).parent / "static"
FILTERS = {
    "clock": formatting.length,
    "field_name": labels.field_name,
    "gathered": provenance.gathered,
    "listed": formatting.listed,
    "number": formatting.count,
    "panel_title": labels.PANELS.__getitem__,
    "release": formatting.release,
    "place": formatting.place,
    "safe_url": formatting.safe_url,
}


FRAGMENTS = "/fragments"
PLACES = (  # of the main menu
    ("/search", "Search"),
    ("/compare", "Compare"),
    ("/upload", "Upload"),
    ("/library", "Library"),
    ("/worksheets", "Worksheets"),
    ("/developers", "Developers"),
)


@dataclass(frozen=True, slots=True)
class Shell:
    """What the layout shows around every page. `asked`: the text kept in the paste box.

    `upload_mb`: what an own file may have, wherever one can be sent. `signs_in`: people can sign in
    with Spotify; `person`: the name of whoever has. `path` and `query`: where the reader is;
    `theme`: `light` or `dark` if one was chosen; `standing`: how the sources are.
    """

    stand_in: bool
    version: str
    standing: Standing
    asked: str = ""
    upload_mb: int = 60
    signs_in: bool = False
    person: str | None = None
    path: str = "/"
    query: str = ""
    theme: str = ""
    places: ClassVar[tuple[tuple[str, str], ...]] = PLACES

    @property
    def here(self) -> str:
        """The page that the reader is at, also where only a part of it was asked for."""
        query = f"?{self.query}" if self.query else ""
        return f"{self.path.removeprefix(FRAGMENTS)}{query}"

    def is_in(self, place: str) -> bool:
        """Whether the reader is at an address of the menu, or below it."""
        return self.path == place or self.path.startswith(f"{place}/")


@dataclass(frozen=True, kw_only=True)
class Data:
    """A template's variables: a page's or a panel's class adds its own.

    `walk`: the exercise as it stands at the foot of a page that is part of it.
    """

    template: ClassVar[str]

    shell: Shell
    walk: Walk | None = None


@cache
def environment() -> Environment:
    """The one Jinja environment: strict, and escaping everything."""
    made = Environment(
        loader=PackageLoader("web", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    made.filters.update(FILTERS)
    made.globals["asset"] = assets().__getitem__
    made.globals["csrf_field"] = csrf_field
    return made


@cache
def assets() -> Mapping[str, Asset]:
    """The pages' static files by name."""
    own = read_assets(FOLDER / "own", STATIC)
    vendored = read_assets(FOLDER / "vendor", STATIC, "*.min.*", versioned=True)
    return {**own, **vendored}


def csrf_field() -> Markup:
    """What every form that changes something begins with, once its reader has signed in."""
    who = caller()
    if not isinstance(who, Person):
        return Markup()
    return Markup('<input type="hidden" name="csrf_token" value="{}">').format(who.csrf_token)


def render(template: str, data: Data, block: str | None = None) -> str:
    """The template with the fields of `data` as its variables; `block` alone if one is named."""
    values = {field.name: getattr(data, field.name) for field in fields(data)}
    if block is None:
        return environment().get_template(template).render(values)
    return render_block(environment(), template, block, values)
