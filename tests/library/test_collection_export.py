"""A list that was taken along as a file comes back as the same list."""

import csv
import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.library.imports import Draft, from_sheet
from api.library.sheet.cells import is_nothing
from api.library.sheet.letters import mended
from api.schemas.playlist import ItemKind
from api.schemas.provenance import SourceName
from api.schemas.track import AlbumCredit
from api.services.export import as_csv
from api.text import one_line
from tests.library.own_files import row_of
from tests.library.sheets import NUMBERS, newest
from tests.routes.product import opened
from tests.sandbox import id_of
from tests.services.test_composition import track
from tests.services.test_export import LIST, item

HOSTILE = (
    '=HYPERLINK("http://example.org","prize")',
    "+44",
    "-5",
    "@Home",
    "=1+1",
    "''=quoted twice",
    '="007"',
    'a, b; c "d"',
    "back\\slash, at \\",
    "🎧 Ünïcødé “quotes” ’",
    "Tyler, The Creator",
    "1:23",
    "\uff1d1+1",
    "\uff20Home",
    "Total",
)
OWN = "own_" + "7" * 22


@pytest.fixture
async def api(tmp_path):
    """The product without any key."""
    async with opened(None, tmp_path / "one", demo=False) as product:
        yield product


async def brought(api, data, name):
    """The list that a file makes."""
    answer = await api.client.post("/v1/collections", files={"file": (name, data, "text/csv")})
    assert answer.status_code == 201
    return answer.json()


async def exported(api, told, kind):
    """The list as a file."""
    answer = await api.get(f"{told['playlist']}/export?format={kind}")
    assert answer.status_code == 200
    assert answer.headers["content-disposition"].startswith("attachment")
    return answer.text


async def entries(api, told):
    """What is in a list, without when this server was told of it."""
    items = (await api.get(f"{told['playlist']}/items?limit=100")).json()["items"]
    for one in items:
        for part in (one["track"] or {}).get("provenance", ()):
            del part["retrieved_at"]
    return items


def hostile_sheet() -> bytes:
    """Names that a spreadsheet would work out, cut or change; a line each, and two without link."""
    file = io.StringIO()
    rows = csv.writer(file)
    rows.writerow(["Track URI", "Track Name", "Album Name", "Artist Name(s)", "ISRC", "Length"])
    for at, name in enumerate(HOSTILE):
        guarded = f"'{name}" if name.lstrip("'")[0] in "=+-@" else name
        escaped = guarded.replace("\\", "\\\\").replace(",", "\\,").replace(";", "\\;")
        link = f"spotify:track:{id_of('track', at)}"
        rows.writerow([link, guarded, guarded, f"{escaped};Bo\\, junior", "", "3:20"])
    rows.writerow(["", "Kitchen demo", "", "Ada", "", "1:00"])
    rows.writerow(["", "Coded", "", "Ada", "GBSMU2401851", "2:00"])
    return file.getvalue().encode()


async def test_hostile_names_come_back_as_they_were(api, tmp_path):
    """Formulas, quotes, commas, semicolons, backslashes, emoji; local files and bare ISRCs."""
    first = await brought(api, hostile_sheet(), "first.csv")
    before = await entries(api, first)
    assert [one["name"] for one in before] == [*HOSTILE, "Kitchen demo", "Coded"]
    assert before[0]["artists"] == [HOSTILE[0], "Bo, junior"]
    text = await exported(api, first, "csv")

    async with opened(None, tmp_path / "two", demo=False) as other:
        again = await brought(other, text.encode(), "again.csv")
        after = await entries(other, again)

    assert after == before
    assert (again["refused"], again["unread"]) == ([], [])
    cells = [cell for row in csv.reader(io.StringIO(text.removeprefix("\ufeff"))) for cell in row]
    assert [cell for cell in cells if cell[:1] in set("=+-@\t\r")] == []


async def test_numbers_come_back_with_their_tracks(api, tmp_path):
    """Those of one spreadsheet are those of the next."""
    first = await brought(api, newest(), "first.csv")
    text = await exported(api, first, "csv")

    async with opened(None, tmp_path / "two", demo=False) as other:
        await brought(other, text.encode(), "again.csv")
        path = f"/v1/tracks/{id_of('track', 0)}/features"
        before, after = [(await one.get(path)).json() for one in (api, other)]

    told = {"provenance", "missing"}
    assert before["tempo"] == float(NUMBERS.split(",")[-2])
    assert {name: value for name, value in before.items() if name not in told} == {
        name: value for name, value in after.items() if name not in told
    }


