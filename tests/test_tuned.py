"""R-14: what a server is made of stops nobody while garbage is collected."""

import subprocess
import sys

import pytest

from tests.contract.repository import ROOT


@pytest.mark.parametrize("module", ["api.app", "web.app"])
def test_a_server_looks_for_garbage_among_what_is_new(tmp_path, module):
    """Nearly all that exists once the app is made is left out of every round."""
    code = f"import gc, {module} as made; made.app; "
    code += "print(gc.get_freeze_count(), len(gc.get_objects()))"

    done = subprocess.run(  # noqa: S603  # our own module
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT), "EARPRINT_DATA_DIR": str(tmp_path)},
        check=True,
    )
    frozen, looked_through = map(int, done.stdout.split())

    assert frozen > 50 * looked_through
