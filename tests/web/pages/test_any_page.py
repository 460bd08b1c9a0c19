"""What holds on every page, because the next case of a complaint is on another page than the last.

Words from outside have their own direction; each panel says whose its numbers are, how old, how
sure, and by which call; what is open, folded or current says so to whoever does not see it.
"""

from html.parser import HTMLParser
from typing import Any

import pytest

from tests.web import music
from tests.web.pages.test_pages import PAGES
from tests.web.wording import Wording

FROM_RIGHT = "\N{HEBREW LETTER SHIN}\N{HEBREW LETTER LAMED}"
OURS = {  # texts of the contract that the API makes of numbers, formats and names of fields
    *("by", "camelot", "detail", "fields", "format", "key_name", "keys", "method", "says"),
}
OURS_ALONE = {"/about/data", "/sources"}  # pages of our own words and of what runs here
AT_THE_FOOT = "its source stands once, at the foot of the page"
NO_NUMBERS = {  # what is headed as a panel is, and shows no answer of a source
    **dict.fromkeys(("exercise", "five", "quickstart", "instead", "remedy"), "our own words"),
    **dict.fromkeys(("provenance", "caching", "limits", "errors"), "our own words"),
    **dict.fromkeys(("sound", "rhythm", "inside", "around", "reading"), "definitions of ours"),
    **dict.fromkeys(("add", "begin", "bring", "lists", "paste", "ranges"), "a form"),
    **dict.fromkeys(("own", "collections", "demo", "entries", "yours", "finished"), "links to it"),
    **dict.fromkeys(("refused", "unread"), "what a reader sent"),
    **dict.fromkeys(("references", "share", "server", "sheets"), "ours, with its own link or none"),
    **dict.fromkeys(("found-spotify", "job", "repetition", "sections"), AT_THE_FOOT),
    "aims": "what its owner wishes for",
    "brand-match": "without a brand there is no number",
    "answer": "the console, which is the call",
}
VOID = {"area", "br", "hr", "img", "input", "link", "meta", "source", "wbr"}
PLAIN = {
    "title",
    "option",
    "script",
    "style",
    "desc",
    "text",
    "tspan",
    "textarea",
    "code",
    "summary",
}


class Element:
    """An element of a page, with what stands in it."""

    def __init__(self, tag: str, attributes: dict[str, str | None], parent: "Element | None"):
        self.tag, self.attributes, self.parent = tag, attributes, parent
        self.children: list[Element | str] = []

    @property
    def classes(self) -> list[str]:
        return (self.attributes.get("class") or "").split()

    @property
    def name(self) -> str:
        given = (self.attributes.get(key) for key in ("id", "aria-labelledby", "aria-label"))
        return next(filter(None, given), self.tag)

    def text(self) -> str:
        return " ".join(c if isinstance(c, str) else c.text() for c in self.children)

    def all(self, tag: str = "", css: str = "") -> "list[Element]":
        found = [self] if self.tag == (tag or self.tag) and (not css or css in self.classes) else []
        for child in self.children:
            found += [] if isinstance(child, str) else child.all(tag, css)
        return found

    def ancestors(self) -> "list[Element]":
        return [self, *(self.parent.ancestors() if self.parent else [])]


class Tree(HTMLParser):
    """A page as a tree; what is never closed is closed with what holds it."""

    def __init__(self, text: str):
        super().__init__()
        self.root = self.at = Element("root", {}, None)
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        made = Element(tag, dict(attrs), self.at)
        self.at.children.append(made)
        if tag not in VOID:
            self.at = made

    def handle_startendtag(self, tag, attrs):
        self.at.children.append(Element(tag, dict(attrs), self.at))

    def handle_endtag(self, tag):
        for element in self.at.ancestors():
            if element.tag == tag and element.parent:
                self.at = element.parent
                return

    def handle_data(self, data):
        self.at.children.append(data)


async def tree(site, path: str) -> Element:
    """What stands between head and foot of a page."""
    return Tree((await site.get(path)).text).root.all("main")[0]


