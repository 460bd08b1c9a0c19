import contextvars

import httpx
import pytest
from fastapi import FastAPI, Response

from tests.web import music
from web.client import ApiCall, ApiClient, ApiProblem

SPOKEN = contextvars.ContextVar("SPOKEN", default="outer")


def api(answer):
    """An API that answers everything with `answer()`."""
    app = FastAPI()
    app.add_api_route("/v1/{path:path}", answer, methods=["GET"])
    return app


async def test_an_answer_brings_its_age():
    """The headers of the cache become facts."""

    def answer():
        headers = {"Cache-Status": "earprint; hit; ttl=3540", "Age": "60", "X-Request-ID": "r"}
        return Response(music.artist().model_dump_json(), headers=headers)

    found = await ApiClient.in_process(api(answer)).artist(music.ARTIST)

    assert found.value == music.artist()
    assert found.call == ApiCall(
        f"/v1/artists/{music.ARTIST}", 60, 3540, "earprint; hit; ttl=3540", "r"
    )
    assert not found.call.stale


@pytest.mark.parametrize(
    "status", ["earprint; hit; ttl=-20", "earprint; fwd=stale; fwd-status=429"]
)
def test_a_late_answer_is_stale(status):
    """Past its time, or standing in for a source that fails."""
    left = -20 if "ttl" in status else None
    assert ApiCall("/v1/x", 1, left, status, None).stale


async def test_what_the_api_sets_stays_inside():
    """An inner request's context variables never become the page's."""

    def answer():
        SPOKEN.set("inner")
        return Response(music.artist().model_dump_json())

    await ApiClient.in_process(api(answer)).artist("x")

    assert SPOKEN.get() == "outer"


async def test_a_problem_is_raised_as_it_was_told():
    """With its attempts and the time to wait."""
    told = music.problem(503, "sources-unavailable")

    def answer():
        return Response(told.model_dump_json(), 503, {"Retry-After": "90"})

    with pytest.raises(ApiProblem) as caught:
        await ApiClient.in_process(api(answer)).track("x")

    assert caught.value.problem == told
    assert caught.value.headers == {"Retry-After": "90"}


@pytest.mark.parametrize(
    ("body", "status", "shown"),
    [("{}", 200, 502), ("oops", 200, 502), ("oops", 500, 500), ("", 302, 502)],
)
async def test_what_cannot_be_read_is_a_problem_too(body, status, shown):
    """An API that breaks its contract never breaks a page."""
    with pytest.raises(ApiProblem) as caught:
        await ApiClient.in_process(api(lambda: Response(body, status))).track("x")

    assert caught.value.problem.status == shown
    assert caught.value.headers == {}


async def test_a_crash_inside_is_an_ordinary_500():
    """The page that asked lives on."""

    def answer():
        raise RuntimeError

    with pytest.raises(ApiProblem) as caught:
        await ApiClient.in_process(api(answer)).track("x")
    assert caught.value.problem.status == 500


async def test_an_api_that_is_not_there_is_asked_later():
    """Split over two machines, the pages say when to try again."""
    client = ApiClient.remote("http://127.0.0.1:9")
    with pytest.raises(ApiProblem) as caught:
        await client.track("x")
    await client.close()

    assert (caught.value.problem.status, caught.value.retry_after) == (503, 5)


async def test_ids_cannot_leave_their_place_in_the_path():
    """A slash or a question mark in an id stays part of the id."""
    asked = []

    def handle(request):
        asked.append(request.url.raw_path.decode())
        return httpx.Response(404)

    client = ApiClient(
        httpx.AsyncClient(transport=httpx.MockTransport(handle), base_url="http://x")
    )
    with pytest.raises(ApiProblem):
        await client.track("../secret?x#y")

    assert asked == ["/v1/tracks/..%2Fsecret%3Fx%23y"]
