"""What every folder of tests needs: marks that decide what runs where."""

import os
from pathlib import Path

import pytest

# As the analyser's own processes do: with more, the last bit depends on the machine's cores.
os.environ |= dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Browser tests share one Chromium, so one worker runs them all; reports name shared ones."""
    for item in items:
        if item.get_closest_marker("shared"):
            item.user_properties.append(("shared", "true"))
        if item.get_closest_marker("browser") and not item.get_closest_marker("xdist_group"):
            item.add_marker(pytest.mark.xdist_group("browser"))


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip, by name, what needs material that is not here."""
    if item.get_closest_marker("shared") and not SHARED.is_dir():
        pytest.skip(f"{item.name} needs ../shared/data, which is absent")


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of recorded material beside the repository."""
    if not SHARED.is_dir():
        pytest.skip("needs ../shared/data, which is absent")
    return SHARED
