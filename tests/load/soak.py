"""R-13: a long day in short, `python -m tests.load.soak MINUTES`; what grows is found.

200 requests a second on the real server with its worker: known things, 100,000 keys that nobody
has, callers who leave, faults of the source, own files that come and go. First all of it happens
once, and the cache is filled: what is made for the first time is no leak. Then the clock starts. At
the end of the first third and at the end everybody rests for a moment and the server is counted:
what it has grown by between the two is what it leaks.
"""

from __future__ import annotations

import asyncio
import itertools
import os
import resource
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx
import numpy as np

from tests.analysis import files, signals
from tests.load.asking import Line, ask
from tests.load.counting import PATH
from tests.load.serving import Server, served, settings_for
from tests.load.workers import WITH_WORKER, client_of, until, upload, worker_is
from tests.sandbox import Sandbox, id_of
from tests.sandbox.ids import encode

RATE, LANES, KEYS, AT_ONCE = 200, 50, 100_000, 50
CHURN = 40  # every so many requests somebody leaves
ONCE_S = 30  # in which all of it happens once; every fifth request then asks for new keys
FAULT_EVERY_S, FAULT_S, FILE_EVERY_S, REST_S = 10, 3, 12, 3
FAULTS = ("F05", "F07", "F08", "F09", "F10", "F14", "F15", "F16", "F18", "F20", "F22", "F33",
          "F41", "F42", "F43", "F47", "F48")  # fmt: skip
"""Those that end: a day's Retry-After would leave the source unasked for the rest."""
MOST_GROWTH, MOST_MORE, MEBIBYTE = 1.10, 5, 1 << 20
LEAST_ASKED = 0.9 if os.environ.get("STRICT") else 0.2
"""Share of the traffic that has to have come about, or the run says nothing: on a busy machine,
as with all load tests, less; `STRICT=1` wants a quiet one."""
FAILED = 500
COUNTED = {
    "rss_mb": "memory MiB",
    "files": "descriptors",
    "tasks": "tasks",
    "memory_mb": "cache in memory MiB",
    "keys": "keys in memory",
}


@dataclass(frozen=True, slots=True)
class Count:
    """The server at rest."""

    rss_mb: float
    files: int
    tasks: int
    memory_mb: float
    keys: int


@dataclass
class Soak:
    """One run: its traffic, and what the server is at two moments of it."""

    server: Server
    sandbox: Sandbox
    seconds: float
    answers: Counter[int] = field(default_factory=Counter)
    analysed: int = 0
    keys: int = 0
    late_s: float = 0.0
    largest_mb: float = 0.0

    def __post_init__(self) -> None:
        self._open = asyncio.Event()
        self._paths = self._asked_for()
        self._busy = 0
        self._is_warm = False

    @property
    def whole_s(self) -> float:
        """Seconds of traffic, those before the clock included."""
        return ONCE_S + self.seconds

    async def run(self) -> tuple[Count, Count]:
        """Soak it; what it is after the first third, and at the end."""
        for path in known_paths():
            await ask(self.server.port, path)
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(self._lane(place)) for place in range(LANES)]
            tasks.append(group.create_task(self._own_files()))
            self._open.set()
            await self._all_faults(ONCE_S / len(FAULTS))
            self._is_warm = True
            tasks.append(group.create_task(self._some_faults()))
            await asyncio.sleep(self.seconds / 3)
            early = await self._at_rest()
            await asyncio.sleep(self.seconds * 2 / 3)
            late = await self._at_rest()
            for task in tasks:
                task.cancel()
        return early, late

    async def _at_rest(self) -> Count:
        """Hold everybody, wait until the last answer has come, count, and go on."""
        self._open.clear()
        async with asyncio.timeout(60):
            while self._busy:  # noqa: ASYNC110  # many hands, no single event
                await asyncio.sleep(0.1)
        await asyncio.sleep(REST_S)
        count = await self._count()
        self._open.set()
        return count

    async def _count(self) -> Count:
        tally = httpx.Response(200, content=(await ask(self.server.port, PATH)).body).json()
        proc = Path(f"/proc/{self.server.pid}")
        pages = int((proc / "statm").read_text(encoding="ascii").split()[1])
        kept = tally["memory"] / MEBIBYTE
        self.largest_mb = max(self.largest_mb, kept)
        return Count(
            pages * resource.getpagesize() / MEBIBYTE,
            sum(1 for _ in (proc / "fd").iterdir()),
            tally["tasks"],
            kept,
            tally["keys"],
        )

    async def _lane(self, place: int) -> None:
        """One caller after the other on a connection that stays, at an even pace."""
        async with AsyncExitStack() as stack:
            line = await stack.enter_async_context(Line(self.server.port))
            due = time.monotonic() + place / RATE
            while True:
                await asyncio.sleep(max(0, due - time.monotonic()))
                if not self._open.is_set():
                    line.drop()  # a connection that rests is closed, as it should be
                    await self._open.wait()
                    line = await stack.enter_async_context(Line(self.server.port))
                    due = time.monotonic() + place / RATE
                self.late_s = max(self.late_s, time.monotonic() - due)
                due = max(due + LANES / RATE, time.monotonic() - 1)
                self._busy += 1
                try:
                    line = await self._one(line, stack)
                finally:
                    self._busy -= 1

    async def _one(self, line: Line, stack: AsyncExitStack) -> Line:
        number, path = next(self._paths)
        if number % CHURN == 0:
            async with Line(self.server.port) as leaver:
                leaver.send(path)
                await asyncio.sleep(0.002 * (number % 7))
            return line
        try:
            self.answers[(await line.ask(path)).status] += 1
            self.keys += path.count(",") + 1
        except ConnectionError:
            self.answers[0] += 1
            return await stack.enter_async_context(Line(self.server.port))
        return line

    def _asked_for(self) -> Iterator[tuple[int, str]]:
        """Mostly what is known; spread over the run, all the keys, fifty at once."""
        known = itertools.cycle(known_paths())
        unknown = (
            "/v1/tracks?ids=" + ",".join(encode((first + n) << 64 | 7) for n in range(AT_ONCE))
            for first in itertools.count(1, AT_ONCE)
        )
        for number in itertools.count(1):
            step = max(2, int(self.seconds * RATE * AT_ONCE / KEYS * 0.9)) if self._is_warm else 5
            yield number, next(unknown) if number % step == 1 else next(known)

    async def _all_faults(self, each_s: float) -> None:
        for fault in FAULTS:
            await self._fault(fault, each_s / 2)
            await asyncio.sleep(each_s / 2)

    async def _some_faults(self) -> None:
        for fault in itertools.cycle(FAULTS):
            await asyncio.sleep(FAULT_EVERY_S)
            await self._fault(fault, FAULT_S)

    async def _fault(self, fault: str, seconds: float) -> None:
        self.sandbox.fault(fault)
        await asyncio.sleep(seconds)
        self.sandbox.clear_faults()

    async def _own_files(self) -> None:
        async with client_of(self.server) as client:
            await worker_is(client, "ok")
            for number in itertools.count():
                await self._open.wait()
                self._busy += 1
                try:
                    await self._bring(client, number)
                finally:
                    self._busy -= 1
                await asyncio.sleep(FILE_EVERY_S)

    async def _bring(self, client: httpx.AsyncClient, number: int) -> None:
        """A file of its own, analysed, read and deleted."""
        tone = signals.tone(6, hz=220 + number % 500, rate=22_050)
        clicks = signals.pulse(np.arange(0.25, 5.5, 0.5), 6, rate=22_050)
        answer = await upload(client, files.encoded(clicks + 0.3 * tone, 22_050, "wav"))
        job = await until(client, answer.headers["location"], "done", "failed")
        self.analysed += job["state"] == "done"
        await client.get(answer.json()["analysis"])
        await client.delete(f"/v1/library/tracks/{answer.json()['id']}")


