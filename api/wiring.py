"""The composition root: every part of the product, built from the settings, opened and closed.

Nothing below imports it. Routes find the services that they use under their types.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from alembic.util import CommandError
from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError, SQLAlchemyError

from api.analysis.version import ANALYSER_VERSION
from api.cache.entry import Key
from api.cache.sqlite_store import SqliteStore
from api.cache.store import Store
from api.cache.tiers import MemoryTier, Tiers
from api.clock import Chance, Clock
from api.db import migrate
from api.db.analyses import AnalysisTables
from api.db.brands import BrandTables
from api.db.collections import CollectionTables
from api.db.demo import DemoTables
from api.db.identities import IdentityTables
from api.db.jobs import JobTables
from api.db.library import LibraryTables
from api.db.people import PeopleTables
from api.db.profile_jobs import ProfileJobTables
from api.db.reserve import put_by, with_reserve
from api.db.revision import Revision
from api.db.session import Durability, Offload, is_full, is_locked, make_engine, why
from api.db.standing import StandingTables
from api.db.worksheets import WorksheetTables
from api.http.upload_slots import UploadLimits, UploadSlots
from api.library.analyses import OwnAnalyses
from api.library.audio_store import AudioStore, LocalAudioStore
from api.library.brands import OwnBrands
from api.library.collections import OwnCollections
from api.library.demo import DemoLabel, cover_of, genres_of, release_of, truth_of
from api.library.jobs import Jobs
from api.library.tracks import OwnTracks, Shipped
from api.library.uploads import Uploads
from api.schemas.provenance import SourceName
from api.schemas.sources import CacheFigures, JobFigures
from api.schemas.track import Track
from api.services.analysis import Analyses
from api.services.brand_sounds import BrandSounds
from api.services.cascade import Cascade
from api.services.catalog import Catalog
from api.services.features import Features
from api.services.identity import Identities
from api.services.jobs import AllJobs
from api.services.nearest import Nearest
from api.services.observing import Observer
from api.services.personal import PersonalLists
from api.services.playlist_sounds import PlaylistSounds
from api.services.playlists import Playlists
from api.services.profile import Profiles
from api.services.profile_jobs import ProfileJobs
from api.services.readiness import Counters, Readiness
from api.services.related import Related
from api.services.worksheets import OwnWorksheets
from api.settings import Settings
from api.sign_in.flow import SignIn
from api.sign_in.people import People
from api.sign_in.sealer import Sealer
from api.sources.base import Source
from api.sources.exportify import ExportifySource
from api.sources.library import Holdings, IsrcOf, LibrarySource
from api.sources.registry import Registry, make_registry
from api.sources.spotify import SpotifyAccess, make_access
from api.sources.spotify.authorization import Authorization
from api.sources.spotify.source import SpotifySource
from api.sources.upstream.gates import StoredGates
from api.system import file_descriptors, heap
from api.system.data_folder import claim
from api.system.disk_space import DiskSpace
from api.worker.cores import cores
from api.worker.probe import IsolatedProbe
from api.worker.queue import JobQueue
from api.worker.supervisor import Supervisor

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
    identities: Identities
    related: Related
    features: Features
    analyses: Analyses
    playlists: Playlists
    personal: PersonalLists
    people: People
    sign_in: SignIn
    collections: OwnCollections
    brands: OwnBrands
    brand_sounds: BrandSounds
    demo: DemoLabel
    profiles: Profiles
    profile_jobs: ProfileJobs
    worksheets: OwnWorksheets
    readiness: Readiness

    def services(self) -> dict[type[Any], Any]:
        """Everything that routes may be given, by its type."""
        own = self.own
        routed: list[Any] = [self.settings, self.registry, self.catalog, self.related]
        routed += [self.identities, self.personal, self.people, self.sign_in]
        routed += [self.features, self.analyses, self.playlists, self.profiles, self.readiness]
        routed += [self.collections, self.brands, self.brand_sounds]
        routed += [own.library, own.analyses, own.uploads, own.limits, self.demo]
        routed += [AllJobs(own.jobs, self.profile_jobs), self.worksheets]
        routed += [Nearest(own.tables, self.features, self.registry.revision)]
        return {type(service): service for service in routed}


def assemble(settings: Settings, *, clock: Clock, chance: Chance) -> Parts:
    """All parts for these settings; nothing is opened yet. Raises SystemExit."""
    engine, store = _places(settings, clock)
    database = Database(engine, Offload("app-db"))
    own = make_own_files(settings, engine, database.offload, clock=clock)
    gates = StoredGates(StandingTables(engine, database.offload), clock)
    tiers = Tiers(MemoryTier(settings.cache_memory_bytes), store, clock=clock, chance=chance)
    identity_tables = IdentityTables(engine, database.offload)
    sources = make_own_sources(
        own,
        tiers,
        identity_tables,
        engine=engine,
        offload=database.offload,
        clock=clock,
        market=settings.spotify.market,
    )
    sign_in = _make_sign_in(
        settings,
        gates,
        tables=PeopleTables(engine, database.offload),
        tiers=tiers,
        clock=clock,
        chance=chance,
    )
    registry = make_registry(
        settings,
        gates,
        clock=clock,
        chance=chance,
        at_home=sources.by_name,
        access=sign_in.access,
    )

    async def isrc_of(ident: str) -> str | None:
        return await catalog.isrc_at_spotify(ident)

    async def track_of(ident: str) -> Track | None:
        return await catalog.known_track(ident)

    identities = Identities(
        registry,
        identity_tables,
        clock=clock,
        isrc_of=isrc_of,
        own=own.tables,
        track_of=track_of,
        on_correction=lambda: tiers.forget_in_memory("all"),
    )
    cascade = Cascade(registry, tiers, identities, clock=clock)
    catalog, features, playlists = Catalog(cascade), Features(cascade), Playlists(cascade)
    sounds = PlaylistSounds(cascade, playlists, features)
    profile_jobs = ProfileJobs(ProfileJobTables(engine, database.offload), sounds.of, clock=clock)
    profiles = Profiles(cascade, playlists, features, sounds=sounds, jobs=profile_jobs)
    related, analyses = Related(cascade), Analyses(cascade)
    brands = OwnBrands(BrandTables(engine, database.offload), own.tables, clock)
    brand_sounds = BrandSounds(features, catalog)
    observer = Observer(
        catalog,
        related,
        features,
        analyses=analyses,
        profiles=profiles,
        brand_of=brands.one,
        brand_sounds=brand_sounds,
    )
    return Parts(
        settings=settings,
        clock=clock,
        database=database,
        own=own,
        gates=gates,
        tiers=tiers,
        registry=registry,
        cascade=cascade,
        catalog=catalog,
        identities=identities,
        related=related,
        features=features,
        analyses=analyses,
        playlists=playlists,
        personal=PersonalLists(cascade),
        people=sign_in.people,
        sign_in=sign_in.flow,
        collections=sources.collections,
        brands=brands,
        brand_sounds=brand_sounds,
        demo=sources.demo,
        profiles=profiles,
        profile_jobs=profile_jobs,
        worksheets=OwnWorksheets(WorksheetTables(engine, database.offload), observer, clock),
        readiness=_readiness(database, own, _counters(tiers, own, profile_jobs), store=store),
    )


@dataclass(frozen=True, slots=True)
class _SignInParts:
    """Who is signed in, how one does, and the ways to Spotify that both share with its source."""

    people: People
    flow: SignIn
    access: SpotifyAccess | None


def _make_sign_in(
    settings: Settings,
    gates: StoredGates,
    *,
    tables: PeopleTables,
    tiers: Tiers,
    clock: Clock,
    chance: Chance,
) -> _SignInParts:
    """All of it; where it is not set up nobody is ever signed in."""

    def forget(principal: str) -> None:
        tiers.forget_person(principal)
        if access is not None and access.people is not None:
            access.people.forget(principal)

    sealer = Sealer(settings.secret_keys) if settings.signs_in else None
    people = People(tables, sealer, clock=clock, on_forgotten=forget)
    access, authorization = None, None
    if settings.signs_in:
        access = make_access(settings, gates, clock=clock, chance=chance, grants=people)
        authorization = Authorization(
            access.api,
            access.endpoint,
            client_id=settings.spotify.client_id or "",
            accounts_url=settings.spotify.accounts_url,
            redirect_url=settings.redirect_url,
            clock=clock,
        )
    flow = SignIn(people, sealer, authorization, clock=clock, redirect_url=settings.redirect_url)
    return _SignInParts(people, flow, access)


@dataclass(frozen=True, slots=True)
class OwnFiles:
    """Everything about own files that is no source: bring them, follow their jobs, delete them."""

    tables: LibraryTables
    audio_store: AudioStore
    queue: JobQueue
    worker: Supervisor
    probe: IsolatedProbe
    library: OwnTracks
    analyses: OwnAnalyses
    jobs: Jobs
    uploads: Uploads
    room: DiskSpace
    limits: UploadLimits

    @property
    def hears(self) -> bool:
        """Whether new files can be opened and analysed, or a worker elsewhere may do it."""
        return self.probe.trouble is None and self.worker.is_well

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[None]:
        """Sweep what a crash has left, start the worker; at the end, end it."""
        await asyncio.to_thread(self.audio_store.sweep, await self.tables.places())
        await self.library.look_for_files()
        self.probe.open()
        self.worker.start()
        try:
            yield
        finally:
            await self.worker.close()
            await self.probe.close()
            self.queue.close()


def make_own_files(
    settings: Settings, engine: Engine, offload: Offload, *, clock: Clock
) -> OwnFiles:
    """All of it for these settings; nothing is opened yet."""
    tables = LibraryTables(engine, offload)
    audio_store, queue = LocalAudioStore(settings.data_dir), JobQueue(settings.data_dir)
    probe = IsolatedProbe(cores(), needs_sandbox=settings.is_open and not settings.unsandboxed)
    shipped = Shipped(truth_of, cover_of)
    jobs = Jobs(
        JobTables(engine),
        offload,
        queue,
        clock=clock,
        cores=cores(),
        most_waiting=settings.queue,
    )
    library = OwnTracks(
        tables, jobs, audio_store, analyser=ANALYSER_VERSION, clock=clock, shipped=shipped
    )
    room = DiskSpace(tuple({settings.data_dir, *_folder_of(engine)}))
    return OwnFiles(
        tables=tables,
        audio_store=audio_store,
        queue=queue,
        worker=Supervisor(settings),
        probe=probe,
        library=library,
        analyses=OwnAnalyses(
            library,
            jobs,
            AnalysisTables(engine, offload),
            analyser=ANALYSER_VERSION,
            tables=tables,
            audio_store=audio_store,
            clock=clock,
            most_waiting=settings.queue,
        ),
        jobs=jobs,
        uploads=Uploads(library, jobs, probe, tables=tables, audio_store=audio_store, clock=clock),
        room=room,
        limits=UploadLimits(
            files=UploadSlots("files", room),
            lists=UploadSlots("lists", room, margin=0, tidy=heap.give_back),
            most_bytes=settings.upload_bytes,
            check_room=room.check,
        ),
    )


def _folder_of(engine: Engine) -> tuple[Path, ...]:
    """Where app.db lies, which may be on another disk; nowhere here if it is a server's."""
    database = engine.url.database
    return (Path(database).parent,) if engine.dialect.name == "sqlite" and database else ()


