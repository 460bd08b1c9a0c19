"""An app.db as a server leaves it: to migrate an empty one takes half of a start."""

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from api.db import migrate
from api.db.session import Durability, make_engine


def put_in(folder: Path) -> None:
    """Begin `folder`, where it is, with a database of the newest schema, unless there is one."""
    path = folder / "app.db"
    if folder.is_dir() and not path.exists():
        path.touch(mode=0o600)
        path.write_bytes(_newest())


def begin(folder: Path) -> None:
    """The same, for whoever migrates nothing: the folder, too."""
    folder.mkdir(exist_ok=True)
    put_in(folder)


@cache
def _newest() -> bytes:
    with TemporaryDirectory() as folder:
        path = Path(folder, "app.db")
        engine = make_engine(f"sqlite:///{path}", Durability.FULL)
        migrate.upgrade(engine)
        engine.dispose()
        return path.read_bytes()
