"""What a file says of itself: title, artist, album, ISRC. Runs in the isolated child alone."""

from __future__ import annotations

from pathlib import Path

from tinytag import TinyTag

MOST_LETTERS = 1_000
_FIELDS = ("title", "artist", "album")


def read(path: Path, ending: str) -> dict[str, str]:
    """The tags there are, `ending` being that of the file's real format.

    Tags are strangers' bytes: whatever the reader makes of broken ones, they count as none.
    """
    try:
        with path.open("rb") as file:
            found = TinyTag.get(f"file.{ending}", file_obj=file, duration=False)
    except Exception:  # noqa: BLE001  # of the reader's many ways to break, none matters
        return {}
    said = {name: getattr(found, name) for name in _FIELDS}
    said["isrc"] = next(iter(found.other.get("isrc") or ()), None)
    return {name: str(text)[:MOST_LETTERS] for name, text in said.items() if text}
