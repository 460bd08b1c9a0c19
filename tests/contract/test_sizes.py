"""Small files and small functions: somebody has to read this."""

import ast
from pathlib import Path

from tests.contract.repository import ROOT, committed

MOST_LINES_OF_A_FILE = 300
MOST_LINES_OF_A_FUNCTION = 30
VENDORED = {ROOT / "tests/web/htmx_upgrade_check.py"}


def modules(*folders: str) -> list[Path]:
    """Our own Python files under the given folders."""
    inside = {ROOT / folder for folder in folders}
    ours = [path for path in committed() if path.suffix == ".py" and path not in VENDORED]
    return [path for path in ours if inside & set(path.parents)]


def test_no_file_is_long():
    """At 300 lines a module has two subjects."""
    long = {
        str(path.relative_to(ROOT)): length
        for path in modules("api", "web", "tests")
        if (length := len(path.read_text(encoding="utf-8").splitlines())) > MOST_LINES_OF_A_FILE
    }
    assert long == {}


def test_no_function_is_long():
    """If a block needs a heading, it is a function. Docstrings and migrations do not count."""
    migrations = ROOT / "api/db/migrations"
    long = {
        f"{path.relative_to(ROOT)}:{function.lineno} {function.name}": length
        for path in modules("api", "web")
        if migrations not in path.parents
        for function in functions(path)
        if (length := lines_of(function)) > MOST_LINES_OF_A_FUNCTION
    }
    assert long == {}


def functions(path: Path) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Every function of a module, nested ones too."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)]


def lines_of(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """From `def` to the end, without the docstring."""
    first = function.body[0]
    documented = ast.get_docstring(function) is not None
    docstring = (first.end_lineno or 0) - first.lineno + 1 if documented else 0
    return (function.end_lineno or 0) - function.lineno + 1 - docstring
