"""Own files once they are there: listed, played, deleted; their jobs followed and cancelled."""

import httpx
import pytest

from api.db.library import packed_analysis
from tests.library.own_files import TRACKS, is_problem, send, song
from tests.routes.product import opened

NOBODY = "own_3CkaJF2BkFeNgnXzm1BUlQ"
NO_JOB = "/v1/jobs/3CkaJF2BkFeNgnXzm1BUlQ"
FEATURES = b'{"duration_ms":6000}'


@pytest.fixture
async def product(tmp_path):
    """The API without any source and without a worker."""
    async with opened(None, tmp_path) as product:
        yield product


@pytest.fixture
async def track(product):
    """One file that waits."""
    return (await send(product, song(), title="Käse", artist="Me")).json()


def ledger_of(product):
    """The rows of jobs."""
    return product.app.state.parts.own.jobs.tables


def heard(track_id, at=1_800_000_000.0):
    """What a worker would keep."""
    return packed_analysis(track_id, analyser=1, features=FEATURES, analysis=b"{}", made_at=at)


async def test_files_are_listed_newest_first(product, track):
    """In parts, with how many there are."""
    product.clock.advance(60)
    newer = (await send(product, song(7))).json()
    page = (await product.get(f"{TRACKS}?limit=1")).json()
    rest = (await product.get(f"{TRACKS}?limit=1&offset=1")).json()

    assert (page["total"], [one["id"] for one in page["items"]]) == (2, [newer["id"]])
    assert [one["id"] for one in rest["items"]] == [track["id"]]


async def test_a_file_is_private(product, track):
    """Nobody else may keep the answer, and a browser asks each time whether it still holds."""
    answer = await product.get(f"{TRACKS}/{track['id']}")
    same = await product.get(
        f"{TRACKS}/{track['id']}", headers={"If-None-Match": answer.headers["etag"]}
    )

    assert answer.headers["cache-control"] == "private, no-cache"
    assert "access-control-allow-origin" not in answer.headers
    assert same.status_code == 304


async def test_an_analysed_file_has_its_length(product, track):
    """And its job says where the result is."""
    ledger_of(product).begin(track["job"]["id"], product.clock())
    ledger_of(product).finish(track["job"]["id"], heard(track["id"]))
    told = (await product.get(f"{TRACKS}/{track['id']}")).json()

    assert told["duration_ms"] == 6000
    assert (told["job"]["state"], told["job"]["percent"]) == ("done", 100)
    assert told["job"]["result"] == told["features"]


async def test_a_deleted_file_is_gone(product, track, tmp_path):
    """With its row, its job and its bytes; its address may serve it again any moment."""
    gone = await product.client.delete(f"{TRACKS}/{track['id']}")
    after = await product.get(f"{TRACKS}/{track['id']}")
    job = await product.get(track["job"]["href"])

    assert (gone.status_code, gone.content) == (204, b"")
    assert is_problem(after, "track-not-found")
    assert after.headers["cache-control"] == "no-store"
    assert is_problem(job, "job-not-found")
    assert [path for path in (tmp_path / "library").rglob("*") if path.is_file()] == []


@pytest.mark.parametrize("method", ["GET", "DELETE"])
async def test_what_is_not_here_is_not_found(product, method):
    """Files and jobs alike."""
    file = await product.client.request(method, f"{TRACKS}/{NOBODY}")
    job = await product.client.request(method, NO_JOB)

    assert is_problem(file, "track-not-found")
    assert is_problem(job, "job-not-found")


async def test_the_file_can_be_played(product, track):
    """Whole, in part, from its end; headers alone; and not again where it is held."""
    path = track["audio"]
    whole = await product.get(path)
    part = await product.get(path, headers={"Range": "bytes=4-7"})
    tail = await product.get(path, headers={"Range": "bytes=-4"})
    head = await product.client.head(path)
    held = await product.get(path, headers={"If-None-Match": whole.headers["etag"]})

    assert (whole.status_code, whole.content) == (200, song())
    assert (part.status_code, part.content) == (206, song()[4:8])
    assert part.headers["content-range"] == f"bytes 4-7/{len(song())}"
    assert tail.content == song()[-4:]
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == str(len(song()))
    assert (held.status_code, held.content) == (304, b"")


async def test_the_file_is_safe_to_serve(product, track):
    """A stranger's bytes: never a page, never guessed at, never for another site."""
    headers = (await product.get(track["audio"])).headers

    assert headers["content-type"] == "audio/wav"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["content-disposition"].startswith('attachment; filename="Me - K_se.wav"')
    assert "filename*=UTF-8''Me%20-%20K%C3%A4se.wav" in headers["content-disposition"]
    assert "sandbox" in headers["content-security-policy"]
    assert headers["cache-control"] == "private, no-cache"


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ({"Range": "bytes=999999999-"}, 416),
        ({"Range": "bytes=-0"}, 416),
        ({"Range": "bytes=5-2"}, 200),
        ({"Range": "lines=1-2"}, 200),
        ({"Range": "bytes=-"}, 200),
        ({"Range": "bytes=0-999999999"}, 206),
        ({"Range": "bytes=0-3", "If-Range": '"another"'}, 200),
    ],
)
async def test_odd_ranges(product, track, asked, status):
    """Beyond the end is refused with the length; what is no range gets the whole."""
    answer = await product.get(track["audio"], headers=asked)

    assert answer.status_code == status
    if status == 416:
        assert is_problem(answer, "range-not-satisfiable")
        assert answer.headers["content-range"] == f"bytes */{len(song())}"


