"""R-19: an outsider's run of schemathesis over every operation, with every check, finds nothing."""

import asyncio
import sys
from pathlib import Path

import pytest

from tests.load.serving import Server, served, settings_for
from tests.sampling import WHOLE, sampled
from tests.sandbox import Sandbox

LIMIT_S = 170
EXAMPLES = {"extended": 30, "new-dev": 10, None: 10}
FEW = 5
PHASES = "examples,coverage,fuzzing,stateful"
FILES = """
# No schema says which bytes are a piece of music, which text is a list of tracks, or which version
# of a list stands now, nor that a range does not end before it begins: what is made by chance is
# told so. All other checks hold for these, too. What is too large is refused before it is read.
[checks]
negative_data_rejection.expected-statuses = [
  400, 401, 403, 404, 405, 406, 409, 413, 415, 422, 428, 429, "5xx",
]
[[operations]]
include-name = [
  "POST /v1/library/tracks", "POST /v1/collections", "POST /v1/brands", "POST /v1/worksheets",
]
checks.positive_data_acceptance.expected-statuses = ["2xx", 415, 422]
[[operations]]
include-name = "GET /v1/distance"
checks.positive_data_acceptance.expected-statuses = ["2xx", 404, 422]
[[operations]]
include-name = ["PATCH /v1/collections/{collection_id}", "PATCH /v1/brands/{brand_id}"]
checks.positive_data_acceptance.expected-statuses = ["2xx", 404, 412, 422]
[[operations]]
include-name = "PATCH /v1/worksheets/{worksheet_id}"
checks.positive_data_acceptance.expected-statuses = ["2xx", 404, 412, 422, 428]
"""


async def findings(server: Server, folder: Path, examples: int) -> tuple[int, str]:
    """The exit code and the report of `schemathesis run`, as its documentation says to call it."""
    (folder / "schemathesis.toml").write_text(FILES, encoding="utf-8")
    process = await asyncio.create_subprocess_exec(
        *(str(Path(sys.executable).with_name("schemathesis")), "run"),
        f"http://127.0.0.1:{server.port}/openapi.json",
        *("--checks", "all", "--max-examples", str(examples), "--continue-on-failure"),
        *("--phases", PHASES),
        cwd=folder,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        async with asyncio.timeout(LIMIT_S):
            output, _ = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    return process.returncode or 0, output.decode()


@pytest.mark.slow
@pytest.mark.timeout(LIMIT_S + 10)
@pytest.mark.parametrize("app_class", sampled(tuple(EXAMPLES), 3))
async def test_nothing_is_found(tmp_path, app_class):
    """With an old app's credentials, with a new one's, and with none at all."""
    async with Sandbox(app_class=app_class or "extended") as sandbox:
        environment = settings_for(sandbox) if app_class else {}
        async with served(tmp_path, environment) as server:
            examples = EXAMPLES[app_class] if WHOLE else FEW
            code, report = await findings(server, tmp_path, examples)
            assert server.runs

    assert code == 0, report
    assert " passed" in report
    assert "Traceback" not in server.log.read_text(encoding="utf-8")
