"""What own files need, wired: their rows, their folder, the queue, and the worker."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine

from api.clock import Clock
from api.db.jobs import JobTables
from api.db.ledger import JobLedger
from api.db.library import LibraryTables
from api.db.session import Offload
from api.http.upload_slots import Receiving
from api.library.audio_store import Shelf
from api.library.demo import cover_of, truth_of
from api.library.jobs import Jobs
from api.library.tracks import Library, Shipped
from api.library.uploads import Uploads
from api.settings import Settings
from api.system.disk_space import DiskSpace
from api.worker.cores import cores
from api.worker.probe import Look
from api.worker.queue import JobQueue
from api.worker.supervisor import Supervisor


@dataclass(frozen=True, slots=True)
class OwnFiles:
    """Everything about own files that is no source: bring them, follow their jobs, delete them."""

    tables: LibraryTables
    job_tables: JobTables
    shelf: Shelf
    queue: JobQueue
    worker: Supervisor
    look: Look
    library: Library
    jobs: Jobs
    uploads: Uploads
    room: DiskSpace
    files_coming: Receiving
    lists_coming: Receiving

    @property
    def hears(self) -> bool:
        """Whether new files can be opened and analysed, or a worker elsewhere may do it."""
        return self.look.trouble is None and self.worker.is_well

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[None]:
        """Sweep what a crash has left, start the worker; at the end, end it."""
        await asyncio.to_thread(self.shelf.sweep, await self.tables.places())
        await self.library.look_for_files()
        self.look.open()
        self.worker.start()
        try:
            yield
        finally:
            await self.worker.close()
            await self.look.close()
            self.queue.close()


def make_own_files(
    settings: Settings, engine: Engine, offload: Offload, *, clock: Clock
) -> OwnFiles:
    """All of it for these settings; nothing is opened yet."""
    tables = LibraryTables(engine, offload)
    job_tables = JobTables(JobLedger(engine), offload, clock=clock, cores=cores())
    shelf, queue = Shelf(settings.data_dir), JobQueue(settings.data_dir)
    look = Look(cores(), needs_sandbox=settings.is_open and not settings.unsandboxed)
    shipped = Shipped(truth_of, cover_of)
    library = Library(tables, job_tables, shelf, clock=clock, shipped=shipped)
    room = DiskSpace(tuple({settings.data_dir, *_folder_of(engine)}))
    jobs = Jobs(job_tables, queue, clock=clock, most_waiting=settings.queue)
    return OwnFiles(
        tables=tables,
        job_tables=job_tables,
        shelf=shelf,
        queue=queue,
        worker=Supervisor(settings),
        look=look,
        library=library,
        jobs=jobs,
        uploads=Uploads(library, jobs, look, tables=tables, shelf=shelf, clock=clock),
        room=room,
        files_coming=Receiving("files", room),
        lists_coming=Receiving("lists", room, margin=0),
    )


def _folder_of(engine: Engine) -> tuple[Path, ...]:
    """Where app.db lies, which may be on another disk; nowhere here if it is a server's."""
    database = engine.url.database
    return (Path(database).parent,) if engine.dialect.name == "sqlite" and database else ()
