"""The files nearest to a track, asked for over the API; a linked file under its Spotify id."""

import csv
import io

import pytest

from api.db.library import packed_analysis
from tests.library.own_files import TRACKS, is_problem, row_of, send, song
from tests.routes.product import opened
from tests.web import own

NEAREST = "/v1/library/nearest"
SPOTIFY_ID = "3CkaJF2BkFeNgnXzm1BUlQ"


@pytest.fixture
async def product(tmp_path):
    """The API without any source and without a worker."""
    async with opened(None, tmp_path) as product:
        yield product


async def heard(product, ident, *, title="Song", spotify_id=None, **numbers):
    """A file that was analysed."""
    own_id = f"own_{ident * 22}"
    tables = product.app.state.parts.own.tables
    row = row_of(own_id, sha256=ident, title=title, spotify_id=spotify_id, file=ident)
    await tables.add(row)
    said = own.features(own_id, **numbers).model_dump_json().encode()
    kept = packed_analysis(own_id, analyser=1, features=said, analysis=b"{}", made_at=0)
    await tables.save_analysis(kept)
    return own_id


async def test_the_nearest_files_are_told_with_why(product):
    """Names, keys, and what sets each apart; the track itself is not among them."""
    mine = await heard(product, "1", energy=0.3)
    near = await heard(product, "2", title="Near", energy=0.32)
    await heard(product, "3", title="Far", energy=0.95)

    told = (await product.get(f"{NEAREST}?track={mine}")).json()

    assert [one["name"] for one in told["items"]] == ["Near", "Far"]
    assert told["items"][0]["id"] == near
    assert told["items"][1]["says"].endswith("ost apart in energy (0.95 against 0.30).")
    assert (told["compared"], told["ranks"]["energy"]["below"]) == (2, 0)
    assert told["keys"] == {"11A": 2}
    assert "standard deviations" in told["provenance"][-1]["detail"]


async def test_a_first_file_has_nothing_near(product):
    """And the answer says why."""
    mine = await heard(product, "1")
    told = (await product.get(f"{NEAREST}?track={mine}")).json()
    assert (told["items"], told["missing"][0]["field"]) == ([], "items")


async def test_a_linked_file_is_not_near_itself(product):
    """Under its Spotify id its own numbers are compared, with all files but it."""
    await heard(product, "1", spotify_id=SPOTIFY_ID)
    await heard(product, "2", title="Other")
    told = (await product.get(f"{NEAREST}?track={SPOTIFY_ID}")).json()
    assert [one["name"] for one in told["items"]] == ["Other"]


async def test_a_track_that_nobody_knows_is_near_nothing(product):
    """Its numbers cannot be had, so it is the refusal of those."""
    answer = await product.get(f"{NEAREST}?track={SPOTIFY_ID}")
    assert is_problem(answer, "features-unavailable")


async def test_what_is_near_is_nobody_elses_business(product):
    """Another site's page learns nothing of the library."""
    mine = await heard(product, "1")
    headers = {"Sec-Fetch-Site": "cross-site", "Origin": "https://elsewhere.example"}
    answer = await product.get(f"{NEAREST}?track={mine}", headers=headers)
    assert is_problem(answer, "cross-site")


@pytest.mark.parametrize("camelot", ["13A", "11a", "11A,", "11A 12A"])
async def test_a_key_that_is_none_is_refused(product, camelot):
    """And pointed at."""
    mine = await heard(product, "1")
    answer = await product.get(NEAREST, params={"track": mine, "camelot": camelot})
    assert is_problem(answer, "invalid-request")
    assert answer.json()["errors"][0]["pointer"] == "query/camelot"


async def test_the_files_linked_to_a_track_can_be_asked_for(product):
    """Of all others nothing is told."""
    linked = await heard(product, "1", spotify_id=SPOTIFY_ID)
    await heard(product, "2")
    told = (await product.get(f"{TRACKS}?spotify_id={SPOTIFY_ID}")).json()
    assert ([one["id"] for one in told["items"]], told["total"]) == ([linked], 1)


async def test_a_track_is_taken_along_as_a_spreadsheet(product):
    """In Exportify's columns; a name that looks like a formula stays a name."""
    await heard(product, "1", title="=1+1")
    answer = await product.get(f"/v1/tracks/own_{'1' * 22}/export")
    [row] = csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff")))

    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert "attachment" in answer.headers["content-disposition"]
    assert (row["Track Name"], row["Energy"], row["Tempo"]) == ("'=1+1", "0.34", "72.02")


async def test_a_file_in_work_says_so(product):
    """Its numbers will be there: the job is the answer."""
    track = (await send(product, song())).json()
    answer = await product.get(f"{NEAREST}?track={track['id']}")
    assert (answer.status_code, answer.json()["id"]) == (202, track["job"]["id"])
