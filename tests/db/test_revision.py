"""Whether anything in the database has changed is told without reading it."""

import sqlite3

import pytest
from sqlalchemy import text

from api.db.revision import Revision
from api.db.session import Durability, Offload, make_engine


@pytest.fixture
async def database(tmp_path):
    """A database with one table, and who watches it."""
    engine, offload = make_engine(f"sqlite:///{tmp_path / 'a.db'}", Durability.NORMAL), Offload("t")
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE things (name TEXT)"))
    revision = Revision(engine, offload)
    yield engine, revision
    await revision.close()
    await revision.close()
    offload.close()
    engine.dispose()


async def test_reading_changes_nothing_and_every_commit_does(database):
    """Of another connection of this process, or of another program; not what is rolled back."""
    engine, revision = database
    seen = [await revision.now()]
    with engine.connect() as connection:
        connection.execute(text("SELECT * FROM things"))
        seen.append(await revision.now())
        connection.execute(text("INSERT INTO things VALUES ('a')"))
        connection.rollback()
        seen.append(await revision.now())
        connection.execute(text("INSERT INTO things VALUES ('a')"))
        connection.commit()
    seen.append(await revision.now())
    other = sqlite3.connect(engine.url.database)
    other.execute("DELETE FROM things")
    other.commit()
    other.close()
    seen.append(await revision.now())

    assert seen[0] == seen[1] == seen[2]
    assert len(set(seen[2:])) == 3


async def test_a_database_that_does_not_tell_is_read_anew(database, monkeypatch):
    """PostgreSQL has no such number."""
    engine, revision = database
    monkeypatch.setattr(engine.dialect, "name", "postgresql")

    assert await revision.now() is None


async def test_who_looks_anew_trusts_nothing_that_was_seen_before(database):
    """A new connection counts from the start; one that broke is replaced."""
    _engine, revision = database
    first = await revision.now()
    revision._watching.driver_connection.close()

    assert await revision.now() is None
    assert await revision.now() not in {first, None}
