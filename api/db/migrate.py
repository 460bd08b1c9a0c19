"""Bring app.db to the newest schema at the start; several starts at once do no harm."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, inspect, text

MIGRATIONS = Path(__file__).parent / "migrations"
_AT = text("SELECT version_num FROM alembic_version")


def alembic_config(engine: Engine) -> Config:
    """Alembic's configuration for this database, independent of the working directory."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["engine"] = engine
    return config


def upgrade(engine: Engine) -> None:
    """Run all migrations that are missing, in one transaction."""
    if current(engine) != head():
        command.upgrade(alembic_config(engine), "head")


@cache
def head() -> str | None:
    """The newest revision there is; the files of this version say so, and they do not change."""
    return ScriptDirectory(str(MIGRATIONS)).get_current_head()


def current(engine: Engine) -> str | None:
    """The revision the database is at; None for an empty one.

    Alembic's own way makes a table and a statement each time, and SQLAlchemy keeps hundreds of
    those, 17 KB each, in the place of statements that are asked for again.
    """
    with engine.connect() as connection:
        there = inspect(connection).has_table("alembic_version")
        return connection.scalar(_AT) if there else None
