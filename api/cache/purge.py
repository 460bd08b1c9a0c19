"""`make purge SOURCE=spotify`: forget everything kept of one source’s, or of `all`."""

from __future__ import annotations

import time
from pathlib import Path

from sqlalchemy.exc import OperationalError

from api.cache.sqlite_store import SqliteStore
from api.db import identities
from api.db.session import Durability, make_engine
from api.schemas.provenance import SourceName
from api.settings import Settings, load_settings
from api.system.data_folder import claim

NAMES = ("all", *map(str, SourceName))


async def purge(source: str) -> str:
    """Empty the source's rows; a running server notices within seconds."""
    settings = load_settings()
    claim(settings)
    store = SqliteStore(settings.cache_database_url, time.time)
    await store.open()
    count = await store.purge(source)
    state = store.state
    await store.close()
    if state != "ok":
        return state
    links = _forget_links(settings, source)
    also = f" So are {links} of its answers on who is whom." if links else ""
    return f"{count} cached answers of {source} deleted.{also}"


def _forget_links(settings: Settings, source: str) -> int:
    """What it said of ids is kept in app.db, which the first start makes."""
    file = settings.app_database_url.database
    if settings.database_url is None and not Path(file or "").exists():
        return 0
    engine = make_engine(settings.app_database_url, Durability.FULL)
    try:
        return identities.forget(engine, source)
    except OperationalError:
        return 0
    finally:
        engine.dispose()
