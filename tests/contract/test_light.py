"""The web process stays light: what hears music runs in processes of its own."""

import subprocess
import sys

import pytest

from tests.contract.repository import ROOT

HEAVY = ("numpy", "scipy", "soundfile", "sphn", "tinytag", "multiprocessing.forkserver")
OURS = ("api", "web")
FEW = 30
LOADED = """
import sys
from {module} import app
app.openapi()
print(*[name for name in {heavy!r} if name in sys.modules])
"""


@pytest.mark.parametrize("module", ["api.app", "web.app"])
def test_the_web_process_knows_no_decoder_and_no_numpy(module, tmp_path):
    """They cost a hundred megabytes and a second, and a decoder is what strangers attack."""
    code = LOADED.format(module=module, heavy=HEAVY)
    loaded = subprocess.run(  # noqa: S603  # fixed arguments
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={"EARPRINT_DATA_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )

    assert loaded.stdout.split() == []


def test_the_workers_main_module_imports_next_to_nothing():
    """Each analysis is a process that imports it again."""
    code = (
        "import sys, api.worker.__main__; print(*[n for n in sys.modules if n.startswith('api.')])"
    )
    loaded = subprocess.run(  # noqa: S603  # fixed arguments
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )

    assert loaded.stdout.split() == ["api.worker", "api.worker.__main__"]


def test_what_makes_responses_brings_little_along():
    """It imports no more than it speaks of: no wiring, no source, no database."""
    code = (
        "import sys, api.http.responses; "
        f"print(*[n for n in sys.modules if n.split('.')[0] in {OURS}])"
    )
    loaded = subprocess.run(  # noqa: S603  # fixed arguments
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )

    assert len(loaded.stdout.split()) < FEW, sorted(loaded.stdout.split())
