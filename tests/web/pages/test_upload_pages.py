import json

import httpx
import pytest
from fastapi import Response

from api.schemas.library import JobState
from tests.web import music, own
from web.client import ApiClient

FORM = {"Content-Type": "multipart/form-data; boundary=b"}
BODY = b'--b\r\nContent-Disposition: form-data; name="title"\r\n\r\nSea\r\n--b--\r\n'
WAV = ("song.wav", b"RIFF....WAVE", "audio/wav")
UPLOAD = "POST /v1/library/tracks"


def nothing():
    """What the API answers to a deletion."""
    return Response(status_code=204)


async def test_a_file_is_passed_on_as_it_came(site, fake):
    """Byte for byte, with its parts; then the browser is led to the job."""
    fake.answers[UPLOAD] = own.file(job=own.job(JobState.QUEUED))
    answer = await site.post("/upload", content=BODY, headers=FORM)

    assert (answer.status_code, answer.headers["location"]) == (303, f"/jobs/{own.JOB}")
    assert answer.headers["vary"] == "HX-Request"
    assert answer.headers["cache-control"] == "no-store"
    assert fake.sent == [BODY]
    assert [one for one in fake.asked if one != "/v1/sources"] == [UPLOAD]


async def test_a_script_is_told_where_to_go(site, fake):
    """It gets a header in place of a redirect, which it could not see."""
    fake.answers[UPLOAD] = own.file(job=own.job(JobState.QUEUED))
    answer = await site.post("/upload", files={"file": WAV}, headers={"HX-Request": "true"})
    assert (answer.status_code, answer.headers["hx-redirect"]) == (200, f"/jobs/{own.JOB}")


async def test_a_known_file_leads_to_what_was_heard(site, fake):
    """Nothing is measured twice."""
    fake.answers[UPLOAD] = own.file()
    answer = await site.post("/upload", files={"file": WAV})
    assert answer.headers["location"] == f"/tracks/{own.OWN}"


@pytest.mark.parametrize(
    ("status", "slug"),
    [(413, "file-too-large"), (415, "unsupported-format"), (422, "no-signal"), (503, "queue-full")],
)
async def test_a_file_that_cannot_be_taken_is_refused_at_its_field(site, fake, status, slug):
    """The form again, with the reason; a script gets the form alone."""
    told = music.problem(status, slug, title="It cannot be taken", attempts=None)
    fake.answers[UPLOAD] = told
    page = await site.post("/upload", files={"file": WAV})
    part = await site.post("/upload", files={"file": WAV}, headers={"HX-Request": "true"})

    assert (page.status_code, part.status_code) == (status, status)
    for answer in (page, part):
        assert "It cannot be taken." in answer.text
        assert f"/problems/{slug}" in answer.text
        assert 'aria-invalid="true"' in answer.text
        assert "etag" not in answer.headers
    assert ("<html" in page.text, "<html" in part.text) == (True, False)
    assert page.headers.get("retry-after") == ("90" if status == 503 else None)


async def test_a_large_file_is_never_held(site, fake):
    """It goes on in the pieces in which it came, with its length."""
    pieces = [b"x" * 65_536] * 20

    async def body():
        for piece in pieces:
            yield piece

    form = {"Content-Type": "multipart/form-data; boundary=b", "Content-Length": str(65_536 * 20)}
    fake.answers[UPLOAD] = own.file()
    answer = await site.post("/upload", content=body(), headers=form)

    assert answer.status_code == 303
    assert len(fake.sent[0]) == 65_536 * 20


async def test_a_job_shows_its_steps(site):
    """Which are done, which runs, how long it takes; and it asks for itself again."""
    text = (await site.get(f"/jobs/{own.JOB}")).text

    for part in ("Being analysed", "about 12 s left", 'value="43"', 'aria-current="step"'):
        assert part in text
    assert text.count("is-done") == 3
    assert 'hx-trigger="every 1s"' in text
    assert 'http-equiv="refresh"' in text
    assert "Stop the analysis" in text


@pytest.mark.parametrize(
    ("place", "left", "says"),
    [
        (1, None, "next in the queue"),
        (2, 70, "one file before it in the queue, about 1 min left"),
        (None, None, "waiting for its turn"),
    ],
)
async def test_a_job_that_waits_says_where(site, fake, place, left, says):
    """In files before it, not in numbers of a queue."""
    waiting = own.job(JobState.QUEUED, queue_place=place, seconds_left=left)
    fake.answers[f"/v1/jobs/{own.JOB}"] = waiting
    text = (await site.get(f"/jobs/{own.JOB}")).text
    assert says in text
    assert text.count("is-later") == 6


