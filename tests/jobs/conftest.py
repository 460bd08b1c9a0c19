"""A database, a folder and a worker's parts, without a worker process."""

import pytest

from api.db import migrate
from api.db.ledger import JobLedger
from api.db.session import Durability, make_engine
from api.shelf import Shelf


@pytest.fixture
def engine(tmp_path):
    """An app.db of the newest schema."""
    engine = make_engine(f"sqlite:///{tmp_path / 'app.db'}", Durability.FULL)
    migrate.upgrade(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def ledger(engine):
    """The rows of jobs."""
    return JobLedger(engine)


@pytest.fixture
def shelf(tmp_path):
    """Where files lie."""
    return Shelf(tmp_path)
