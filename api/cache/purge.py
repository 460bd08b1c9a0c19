"""`make purge SOURCE=spotify`: forget everything cached from one source, or from `all`."""

from __future__ import annotations

import time

from api.cache.sqlite_store import SqliteStore
from api.schemas.provenance import SourceName
from api.settings import load_settings
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
    return f"{count} cached answers of {source} deleted." if state == "ok" else state
