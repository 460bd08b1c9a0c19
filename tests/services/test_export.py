"""A playlist as a file: nothing is lost or run by a spreadsheet, each number has its source."""

import csv
import io
import json
from datetime import UTC, datetime
from typing import Any

import pytest

from api.schemas.playlist import ItemKind, Owner, Playlist, PlaylistItem
from api.schemas.provenance import SourceName
from api.schemas.track import AlbumCredit
from api.services.export import COLUMNS, as_csv, as_json, as_m3u
from tests.library.sheets import NEWEST
from tests.services.listening import features, said
from tests.services.test_composition import track

RECCO = SourceName.RECCOBEATS
LIST = Playlist(
    id="p",
    uri="spotify:playlist:p",
    url=None,
    name="Night\ndrive",
    description=None,
    owner=Owner(id="ada", name="Ada"),
    images=(),
    public=None,
    collaborative=False,
    snapshot_id=None,
    items_total=3,
    provenance=said(RECCO),
)


def item(position: int, name: str, **values: Any) -> PlaylistItem:
    """One position."""
    known: dict[str, Any] = {"kind": ItemKind.TRACK, "added_at": None, "artists": ("Ada",)}
    known |= {"duration_ms": 200_400, "track": None, "reason": None}
    return PlaylistItem(position=position, name=name, **{**known, **values})


ALBUM = AlbumCredit(
    id=None, name="Rain, again", release_date="2024", release_date_precision="year", images=()
)
ITEMS = [
    item(
        0,
        "=1+1",
        track=track(RECCO, "a" * 22, isrc="GBAAA2400001", album=ALBUM),
        added_at=datetime(2026, 11, 1, tzinfo=UTC),
    ),
    item(1, "@Home", artists=("Ada", "Bo"), track=track(RECCO, "own_" + "b" * 22)),
    item(2, "", kind=ItemKind.REMOVED, artists=(), duration_ms=None, reason="gone"),
]
KNOWN = {"a" * 22: features("a" * 22, RECCO, energy=0.5, loudness=-8.25)}


def rows() -> list[dict[str, str]]:
    """The table as a spreadsheet reads it."""
    return list(csv.DictReader(io.StringIO(as_csv(LIST, ITEMS, KNOWN).removeprefix("\ufeff"))))


def test_every_position_has_a_row_with_exportifys_columns():
    """Removed ones too, so that positions stay true; numbers are blank where nobody knows them."""
    table = rows()

    assert len(table) == len(ITEMS)
    assert tuple(table[0]) == COLUMNS
    assert table[0]["Album Name"] == "Rain, again"
    assert [row["Artist Name(s)"] for row in table] == ["Ada", "Ada;Bo", ""]
    assert COLUMNS[: len(NEWEST.split(","))] == tuple(NEWEST.split(","))
    assert (table[0]["Energy"], table[0]["Loudness"], table[0]["Valence"]) == ("0.5", "-8.25", "")
    assert table[0]["Source"] == "ReccoBeats"
    assert table[0]["Added At"] == "2026-11-01T00:00:00Z"
    assert (table[1]["Energy"], table[1]["Source"]) == ("", "")
    assert table[2]["Kind"] == "removed"


@pytest.mark.parametrize(("place", "name"), [(0, "'=1+1"), (1, "'@Home")])
def test_no_spreadsheet_works_out_a_title(place, name):
    """What looks like a formula is quoted; a negative number is a number."""
    assert rows()[place]["Track Name"] == name


def test_json_has_all_there_is():
    """Positions in the contract's shape, features beside them."""
    told = json.loads(as_json(LIST, ITEMS, KNOWN))

    assert [one["position"] for one in told["items"]] == [0, 1, 2]
    assert told["items"][0]["features"]["provenance"][0]["source"] == "reccobeats"
    assert told["items"][1]["features"] is None
    assert told["playlist"]["name"] == "Night\ndrive"


def test_m3u_names_what_can_be_played():
    """Own files at this server, the rest at Spotify; a line is a line."""
    lines = as_m3u(LIST, ITEMS, KNOWN).splitlines()

    assert lines[:2] == ["#EXTM3U", "#PLAYLIST:Night drive"]
    assert lines[2:4] == ["#EXTINF:200,Ada - =1+1", f"https://open.spotify.com/track/{'a' * 22}"]
    assert lines[5] == f"/v1/library/tracks/own_{'b' * 22}/audio"
    assert len(lines) == 6
