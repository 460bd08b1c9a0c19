"""What the profile of a long list costs: calls and time cold, calls and CPU warm, memory."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from pathlib import Path

import httpx

from tests.load.memory import MEBIBYTE, rss
from tests.routes.product import Product, opened
from tests.sandbox.many_tracks import ManyTracks, track

SIZES = (1_000, 10_000)
LOOK_S = 0.05
MOST_S = 120.0


@dataclass(frozen=True, slots=True)
class ProfileCost:
    """A list that was described for the first time, and then again."""

    tracks: int
    cold_calls: int
    cold_s: float
    warm_calls: int
    warm_cpu_ms: float
    grown_mib: float

    def __str__(self) -> str:
        return (
            f"profile of {self.tracks:>6} tracks   cold {self.cold_calls:>4} calls "
            f"{self.cold_s:>5.1f} s, warm {self.warm_calls} calls {self.warm_cpu_ms:>5.0f} ms CPU, "
            f"memory at most {self.grown_mib:>4.0f} MiB more"
        )


async def profile_costs(folder: Path, sizes: tuple[int, ...] = SIZES) -> list[ProfileCost]:
    """Each size in a product of its own, before a stand-in that answers at once."""
    costs = []
    for size in sizes:
        async with (
            ManyTracks(size + 1) as many,
            opened(
                None,
                folder / str(size),
                sources=("reccobeats", "exportify", "library"),
                reccobeats={"url": many.url},
            ) as product,
        ):
            costs.append(await _cost(product, many, size))
    return costs


async def _cost(product: Product, many: ManyTracks, size: int) -> ProfileCost:
    await product.get(f"/v1/tracks/{track(0)}/features")  # that the source answers is written down
    many.calls.clear()
    items = [track(number) for number in range(1, size + 1)]
    made = await product.client.post("/v1/collections", json={"name": "Long", "items": items})
    path = f"/v1/playlists/{made.json()['id']}/profile"
    before, peak = rss(), 0
    over = asyncio.Event()

    async def watch() -> None:
        nonlocal peak
        while not over.is_set():
            peak = max(peak, rss())
            await asyncio.sleep(LOOK_S)

    watching = asyncio.create_task(watch())
    started = time.perf_counter()
    await described(product, path)
    cold_s, cold_calls = time.perf_counter() - started, sum(many.calls.values())
    spent = time.process_time()
    await described(product, path)
    warm_cpu_s = time.process_time() - spent
    over.set()
    await watching
    return ProfileCost(
        tracks=size,
        cold_calls=cold_calls,
        cold_s=cold_s,
        warm_calls=sum(many.calls.values()) - cold_calls,
        warm_cpu_ms=warm_cpu_s * 1000,
        grown_mib=(peak - before) / MEBIBYTE,
    )


async def described(product: Product, path: str) -> httpx.Response:
    """The profile, once the job that may lead to it is over."""
    end = time.monotonic() + MOST_S
    while (answer := await product.get(path)).status_code == httpx.codes.ACCEPTED:
        job = answer.headers["location"]
        while (told := (await product.get(job)).json())["state"] in {"queued", "running"}:
            assert time.monotonic() < end, told
            await asyncio.sleep(LOOK_S)
        assert told["state"] == "done", told
    assert answer.status_code == httpx.codes.OK, answer.text
    return answer
