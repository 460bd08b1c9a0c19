"""The exercise as a path: six looks, where the reader is, and what comes next.

A step has an address where the page knows what it would be about; the others are named only.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from urllib.parse import quote, urlencode


class Look(StrEnum):
    """One look of the exercise, by the name it has on every page."""

    ARTIST = "Artist"
    TRACK = "Track"
    ANALYSIS = "Analysis"
    PLAYLIST = "Playlist"
    COMPARE = "Compare"
    WORKSHEET = "Write down"


_PART = re.compile(r"/(artists|tracks|playlists)/([^/]+)(/analysis)?(?:/.*)?")
QUESTIONS = {
    Look.ARTIST: "Are these the artists whose listeners you would like to meet?",
    Look.TRACK: "Is this how you would describe your song?",
    Look.ANALYSIS: "Does something happen where you meant it to happen?",
    Look.PLAYLIST: "Would your song fit in here, and would it be heard?",
    Look.COMPARE: "Which difference did you mean to make?",
    Look.WORKSHEET: "What surprised you?",
}
NEXT = {
    Look.ARTIST: "Next: the top track",
    Look.TRACK: "Next: second by second",
    Look.ANALYSIS: "Next: a playlist for it",
    Look.PLAYLIST: "Next: compare",
    Look.COMPARE: "Next: write it down",
}
NOTHING_SHOWN = "Nothing can be shown here; the walk goes on."
OWN_SONG = "Next: a song of your own"


@dataclass(frozen=True, slots=True)
class WalkStep:
    """One look: whether it is behind, and where it is, if that is known."""

    name: str
    done: bool
    here: bool
    href: str | None


@dataclass(frozen=True, slots=True)
class Walk:
    """The path as it stands at the foot of a page.

    `write`: where it is written down; `following`: address and words of what is next.
    """

    number: int
    steps: tuple[WalkStep, ...]
    question: str
    write: str | None
    following: tuple[str, str] | None


def walk(
    here: Look,
    *,
    artist: str | None = None,
    track: str | None = None,
    playlist: str | None = None,
    about: Sequence[str] = (),
) -> Walk:
    """The path at `here`. All others are ids, as far as the page knows them.

    `about`: what is written down, as worksheets name it, where that is more than those three.
    """
    hrefs = _hrefs(artist=artist, track=track, playlist=playlist)
    if about:
        hrefs[Look.WORKSHEET] = _write_down(about)
    looks = list(Look)
    place = looks.index(here)
    after = looks[place + 1] if here in NEXT else None
    leads = hrefs.get(after) if after else None
    return Walk(
        number=place + 1,
        steps=tuple(
            WalkStep(look, at < place, at == place, None if at == place else hrefs.get(look))
            for at, look in enumerate(looks)
        ),
        question=QUESTIONS[here],
        write=None if Look.WORKSHEET in (here, after) else hrefs.get(Look.WORKSHEET),
        following=(leads, NEXT[here]) if leads else None,
    )


def walk_past(path: Walk, upload: str = "/upload") -> Walk:
    """The path at a look that has nothing to show: at the latest an own file leads on."""
    return replace(path, question=NOTHING_SHOWN, following=path.following or (upload, OWN_SONG))


def walk_at(path: str) -> Walk | None:
    """The exercise at an address that cannot be shown: the other looks may be; None elsewhere."""
    found = _PART.fullmatch(path)
    if found is None:
        return None
    family, ident, analysis = found.groups()
    match family:
        case "artists":
            return walk_past(walk(Look.ARTIST))
        case "playlists":
            return walk_past(walk(Look.PLAYLIST))
    here = Look.ANALYSIS if analysis else Look.TRACK
    return walk_past(walk(here, track=ident if analysis else None))


def _hrefs(*, artist: str | None, track: str | None, playlist: str | None) -> dict[Look, str]:
    """Where each look is; those that nothing is known for are left out."""
    found: dict[Look, str] = {}
    if artist:
        found[Look.ARTIST] = f"/artists/{quote(artist, safe=':')}"
    if track:
        found[Look.TRACK] = f"/tracks/{quote(track, safe=':')}"
        found[Look.ANALYSIS] = f"{found[Look.TRACK]}/analysis"
    elif artist:
        found[Look.TRACK] = f"{found[Look.ARTIST]}/top-track"
    known = {"artist": artist, "track": track, "playlist": playlist}
    about = [f"{kind}:{one.rpartition(':')[2]}" for kind, one in known.items() if one]
    if about:
        found[Look.WORKSHEET] = _write_down(about)
    song = f"?{urlencode({'track': track})}" if track else ""
    if playlist:
        found[Look.PLAYLIST] = f"/playlists/{quote(playlist, safe=':')}{song}"
    elif track:
        found[Look.PLAYLIST] = f"/playlists{song}"
    sides = [track] * bool(track) + [f"playlist:{playlist}"] * bool(playlist)
    if sides:
        found[Look.COMPARE] = f"/compare?{urlencode(list(zip('ab', sides, strict=False)))}"
    return found


def _write_down(about: Sequence[str]) -> str:
    return f"/worksheets/new?{urlencode({'about': about}, doseq=True)}"