async def test_each_row_has_its_terms(api):
    """In the spreadsheet and as JSON, whether or not anybody has numbers for it."""
    await api.app.state.parts.own.tables.add(row_of(OWN, title="Night"))
    sheet = (
        newest().decode() + f"spotify:track:{id_of('track', 5)},Other\n{OWN},Night\n,Kitchen,,Ada\n"
    )
    told = await brought(api, sheet.encode(), "list.csv")
    table = csv.DictReader(io.StringIO((await exported(api, told, "csv")).removeprefix("\ufeff")))
    document = json.loads(await exported(api, told, "json"))

    licences = [row["Licence"] for row in table]
    assert len(licences) == 4
    assert all(licences)
    assert [one["licence"] for one in document["items"]] == licences


async def test_names_that_are_not_known_are_left_out_of_files(api):
    """An address in the place of a name is no name, and a player would take it for an entry."""
    body = {"name": "Two", "items": [id_of("track", 0)]}
    told = (await api.client.post("/v1/collections", json=body)).json()

    [row] = csv.DictReader(io.StringIO((await exported(api, told, "csv")).removeprefix("\ufeff")))
    lines = (await exported(api, told, "m3u")).splitlines()

    assert row["Track Name"] == ""
    assert lines[2] == "#EXTINF:-1,"


async def test_a_player_finds_own_files(api):
    """By their whole address, whatever stands in the names beside it."""
    title = "/v1/library/tracks/ of mine"
    await api.app.state.parts.own.tables.add(row_of(OWN, title=title))
    body = {"name": title, "items": [OWN]}
    told = (await api.client.post("/v1/collections", json=body)).json()

    lines = (await exported(api, told, "m3u")).splitlines()

    assert lines[1:] == [
        f"#PLAYLIST:{title}",
        f"#EXTINF:-1,Ada Reed - {title}",
        f"http://localhost/v1/library/tracks/{OWN}/audio",
    ]


async def test_a_changed_list_is_exported_as_it_is_now(api):
    """Its name, too."""
    told = await brought(api, hostile_sheet(), "first.csv")
    change = {"name": "Newer", "remove": [*range(len(HOSTILE) + 1)]}
    await api.client.patch(f"/v1/collections/{told['id']}", json=change)

    document = json.loads(await exported(api, told, "json"))
    m3u = await exported(api, told, "m3u")

    assert document["playlist"]["name"] == "Newer"
    assert [one["name"] for one in document["items"]] == ["Coded"]
    assert document["items"][0]["isrc"] == "GBSMU2401851"
    assert m3u.splitlines() == ["#EXTM3U", "#PLAYLIST:Newer"]


def is_kept(text: str) -> bool:
    """Whether this is a name as lists have them: one line, no word for nothing, no lost letters."""
    return bool(text) and one_line(text) == text == mended(text) and not is_nothing(text)


NAMES = st.text(max_size=30).map(one_line).map(str.strip).filter(is_kept)
PUZZLES = st.text(alphabet="'=+-@,;\\\"a1 ", min_size=1, max_size=8).map(one_line).filter(is_kept)
WORDS = st.one_of(NAMES, PUZZLES, st.sampled_from(HOSTILE))


@given(st.lists(st.tuples(WORDS, st.lists(WORDS, min_size=1, max_size=3), WORDS), min_size=1))
def test_any_names_come_back_from_a_spreadsheet(named):
    """Whatever stands in them, and in whatever company."""
    items = [
        item(
            at,
            name,
            artists=tuple(artists),
            track=track(SourceName.LIBRARY, id_of("track", at), album=album_called(album)),
            kind=ItemKind.TRACK,
        )
        for at, (name, artists, album) in enumerate(named)
    ]

    draft = from_sheet(Draft("Again"), as_csv(LIST, items, {}).encode())

    assert draft.refused == []
    assert [(one.name, [*one.artists], one.album) for one in draft.entries] == named


def album_called(name: str) -> AlbumCredit:
    """A release of which only the name is known."""
    return AlbumCredit(
        id=None, name=name, release_date=None, release_date_precision=None, images=()
    )
