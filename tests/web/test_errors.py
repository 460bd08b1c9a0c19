import httpx
import pytest
from fastapi import HTTPException

from api.schemas.provenance import Reason, SourceName
from tests.web import music, own
from tests.web.fake import Fake, product
from web.errors import is_api

A, T, P = music.ARTIST, music.TRACK, music.PLAYLIST


@pytest.mark.parametrize(
    ("status", "slug"),
    [
        (404, "track-not-found"),
        (422, "bad-reference"),
        (502, "bad-upstream-answer"),
        (503, "sources-unavailable"),
    ],
)
async def test_a_page_mirrors_the_api(site, fake, status, slug):
    """Status, title, sentence, who was asked, the request id, and a way on."""
    fake.refuse(f"/v1/jobs/{own.JOB}", status, slug)
    answer = await site.get(f"/jobs/{own.JOB}")

    assert answer.status_code == status
    assert answer.headers.get("retry-after") == ("90" if status == 503 else None)
    for part in ("Audio analysis unavailable", "Closed to new apps.", "req-7", f"/problems/{slug}"):
        assert part in answer.text
    assert 'name="q"' in answer.text
    assert "etag" not in answer.headers


@pytest.mark.parametrize(
    ("path", "name"), [(f"artists/{A}", "Artist"), (f"tracks/{T}/analysis", "Analysis")]
)
async def test_a_look_that_nobody_can_show_just_now_leads_on(site, fake, path, name):
    """It says which look it is, asks again by a link, and an own file goes on."""
    fake.refuse(f"/v1/{path}", 503, "sources-unavailable")
    answer = await site.get(f"/{path}?x=1")

    assert answer.status_code == 503
    assert f'<p class="kind">{name}</p>' in answer.text
    assert f'href="/{path}?x=1">Try again</a>' in answer.text
    assert "Nothing can be shown here; the walk goes on." in answer.text
    assert 'class="button" href="/' in answer.text


@pytest.mark.parametrize(
    ("status", "fragment"), [(404, 200), (422, 200), (500, 500), (502, 502), (503, 503)]
)
async def test_a_panel_fails_alone(site, fake, status, fragment):
    """The page mirrors; the fragment is 200 unless asking again can help, so that htmx shows it."""
    hint = "Ask again after the time in Retry-After."
    fake.refuse(f"/v1/tracks/{T}/analysis", status, "analysis-unavailable", hint=hint)
    page = await site.get(f"/tracks/{T}/analysis/summary")
    panel = await site.get(f"/fragments/tracks/{T}/analysis/summary")

    assert (page.status_code, panel.status_code) == (status, fragment)
    assert 'id="analysis-summary"' in panel.text
    assert "<html" not in panel.text
    assert "Retry-After" not in panel.text
    assert "Ask again in 1 min" in panel.text or status != 503


async def test_parts_of_a_bad_request_are_listed(site, fake):
    """Each part that has to change is named."""
    part = {"pointer": "query/source", "detail": "No such source."}
    fake.refuse(f"/v1/tracks/{T}/features", 422, "invalid-request", errors=(part,), attempts=None)
    assert "No such source." in (await site.get(f"/tracks/{T}/features?source=x")).text


async def test_an_unknown_address_is_a_page(site):
    """404 with the box; a fragment stays a fragment."""
    page = await site.get("/nothing/here")
    panel = await site.get("/fragments/nothing")

    assert page.status_code == panel.status_code == 404
    assert "No such address" in page.text
    assert "<html" in page.text
    assert "<html" not in panel.text


async def test_a_wrong_method_is_a_page(site):
    """405 says which methods work."""
    answer = await site.post("/sources")
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD")


async def test_a_crash_is_a_page(site, fake, monkeypatch):
    """Nothing of the inside leaks."""

    def crash():
        raise RuntimeError("the inside")

    monkeypatch.setattr("web.pages.sources.shown", lambda *_: crash())
    answer = await site.get("/sources")

    assert answer.status_code == 500
    assert "Earprint made a mistake" in answer.text
    assert "the inside" not in answer.text


@pytest.mark.parametrize(
    ("status", "sentence"), [(418, "Request refused"), (404, "No such address")]
)
async def test_an_unlisted_status_has_words_too(site, monkeypatch, status, sentence):
    """Whatever a router may raise."""

    def refuse(*_args):
        raise HTTPException(status)

    monkeypatch.setattr("web.pages.sources.shown", refuse)
    answer = await site.get("/sources")
    assert answer.status_code == status
    assert sentence in answer.text


async def test_problem_types_are_explained(site):
    """Every slug has a page; others are not found."""
    assert "What to do" in (await site.get("/problems/features-unavailable")).text
    assert (await site.get("/problems/nonsense")).status_code == 404


def test_the_api_keeps_its_paths():
    """Errors there stay problem+json."""
    assert is_api("/v1")
    assert is_api("/v1/tracks/x")
    assert is_api("/openapi.json")
    assert not is_api("/v10")
    assert not is_api("/tracks/x")


