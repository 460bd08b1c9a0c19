"""The tier on disk: a database of its own that survives restarts and may be deleted at any time."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import TypeVar

from backports import zstd
from sqlalchemy import URL, ColumnElement, Index, delete, func, insert, select, true, update
from sqlalchemy.exc import OperationalError, SQLAlchemyError
from sqlalchemy.orm import registry
from sqlmodel import Field, Session, SQLModel, col

from api.cache.entry import LONGEST_LIFE, Ages, Entry, Key
from api.clock import CLOCK_SLACK_S, Clock
from api.db.session import Durability, Offload, cause_of, is_full, make_engine, why
from api.problems.refusals import SourceError, from_record, to_record
from api.schemas.provenance import SourceName
from api.text import quoted

MAX_BYTES = 1 << 30
MOST_BYTES_OF = {SourceName.LASTFM: 30 << 20}
"""Last.fm’s terms allow 100 MB in all: memory may hold 64 MiB of them, too."""
SWEEP_CHUNK = 200
READ_CHUNK = 500  # a statement takes 999 values in the SQLite of older systems
FORMAT = 1  # of a row; rows of another format are forgotten
T = TypeVar("T")
_log = logging.getLogger(__name__)


class CacheTable(SQLModel, registry=registry()):
    """The tables of cache.db, apart from those of app.db."""


class EntryRow(CacheTable, table=True):
    """One entry. `body` is zstd, so that a restart also keeps that encoded form."""

    __tablename__ = "cache_entry"
    __table_args__ = (Index("ix_cache_entry_source_size", "source", "size"),)

    key: str = Field(primary_key=True)
    format: int
    source: str
    body: bytes
    etag: str
    validator: str | None
    refusal: str | None
    stored_at: float = Field(index=True)
    fresh_until: float
    revalidate_until: float
    error_until: float
    delete_at: float = Field(index=True)
    size: int = Field(index=True)  # the sweep sums it without reading a body


class PurgeRow(CacheTable, table=True):
    """How often a source was purged: a running server reads it and empties its memory."""

    __tablename__ = "cache_purge"

    source: str = Field(primary_key=True)
    epoch: int


class SqliteStore:
    """Entries on disk. Database trouble turns it off; the server then works from memory.

    A file that was locked or full is used again once it can be; a corrupt one stays unused.
    """

    def __init__(self, url: str | URL, clock: Clock, *, max_bytes: int = MAX_BYTES) -> None:
        self._engine = make_engine(url, Durability.NORMAL)
        self._clock = clock
        self._max_bytes = max_bytes
        self._offload = Offload("cache-store")
        self._waiting: list[tuple[Entry, asyncio.Future[None]]] = []
        self._asked: list[tuple[Key, asyncio.Future[Entry | None]]] = []
        self._readings: set[asyncio.Task[None]] = set()
        self._writer: asyncio.Task[None] | None = None
        self._passing = False  # whether the trouble may end by itself
        self.trouble: str | None = None
        self.full = False
        """Whether the last answers found no room on the disk."""

    @property
    def state(self) -> str:
        """`ok`, or what is wrong with it, in words."""
        full = "no room on the disk: new answers are cached in memory only"
        return self.trouble or (full if self.full else "ok")

    async def open(self) -> None:
        """Make the tables where they are missing, and see whether they can be written."""
        usable = await self._guarded(self._prepare)
        self.trouble = None if usable else self.trouble

    async def get(self, key: Key) -> Entry | None:
        """The entry as it was stored, however old. Those who ask together share one SELECT."""
        if self.trouble:
            return None
        found: asyncio.Future[Entry | None] = asyncio.get_running_loop().create_future()
        if not self._asked:  # the first of them has all asked for, once the others have come
            reading = asyncio.create_task(self._read_asked(), name="cache reader")
            self._readings.add(reading)
            reading.add_done_callback(self._readings.discard)
        self._asked.append((key, found))
        return await found

    async def put(self, entry: Entry) -> None:
        """Return once the entry is committed. Those who wait together share one commit."""
        if self.trouble:
            return
        done = asyncio.get_running_loop().create_future()
        self._waiting.append((entry, done))
        if self._writer is None or self._writer.done():
            self._writer = asyncio.create_task(self._write_waiting(), name="cache writer")
        await done

    async def purge(self, source: str) -> int:
        """Delete a source's rows, or all with `all`; how many there were."""
        return await self._guarded(lambda: self._delete_source(source)) or 0

    async def size(self) -> int | None:
        """Bytes of all bodies; None while there is trouble."""
        return None if self.trouble else await self._guarded(self._size)

    async def epochs(self) -> dict[str, int]:
        """How often each source was purged. Asked now and then, so it also ends passing trouble."""
        if self.trouble and self._passing:
            await self.open()
        return {} if self.trouble else await self._guarded(self._read_epochs) or {}

    async def sweep(self) -> None:
        """Delete what is past its hard date, then the oldest while the file is too large."""
        if not self.trouble:
            await self._guarded(self._sweep)

    async def close(self) -> None:
        """Answer and commit what waits, then let go of the file."""
        waiting = [*self._readings, *([] if self._writer is None else [self._writer])]
        await asyncio.gather(*waiting, return_exceptions=True)
        self._offload.close()
        self._engine.dispose()

    async def _read_asked(self) -> None:
        asked, self._asked = self._asked, []
        keys = {key.text(): key for key, _ in asked}
        entries: dict[Key, Entry] = {}
        try:
            entries = await self._guarded(lambda: self._read(keys)) or {}
        except Exception:  # noqa: BLE001  # our own mistake; those who wait go on without
            _log.exception("%d cache entries were not read", len(keys))
        for key, found in asked:
            if not found.done():
                found.set_result(entries.get(key))

    async def _write_waiting(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting, []
            entries = {entry.key: entry for entry, _ in batch}
            try:
                await self._guarded(partial(self._write, entries.values()))
            except Exception:  # noqa: BLE001  # our own mistake; those who wait go on
                _log.exception("%d cache entries were not written", len(entries))
            for _, done in batch:
                if not done.done():
                    done.set_result(None)

    async def _guarded(self, work: Callable[[], T]) -> T | None:
        try:
            return await self._offload(work)
        except (SQLAlchemyError, OSError) as error:
            if is_full(error):
                self._found_full()
                return None
            if self.trouble is None:
                _log.error("cache store off, memory only: %s", quoted(cause_of(error)))
            self.trouble = f"the cache file cannot be used ({why(error)})"
            self._passing = isinstance(error, OperationalError | OSError)
            return None

    def _found_full(self) -> None:
        """What is kept is still read; what is new is served, and kept in memory alone."""
        if not self.full:
            _log.warning("the disk is full: new answers are cached in memory only")
        self.full = True

    def _prepare(self) -> bool:
        CacheTable.metadata.create_all(self._engine)
        for index in CacheTable.metadata.tables[EntryRow.__tablename__].indexes:
            index.create(self._engine, checkfirst=True)  # in a file from before it was thought of
        with Session(self._engine) as session:  # takes the lock that writing needs
            session.execute(delete(EntryRow).where(col(EntryRow.delete_at) <= self._clock()))
            session.commit()
        return True

    def _read(self, keys: Mapping[str, Key]) -> dict[Key, Entry]:
        texts, rows = list(keys), list[EntryRow]()
        with Session(self._engine) as session:
            for start in range(0, len(texts), READ_CHUNK):
                these = col(EntryRow.key).in_(texts[start : start + READ_CHUNK])
                rows += session.execute(select(EntryRow).where(these)).scalars()
        now = self._clock()
        held = (row for row in rows if row.format == FORMAT and row.delete_at > now)
        entries = (_entry_or_none(keys[row.key], row) for row in held)
        return {entry.key: entry for entry in entries if entry is not None}

    def _write(self, entries: Iterable[Entry]) -> None:
        rows = [_row(entry) for entry in entries]
        with Session(self._engine) as session:
            session.execute(
                delete(EntryRow).where(col(EntryRow.key).in_([row["key"] for row in rows]))
            )
            session.execute(insert(EntryRow), rows)
            session.commit()
        self.full = False

    def _delete_source(self, source: str) -> int:
        with Session(self._engine) as session:
            statement = delete(EntryRow)
            if source != "all":
                statement = statement.where(col(EntryRow.source) == source)
            count = len(session.execute(statement.returning(col(EntryRow.key))).all())
            mark = session.get(PurgeRow, source) or PurgeRow(source=source, epoch=0)
            mark.epoch += 1
            session.add(mark)
            session.commit()
        return count

    def _read_epochs(self) -> dict[str, int]:
        with Session(self._engine) as session:
            return {row.source: row.epoch for row in session.execute(select(PurgeRow)).scalars()}

    def _size(self) -> int:
        with Session(self._engine) as session:
            return _size(session, true())

    def _sweep(self) -> None:
        now = self._clock()
        longest = now + LONGEST_LIFE
        with Session(self._engine) as session:
            session.execute(delete(EntryRow).where(col(EntryRow.delete_at) <= now))
            # Kept by a clock that was wrong.
            too_late = col(EntryRow.delete_at) > longest + CLOCK_SLACK_S
            session.execute(
                update(EntryRow).where(too_late).values(delete_at=longest, error_until=longest)
            )
            session.commit()
            for source, most_bytes in MOST_BYTES_OF.items():
                _cut(session, col(EntryRow.source) == source, most_bytes)
            _cut(session, true(), self._max_bytes)


def _cut(session: Session, which: ColumnElement[bool], most_bytes: int) -> None:
    """Delete the oldest of these while they are too many bytes."""
    size = _size(session, which)
    columns = col(EntryRow.key), col(EntryRow.size)
    oldest = select(*columns).where(which).order_by(col(EntryRow.stored_at)).limit(SWEEP_CHUNK)
    while size > most_bytes and (rows := session.execute(oldest).all()):
        session.execute(delete(EntryRow).where(col(EntryRow.key).in_([row.key for row in rows])))
        session.commit()  # in between others may write
        size -= sum(row.size for row in rows)


def _size(session: Session, which: ColumnElement[bool]) -> int:
    return session.execute(select(func.sum(col(EntryRow.size))).where(which)).scalar() or 0


def _row(entry: Entry) -> dict[str, object]:
    body = entry.encodings.get("zstd") or zstd.compress(entry.body)
    return {
        "key": entry.key.text(),
        "format": FORMAT,
        "source": entry.key.source,
        "body": body,
        "etag": entry.etag,
        "validator": entry.validator,
        "refusal": json.dumps(to_record(entry.refusal)) if entry.refusal else None,
        "stored_at": entry.stored_at,
        **entry.ages._asdict(),
        "size": len(body),
    }


def _entry_or_none(key: Key, row: EntryRow) -> Entry | None:
    try:
        return _entry(key, row)
    except (ValueError, LookupError, TypeError, zstd.ZstdError):
        _log.warning("cache row of %s cannot be read, so it is fetched again", quoted(key))
        return None


def _entry(key: Key, row: EntryRow) -> Entry:
    refusal: SourceError | None = from_record(json.loads(row.refusal)) if row.refusal else None
    body = zstd.decompress(row.body)
    return Entry(
        key=key,
        body=body,
        etag=row.etag,
        stored_at=row.stored_at,
        ages=Ages(row.fresh_until, row.revalidate_until, row.error_until, row.delete_at),
        validator=row.validator,
        refusal=refusal,
        encodings={"zstd": row.body} if body else {},
    )
