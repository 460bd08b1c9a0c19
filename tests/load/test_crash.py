"""R-16: whenever the process dies, what it has acknowledged is there after the next start."""

import asyncio
import itertools
import random
from contextlib import suppress

import pytest
from sqlalchemy import event

from api.db import migrate
from api.db.session import Durability, make_engine
from tests.load.ageing import is_sound
from tests.load.asking import ask
from tests.load.serving import Server, launched, served, settings_for
from tests.sandbox import id_of

KILLS, WRITERS, CHECKED = 30, 4, 40
BOOT_S = 3.0


class PowerCut(Exception):
    """Nothing of ours runs after it."""


def unasked():
    """Addresses that nobody asked for before: each answer is a new row."""
    for offset, artist, limit in itertools.product(range(50), range(60), range(1, 51)):
        yield f"/v1/artists/{id_of('artist', artist)}/albums?limit={limit}&offset={offset}"


async def write(server: Server, paths, acknowledged: dict[str, str]) -> None:
    """Ask for one new thing after the other until the server is gone; note what it has stored."""
    with suppress(OSError):
        while True:
            path = next(paths)
            reply = await ask(server.port, path)
            if reply.status == 200 and "stored" in reply.cache_status:
                acknowledged[path] = reply.headers["etag"]


async def lost(server: Server, acknowledged: dict[str, str]) -> list[str]:
    """What was acknowledged and is not there any more, as it was."""
    missing = []
    for path, etag in acknowledged.items():
        reply = await ask(server.port, path)
        if "; hit;" not in reply.cache_status or reply.headers["etag"] != etag:
            missing.append(path)
    return missing


@pytest.mark.timeout(180)
async def test_thirty_kills_under_load_lose_nothing_acknowledged(
    tmp_path, sandbox, measured, promised
):
    """Killed at any moment: every answer called `stored` is a hit after the restart."""
    paths, chance, boots = unasked(), random.Random(16), []
    kept: dict[str, str] = {}
    environment = settings_for(sandbox)
    for _ in range(KILLS):
        async with served(tmp_path, environment) as server:
            boots.append(server.boot_s)
            assert await lost(server, dict(list(kept.items())[-CHECKED:])) == []
            writers = [asyncio.create_task(write(server, paths, kept)) for _ in range(WRITERS)]
            await asyncio.sleep(chance.uniform(0.05, 0.35))
            await server.kill()
            await asyncio.gather(*writers)
        assert is_sound(tmp_path)
    async with served(tmp_path, environment) as server:
        gone = await lost(server, kept)

    measured(f"of {len(kept)} acknowledged rows, lost in {KILLS} kills", len(gone))
    assert len(kept) >= KILLS
    assert gone == []
    assert is_sound(tmp_path, "app.db")
    promised("slowest boot s", round(max(boots), 2), most=BOOT_S)


async def test_a_kill_during_the_first_start_leaves_a_startable_server(tmp_path, sandbox):
    """Whenever the first start, migration included, is cut off, the next one is ready."""
    environment = settings_for(sandbox)
    for number in range(8):
        folder = tmp_path / str(number)
        folder.mkdir()
        async with launched(folder, environment) as server:
            await _half_migrated(server, folder, number)
            await server.kill()
        async with served(folder, environment) as server:
            reply = await ask(server.port, "/readyz")
        assert (reply.status, is_sound(folder, "app.db")) == (200, True)


async def _half_migrated(server: Server, folder, number: int) -> None:
    """Return some hundredths of a second after app.db has appeared."""
    database = folder / "data" / "app.db"
    for _ in range(3_000):
        if database.exists() or not server.runs:
            break
        await asyncio.sleep(0.001)
    await asyncio.sleep(number * 0.01)


@pytest.mark.parametrize("statement", range(1, 12))
def test_a_migration_happens_whole_or_not_at_all(tmp_path, statement):
    """Cut off before any of its statements, the next start still reaches the newest state."""
    url = f"sqlite:///{tmp_path / 'app.db'}"
    cut = make_engine(url, Durability.FULL)
    counter = itertools.count(1)

    @event.listens_for(cut, "before_cursor_execute")
    def _cut(_connection, _cursor, text, *_more):
        if text.lstrip().startswith(("CREATE", "INSERT", "UPDATE")) and next(counter) == statement:
            raise PowerCut

    with suppress(PowerCut):
        migrate.upgrade(cut)
    cut.dispose()
    engine = make_engine(url, Durability.FULL)
    migrate.upgrade(engine)

    assert migrate.current(engine) == migrate.head(engine)
    engine.dispose()
