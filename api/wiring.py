"""Every part of the product, built from the settings, opened at the start, closed at the end."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from alembic.util import CommandError
from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError, SQLAlchemyError

from api.cache.memory import MemoryTier
from api.cache.sqlite_store import Store
from api.cache.tiers import Tiers
from api.clock import Chance, Clock
from api.db import migrate
from api.db.reserve import put_by, with_reserve
from api.db.session import Durability, Offload, is_full, is_locked, make_engine, why
from api.db.standing import StandingTables
from api.library.collections import Collections
from api.library.demo import DemoLabel
from api.own_files import OwnFiles, make_own_files
from api.own_sources import make_own_sources
from api.services.analysis import Analyses
from api.services.cascade import Cascade
from api.services.catalog import Catalog
from api.services.features import Features
from api.services.playlists import Playlists
from api.services.profile import Profiles
from api.services.related import Related
from api.settings import Settings
from api.sources.registry import Registry, make_registry
from api.sources.upstream.gates import StoredGates
from api.system import file_descriptors
from api.system.data_folder import claim

PURGE_CHECK_EVERY_S = 2.0
SWEEP_EVERY = 300  # purge checks
_NO_FOLDER = "Setting EARPRINT_DATA_DIR: the databases cannot be put there ({})."
_NO_DATABASE = "The database app.db cannot be used ({}): restore a copy, or move it out of the way."
_LOCKED = "The database app.db is locked by another program: end that, then start again."
_FULL = "The disk is full, so the database app.db cannot be used: make room, then start again."
_log = logging.getLogger(__name__)


class CannotStart(Exception):
    """What stops the start, in one line for whoever runs the server."""


@dataclass(frozen=True, slots=True)
class Database:
    """app.db and the threads that work on it."""

    engine: Engine
    offload: Offload


@dataclass(frozen=True, slots=True)
class Parts:
    """What the routes are given, built once."""

    settings: Settings
    clock: Clock
    database: Database
    own: OwnFiles
    gates: StoredGates
    tiers: Tiers
    registry: Registry
    cascade: Cascade
    catalog: Catalog
    related: Related
    features: Features
    analyses: Analyses
    playlists: Playlists
    collections: Collections
    demo: DemoLabel
    profiles: Profiles


def assemble(settings: Settings, *, clock: Clock, chance: Chance) -> Parts:
    """All parts for these settings; nothing is opened yet. Raises SystemExit."""
    engine, store = _places(settings, clock)
    database = Database(engine, Offload("app-db"))
    own = make_own_files(settings, engine, database.offload, clock=clock)
    gates = StoredGates(StandingTables(engine, database.offload), clock)
    tiers = Tiers(MemoryTier(settings.cache_memory_bytes), store, clock=clock, chance=chance)
    sources = make_own_sources(
        own,
        tiers,
        engine=engine,
        offload=database.offload,
        clock=clock,
        market=settings.spotify.market,
    )
    registry = make_registry(settings, gates, clock=clock, chance=chance, at_home=sources.by_name)
    cascade = Cascade(registry, tiers, clock)
    features, playlists = Features(cascade), Playlists(cascade)
    return Parts(
        settings=settings,
        clock=clock,
        database=database,
        own=own,
        gates=gates,
        tiers=tiers,
        registry=registry,
        cascade=cascade,
        catalog=Catalog(cascade),
        related=Related(cascade),
        features=features,
        analyses=Analyses(cascade),
        playlists=playlists,
        collections=sources.collections,
        demo=sources.demo,
        profiles=Profiles(cascade, playlists, features),
    )


def _places(settings: Settings, clock: Clock) -> tuple[Engine, Store]:
    """Where things are kept: what must not be lost, and what can be fetched again."""
    try:
        claim(settings)
        engine = make_engine(settings.app_database_url, Durability.FULL)
        return engine, Store(settings.cache_database_url, clock)
    except OSError as error:
        raise SystemExit(_NO_FOLDER.format(error.strerror)) from error


@asynccontextmanager
async def opened(parts: Parts) -> AsyncIterator[None]:
    """Migrate, read what was known before the restart, and at the end lose nothing in flight."""
    database = parts.database
    async with AsyncExitStack() as closing:  # from the last to the first, also if the start fails
        closing.callback(database.engine.dispose)
        closing.callback(database.offload.close)
        closing.callback(parts.collections.close)
        closing.push_async_callback(parts.registry.close)
        closing.push_async_callback(parts.tiers.close)
        try:
            await database.offload(
                lambda: with_reserve(database.engine, lambda: migrate.upgrade(database.engine))
            )
            await database.offload(lambda: put_by(database.engine))
            await parts.gates.load()
            if parts.settings.shows_demo:
                await _put_in(parts.demo)
        except (SQLAlchemyError, CommandError) as error:
            raise CannotStart(_in_words(error)) from error
        await parts.tiers.store.open()
        upkeep = asyncio.create_task(_keep_up(parts.tiers), name="cache upkeep")
        closing.push_async_callback(_end, upkeep)
        await closing.enter_async_context(parts.own.opened())
        yield


async def _put_in(demo: DemoLabel) -> None:
    """A full disk keeps the demo label out, and nobody from their own files."""
    try:
        await demo.put_in()
    except OperationalError as error:
        if not is_full(error):
            raise
        _log.warning("the disk is full, so the demo label is not put in")


def _in_words(error: Exception) -> str:
    if is_locked(error):
        return _LOCKED
    return _FULL if is_full(error) else _NO_DATABASE.format(why(error))


async def _end(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def _keep_up(tiers: Tiers) -> None:
    """Notice purges by another process, and now and then sweep the store."""
    epochs = await tiers.store.epochs()
    turn = 0
    while True:
        if turn % SWEEP_EVERY == 0:
            await tiers.store.sweep()
        turn += 1
        await asyncio.sleep(PURGE_CHECK_EVERY_S)
        now = await tiers.store.epochs()
        for source in [name for name, epoch in now.items() if epochs.get(name) != epoch]:
            tiers.forget_in_memory(source)
        epochs = now


async def readiness(parts: Parts) -> dict[str, str]:
    """Each part that an answer needs: `ok`, or what is wrong with it."""
    database = parts.database
    return {
        "descriptors": file_descriptors.in_words() if file_descriptors.none_left() else "ok",
        "database": await database.offload(lambda: _database_state(database.engine)),
        "cache": parts.tiers.store.state,
        "worker": parts.own.worker.state,
        "decoding": parts.own.look.description,
        "library": await parts.own.library.state(),
        "room": await asyncio.to_thread(parts.own.room.state),
    }


def _database_state(engine: Engine) -> str:
    try:
        at, newest = migrate.current(engine), migrate.head()
    except SQLAlchemyError as error:
        _log.exception("app database cannot be read")
        return f"cannot be read ({why(error)})"
    return "ok" if at == newest else "its migrations are not at the newest state"
