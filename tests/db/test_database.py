"""app.db: its schema, what a broken start leaves, and what it keeps."""

import subprocess
import sys
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import inspect, text
from sqlmodel import SQLModel

from api.db import migrate, models
from api.db.models import GateRow, VerdictRow
from api.db.session import Durability, Offload, make_engine
from api.db.standing import StandingTables
from tests.cache.making import NOW
from tests.contract.repository import ROOT

WHO: dict[str, Any] = {"source": "spotify", "credential": "abc"}
UPGRADE = """
import sys
from api.db import migrate
from api.db.session import Durability, make_engine
migrate.upgrade(make_engine(sys.argv[1], Durability.FULL))
"""


@pytest.fixture
def engine(tmp_path):
    """A database of the test's own, in a folder that does not exist yet."""
    engine = make_engine(f"sqlite:///{tmp_path / 'new' / 'app.db'}", Durability.FULL)
    yield engine
    engine.dispose()


def tables(engine):
    """The tables there are."""
    return set(inspect(engine).get_table_names())


def test_the_newest_schema_is_what_the_models_say(engine):
    """Whoever changes a model writes a migration."""
    migrate.upgrade(engine)

    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, SQLModel.metadata) == []
    assert models.VerdictRow.__tablename__ in tables(engine)
    assert migrate.current(engine) == migrate.head()


def test_looking_where_the_schema_is_keeps_nothing(engine):
    """/readyz asks again and again; a statement of its own each time would push out all others."""
    migrate.upgrade(engine)
    kept = len(engine._compiled_cache)

    for _ in range(20):
        assert migrate.current(engine) == migrate.head()

    assert len(engine._compiled_cache) <= kept + 1


def test_every_migration_goes_back_again(engine):
    """Down to nothing, and up once more; up from the top is nothing to do."""
    migrate.upgrade(engine)
    migrate.upgrade(engine)
    command.downgrade(migrate.alembic_config(engine), "base")
    empty = tables(engine)
    migrate.upgrade(engine)

    assert empty == {"alembic_version"}
    assert migrate.current(engine) == migrate.head()


def test_a_migration_that_dies_half_way_leaves_nothing(engine, monkeypatch):
    """The next start begins where this one began."""
    from alembic.operations import Operations  # noqa: PLC0415

    create = Operations.create_table
    made: list[str] = []

    def dying(self, name, *columns, **options):
        if made:
            raise KeyboardInterrupt
        made.append(name)
        return create(self, name, *columns, **options)

    monkeypatch.setattr(Operations, "create_table", dying)
    with pytest.raises(KeyboardInterrupt):
        migrate.upgrade(engine)
    left = tables(engine)
    monkeypatch.undo()
    migrate.upgrade(engine)

    assert left == set()
    assert migrate.current(engine) == migrate.head()


def test_several_starts_at_once_do_no_harm(engine):
    """Whoever comes second finds the work done."""
    url = engine.url.render_as_string()
    starts = [
        subprocess.Popen([sys.executable, "-c", UPGRADE, url], cwd=ROOT)  # noqa: S603  # our own
        for _ in range(3)
    ]

    assert [start.wait() for start in starts] == [0, 0, 0]
    assert migrate.current(engine) == migrate.head()


def test_a_sqlite_file_is_made_safe(engine):
    """A journal that survives a crash, every commit on the disk, and patience with a lock."""
    with engine.connect() as connection:
        found = [
            connection.execute(text(f"PRAGMA {name}")).scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        ]

    assert found == ["wal", 2, 1, 5_000]


def test_a_database_in_memory_needs_no_folder():
    """Nothing is made on the disk."""
    engine = make_engine("sqlite:///:memory:", Durability.NORMAL)

    with engine.connect() as connection:
        assert connection.execute(text("select 1")).scalar() == 1
    engine.dispose()


def verdict_row(**changes: Any) -> VerdictRow:
    """What a credential was found to be allowed."""
    values: dict[str, Any] = {
        "family": "features",
        "state": "open",
        "detail": "yes",
        "decided_at": NOW,
    }
    return VerdictRow(**WHO | values | changes)


async def test_standing_survives_in_its_tables(engine):
    """What was learned last of each family and bucket comes back, and nothing else."""
    migrate.upgrade(engine)
    offload = Offload("test")
    tables = StandingTables(engine, offload)
    verdict = verdict_row(state="closed", detail="no", until=NOW + 9, status=403)
    gate = GateRow(**WHO, bucket="*", since=NOW, until=NOW + 30, streak=2)

    await tables.keep(verdict_row())
    await tables.keep(verdict)
    await tables.keep(GateRow(**WHO, bucket="*", since=NOW, until=NOW + 1))
    await tables.keep(gate)
    verdicts, gates = await tables.load()
    offload.close()

    assert [one.model_dump() for one in (*verdicts, *gates)] == [
        verdict.model_dump(),
        gate.model_dump(),
    ]


async def test_a_database_that_cannot_be_written_stops_no_answer(engine, caplog):
    """The gate holds in memory; the log says that a restart will not know it."""
    offload = Offload("test")
    tables = StandingTables(engine, offload)  # which are not there

    await tables.keep(GateRow(**WHO, bucket="*", since=NOW, until=NOW + 30))
    await tables.keep(verdict_row())
    offload.close()

    assert len([line for line in caplog.messages if "is not kept" in line]) == 2
