"""What every folder of tests needs: marks that decide what runs where."""

import os
from collections.abc import Iterable
from pathlib import Path

import pytest
from hypothesis import settings

from api.db.jobs import JobTables
from api.db.session import Durability, make_engine
from tests import schema
from tests.routes.product import opened
from tests.sampling import WHOLE
from tests.sandbox import Sandbox

# As the analyser's own processes do: with more, the last bit depends on the machine's cores.
os.environ |= dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")

settings.register_profile("part", max_examples=25, deadline=None)
if not WHOLE:
    settings.load_profile("part")

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--starts` tries a machine rather than the code: whether every suite finds what it needs."""
    parser.addoption("--starts", action="store_true", help="one test of each file")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Browser tests share one Chromium, so one worker runs them all; reports name shared ones."""
    if config.getoption("starts"):
        kept = set(starts(items))
        config.hook.pytest_deselected(items=[item for item in items if item not in kept])
        items[:] = [item for item in items if item in kept]
    for item in items:
        if item.get_closest_marker("shared"):
            item.user_properties.append(("shared", "true"))
        if item.get_closest_marker("browser") or item.get_closest_marker("slow"):
            item.add_marker(pytest.mark.no_cover)  # it takes half of their time
        if item.get_closest_marker("browser") and not item.get_closest_marker("xdist_group"):
            item.add_marker(pytest.mark.xdist_group("browser"))


def starts(items: Iterable[pytest.Item]) -> Iterable[pytest.Item]:
    """The first test of each file; of the load and browser tests, which take long, one of all."""
    first: dict[Path, pytest.Item] = {}
    for item in sorted(items, key=lambda one: (one.path, one.location[1] or 0)):
        if not item.get_closest_marker("slow") and not item.get_closest_marker("shared"):
            one_of_all = item.path.parent.name in {"load", "browser"}
            alike = item.path.parent if one_of_all else item.path
            first.setdefault(alike, item)
    return first.values()


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


@pytest.fixture
async def sandbox():
    """A stand-in for Spotify."""
    async with Sandbox() as sandbox:
        yield sandbox


@pytest.fixture
async def product(sandbox, tmp_path):
    """The running API, asking the sandbox."""
    async with opened(sandbox, tmp_path) as product:
        yield product


@pytest.fixture
def engine(tmp_path):
    """An app.db of the newest schema."""
    schema.put_in(tmp_path)
    engine = make_engine(f"sqlite:///{tmp_path / 'app.db'}", Durability.FULL)
    yield engine
    engine.dispose()


@pytest.fixture
def job_tables(engine):
    """The rows of jobs."""
    return JobTables(engine)
