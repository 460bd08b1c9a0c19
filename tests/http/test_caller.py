"""Who asks goes from the edge into every question and cache key."""

from starlette.responses import PlainTextResponse

from api.caller import Anybody, caller
from tests.sandbox.ids import id_of

TRACK = f"/v1/tracks/{id_of('track', 0)}"


def told_apart(scope):
    """Somebody with a key is themselves, whoever brings too many is answered at once."""
    headers = dict(scope["headers"])
    if b"x-too-many" in headers:
        return PlainTextResponse("not now", 429)
    return Anybody(headers.get(b"x-key", b"public").decode())


async def test_what_everybody_may_know_is_the_same_for_all(product, sandbox):
    """It is fetched once, in nobody's name, and its bytes tell nothing of who asks."""
    product.app.state.edge._admit = told_apart
    names = ("ada", "ben", "public")
    answers = [await product.get(TRACK, headers={"X-Key": name}) for name in names * 2]

    assert {answer.status_code for answer in answers} == {200}
    assert sum(count for path, count in sandbox.calls.items() if path.startswith("/v1/tr")) == 1
    assert len({answer.content for answer in answers}) == 1
    assert all(answer.headers["cache-control"].startswith("public, ") for answer in answers)
    assert caller().principal == "public"


async def test_the_edge_asks_before_it_answers(product):
    """A limit holds for what is cached, too, and its refusal has the headers of every answer."""
    product.app.state.edge._admit = told_apart
    await product.get(TRACK)
    refused = await product.get(TRACK, headers={"X-Too-Many": "1"})

    assert (refused.status_code, refused.text) == (429, "not now")
    assert refused.headers["x-content-type-options"] == "nosniff"
    assert refused.headers["x-request-id"]
