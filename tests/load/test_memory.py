"""The bound on memory is a bound on the process, whatever is asked for."""

import asyncio
import json
import sys

import pytest

from tests.contract.repository import ROOT
from tests.sampling import WHOLE

MEGABYTES, KEYS = (64, 100_000) if WHOLE else (16, 25_000)
TOLERATED = 1.3


@pytest.mark.parametrize("kind", ["track", "nothing", "refusal"])
async def test_a_hundred_thousand_keys_stay_within_the_bound(kind, measured):
    """EARPRINT_CACHE_MEMORY_MB and three tenths more, addresses and Python's own costs included."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.load.memory", kind, str(MEGABYTES), str(KEYS)),
        cwd=ROOT,
        env={},
        stdout=asyncio.subprocess.PIPE,
    )
    output, _ = await process.communicate()

    grown = json.loads(output)
    measured(f"{kind}: {KEYS} keys within {MEGABYTES} MiB, grown by MiB", grown["grown_mb"])
    assert grown["entries"] > 1_000
    assert grown["grown_mb"] <= MEGABYTES * TOLERATED