@dataclass(frozen=True, slots=True)
class OwnSources:
    """The sources that are at home, the service that makes collections, and the demo label."""

    collections: OwnCollections
    demo: DemoLabel
    by_name: Mapping[SourceName, Source]


def make_own_sources(
    own: OwnFiles,
    tiers: Tiers,
    identities: IdentityTables,
    *,
    engine: Engine,
    offload: Offload,
    clock: Clock,
    market: str | None,
) -> OwnSources:
    """All of it; nothing is opened yet."""
    lists = CollectionTables(engine, offload)

    held = Holdings(
        tables=own.tables,
        jobs=own.jobs,
        collections=lists,
        revision=Revision(engine, offload),
        clock=clock,
        isrc_of=_isrc_of(tiers, market),
        set_by_hand=identities.own_files_of_tracks,
        analyser=ANALYSER_VERSION,
        genres_of=genres_of,
        release_of=release_of,
        trouble=lambda: own.probe.trouble,
    )
    return OwnSources(
        collections=OwnCollections(lists, own.tables, clock),
        demo=DemoLabel(DemoTables(engine, offload), clock),
        by_name={
            SourceName.LIBRARY: LibrarySource(held),
            SourceName.EXPORTIFY: ExportifySource(lists),
        },
    )


def _isrc_of(tiers: Tiers, market: str | None) -> IsrcOf:
    """What Spotify said of a track's ISRC, if that is kept; nobody is asked."""

    async def isrc_of(ident: str) -> str | None:
        key = Key(SourceName.SPOTIFY, "track", ident, market or "", SpotifySource.version)
        entry = await tiers.peek(key)
        said = json.loads(entry.body) if entry is not None and entry.body else {}
        isrc: str | None = said.get("isrc")
        return isrc

    return isrc_of


