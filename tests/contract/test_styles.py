"""The style sheet and the templates speak of the same classes."""

import re
from pathlib import Path

import web

FOLDER = Path(web.__file__).parent
HOOKS = {"more"}  # without a rule: browser tests wait until it is gone
OF_HTMX = {"htmx-request"}  # given by htmx itself while it asks
COMMENT = re.compile(r"/\*.*?\*/|\{#.*?#\}", re.DOTALL)


def texts(pattern: str) -> list[str]:
    """The files of the pages that fit `pattern`, without comments."""
    found = [COMMENT.sub("", path.read_text(encoding="utf-8")) for path in FOLDER.glob(pattern)]
    assert found
    return found


def ruled() -> set[str]:
    """The classes of every selector."""
    [css] = texts("static/own/earprint.css")
    preludes = re.findall(r"[^{};]+(?=\{)", css)
    return {name for prelude in preludes for name in re.findall(r"\.([a-z][\w-]*)", prelude)}


def given() -> tuple[set[str], set[str]]:
    """The classes that templates give, and what those begin with that are put together."""
    attributes = [
        word
        for text in texts("templates/**/*.*")
        for attribute in re.findall(r'\bclass="((?:\{\{.*?\}\}|[^"])*)"', text)
        for word in re.sub(r"\{%.*?%\}", " ", re.sub(r"\{\{.*?\}\}", "*", attribute)).split()
    ]
    whole = {word for word in attributes if "*" not in word}
    return whole, {word.rstrip("*") for word in attributes if "*" in word} - {""}


def quoted() -> set[str]:
    """Every word in a string of templates, scripts and charts: what macros and scripts give."""
    sources = texts("templates/**/*.*") + texts("static/own/*.js") + texts("charts/*.py")
    pairs = [re.findall(r'"([^"\n]*)"|\'([^\'\n]*)\'', source) for source in sources]
    strings = " ".join(part for found in pairs for pair in found for part in pair)
    return set(re.findall(r"[a-z][\w-]*", re.sub(r"\bclass=", "", strings)))


def test_every_class_of_a_template_has_a_rule():
    """One that has none does nothing, unless a script or a test finds things by it."""
    whole, _ = given()
    assert sorted(whole - ruled()) == sorted(HOOKS)


def test_every_rule_is_of_a_class_that_is_given():
    """A rule for nothing is dead."""
    whole, beginnings = given()
    dead = ruled() - whole - quoted() - OF_HTMX
    assert [name for name in sorted(dead) if not name.startswith(tuple(beginnings))] == []


def test_every_layer_is_one_of_those_in_the_first_line_and_in_no_other():
    """A bracket that is left open puts all that follows into another layer, and nobody sees why."""
    [css] = texts("static/own/earprint.css")
    named = re.search(r"@layer ([\w, ]+);", css)
    assert named
    depth, nested = 0, []
    for token in re.findall(r"[{}]|@layer [\w.]+(?= *\{)", css):
        depth += {"{": 1, "}": -1}.get(token, 0)
        if token.startswith("@layer") and (depth or token.split()[1] not in named[1]):
            nested.append(token)
    assert (depth, nested) == (0, [])


def test_a_class_means_one_thing():
    """Two rules of the same name stand for two things, and each page that has one gets both."""
    [css] = texts("static/own/earprint.css")
    depth, begun = 0, []
    for part in re.findall(r"[^{};]*\{|\}|;", css):
        name = re.fullmatch(r"\.([a-z][\w-]*) \{", part.strip())
        if name and depth == 1:
            begun.append(name[1])
        depth += part.endswith("{") - (part == "}")
    assert begun
    assert [name for name in sorted(set(begun)) if begun.count(name) > 1] == []
