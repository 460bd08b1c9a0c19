"""The OpenAPI document is the contract: it is compared with a copy, and complete."""

import re

import pytest

from api.__main__ import openapi
from api.app import create_app
from api.http.openapi import PROBLEM_JSON
from api.problems.types import SLUGS
from api.settings import Settings
from tests.contract.repository import ROOT

DOCUMENT = create_app(Settings(_env_file=None)).openapi()
OPERATIONS = [
    (f"{method.upper()} {path}", operation)
    for path, methods in DOCUMENT["paths"].items()
    for method, operation in methods.items()
]


def test_a_change_of_the_contract_shows():
    """The committed copy is the document; `make openapi` writes it anew."""
    committed = (ROOT / "tests/contract/openapi.json").read_text(encoding="utf-8")

    assert openapi() == committed


def test_every_operation_has_a_name_of_its_own():
    """Generated clients call their functions by it."""
    names = [operation["operationId"] for _, operation in OPERATIONS]

    assert len(set(names)) == len(names)
    assert all(re.fullmatch(r"[a-z][a-z_]+", name) for name in names)


@pytest.mark.parametrize(("name", "operation"), OPERATIONS)
def test_every_operation_can_be_read_and_tried(name, operation):
    """A summary, a description, and an example for each parameter that must be given."""
    required = [one for one in operation.get("parameters", []) if one["required"]]

    assert operation["summary"]
    assert operation["description"].endswith((".", "…"))
    assert all(one.get("description") for one in operation.get("parameters", []))
    assert [
        one["name"]
        for one in required
        if not (one.get("examples") or one["schema"].get("examples"))
    ] == []


@pytest.mark.parametrize(("name", "operation"), OPERATIONS)
def test_every_problem_is_documented_as_one(name, operation):
    """Statuses from 400 on are problem+json, and name slugs of that status."""
    for status, response in operation["responses"].items():
        slugs = re.findall(r"\*\*([a-z-]+)\*\*", response["description"])
        if int(status) < 400 or not slugs:
            continue
        assert list(response["content"]) == [PROBLEM_JSON]
        assert {SLUGS[slug].status for slug in slugs} == {int(status)}


@pytest.mark.parametrize(("name", "operation"), OPERATIONS)
def test_what_the_api_answers_under_v1_includes_its_problems(name, operation):
    """A caller of /v1 finds the refusals of every operation."""
    if "/v1/" in name:
        assert "422" in operation["responses"]
