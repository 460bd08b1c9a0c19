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
from tests.sampling import WHOLE, sampled
from tests.sandbox import id_of

KILLS, CHAINS, WRITERS, CHECKED = 30 if WHOLE else 4, 2, 4, 40
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


class Chain:
    """One data folder whose server is killed again and again."""

    def __init__(self, folder, environment: dict[str, str], seed: int) -> None:
        self.folder = folder
        self.kept: dict[str, str] = {}
        self._environment = environment
        self._paths = unasked()
        self._chance = random.Random(seed)
        folder.mkdir()

    async def kill(self, times: int) -> list[str]:
        """Start, check, write and kill so many times; at the end, what is lost."""
        for _ in range(times):
            async with served(self.folder, self._environment) as server:
                assert await lost(server, dict(list(self.kept.items())[-CHECKED:])) == []
                writers = [write(server, self._paths, self.kept) for _ in range(WRITERS)]
                writing = asyncio.gather(*writers)
                await asyncio.sleep(self._chance.uniform(0.05, 0.35))
                await server.kill()
                await writing
            assert is_sound(self.folder)
        async with served(self.folder, self._environment) as server:
            return await lost(server, self.kept)

    async def boot_s(self) -> float:
        """Seconds that a start takes after all this."""
        async with served(self.folder, self._environment) as server:
            return server.boot_s


@pytest.mark.timeout(180)
async def test_kills_under_load_lose_nothing_acknowledged(tmp_path, sandbox, measured, promised):
    """Killed at any moment: every answer called `stored` is a hit after the restart."""
    chains = [Chain(tmp_path / str(seed), settings_for(sandbox), seed) for seed in range(CHAINS)]

    gone = await asyncio.gather(*(chain.kill(KILLS // CHAINS) for chain in chains))

    kept = sum(len(chain.kept) for chain in chains)
    measured(f"of {kept} acknowledged rows, lost in {KILLS} kills", sum(map(len, gone)))
    assert kept >= KILLS
    assert gone == [[]] * CHAINS
    assert all(is_sound(chain.folder, "app.db") for chain in chains)
    boots = [await chain.boot_s() for chain in chains]  # one at a time, as after a real crash
    promised("slowest boot s", round(max(boots), 2), most=BOOT_S)


async def test_a_kill_during_the_first_start_leaves_a_startable_server(tmp_path, sandbox):
    """Whenever the first start, migration included, is cut off, the next one is ready."""
    for moments in sampled(((0, 20), (10, 40)), 2):
        folders = {tmp_path / str(after_ms): after_ms / 1000 for after_ms in moments}
        await asyncio.gather(
            *(_cut_first_start(folder, settings_for(sandbox), s) for folder, s in folders.items())
        )


async def _cut_first_start(folder, environment: dict[str, str], after_s: float) -> None:
    folder.mkdir()
    async with launched(folder, environment) as server:
        await _half_migrated(server, folder, after_s)
        await server.kill()
    async with served(folder, environment) as server:
        reply = await ask(server.port, "/readyz")
    assert (reply.status, is_sound(folder, "app.db")) == (200, True)


async def _half_migrated(server: Server, folder, after_s: float) -> None:
    """Return so many seconds after app.db has appeared."""
    database = folder / "data" / "app.db"
    for _ in range(3_000):
        if database.exists() or not server.runs:
            break
        await asyncio.sleep(0.001)
    await asyncio.sleep(after_s)


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

    assert migrate.current(engine) == migrate.head()
    engine.dispose()