async def test_a_panel_without_provenance_has_no_age(site, fake):
    """Nothing is claimed of an answer that says nothing of itself."""
    silent = music.related().model_copy(update={"provenance": ()})
    fake.answers[f"/v1/artists/{A}/related"] = silent
    fake.headers.clear()
    text = (await site.get(f"/artists/{A}/related")).text
    assert "names no source" in text
    assert "<dt>Age</dt>" not in text


async def test_parameters_that_fit_no_page_are_a_page():
    """What FastAPI itself refuses is refused in the usual layout."""
    app = product(Fake())

    @app.get("/odd")
    def odd(number: int) -> int:
        return number

    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
        answer = await client.get("/odd?number=x")
    assert answer.status_code == 422
    assert "Request not understood" in answer.text


@pytest.mark.parametrize(
    ("page", "asked", "action"),
    [
        (f"/tracks/{T}/analysis", f"/v1/tracks/{T}/analysis", f"/upload?spotify_id={T}"),
        (f"/tracks/{T}/similar", f"/v1/tracks/{T}/features", f"/upload?spotify_id={T}"),
        (f"/artists/{A}/related", f"/v1/artists/{A}/related", "/upload"),
        (f"/artists/{A}", f"/v1/artists/{A}", "/upload"),
        (f"/playlists/{P}/profile", f"/v1/playlists/{P}/profile", "/collections/new"),
        (f"/playlists/{P}/table", f"/v1/playlists/{P}/table", "/collections/new"),
        ("/search?q=low", "/v1/search", "/upload"),
    ],
)
@pytest.mark.parametrize(("status", "slug"), [(503, "sources-unavailable"), (404, "")])
async def test_a_refusal_leads_with_one_action_that_works_here(
    site, fake, page, asked, action, status, slug
):
    """An own file, linked already, or the list itself; asking again only where that may help."""
    kinds = {
        "related": "related",
        "analysis": "analysis",
        "profile": "playlist",
        "table": "playlist",
    }
    last = asked.rpartition("/")[2]
    closed = f"{kinds.get(last, 'features' if 'tracks' in asked else 'artist')}-unavailable"
    for path in {asked, "/v1/library/nearest"} if "similar" in page else {asked}:
        fake.refuse(path, status, slug or closed)
    text = (await site.get(page)).text
    main = text[text.index("<main") :]

    assert f'href="{action}"' in main
    assert 'role="alert"' in main or (status, page) == (404, f"/tracks/{T}/similar")
    assert ("Try again" in main) == ("data-retry-after" in main) == (status == 503)


async def test_a_refusal_says_who_else_can_be_asked_and_how_to_find_it_again(site, fake):
    """The title, the sentence, the request id in sight; each reason once for all who gave it."""
    [tried, *_] = music.problem(503, "sources-unavailable").attempts or ()
    alike = tuple(
        tried.model_copy(update={"source": source, "detail": "Not set up."})
        for source in (SourceName.DEEZER, SourceName.LASTFM)
    )
    fake.refuse(f"/v1/artists/{A}/related", 503, "sources-unavailable", attempts=alike)
    text = (await site.get(f"/fragments/artists/{A}/related")).text

    assert '<div role="alert">' in text
    assert "Audio analysis unavailable.</strong>" in text
    assert "Request id <code>req-7</code>" in text
    assert "<strong>Deezer and Last.fm</strong>" in text
    assert text.count("Not set up.") == 1
    assert "Ask another source" in text


async def test_a_side_that_nobody_can_name_leads_to_an_own_file_of_it(site, fake):
    """Of the track that was asked for, also where several are asked for at once."""
    fake.refuse("/v1/tracks", 503, "sources-unavailable")
    text = (await site.get(f"/compare?a={T}&b={own.OWN}")).text

    assert f'href="/upload?spotify_id={T}">Have your own file of it heard here' in text


async def test_what_an_own_file_lacks_is_written_in(site, fake):
    """Nobody else can say it, so the way on is its own page; a demo piece cannot be renamed."""
    said = music.said(SourceName.LIBRARY, licence="The owner’s own file")
    lacks = (music.gone("isrc", Reason.NOT_KNOWN), music.gone("popularity", Reason.NOT_KNOWN))
    fake.answers[f"/v1/tracks/{own.OWN}"] = music.track(own.OWN, provenance=said, missing=lacks)
    text = (await site.get(f"/tracks/{own.OWN}")).text
    assert f'href="/library/{own.OWN}/edit">Write it in</a>' in text
    assert "See who is asked" not in text

    demo = music.said(SourceName.LIBRARY, licence="Composed for Earprint and shipped with it")
    fake.answers[f"/v1/tracks/{own.DEMO}"] = music.track(own.DEMO, provenance=demo, missing=lacks)
    text = (await site.get(f"/tracks/{own.DEMO}")).text
    assert "Write it in" not in text
