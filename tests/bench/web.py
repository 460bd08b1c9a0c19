"""What the pages weigh and how fast they stand, beside the design's gates: `make bench-web`."""

from __future__ import annotations

import asyncio
import gzip
import re
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import httpx
from playwright.async_api import Browser, async_playwright

from api.schemas.analysis import AudioAnalysis, Segment
from api.schemas.provenance import SourceName
from api.services.analysis import columns
from api.settings import Settings
from tests.browser.conftest import CHROMIUM, QUIET
from tests.browser.serving import served
from tests.web import music, own, sound
from tests.web.fake import Fake, product
from web.app import create_app
from web.render import assets

ROUNDS = 7
SECONDS, SEGMENTS, STEPS = 240.0, 900, 40
T = music.TRACK
PAGES = {  # of the same markup as with a source behind them
    "home": "/",
    "search": "/search?q=low",
    "artist": f"/artists/{music.ARTIST}",
    "track": f"/tracks/{T}",
    "analysis": f"/tracks/{T}/analysis",
    "playlist": f"/playlists/{music.PLAYLIST}",
    "compare": f"/compare?a={T}&b={own.OWN}",
    "library": "/library",
    "upload": "/upload",
    "sources": "/sources",
}
WATCH = """() => {
  window.shift = 0;
  const add = (list) => list.getEntries().forEach((each) => (window.shift += each.value));
  new PerformanceObserver(add).observe({ type: "layout-shift", buffered: true });
  const drawn = () => setTimeout(() => (window.drawnAt = performance.now()));
  document.addEventListener("drawn", drawn, true);
}"""
FIRST_DRAW = """() => {
  const all = performance.getEntriesByType("resource");
  const sent = all.find(({ name }) => name.endsWith("view=columns"));
  return window.drawnAt - sent.responseEnd;
}"""
ZOOM = """async ([steps, end]) => {
  const lanes = document.querySelector("[data-lanes]");
  const spent = [];
  for (let step = 0; step < steps; step += 1) {
    const length = step % 2 ? 8 : (end * (step + 1)) / steps;
    const from = Math.min(end - length, (end * step) / steps);
    const begun = performance.now();
    lanes.dispatchEvent(new CustomEvent("look", { detail: { from, to: from + length } }));
    await Promise.resolve();
    await Promise.resolve();
    spent.push(performance.now() - begun);
    await new Promise(requestAnimationFrame);
  }
  return spent.sort((a, b) => a - b);
}"""


@dataclass(frozen=True, slots=True)
class Line:
    """One figure beside the gate it is held to."""

    what: str
    measured: float
    gate: float
    unit: str


def main() -> int:
    """Print the table; 1 where a gate is not met."""
    lines = asyncio.run(measured())
    for line in lines:
        verdict = "" if line.measured <= line.gate else "  above its gate"
        figures = f"{line.measured:10,.3g} {line.unit:<3} of {line.gate:g}"
        sys.stdout.write(f"{line.what:<44}{figures}{verdict}\n")
    return int(any(line.measured > line.gate for line in lines))


async def measured() -> list[Line]:
    """Every figure: of the pages over a canned API, and of a real product's first byte."""
    fake = Fake()
    fake.answers[f"/v1/tracks/{T}/analysis"] = song()
    lines = [Line("style sheet, gzipped", size("earprint.css"), 12, "KB"), analysis_columns()]
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=CHROMIUM, args=[*QUIET, "--no-sandbox"]
        )
        with served(product(fake)) as base:
            for name, path in PAGES.items():
                lines += await page(browser, name, base + path)
            lines += await lanes(browser, base + PAGES["analysis"])
        await browser.close()
    with real() as base:
        lines += await first_bytes(base)
    return lines


def song() -> AudioAnalysis:
    """Four minutes with 900 segments and 1,500 tatums."""
    step = SECONDS / SEGMENTS
    parts = sound.segments(SECONDS)
    segments: tuple[Segment, ...] = tuple(
        parts[n % len(parts)].model_copy(update={"start": round(n * step, 5), "duration": step})
        for n in range(SEGMENTS)
    )
    return sound.analysis(SECONDS, segments=segments, tatums=sound.pulse(SECONDS, 0.16))


def size(name: str) -> float:
    """One of our static files as sent, in kilobytes."""
    return len(gzip.compress(assets()[name].body)) / 1_000


def analysis_columns() -> Line:
    """What the lanes are drawn from."""
    body = columns(song()).model_dump_json().encode()
    weight = len(gzip.compress(body)) / 1_000
    return Line(f"columns of {SEGMENTS} segments, gzipped", weight, 60, "KB")


async def page(browser: Browser, name: str, address: str) -> list[Line]:
    """The scripts of one page, and what moved while it came."""
    context = await browser.new_context(viewport={"width": 1280, "height": 900})
    tab = await context.new_page()
    await tab.add_init_script(f"({WATCH})()")
    await tab.goto(address)
    await tab.wait_for_timeout(1_000)
    shift = await tab.evaluate("window.shift")
    found = re.findall(r'<script[^>]* src="([^"]+)"', await tab.content())
    known = {each.address: asset for asset, each in assets().items()}
    scripts = sum(size(known[source]) for source in found if source in known)
    await context.close()
    return [
        Line(f"{name}: scripts, gzipped", scripts, 50 if name == "analysis" else 20, "KB"),
        Line(f"{name}: layout shift", shift, 0, ""),
    ]


async def lanes(browser: Browser, address: str) -> list[Line]:
    """From the numbers to the first picture, and from one zoom to the next."""
    first: list[float] = []
    zooms: list[float] = []
    for _ in range(ROUNDS):
        context = await browser.new_context(viewport={"width": 1280, "height": 900})
        tab = await context.new_page()
        await tab.add_init_script(f"({WATCH})()")
        await tab.goto(address)
        await tab.wait_for_function("() => window.drawnAt")
        first.append(await tab.evaluate(FIRST_DRAW))
        zooms += await tab.evaluate(ZOOM, [STEPS, SECONDS])
        await context.close()
    zooms.sort()
    return [
        Line(f"lanes of {SEGMENTS} segments: first draw", median(first), 150, "ms"),
        Line("a step of the zoom, median", median(zooms), 16, "ms"),
        Line("a step of the zoom, 19 of 20", zooms[len(zooms) * 19 // 20], 16, "ms"),
    ]


@contextmanager
def real() -> Iterator[str]:
    """A product with the demo label as its only source."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(
            _env_file=None, data_dir=Path(folder), worker=False, sources=(SourceName.LIBRARY,)
        )
        with served(create_app(settings)) as base:
            yield base


async def first_bytes(base: str) -> list[Line]:
    """Of pages that were asked for before."""
    async with httpx.AsyncClient(base_url=base, trust_env=False) as client:
        track = (await client.get("/v1/library/tracks")).json()["items"][0]["id"]
        paths = {"track": f"/tracks/{track}", "analysis": f"/tracks/{track}/analysis", "home": "/"}
        return [
            Line(f"{name}: first byte of a cached page", await first_byte(client, path), 50, "ms")
            for name, path in paths.items()
        ]


async def first_byte(client: httpx.AsyncClient, path: str) -> float:
    """The middle one of several, in milliseconds."""
    await client.get(path)
    times = []
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        async with client.stream("GET", path) as answer:
            times.append(time.perf_counter() - begun)
            await answer.aread()
    return median(times) * 1_000


if __name__ == "__main__":
    sys.exit(main())
