"""A page's dataclass and its template's variables are the same list; its labels stand once."""

import re
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from jinja2 import meta

import web.app  # with it come all pages
from web.render import Data, environment
from web.text.labels import PANELS
from web.text.meanings import MEANINGS

if TYPE_CHECKING:
    from collections.abc import Iterator

HEADINGS = set(PANELS.values()) - {"Tracks"}  # which is also a kind of search result
FOLDER = Path(web.app.__file__).parent


def pages() -> list[type[Data]]:
    """Every page and panel."""
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
    assert given - used - {"shell", "walk"} == set()  # which the layout reads
    assert data.__doc__


def test_every_template_belongs_to_a_page():
    """A template that no page names is dead."""
    named = {data.template for data in pages()} | {"layout.html", "ui.html"}
    loose = {
        name for name in environment().list_templates() if "/" not in name and name not in named
    }
    assert loose == set()


def test_every_form_that_changes_something_begins_with_its_token():
    """Without it nobody who has signed in could send the form."""
    forms = [
        (name, form)
        for name in environment().list_templates()
        for form in re.findall(r'<form[^>]*method="post"[^>]*>(?:\{\{ csrf_field)?', source(name))
    ]

    assert len(forms) > 5
    assert [one for one in forms if not one[1].endswith("{{ csrf_field")] == []


@pytest.mark.parametrize("label", [*sorted(HEADINGS), *(meaning.label for meaning in MEANINGS)])
def test_a_label_is_changed_in_two_files_at_most(label):
    """A heading or a column's name is a string or a whole element; sentences are their own."""
    files = [path for kind in ("py", "html", "j2") for path in FOLDER.rglob(f"*.{kind}")]
    said = [path for path in files if re.search(rf'[">]{re.escape(label)}["<]', path.read_text())]

    assert 1 <= len(said) <= 2
