"""The rows of collections: how they are written and counted, statement by statement."""

import pytest
from sqlalchemy import event

from api.db import migrate
from api.db.collections import Change, CollectionTables
from api.db.models import CollectionItemRow, CollectionRow
from api.db.session import Durability, Offload, make_engine
from tests.sandbox import id_of


class Watched:
    """The tables, and every statement they send."""

    def __init__(self, engine):
        self.engine = engine
        self.statements = []
        self.offload = Offload("test")
        self.tables = CollectionTables(engine, self.offload)
        event.listen(engine, "before_cursor_execute", self._note)

    def _note(self, _connection, _cursor, statement, parameters, *_more):
        if not statement.startswith(("PRAGMA", "BEGIN")):  # the lock is taken, nothing is written
            self.statements.append((statement, parameters))

    async def add(self, ident, count, *, values="{}"):
        """A collection of so many tracks with features."""
        row = CollectionRow(id=ident, name=ident, owner="me", snapshot="", made_at=0.0)
        tracks = [id_of("track", at) for at in range(count)]
        items = [
            CollectionItemRow(
                collection_id=ident, position=at, track_id=track, name="n", artists="[]"
            ).model_dump()
            for at, track in enumerate(tracks)
        ]
        features = [
            {"track_id": track, "values": values, "file": "f.csv", "imported_at": 0.0}
            for track in tracks
        ]
        self.statements.clear()
        await self.tables.add(row, items, features)

    def plans(self):
        """How SQLite would find what each statement asks for."""
        with self.engine.connect() as connection:
            return [
                row[3]
                for statement, parameters in list(self.statements)
                if statement.lstrip().startswith("SELECT")
                for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
            ]


@pytest.fixture
def watched(tmp_path):
    """A database with nothing in it."""
    engine = make_engine(f"sqlite:///{tmp_path / 'app.db'}", Durability.FULL)
    migrate.upgrade(engine)
    watched = Watched(engine)
    yield watched
    watched.offload.close()
    engine.dispose()


async def test_a_list_is_written_in_three_statements(watched):
    """However long it is, so that nobody else waits for the lock."""
    for count in (3, 400):
        await watched.add(f"own_{count}", count)

        assert len(watched.statements) == 3


async def test_a_rename_reads_no_entries(watched):
    """Nor does it write any; an addition writes no entry that was there."""
    await watched.add("own_first", 400)
    watched.statements.clear()

    renamed = await watched.tables.change("own_first", lambda *_: Change({"name": "New"}))
    assert renamed is not None
    assert (renamed.row.name, renamed.items) == ("New", 400)
    texts = [statement for statement, _ in watched.statements]
    assert [text for text in texts if "collection_item.name" in text] == []
    assert [text.split()[0] for text in texts if not text.startswith("SELECT")] == ["UPDATE"]

    entry = {"name": "n", "artists": "[]", "track_id": None}
    added = await watched.tables.change("own_first", lambda *_: Change({}, 400, [entry]))
    assert added is not None
    assert added.items == 401
    [(_, row)] = [one for one in watched.statements if one[0].startswith("INSERT")]
    assert 400 in row


async def test_a_change_that_fails_leaves_everything(watched):
    """Whatever was decided before it failed."""
    await watched.add("own_first", 3)
    entry = {"name": None, "artists": "[]"}

    with pytest.raises(Exception, match="NOT NULL"):
        await watched.tables.change("own_first", lambda *_: Change({"name": "New"}, 0, [entry]))

    found = await watched.tables.one("own_first")
    assert (found.row.name, found.items) == ("own_first", 3)
    assert await watched.tables.change("own_other", lambda *_: Change({})) is None


async def test_the_newest_numbers_replace_those_before(watched):
    """Of the tracks that it has; the others keep theirs."""
    await watched.add("own_first", 3, values='{"tempo": 90}')
    await watched.add("own_second", 2, values='{"tempo": 180}')

    found = await watched.tables.imported([id_of("track", at) for at in range(3)])

    assert [found[id_of("track", at)].values for at in range(3)] == [
        '{"tempo": 180}',
        '{"tempo": 180}',
        '{"tempo": 90}',
    ]


async def test_a_list_that_fails_leaves_nothing(watched):
    """Collection, positions and numbers come together or not at all."""
    await watched.add("own_first", 1)
    with pytest.raises(Exception, match="UNIQUE"):
        await watched.add("own_first", 2)

    assert await watched.tables.imported([id_of("track", 1)]) == {}


async def test_one_list_is_counted_by_itself(watched):
    """What else there is is not read: every table is entered by its key."""
    await watched.add("own_first", 3)
    await watched.add("own_second", 2)
    watched.statements.clear()

    found = await watched.tables.one("own_second")

    assert (found.items, found.imported) == (2, 2)
    assert len(watched.plans()) >= 3
    assert [plan for plan in watched.plans() if plan.startswith("SCAN")] == []


async def test_every_list_is_counted(watched):
    """In as many statements as for one."""
    await watched.add("own_first", 3)
    await watched.add("own_second", 2)

    found = await watched.tables.every()

    assert {one.row.id: (one.items, one.imported) for one in found} == {
        "own_first": (3, 3),
        "own_second": (2, 2),
    }
