"""What a file is called: by its owner, else by its tags, else by its name. Pure."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from api.music import ids, references
from api.problems.errors import BadReference, InvalidRequest
from api.schemas.library import TrackChange
from api.schemas.problem import InvalidPart
from api.schemas.reference import Kind
from api.text import one_line

FIELDS = ("title", "artist", "album", "isrc", "spotify_id")
MOST_LETTERS = 300
MOST_GENRES, MOST_GENRE_LETTERS = 20, 60
UNKNOWN_ARTIST = "Unknown artist"
UNNAMED = "Unnamed"


@dataclass(frozen=True, slots=True)
class Names:
    """What somebody says a file is; None where nothing is said."""

    title: str | None = None
    artist: str | None = None
    album: str | None = None
    isrc: str | None = None
    spotify_id: str | None = None

    def given(self) -> dict[str, str]:
        """What is said."""
        said = {name: getattr(self, name) for name in FIELDS}
        return {name: text for name, text in said.items() if text is not None}


def names_in(fields: Mapping[str, str]) -> Names:
    """The fields of an upload. Raises InvalidRequest with a pointer for each that does not fit."""
    read: dict[str, str | None] = {}
    wrong = []
    for name in set(FIELDS) & set(fields):
        try:
            read[name] = _READERS.get(name, _text)(fields[name])
        except BadReference as error:
            detail = f"{error.detail} {error.hint or ''}".strip()
            wrong.append(InvalidPart(pointer=f"body/{name}", detail=detail))
        except ValueError as error:
            wrong.append(InvalidPart(pointer=f"body/{name}", detail=str(error)))
    if wrong:
        raise InvalidRequest(tuple(sorted(wrong, key=lambda part: part.pointer)))
    return Names(**read)


def changes_in(change: TrackChange) -> dict[str, str | None]:
    """What a file's row is to say instead. Raises InvalidRequest with a pointer for each misfit."""
    said = change.model_dump(include=change.model_fields_set)
    genres = said.pop("genres", None) or ()
    wrong = _misfits(genres)
    if "title" in said and not one_line(said["title"]):
        wrong.append(InvalidPart(pointer="body/title", detail="A file needs a title."))
    texts = {name: text for name, text in said.items() if text is not None and one_line(text)}
    try:
        read = names_in(texts).given()
    except InvalidRequest as error:
        wrong.extend(error.errors)
    if wrong:
        raise InvalidRequest(tuple(sorted(wrong, key=lambda part: part.pointer)))
    changes: dict[str, str | None] = {name: read.get(name) for name in said}
    if "artist" in changes:
        artist = changes["artist"] or UNKNOWN_ARTIST
        changes |= {"artist": artist, "artist_id": ids.own_artist_id(artist)}
    if "genres" in change.model_fields_set:
        kept = list(dict.fromkeys(filter(None, map(one_line, genres))))
        changes["genres"] = json.dumps(kept, ensure_ascii=False) if kept else None
    return changes


def _misfits(genres: Sequence[str]) -> list[InvalidPart]:
    if len(genres) > MOST_GENRES:
        told = f"A file may have {MOST_GENRES} genres."
        return [InvalidPart(pointer="body/genres", detail=told)]
    told = f"A genre may have {MOST_GENRE_LETTERS} characters."
    return [
        InvalidPart(pointer=f"body/genres/{at}", detail=told)
        for at, genre in enumerate(genres)
        if len(one_line(genre)) > MOST_GENRE_LETTERS
    ]


def names_for(given: Names, tags: Mapping[str, str], file_name: str) -> Names:
    """What a new file is called: the owner's words before the tags, the tags before its name."""
    said = {**_of_tags(tags), **given.given()}
    said.setdefault("title", _stem(file_name) or UNNAMED)
    said.setdefault("artist", UNKNOWN_ARTIST)
    return Names(**said)


def _of_tags(tags: Mapping[str, str]) -> dict[str, str]:
    """What tags say, as far as it can be used; they are strangers' words and may be anything."""
    cut = {
        name: one_line(tags.get(name, ""))[:MOST_LETTERS] for name in ("title", "artist", "album")
    }
    cut["isrc"] = ids.normalise_isrc(tags.get("isrc", "")[:MOST_LETTERS]) or ""
    return {name: text for name, text in cut.items() if text}


def _stem(file_name: str) -> str:
    base = one_line(file_name.replace("\\", "/").rsplit("/", 1)[-1])
    return (PurePosixPath(base).stem if base.strip(".") else "")[:MOST_LETTERS]


def _text(text: str) -> str | None:
    line = one_line(text)
    if len(line) > MOST_LETTERS:
        message = f"This may have {MOST_LETTERS} characters."
        raise ValueError(message)
    return line or None


def _isrc(text: str) -> str:
    isrc = ids.normalise_isrc(text)
    if isrc is None:
        message = "An ISRC has two letters, three letters or digits, and seven digits."
        raise ValueError(message)
    return isrc


def _spotify_id(text: str) -> str:
    reference = references.read(text)
    if reference.kind not in {Kind.TRACK, Kind.UNKNOWN}:
        raise references.wrong_kind(reference.kind, Kind.TRACK)
    if reference.id is None or reference.id.startswith(ids.OWN_PREFIX):
        message = "Give the id, URI or link of a track at Spotify."
        raise ValueError(message)
    return reference.id


_READERS: dict[str, Callable[[str], str | None]] = {"isrc": _isrc, "spotify_id": _spotify_id}
