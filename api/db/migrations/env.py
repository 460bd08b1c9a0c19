"""Alembic's entry: the engine is the application's, or on the command line the settings'."""

from __future__ import annotations

from typing import Any

from alembic import context
from sqlmodel import SQLModel

from api.db import models
from api.db.session import Durability, make_engine
from api.settings import load_settings
from api.system.data_folder import claim

TARGET = SQLModel.metadata
assert models.VerdictRow.metadata is TARGET  # noqa: S101  # the import fills the metadata

engine = context.config.attributes.get("engine")
if engine is None:
    settings = load_settings()
    claim(settings)
    engine = make_engine(settings.app_database_url, Durability.FULL)
with engine.connect() as connection:
    if connection.dialect.name == "sqlite":  # whose driver commits each DDL statement by itself
        connection.detach()  # never handed out again as it is now
        raw: Any = connection.connection.dbapi_connection
        raw.isolation_level = None
        connection.exec_driver_sql("BEGIN IMMEDIATE")  # other starts wait, then find it done
    context.configure(
        connection=connection,
        target_metadata=TARGET,
        render_as_batch=True,
        transactional_ddl=True,
        compare_type=True,
    )
    with context.begin_transaction():
        context.run_migrations()
    connection.commit()
