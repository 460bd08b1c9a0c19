"""Which part of a request does not fit is said in plain words, never in a library's."""

import pytest

BRAND, SHEET = "/v1/brands", "/v1/worksheets"
KINDS = {
    "no object": (BRAND, b"[]", "body", "an object"),
    "no list": (SHEET, b'{"name": "a", "about": "b"}', "body/about", "a list"),
    "no text": (BRAND, b'{"name": 5}', "body/name", "a text"),
    "no number": (
        BRAND,
        b'{"name": "a", "targets": {"energy": {"min": "x", "max": 1}}}',
        "body/targets/energy/min",
        "a number",
    ),
    "no JSON": (BRAND, b"{", "body", "not JSON"),
}
ASKED = {
    "too much": ("limit=51", "at most 10"),
    "too little": ("limit=0", "at least 1"),
    "no whole number": ("limit=many", "a whole number"),
}


@pytest.mark.parametrize("kind", KINDS)
async def test_a_part_of_a_body_of_another_kind(product, kind):
    """What is needed there is said, with the place."""
    path, body, pointer, told = KINDS[kind]

    answer = await product.client.post(
        path, content=body, headers={"content-type": "application/json"}
    )

    part = next(each for each in answer.json()["errors"] if each["pointer"] == pointer)
    assert told in part["detail"]
    assert "nput should" not in answer.text


@pytest.mark.parametrize("kind", ASKED)
async def test_a_parameter_of_another_kind(product, kind):
    """What it may be is said."""
    query, told = ASKED[kind]

    answer = await product.get(f"/v1/search?q=rain&{query}")

    assert answer.status_code == 422
    assert told in answer.json()["errors"][0]["detail"]
    assert "nput should" not in answer.text
