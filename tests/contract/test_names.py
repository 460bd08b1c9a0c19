"""One class name means one thing over all of api/ and web/."""

import ast
from collections import Counter

from tests.contract.repository import ROOT


def test_no_class_name_stands_twice():
    """Whoever reads a name need not look which of two it is."""
    names = Counter(
        statement.name
        for room in ("api", "web")
        for path in (ROOT / room).rglob("*.py")
        for statement in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(statement, ast.ClassDef)
    )

    assert [name for name, count in names.items() if count > 1] == []
