"""What the tests of the analyser share."""

from collections.abc import Callable
from pathlib import Path

import pytest

from api.analysis import decode
from api.analysis.sound import Sound

Hearing = Callable[[bytes], Sound]


@pytest.fixture
def hear(tmp_path: Path) -> Hearing:
    """Decode these bytes, under a name that says nothing."""

    def decoded(content: bytes) -> Sound:
        path = tmp_path / "in"
        path.write_bytes(content)
        return decode.read(path)

    return decoded