@pytest.mark.parametrize("path", sorted(set(PAGES) - OURS_ALONE))
async def test_words_from_outside_have_a_direction_of_their_own(site, fake, path):
    """Right to left where they are, whatever the page around them is."""
    wording = Wording((FROM_RIGHT,))
    wording.kept = wording.kept | OURS
    fake.worded = wording
    astray = [
        f"<{one.tag} {one.name}> in <{one.parent.tag} {one.parent.name}>"
        for one in (await tree(site, path)).all()
        if one.parent and any(isinstance(c, str) and FROM_RIGHT in c for c in one.children)
        if not PLAIN & {each.tag for each in one.ancestors()}
        if not any(e.tag == "bdi" or "dir" in e.attributes for e in one.ancestors())
    ]
    assert astray == []


@pytest.mark.parametrize("path", PAGES)
async def test_every_panel_says_whose_its_numbers_are_and_teaches_its_call(site, path):
    """Source, age and how sure; the call, as JSON, in a shell and in Python, and the cache’s word.

    `NO_NUMBERS` names what is excepted, and why; a panel that still comes is asked at its address.
    """
    main = await tree(site, path)
    for panel in main.all("section", "panel"):
        offered = panel.name.startswith("offers-")
        if NO_NUMBERS.get(panel.name) == AT_THE_FOOT:
            assert "Cache-Status" in main.text(), panel.name
        if "waiting" in panel.classes or offered or panel.name in NO_NUMBERS:
            continue
        folds = [fold for fold in panel.all("details", "src") if "Cache-Status" in fold.text()]
        if not folds:
            assert panel.all("form"), panel.name
            continue
        told = " ".join(fold.text() for fold in folds)
        for part in ("Age", "How sure", "API call", "GET /v1/", "JSON", "curl ", "httpx.get("):
            assert part in told or path.startswith(tuple(OURS_ALONE)), (panel.name, part)


@pytest.mark.parametrize("path", PAGES)
async def test_what_comes_later_says_that_it_is_busy(site, path, monkeypatch):
    """A panel on its way has a name, a link to itself and `aria-busy`; its place has its height."""
    monkeypatch.setattr("web.pages.panel.PATIENCE_S", -1.0)
    for waiting in (await tree(site, path)).all(css="waiting"):
        link = waiting.all("a")[0].attributes["href"]
        assert waiting.attributes.get("hx-get") == f"/fragments{link}", link
        if waiting.tag == "section":
            assert waiting.attributes.get("aria-busy") == "true", link
            assert waiting.classes[-1] in {"medium", "tall", "taller", "tallest"}, link


@pytest.mark.parametrize("path", PAGES)
async def test_no_page_is_left_without_a_way_on(site, path):
    """Each has a link of its own content, and each that is chosen of several says so."""
    main = await tree(site, path)
    assert [one for one in main.all("a") if one.attributes.get("href")]
    for tabs in main.all(css="tabs"):
        assert [one for one in tabs.all("a") if one.attributes.get("aria-current")]


class Refusing(dict[str, Any]):
    """Answers of an API of which nobody can answer anything just now."""

    def get(self, key, default=None):
        return music.problem(503, "sources-unavailable") if key.startswith("/v1") else default


@pytest.mark.parametrize("path", PAGES)
async def test_error_where_nobody_answers_a_page_stands_or_says_how_to_go_on(site, fake, path):
    """An alert with its title, the request id, another try with its wait, and a way on."""
    fake.answers = Refusing()
    answer = await site.get(path)
    main = Tree(answer.text).root.all("main")[0]

    assert answer.status_code in {200, 404, 422, 503}
    assert main.all("a") or main.all("form")
    if answer.status_code == 503:
        assert [one for one in main.all() if one.attributes.get("role") == "alert"]
        assert [one for one in main.all() if "data-retry-after" in one.attributes]
        assert "req-7" in main.text() or main.all("form")
        assert "Try again" in main.text() or main.all("form")


@pytest.mark.parametrize("path", PAGES)
async def test_stale_what_stands_on_a_page_is_marked_with_why(site, fake, path):
    """Wherever a source is shown, its answer says that it is an older one."""
    fake.headers["Cache-Status"] = "earprint; fwd=stale; fwd-status=429; detail=gated"
    main = await tree(site, path)
    if "More about that" in main.text():
        assert "older answer" in main.text() or "past its time" in main.text()
