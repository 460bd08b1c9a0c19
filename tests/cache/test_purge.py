"""`make purge`: one source's rows, or all."""

import asyncio
from typing import Any

import pytest
from sqlmodel import Session, select

from api.__main__ import main
from api.cache.entry import Ages
from api.db import migrate
from api.db.models import IdentityAnswerRow
from api.db.session import Durability, make_engine
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


def test_purging_forgets_what_a_source_said_of_ids(tmp_path, monkeypatch, capsys):
    """They lie in app.db, for the terms of a source hold for them, too."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("EARPRINT_DATA_DIR", str(tmp_path))
    engine = make_engine(f"sqlite:///{tmp_path / 'app.db'}", Durability.FULL)
    migrate.upgrade(engine)
    said: dict[str, Any] = {"kind": "artist", "scheme": "spotify", "links": "[]"}
    said |= {"found_at": 1.0, "until": FAR}
    with Session(engine) as session:
        session.add(IdentityAnswerRow(ident="a", source="wikidata", **said))
        session.add(IdentityAnswerRow(ident="a", source="musicbrainz", **said))
        session.commit()

    main(["purge", "wikidata"])

    assert "1 of its answers on who is whom" in capsys.readouterr().out
    with Session(engine) as session:
        assert session.exec(select(IdentityAnswerRow.source)).all() == ["musicbrainz"]
    engine.dispose()


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