async def test_a_job_that_is_done_leads_on(site, fake):
    """The page that watches is led to the track; one that is opened later has a link."""
    fake.answers[f"/v1/jobs/{own.JOB}"] = own.job(percent=100)
    page = await site.get(f"/jobs/{own.JOB}")
    watching = await site.get(f"/fragments/jobs/{own.JOB}")

    assert watching.headers["hx-redirect"] == f"/tracks/{own.OWN}"
    assert "hx-redirect" not in page.headers
    for answer in (page, watching):
        assert "hx-trigger" not in answer.text.split('id="job"')[1]
        assert f'href="/tracks/{own.OWN}"' in answer.text


async def test_a_job_that_failed_says_why_and_what_to_do(site, fake):
    """The step, the reason, the remedy; again, or away with it."""
    fake.answers[f"/v1/jobs/{own.JOB}"] = own.failed()
    fake.refuse(f"/v1/library/tracks/{own.OWN}", 404, "track-not-found")
    text = (await site.get(f"/jobs/{own.JOB}")).text

    for part in ("The analysis failed", "−74.2 LUFS", "not muted", "stopped here", "Your file"):
        assert part in text
    assert f'action="/jobs/{own.JOB}/retry" method="post"' in text
    assert f'href="/library/{own.OWN}/delete"' in text


async def test_an_unlisted_failure_has_words_too(site, fake):
    """Even if nobody has written a page about it."""
    problem = own.silence().model_copy(update={"type": "about:blank"})
    fake.answers[f"/v1/jobs/{own.JOB}"] = own.job(JobState.FAILED, problem=problem)
    text = (await site.get(f"/jobs/{own.JOB}")).text
    assert "−74.2 LUFS" in text
    assert "What this means" not in text


@pytest.mark.parametrize(
    ("path", "asked", "leads"),
    [
        (f"/jobs/{own.JOB}/cancel", f"DELETE /v1/jobs/{own.JOB}", f"/jobs/{own.JOB}"),
        (f"/jobs/{own.JOB}/retry", f"POST /v1/jobs/{own.JOB}/retry", f"/jobs/{own.JOB}"),
        (f"/library/{own.OWN}/delete", f"DELETE /v1/library/tracks/{own.OWN}", "/library"),
        (
            f"/collections/{own.LIST}/delete",
            f"DELETE /v1/collections/{own.LIST}",
            "/library#collections",
        ),
    ],
)
async def test_a_button_does_what_it_says(site, fake, path, asked, leads):
    """And leads to where it can be seen."""
    fake.answers[f"DELETE /v1/library/tracks/{own.OWN}"] = nothing
    fake.answers[f"DELETE /v1/collections/{own.LIST}"] = nothing
    answer = await site.post(path)
    assert (answer.status_code, answer.headers["location"]) == (303, leads)
    assert asked in fake.asked


async def test_a_job_that_cannot_be_stopped_says_so(site, fake):
    """A refusal is a page."""
    fake.answers[f"DELETE /v1/jobs/{own.JOB}"] = music.problem(409, "conflict")
    assert (await site.post(f"/jobs/{own.JOB}/cancel")).status_code == 409


async def test_an_address_for_buttons_says_so(site):
    """It cannot be opened."""
    answer = await site.get(f"/jobs/{own.JOB}/cancel")
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")


async def test_the_library_lists_files_and_collections(site):
    """Each with its state, its numbers and its way out; nothing of a stranger's is markup."""
    text = (await site.get("/library")).text

    for part in ("Harbour Lights", "being analysed, 43 %", "Slow Tide", "Night Drive", "72"):
        assert part in text
    assert music.HOSTILE not in text


async def test_an_empty_library_says_what_to_do(site, fake):
    """And stays when the collections cannot be had."""
    fake.answers["/v1/library/tracks"] = own.files().model_copy(update={"items": (), "total": 0})
    fake.refuse("/v1/collections", 500, "internal")
    text = (await site.get("/library")).text
    assert "None yet. Send one" in text
    assert "cannot be shown just now" in text


async def test_a_long_library_has_pages(site):
    """Older and newer."""
    text = (await site.get("/library?offset=50")).text
    assert "51 to 53 of 120 files" in text
    assert 'rel="prev" href="/library"' in text
    assert 'rel="next" href="/library?offset=100"' in text


async def test_a_list_is_passed_on_as_it_came(site, fake):
    """Byte for byte; then to the list, with the song it is for: reloading repeats nothing."""
    fake.answers["POST /v1/collections"] = own.collection(
        refused=(), unread=(), features_imported=0
    )
    answer = await site.post("/collections?track=abc", content=BODY, headers=FORM)

    assert answer.status_code == 303
    assert answer.headers["location"] == f"/playlists/{own.LIST}?track=abc"
    assert fake.sent == [BODY]


