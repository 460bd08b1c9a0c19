"""A page's dataclass and its template's variables are the same list."""

from dataclasses import fields
from typing import TYPE_CHECKING

import pytest
from jinja2 import meta

from web.app import page_routes
from web.render import Data, environment

if TYPE_CHECKING:
    from collections.abc import Iterator


def pages() -> list[type[Data]]:
    """Every page and panel."""
    assert page_routes().routes
    return Data.__subclasses__()


def variables(template: str) -> set[str]:
    """What a template and everything it extends need to be given."""
    found: set[str] = set()
    for name in related(template):
        tree = environment().parse(source(name))
        found |= meta.find_undeclared_variables(tree)
    return found - set(environment().globals)


def related(template: str) -> "Iterator[str]":
    """The template and its ancestors; what is imported gets its values as arguments."""
    yield template
    text = source(template)
    if text.startswith("{% extends"):
        yield from related(text.split('"')[1])


def source(template: str) -> str:
    """The text of a template."""
    loader = environment().loader
    assert loader is not None
    return loader.get_source(environment(), template)[0]


@pytest.mark.parametrize("data", pages(), ids=lambda data: data.__name__)
def test_a_page_gets_exactly_what_it_uses(data):
    """No variable that nobody gives, no field that nobody reads; and somebody says what it is."""
    given = {field.name for field in fields(data)}
    used = variables(data.template)

    assert used - given == set()
    assert given - used - {"shell"} == set()
    assert data.__doc__


def test_every_template_belongs_to_a_page():
    """A template that no page names is dead."""
    named = {data.template for data in pages()} | {"layout.html", "ui.html"}
    loose = {
        name for name in environment().list_templates() if "/" not in name and name not in named
    }
    assert loose == set()
