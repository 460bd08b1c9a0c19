"""Open to other machines, files are taken only where they can do no harm."""

import pytest

from api.analysis.decoding import sandbox
from tests.library.own_files import TRACKS, is_problem, send, song
from tests.routes.product import opened

OPEN = {"host": "0.0.0.0", "hosts": ("ears.example",)}  # noqa: S104  # never bound


@pytest.mark.parametrize(
    ("more", "obstacle", "status"),
    [
        (OPEN, "bubblewrap is not installed", 403),
        (OPEN, None, 202),
        (OPEN | {"unsandboxed": True}, "bubblewrap is not installed", 202),
        ({}, "bubblewrap is not installed", 202),
    ],
)
async def test_a_stranger_s_file_needs_a_sandbox_or_a_word(
    tmp_path, monkeypatch, more, obstacle, status
):
    """Refused before it is read, with the reason and the ways out; at home it is taken."""
    if obstacle is None and sandbox.obstacle() is not None:
        pytest.skip("there is no bubblewrap here")
    monkeypatch.setattr(sandbox, "obstacle", lambda: obstacle)
    async with opened(None, tmp_path, **more) as product:
        answer = await send(product, song())
        kept = (await product.get(TRACKS)).json()["total"]

    assert answer.status_code == status
    assert kept == (status == 202)
    if status == 403:
        assert is_problem(answer, "unsandboxed")
        assert "EARPRINT_UNSANDBOXED=1" in answer.json()["hint"]
        assert "bubblewrap is not installed" in answer.json()["detail"]
