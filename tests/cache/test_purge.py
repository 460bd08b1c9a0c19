"""`make purge`: one source's rows, or all."""

import asyncio

import pytest

from api.__main__ import main
from api.cache.entry import Ages
from tests.cache.making import Hands, entry, store_in

FAR = 9e9


async def keep(folder):
    """Put one entry of Spotify's on the disk."""
    store = store_in(folder, Hands())
    await store.open()
    await store.put(entry(ages=Ages(FAR, FAR, FAR, FAR)))
    await store.close()


@pytest.mark.parametrize(("source", "count"), [("spotify", 1), ("all", 1), ("deezer", 0)])
def test_purging_says_what_it_deleted(tmp_path, monkeypatch, capsys, source, count):
    """The command works on the file that the settings name."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("EARPRINT_DATA_DIR", str(tmp_path))
    asyncio.run(keep(tmp_path))

    main(["purge", source])

    assert capsys.readouterr().out == f"{count} cached answers of {source} deleted.\n"


def test_purging_a_broken_file_says_so(tmp_path, monkeypatch, capsys):
    """Zero rows of a file that cannot be read would be a lie."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("EARPRINT_DATA_DIR", str(tmp_path))
    (tmp_path / "cache.db").write_bytes(b"no database at all" * 99)

    main(["purge", "all"])

    assert "cannot be used" in capsys.readouterr().out


@pytest.mark.parametrize("arguments", [[], ["nobody"]])
def test_purging_needs_a_source_of_ours(capsys, arguments):
    """A slip of the keyboard deletes nothing, and the answer names the sources."""
    with pytest.raises(SystemExit) as slip:
        main(["purge", *arguments])

    assert slip.value.code == 2
    assert "spotify" in capsys.readouterr().err
