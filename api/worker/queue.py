"""The queue: Huey carries the ids of jobs from the web process to the worker, and nothing else.

What is in app.db decides; an id that is carried twice, or for a job that is over, does nothing.
Another store, such as Redis, is another class in `open_queue`.
"""

from __future__ import annotations

import json
import logging
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

from huey import Huey, SqliteHuey
from huey.registry import Message
from huey.serializer import Serializer

from api.db.session import Offload

NAME = "earprint"
FILE = "queue.db"
_log = logging.getLogger(__name__)


class JsonSerializer(Serializer):  # type: ignore[misc]  # huey has no types
    """Messages as JSON: what lies in a queue is data, and never code that unpickling would run."""

    def _serialize(self, data: Message) -> bytes:
        return json.dumps(data).encode()

    def _deserialize(self, data: bytes) -> Message:
        return Message(*json.loads(bytes(data)))


def open_queue(data_dir: Path) -> Huey:
    """The queue of this data folder. A file that cannot be read is made anew: nothing is lost."""
    data_dir = data_dir.absolute()  # some builds of SQLite take `file:…` for an address
    data_dir.mkdir(parents=True, exist_ok=True)
    try:
        return _opened(data_dir / FILE)
    except sqlite3.OperationalError:  # locked, or no room: no reason to throw it away
        raise
    except sqlite3.DatabaseError:
        _log.warning("%s cannot be read and is made anew", FILE)
        for path in data_dir.glob(f"{FILE}*"):
            path.unlink(missing_ok=True)
        return _opened(data_dir / FILE)


def _opened(path: Path) -> Huey:
    return SqliteHuey(
        NAME,
        filename=str(path),
        results=False,
        serializer=JsonSerializer(),
        strict_fifo=True,
        fsync=False,  # app.db is the one that must not forget; see the module's docstring
    )


def task(huey: Huey, work: Callable[[str], None]) -> Any:  # noqa: ANN401  # huey has no types
    """The one task there is: `work` is given the id of a job."""

    def analyse(job_id: str) -> None:
        work(job_id)

    return huey.task(name="analyse")(analyse)


class JobQueue:
    """The web process's end of the queue, opened when it is first used."""

    def __init__(self, data_dir: Path) -> None:
        self._data_dir = data_dir
        self._offload = Offload("queue", threads=1)
        self._analyse: Any = None
        self._huey: Huey | None = None

    async def put(self, job_id: str) -> None:
        """Bring an id to the worker. Where that fails, the worker finds the job by itself."""
        await self._offload(lambda: self._put(job_id))

    def close(self) -> None:
        """Nothing can be put afterwards."""
        self._offload.close()
        if self._huey is not None:
            self._huey.storage.close()

    def _put(self, job_id: str) -> None:
        try:
            if self._huey is None:
                self._huey = open_queue(self._data_dir)
                self._analyse = task(self._huey, _not_here)
            self._analyse(job_id)
        except Exception:  # noqa: BLE001  # whatever store it is; the worker looks into app.db too
            _log.exception("job %s could not be queued", job_id)


def _not_here(job_id: str) -> None:
    raise RuntimeError(job_id)  # the worker does the work
