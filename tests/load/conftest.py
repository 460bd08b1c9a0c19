"""Load tests are tried whole one after the other, and in a plain `make test` two at a time."""

import os
from pathlib import Path

import pytest

from tests.sampling import WHOLE

HERE = Path(__file__).parent
PATIENCE = 4


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what lies in this folder."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.load)
            if WHOLE:
                item.add_marker(pytest.mark.xdist_group("load"))


@pytest.fixture
def measured(request):
    """Note a figure; it is printed after the run, beside the promise that it belongs to."""

    def note(name: str, value: object) -> None:
        request.node.user_properties.append((f"measured {name}", value))

    return note


@pytest.fixture
def promised(measured):
    """Note a figure and hold it to its promise: strictly by `make promises`, else with patience.

    What waits for a source or for a lock misses by far more than a busy machine does.
    """
    patience = 1 if os.environ.get("STRICT") else PATIENCE

    def hold(name: str, value: float, *, most: float) -> None:
        measured(f"{name} (promised {most})", value)
        assert value <= most * patience

    return hold


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what was measured."""
    reports = [*terminalreporter.getreports("passed"), *terminalreporter.getreports("failed")]
    for report in reports:
        for name, value in report.user_properties:
            if report.when == "call" and name.startswith("measured "):
                terminalreporter.write_line(f"{report.head_line}: {name[9:]} {value}")
