"""`make purge SOURCE=spotify`: forget everything cached from one source, or from `all`."""

from __future__ import annotations

import asyncio
import sys
import time

from api.cache.sqlite_store import SqliteStore
from api.schemas.provenance import SourceName
from api.settings import load_settings
from api.system.data_folder import claim

NAMES = ("all", *SourceName)


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


def main(arguments: list[str]) -> int:
    """Print what was deleted; 2 when the source is not one of ours."""
    if len(arguments) != 1 or arguments[0] not in NAMES:
        sys.stderr.write(f"Say which source: make purge SOURCE=… with one of {', '.join(NAMES)}\n")
        return 2
    sys.stdout.write(asyncio.run(purge(arguments[0])) + "\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