def _places(settings: Settings, clock: Clock) -> tuple[Engine, Store]:
    """Where things are kept: what must not be lost, and what can be fetched again."""
    try:
        claim(settings)
        engine = make_engine(settings.app_database_url, Durability.FULL)
        return engine, SqliteStore(settings.cache_database_url, clock)
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
        closing.push_async_callback(parts.people.close)
        closing.push_async_callback(parts.registry.close)
        closing.push_async_callback(parts.identities.close)
        closing.push_async_callback(parts.tiers.close)
        try:
            await database.offload(
                lambda: with_reserve(database.engine, lambda: migrate.upgrade(database.engine))
            )
            await database.offload(lambda: put_by(database.engine))
            await parts.gates.load()
            await parts.people.load()
            if parts.settings.shows_demo:
                await _put_in(parts.demo)
        except (SQLAlchemyError, CommandError) as error:
            raise CannotStart(_in_words(error)) from error
        await parts.tiers.store.open()
        upkeep = asyncio.create_task(_keep_up(parts), name="upkeep")
        closing.push_async_callback(_end, upkeep)
        closing.push_async_callback(parts.profile_jobs.close)
        await parts.profile_jobs.resume()
        await closing.enter_async_context(parts.own.opened())
        yield


@asynccontextmanager
async def opened_to_ask(parts: Parts) -> AsyncIterator[None]:
    """What it takes to ask sources outside, who told us to wait included; and no more than that."""
    database = parts.database
    async with AsyncExitStack() as closing:
        closing.callback(database.engine.dispose)
        closing.callback(database.offload.close)
        closing.push_async_callback(parts.registry.close)
        await database.offload(lambda: migrate.upgrade(database.engine))
        await parts.gates.load()
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