async def test_a_list_of_which_something_was_not_taken_says_what(site, fake):
    """At an address of its own: taken, imported, refused with the reason, and how many more."""
    fake.answers["POST /v1/collections"] = own.collection()
    answer = await site.post("/collections?track=abc", content=BODY, headers=FORM)
    assert answer.headers["location"] == f"/collections/{own.LIST}?track=abc&refused=1"
    text = (await site.get(f"/collections/{own.LIST}?track=abc&refused=3")).text

    for part in ("It holds 12 tracks", "11 tracks were kept", "This is an album.", ">4<"):
        assert part in text
    assert "two more lines named no track either" in text.lower()
    assert f'href="/playlists/{own.LIST}?track=abc"' in text
    assert music.HOSTILE not in text
    fake.answers[f"/v1/collections/{own.LIST}"] = own.collection(
        refused=(), unread=(), features_imported=0
    )
    plain = (await site.get(f"/collections/{own.LIST}?refused=x")).text
    assert "Every line was taken." in plain
    assert "What was not understood" not in plain


async def test_a_collection_says_what_was_not_understood(site, fake):
    """By column and line, in words, and as text."""
    text = (await site.get(f"/collections/{own.LIST}")).text

    for where in ("“Energie”<", "“Dauer”, line 7<", ">line 9<", ">the file<"):
        assert where in text
    assert "No scale." in text
    assert music.HOSTILE not in text


def refused_lines(fake):
    """Let the API find no track in any of four lines."""
    why = ("This is an artist.", "This is an artist.", "This is an album.", "This is an artist.")
    errors = [{"pointer": f"line/{at + 1}", "detail": said} for at, said in enumerate(why)]
    fake.answers["POST /v1/collections"] = music.problem(
        422, "collection-refused", errors=tuple(errors), attempts=None
    )


async def test_a_list_that_cannot_be_taken_comes_back_as_it_was_typed(site, fake):
    """Each reason once, with the numbers of its lines; a file has to be chosen again."""
    refused_lines(fake)
    answer = await site.post(
        "/collections?track=abc",
        data={"name": "Night & day", "items": "one\n<b>two"},
        files={"file": ("a.csv", b"x", "text/csv")},
    )

    assert answer.status_code == 422
    assert answer.headers["cache-control"] == "no-store"
    assert answer.text.count("This is an artist.") == 1
    assert "Lines 1, 2 and 4: This is an artist." in answer.text
    assert "Line 3: This is an album." in answer.text
    assert 'aria-describedby="collect-error"' in answer.text
    assert 'value="Night &amp; day"' in answer.text
    assert "one\n&lt;b&gt;two</textarea>" in answer.text.replace("\r", "")
    assert "a.csv</span>” again" in answer.text
    assert 'action="/collections?track=abc"' in answer.text


@pytest.mark.parametrize(
    "headers", [FORM, {"Content-Type": "text/plain"}, {"Content-Type": "multipart/form-data"}, {}]
)
async def test_a_form_that_nobody_can_read_is_refused_all_the_same(site, fake, headers):
    """Whatever was sent."""
    refused_lines(fake)
    answer = await site.post("/collections", content=b"\0--b\r\n", headers=headers)
    assert answer.status_code == 422
    assert "Bring its tracks" in answer.text


async def test_a_field_that_does_not_fit_is_named(site, fake):
    """In plain words."""
    part = {"pointer": "body/name", "detail": "This is too long; the most is 200."}
    told = music.problem(422, "invalid-request", errors=(part,), attempts=None)
    fake.answers["POST /v1/collections"] = told
    text = (await site.post("/collections", data={"name": "x"}, files={"items": (None, "y")})).text
    assert "Name: this is too long; the most is 200." in text


async def test_the_pages_can_stand_apart_from_the_api():
    """Over the network the form travels in the same way."""
    seen = []

    async def handle(request):
        seen.append((request.headers["content-length"], await request.aread()))
        return httpx.Response(202, json=json.loads(own.file().model_dump_json()))

    http = httpx.AsyncClient(transport=httpx.MockTransport(handle), base_url="http://x")

    async def form():
        yield b"ab"
        yield b"c"

    headers = {"content-length": "3", "content-type": "multipart/form-data; boundary=x", "x": "y"}
    answer = await ApiClient(http).library.upload(form(), headers)

    assert seen == [("3", b"abc")]
    assert answer.value == own.file()
