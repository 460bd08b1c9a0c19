"""What /v1/about/data says of the numbers is what the analyser's own files say."""

import json

from api.analysis.contract.calibration import TABLES
from api.analysis.perceptual.model import load
from api.schemas.about import AboutData
from api.schemas.provenance import SourceName
from tests.routes.product import opened


async def test_typical_errors_are_those_of_the_model(tmp_path):
    """The figure beside a guess and the figure on this page come from one file."""
    about = await told(tmp_path)

    found = {each.field: (each.typical_error, each.tracks) for each in about.estimated}
    assert found == {name: (of.mae, of.rows) for name, of in load().held_out.items()}


async def test_shares_of_right_answers_are_those_of_the_calibration(tmp_path):
    """Counted where the answer is known, on so many answers."""
    about = await told(tmp_path)
    tables = json.loads(TABLES.read_text(encoding="utf-8"))["tables"]

    assert {each.name: each.right for each in about.measured} == {
        name: table["right"] for name, table in tables.items()
    }
    assert {each.name: each.answers for each in about.measured} == {
        name: table["answers"] for name, table in tables.items()
    }


async def test_every_source_has_its_terms(tmp_path):
    """None is left out, whether it is switched on or not."""
    about = await told(tmp_path)

    assert {each.source for each in about.terms} == set(SourceName)
    assert all(each.licence for each in about.terms)


async def told(folder) -> AboutData:
    """The answer of a server without any source outside."""
    async with opened(None, folder) as server:
        answer = await server.get("/v1/about/data")
    assert answer.status_code == 200
    return AboutData.model_validate_json(answer.content)