async def test_several_ranges_come_as_parts_of_one_answer(product, track):
    """Each with its place in the file (RFC 9110 §14.6)."""
    parts = await product.get(track["audio"], headers={"Range": "bytes=0-1,4-5"})

    assert parts.status_code == 206
    assert parts.headers["content-type"].startswith("multipart/byteranges; boundary=")
    for first, last in ((0, 1), (4, 5)):
        place = f"bytes {first}-{last}/{len(song())}".encode()
        assert place + b"\r\n\r\n" + song()[first : last + 1] in parts.content


async def test_a_range_of_the_right_file_is_given(product, track):
    """If-Range names the bytes that the player has the rest of."""
    etag = (await product.client.head(track["audio"])).headers["etag"]
    part = await product.get(track["audio"], headers={"Range": "bytes=0-3", "If-Range": etag})

    assert part.status_code == 206


async def test_a_file_that_somebody_removed_from_the_disk(product, track, tmp_path):
    """It is not found, rather than a mistake of ours."""
    for path in (tmp_path / "library").rglob("*.wav"):
        path.unlink()

    assert is_problem(await product.get(track["audio"]), "track-not-found")


async def test_a_waiting_job_is_cancelled_and_tried_again(product, track):
    """Cancelling twice is no error; trying again is a new job for the same file."""
    href = track["job"]["href"]
    busy = await product.client.post(f"{href}/retry")
    cancelled = await product.client.delete(href)
    twice = await product.client.delete(href)
    retried = await product.client.post(f"{href}/retry")

    assert is_problem(busy, "conflict")
    assert cancelled.json()["state"] == twice.json()["state"] == "cancelled"
    assert cancelled.json()["queue_place"] is None
    assert retried.status_code == 202
    assert retried.headers["location"] == retried.json()["href"] != href
    assert (await product.get(f"{TRACKS}/{track['id']}")).json()["job"]["id"] != track["job"]["id"]


async def test_a_job_that_is_done_cannot_be_cancelled(product, track):
    """What is over is over."""
    ledger_of(product).begin(track["job"]["id"], product.clock())
    ledger_of(product).finish(track["job"]["id"], heard(track["id"]))

    assert is_problem(await product.client.delete(track["job"]["href"]), "conflict")


async def test_while_it_is_analysed_the_answer_is_on_its_way(product, track):
    """202 with the job at the very address where the features will be."""
    answer = await product.get(track["features"])

    assert answer.status_code == 202
    assert answer.headers["location"] == track["job"]["href"]
    assert answer.json()["state"] == "queued"


async def test_a_failed_analysis_is_named_where_the_features_would_be(product, track):
    """The attempt says why there are none."""
    problem = {"code": "analysis-failed", "title": "…", "detail": "It died twice."}
    ledger_of(product).fail(track["job"]["id"], problem, now=product.clock())
    job = (await product.get(track["job"]["href"])).json()
    answer = await product.get(track["features"])

    assert job["problem"]["type"] == "/problems/analysis-failed"
    assert job["problem"]["status"] == 422
    assert is_problem(answer, "features-unavailable")
    assert "It died twice." in answer.json()["attempts"][0]["detail"]


async def test_a_wrong_method_is_told_all_the_right_ones(product, track):
    """Also where each of them has a route of its own."""
    answers = [
        await product.client.put(path)
        for path in (TRACKS, f"{TRACKS}/{track['id']}", f"{track['job']['href']}/retry")
    ]

    assert [answer.headers["allow"] for answer in answers] == [
        "GET, POST, HEAD",
        "GET, PATCH, DELETE, HEAD",
        "POST",
    ]


FOREIGN = [
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site", "Origin": "http://localhost:81"},
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Origin": "http://["},
]
OWN = [
    {},
    {"Origin": "http://localhost"},
    {"Origin": "http://localhost:80"},
    {"Origin": "https://localhost"},
    {"Sec-Fetch-Site": "none"},
    {"Sec-Fetch-Site": "same-origin", "Origin": "null"},
]


@pytest.mark.parametrize("headers", FOREIGN)
async def test_another_site_can_neither_change_nor_read(product, track, headers):
    """A page of somebody else's is refused, whatever it makes the browser do."""
    answers = [
        await send(product, song(7), headers=headers),
        await product.client.delete(f"{TRACKS}/{track['id']}", headers=headers),
        await product.client.post(f"{track['job']['href']}/retry", headers=headers),
        await product.get(TRACKS, headers=headers),
        await product.get(track["audio"], headers=headers),
    ]

    assert all(is_problem(answer, "cross-site") for answer in answers)
    assert (await product.get(TRACKS)).json()["total"] == 1


@pytest.mark.parametrize("headers", OWN)
async def test_our_own_pages_and_programs_can(product, track, headers):
    """Same origin, the address bar, and whatever is no browser."""
    read = await product.get(TRACKS, headers=headers)
    gone = await product.client.delete(f"{TRACKS}/{track['id']}", headers=headers)

    assert (read.status_code, gone.status_code) == (200, 204)


async def test_a_link_from_elsewhere_may_be_followed(product, track):
    """Reading a page by clicking on it is the owner's own doing."""
    headers = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}
    answer: httpx.Response = await product.get(TRACKS, headers=headers)

    assert answer.status_code == 200
