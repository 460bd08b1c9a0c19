"""The `fields` parameter of playlists: `items(item(name,album.name)),total`, `items(!track)`."""

import re
from typing import Any

from tests.sandbox.answers import Refusal, error

TOKEN = re.compile(r"\s*([A-Za-z_]+|[().,!])")
EXCEPT = "!"  # in a tree: the names left out at this level

Tree = dict[str, Any]


def parse(text: str) -> Tree:
    """Read the syntax into a tree of names; a leaf is an empty tree and means all of it.

    Raises Refusal(400) when the text is not well-formed; that body is invented.
    """
    tokens = TOKEN.findall(text)
    if "".join(tokens) != re.sub(r"\s", "", text):
        raise Refusal(error(400, "Invalid fields"))
    tree = _names(tokens)
    if tokens:
        raise Refusal(error(400, "Invalid fields"))
    return tree


def select(value: Any, tree: Tree) -> Any:
    """Answer only what the tree names, in lists for each member, in the value's own order."""
    if isinstance(value, list):
        return [select(member, tree) for member in value]
    if not tree or not isinstance(value, dict):
        return value
    wanted = {name: branch for name, branch in tree.items() if name != EXCEPT}
    dropped = tree.get(EXCEPT, {})
    return {
        name: _rest(select(inner, wanted.get(name, {})), dropped.get(name, {}))
        for name, inner in value.items()
        if (name in wanted or not wanted) and dropped.get(name, True) != {}
    }


def _rest(value: Any, dropped: Tree) -> Any:
    return select(value, {EXCEPT: dropped}) if dropped else value


def _names(tokens: list[str]) -> Tree:
    """Read a comma-separated list up to a closing parenthesis or the end."""
    tree: Tree = {}
    while True:
        target = tree
        if tokens[:1] == ["!"]:
            tokens.pop(0)
            target = tree.setdefault(EXCEPT, {})
        name, branch = _name(tokens)
        _merge(target.setdefault(name, {}), branch)
        if tokens[:1] != [","]:
            return tree
        tokens.pop(0)


def _merge(tree: Tree, more: Tree) -> None:
    for name, branch in more.items():
        _merge(tree.setdefault(name, {}), branch)


def _name(tokens: list[str]) -> tuple[str, Tree]:
    if not tokens or not tokens[0][0].isalpha():
        raise Refusal(error(400, "Invalid fields"))
    name = tokens.pop(0)
    if tokens[:1] == ["."]:
        tokens.pop(0)
        return name, dict([_name(tokens)])
    if tokens[:1] == ["("]:
        return name, _bracketed(tokens)
    return name, {}


def _bracketed(tokens: list[str]) -> Tree:
    tokens.pop(0)
    tree = _names(tokens)
    if tokens[:1] != [")"]:
        raise Refusal(error(400, "Invalid fields"))
    tokens.pop(0)
    return tree