def known_paths() -> list[str]:
    """What everybody asks for."""
    kinds = {"track": ("", "/features"), "artist": ("", "/related", "/albums", "/top-tracks")}
    paths = [
        f"/v1/{kind}s/{id_of(kind, n)}{more}"
        for n in range(40)
        for kind, parts in kinds.items()
        for more in parts
    ]
    return [*paths, *(f"/v1/tracks/{id_of('track', n)}/analysis" for n in range(3))]


def broken(soak: Soak, early: Count, late: Count) -> list[str]:
    """Which promises do not hold."""
    said = {
        "it grows": late.rss_mb > early.rss_mb * MOST_GROWTH,
        "descriptors stay open": abs(late.files - early.files) > MOST_MORE,
        "tasks stay alive": abs(late.tasks - early.tasks) > MOST_MORE,
        "the cache is larger than it may be": soak.largest_mb > 64,
        "it answered 500": bool(soak.answers[FAILED]),
        "it hung up on somebody": bool(soak.answers[0]),
        "no file was analysed": not soak.analysed,
        "too few requests": sum(soak.answers.values()) < soak.whole_s * RATE * LEAST_ASKED,
        "too few keys": soak.keys < KEYS * LEAST_ASKED,
    }
    return [what for what, holds in said.items() if holds]


def table(soak: Soak, early: Count, late: Count) -> Iterator[str]:
    """What was counted."""
    yield f"{'':<24}{'first third':>14}{'end':>10}"
    for name, unit in COUNTED.items():
        yield f"{unit:<24}{getattr(early, name):>14.1f}{getattr(late, name):>10.1f}"
    asked = sum(soak.answers.values())
    yield f"{asked} answers, {asked / soak.whole_s:.0f} a second, {dict(soak.answers)}"
    yield f"{soak.keys} keys asked for, late by up to {soak.late_s:.1f} s"
    yield f"{soak.analysed} own files; calls of the source {sum(soak.sandbox.calls.values())}"


async def main(minutes: float) -> list[str]:
    """Soak a server of its own and print the table; what is broken."""
    with TemporaryDirectory(prefix="earprint-soak-") as folder:
        async with (
            Sandbox(latency_ms=5) as sandbox,
            served(
                Path(folder), settings_for(sandbox) | WITH_WORKER, app="tests.load.counting:app"
            ) as server,
        ):
            soak = Soak(server, sandbox, minutes * 60)
            early, late = await soak.run()
            sys.stdout.writelines(f"{line}\n" for line in table(soak, early, late))
            wrong = broken(soak, early, late)
            if "Traceback" in server.log.read_text(encoding="utf-8"):
                wrong.append("its log has a traceback")
            sys.stdout.writelines(f"broken: {each}\n" for each in wrong)
            return wrong


if __name__ == "__main__":
    sys.exit(bool(asyncio.run(main(float(sys.argv[1])))))
