"""How somebody wants to see a playlist: what its address says, and the addresses of other views.

All of it stands in the address of the page, so that a view can be kept, shared and gone back to.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import TypedDict, Unpack
from urllib.parse import quote, urlencode

from api.music.key_names import blending
from web.request import PageRequest
from web.text.meanings import BY_FIELD, MEANINGS

AT_ONCE = 25
MOST_TEXT = 40
LARGEST = 1_000
METRES = ("3", "4", "5", "6", "7")
KEYS = tuple(f"{number}{letter}" for letter in "AB" for number in range(1, 13))
ENDS = {
    "tempo_min": ("tempo", "BPM from"),
    "tempo_max": ("tempo", "to"),
    "energy_min": ("energy", "Energy from"),
    "energy_max": ("energy", "to"),
}
SORTS = {
    "position": "place in the list",
    "name": "title",
    "tempo": "BPM",
    "camelot": "key",
    "time_signature": "metre",
    **{meaning.field: meaning.label.lower() for meaning in MEANINGS if meaning.field != "tempo"},
}
DOWN, UP = "desc", "asc"
SHOWN = (
    *("energy", "valence", "danceability", "acousticness"),
    *("instrumentalness", "speechiness", "loudness", "tempo"),
)
"""Of which features a playlist has pictures."""
PICTURED = {"x": "energy", "y": "valence", "color": "", "size": "", "along": "energy"}
"""What pictures show, and what they show where nothing is said."""
HIGH_FIRST = {"energy", "valence", "danceability", "loudness"}


class Changes(TypedDict, total=False):
    """What of a view may be another one at another address."""

    track: str
    sort: str
    direction: str
    key: str
    offset: int
    x: str
    y: str
    color: str
    size: str
    along: str


@dataclass(frozen=True, slots=True)
class PlaylistView:
    """What the address of a playlist says, as it was typed. `track`: one's own song.

    `x`, `y`, `color`, `size`, `along`: what its pictures show, as PICTURED has it.
    """

    ident: str
    track: str = ""
    sort: str = "position"
    direction: str = UP
    tempo_min: str = ""
    tempo_max: str = ""
    energy_min: str = ""
    energy_max: str = ""
    key: str = ""
    blend: str = ""
    fold: str = ""
    metre: str = ""
    offset: int = 0
    x: str = ""
    y: str = ""
    color: str = ""
    size: str = ""
    along: str = ""

    @property
    def is_filtered(self) -> bool:
        """Whether some entries may be left out."""
        return bool(self.key or self.metre or any(getattr(self, name) for name in ENDS))

    @property
    def is_particular(self) -> bool:
        """Whether more is asked than tempo alone: another number, a key, a metre, an order."""
        more = (self.key, self.metre, self.energy_min, self.energy_max)
        return any(more) or self.sort != "position" or self.direction != UP

    def pictured(self, name: str) -> str:
        """The number that a picture shows; empty where it shows none."""
        field: str = getattr(self, name)
        return field or PICTURED[name]

    def at(self, part: str = "", **changes: Unpack[Changes]) -> str:
        """The address of the page or of one of its parts, in this view or a changed one."""
        view = replace(self, **changes)
        given = {
            field.name: getattr(view, field.name)
            for field in fields(PlaylistView)
            if field.name != "ident" and getattr(view, field.name) != field.default
        }
        path = f"/playlists/{quote(self.ident, safe=':')}{part}"
        return f"{path}?{urlencode(given)}" if given else path

    def song(self, part: str = "", **more: str) -> str:
        """The address of a part that knows nothing of the table, but of one's own song."""
        given = {"track": self.track, **more}
        query = urlencode({name: value for name, value in given.items() if value})
        path = f"/playlists/{quote(self.ident, safe=':')}{part}"
        return f"{path}?{query}" if query else path


def shown_at(request: PageRequest, ident: str) -> str:
    """The address of the page in the view that the request asks for."""
    return view_of(request, ident).at()


def view_of(request: PageRequest, ident: str) -> PlaylistView:
    """What the request asks for; what is no choice is the usual one."""
    text = {name: request.text(name)[:MOST_TEXT] for name in (*ENDS, "sort", "direction", "key")}
    key = text["key"].upper()
    return PlaylistView(
        ident=ident,
        track=request.text("track")[:MOST_TEXT],
        sort=text["sort"] if text["sort"] in SORTS else "position",
        direction=DOWN if text["direction"] == DOWN else UP,
        **{name: text[name] for name in ENDS},
        key=key if key in KEYS else "",
        blend="1" if request.text("blend") and key in KEYS else "",
        fold="tempo" if request.text("fold") == "tempo" else "",
        metre=request.text("metre") if request.text("metre") in METRES else "",
        offset=request.offset(),
        **{name: _pictured(request, name) for name in PICTURED},
    )


def _pictured(request: PageRequest, name: str) -> str:
    """The number that a picture shall show; empty for the usual one, and for what is none."""
    said = request.text(name)
    return said if said in SHOWN and said != PICTURED[name] else ""


@dataclass(frozen=True, slots=True)
class TableQuestion:
    """What the API is asked, and what of the view it could not be asked."""

    params: Mapping[str, str | int | None]
    complaints: Mapping[str, str]


def wanted(view: PlaylistView) -> TableQuestion:
    """The parameters of the API. Numbers that are none are told, and left out."""
    numbers: dict[str, float | None] = {}
    wrong: dict[str, str] = {}
    for name, (_, label) in ENDS.items():
        text = getattr(view, name)
        numbers[name] = _number(text)
        if text and numbers[name] is None:
            end = label if label != "to" else f"{label} ({ENDS[name][0]})"
            wrong[name] = f"“{text}” at “{end}” is no number from 0 to {LARGEST:,}."
    for field in ("tempo", "energy"):
        low, high = numbers[f"{field}_min"], numbers[f"{field}_max"]
        if low is not None and high is not None and low > high:
            wrong[f"{field}_min"] = (
                f"{BY_FIELD[field].label} from {low:g} to {high:g}: the first is the larger one."
            )
    return TableQuestion(
        params={
            "sort": view.sort if view.sort != "position" else None,
            "direction": DOWN if view.direction == DOWN else None,
            "between": None if wrong else _between(numbers),
            "camelot": _keys(view),
            "fold": view.fold or None,
            "time_signature": view.metre or None,
            "limit": AT_ONCE,
            "offset": view.offset or None,
        },
        complaints=wrong,
    )


def _between(numbers: Mapping[str, float | None]) -> str | None:
    found = []
    for field in ("tempo", "energy"):
        ends = [numbers[f"{field}_{end}"] for end in ("min", "max")]
        if any(end is not None for end in ends):
            low, high = ("" if end is None else f"{end:.4f}" for end in ends)
            found.append(f"{field}:{low}..{high}")
    return ",".join(found) or None


def _keys(view: PlaylistView) -> str | None:
    if not view.key:
        return None
    return ",".join((view.key, *blending(view.key))) if view.blend else view.key


def _number(text: str) -> float | None:
    try:
        value = float(text.replace(",", "."))
    except ValueError:
        return None
    return value if 0 <= value <= LARGEST else None