async def _keep_up(parts: Parts) -> None:
    """Notice purges by another process, and now and then sweep away what is over."""
    tiers = parts.tiers
    epochs = await tiers.store.epochs()
    turn = 0
    while True:
        if turn % SWEEP_EVERY == 0:
            await tiers.store.sweep()
            if turn:  # they were swept when they were loaded
                await _sweep_people(parts.people)
        turn += 1
        await _go_on(parts.own.analyses)
        await asyncio.sleep(PURGE_CHECK_EVERY_S)
        now = await tiers.store.epochs()
        for source in [name for name, epoch in now.items() if epochs.get(name) != epoch]:
            tiers.forget_in_memory(source)
        epochs = now


async def _go_on(analyses: OwnAnalyses) -> None:
    try:
        await analyses.go_on()
    except SQLAlchemyError as error:
        _log.warning("songs wait to be heard again until the next look: %s", why(error))


async def _sweep_people(people: People) -> None:
    try:
        await people.sweep()
    except SQLAlchemyError as error:
        _log.warning("sign-ins that are over stay until the next sweep: %s", why(error))


def _readiness(database: Database, own: OwnFiles, counters: Counters, *, store: Store) -> Readiness:
    """What /readyz looks at, in its order, and what it counts."""

    async def now(state: str) -> str:
        return state

    words = file_descriptors.in_words
    checks = {
        "descriptors": lambda: now(words() if file_descriptors.none_left() else "ok"),
        "database": lambda: database.offload(lambda: _database_state(database.engine)),
        "cache": lambda: now(store.state),
        "worker": lambda: now(own.worker.state),
        "decoding": lambda: now(own.probe.description),
        "library": own.library.state,
        "room": lambda: asyncio.to_thread(own.room.state),
    }
    return Readiness(checks, lambda: own.hears, counters)


def _counters(tiers: Tiers, own: OwnFiles, profile_jobs: ProfileJobs) -> Counters:
    async def cache() -> CacheFigures:
        return CacheFigures(
            entries=len(tiers.memory),
            memory_bytes=tiers.memory.size,
            disk_bytes=await tiers.store.size(),
            hits=tiers.tally.hits,
            fetches=tiers.tally.fetches,
        )

    async def jobs() -> JobFigures | None:
        try:
            heard = await own.jobs.figures()
        except SQLAlchemyError:
            return None
        return JobFigures(waiting=heard.waiting, running=heard.running + profile_jobs.at_work)

    return Counters(cache, jobs)


def _database_state(engine: Engine) -> str:
    try:
        at, newest = migrate.current(engine), migrate.head()
    except SQLAlchemyError as error:
        _log.exception("app database cannot be read")
        return f"cannot be read ({why(error)})"
    return "ok" if at == newest else "its migrations are not at the newest state"
