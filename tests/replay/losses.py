"""Find what is lost between a thing as it was sent and the same thing as the contract has it."""

import html
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tests.sources.spotify.dropped import is_dropped

Leaves = dict[str, Any]
MOVED = {  # thing → where a leaf goes, if not to its own name
    "artist": {r"external_urls\.spotify": "url", r"followers\.total": "followers"},
    "related": {r"external_urls\.spotify": "url"},
    "track": {r"external_urls\.spotify": "url", r"external_ids\.isrc": "isrc"},
    "album": {r"external_urls\.spotify": "url"},
    "playlist": {
        r"external_urls\.spotify": "url",
        r"owner\.display_name": "owner.name",
        r"(items|tracks)\.total": "items_total",
    },
    "local": {r"artists\.(\d+)\.name": r"artists.\1"},
    "removed": {r"artists\.(\d+)\.name": r"artists.\1"},
    "episode": {r"show\.name": "artists.0"},
}


@dataclass(frozen=True)
class Pair:
    """A thing as it was sent, and the same thing as answered."""

    thing: str
    sent: Any
    answered: Any

    def lost(self) -> Iterator[str]:
        """What is neither answered nor listed, and what is listed although it is answered."""
        answered = dict(leaves(self.answered))
        sent = dict(leaves(self.sent))
        for path, value in sent.items():
            name = nameless(path)
            expected = _expected(self.thing, name, value)(sent, path)
            survives = expected is None or _same(answered.get(_moved(self.thing, path)), expected)
            if survives is is_dropped(self.thing, name) and value is not None:
                yield f"{self.thing}.{path} = {value!r} {'is listed, but kept' * survives}"

    def seen(self) -> set[tuple[str, str]]:
        """Every field that was sent, null or not, as DROPPED names it."""
        return {(self.thing, name) for name in _names(self.sent)}


def leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Dotted paths and values."""
    if isinstance(value, Mapping):
        parts: Any = value.items()
    elif isinstance(value, list):
        parts = enumerate(value)
    else:
        yield path, value
        return
    for name, part in parts:
        yield from leaves(part, f"{path}.{name}" if path else str(name))


def _names(value: Any, path: str = "") -> set[str]:
    """Dotted paths without list places, of empty lists and objects, too."""
    if isinstance(value, list):
        return {path}.union(*(_names(part, path) for part in value))
    if isinstance(value, Mapping) and value:
        within = f"{path}." if path else ""
        return set().union(*(_names(part, f"{within}{name}") for name, part in value.items()))
    return {path}


def nameless(path: str) -> str:
    """The path without list places."""
    return re.sub(r"\.\d+(?=\.|$)|^\d+\.", "", path)


def unexplained(answered: Any) -> Iterator[str]:
    """Nulls at the top of a resource that its `missing` does not name."""
    if isinstance(answered, list):
        for part in answered:
            yield from unexplained(part)
    if isinstance(answered, dict):
        if "missing" in answered:
            named = {gap["field"] for gap in answered["missing"]}
            ends = {"next", "previous"} if "href" in answered else set()
            yield from (n for n, v in answered.items() if v is None and n not in named | ends)
        for part in answered.values():
            yield from unexplained(part)


def unmatched(patterns: Iterable[str], seen: set[tuple[str, str]]) -> set[str]:
    """Those entries of DROPPED that none of these fields matches."""
    return {
        pattern for pattern in patterns if not any(is_dropped(*field, (pattern,)) for field in seen)
    }


def _moved(thing: str, path: str) -> str:
    for pattern, target in MOVED.get(thing, {}).items():
        if re.fullmatch(pattern, path):
            return re.sub(pattern, target, path)
    return path


def _same(answered: Any, expected: Any) -> bool:
    """Equal, and a truth value only to a truth value."""
    return answered == expected and isinstance(answered, bool) is isinstance(expected, bool)


def _expected(thing: str, name: str, value: Any) -> Callable[[Leaves, str], Any]:
    """How a documented transformation changes a value; None: it becomes null."""
    field = name.rsplit(".", 1)[-1]
    if field == "spotify":
        return lambda _sent, _path: value.replace("http://open.", "https://open.")
    if thing == "playlist" and name == "description":
        return lambda _sent, _path: _plain(value)
    if thing in {"features", "analysis"}:
        if field in {"key", "mode"} and value == -1:
            return lambda _sent, _path: None
        if (field == "tempo" and value == 0) or (name == "time_signature" and not 3 <= value <= 7):
            return lambda _sent, _path: None
        if name == "segments.loudness_end" and value == 0:
            return _start_of_the_next
    return lambda _sent, _path: value


def _start_of_the_next(sent: Leaves, path: str) -> Any:
    _, place, _ = path.split(".")
    return sent.get(f"segments.{int(place) + 1}.loudness_start", sent[path])


def _plain(markup: Any) -> str | None:
    return html.unescape(re.sub(r"<[^>]*>", "", markup or "")).strip() or None
