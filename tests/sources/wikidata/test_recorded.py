"""What Wikidata has really sent comes through whole, or is refused for a reason listed here."""

import pytest

from api.problems.refusals import Garbled
from api.schemas.identity import IdScheme
from api.schemas.reference import Kind
from tests.sources.recorded import recorded
from tests.sources.wikidata.asking import asked

pytestmark = pytest.mark.shared
COLUMNS = {"item": IdScheme.WIKIDATA, "mbid": IdScheme.MBID, "deezer": IdScheme.DEEZER}
NOBODY = "0000000000000000000001"


def told(rows):
    """All ids that rows tell, by Spotify's id."""
    return {
        (row["sp"]["value"], scheme, row[name]["value"].rpartition("/")[2])
        for row in rows
        for name, scheme in COLUMNS.items()
        if name in row
    }


async def test_answers_to_our_query_come_through_whole(shared_data):
    """Every id of every row, several of one kind too; answers to other queries are refused."""
    refused = []
    for one in recorded(shared_data, "wikidata"):
        is_ours = "sp" in one.body["head"]["vars"]
        rows = one.body["results"]["bindings"]
        async with asked(one.answer) as (source, _):
            idents = [row["sp"]["value"] for row in rows if "sp" in row] or [NOBODY]
            if not is_ours:
                refused.append(one.file)
                with pytest.raises(Garbled):
                    await source.links(Kind.ARTIST, IdScheme.SPOTIFY, idents)
                continue
            found = await source.links(Kind.ARTIST, IdScheme.SPOTIFY, list(dict.fromkeys(idents)))

        assert {(i, link.scheme, link.ident) for i, links in found.items() for link in links} == (
            told(rows)
        ), one.file
    assert all("wikibase-sdk" in file for file in refused)
