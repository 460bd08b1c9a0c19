"""Worksheets in the browser: begun, written in by two windows, printed, shown, deleted."""

import html
import re

import httpx
import pytest
import pytest_asyncio

from api.demo import catalogue
from api.http.examples import of_the_label
from api.schemas.provenance import Missing, Reason
from api.schemas.worksheet import LONGEST_NOTE
from tests.routes.product import settings_of
from tests.web import brands, music, own, sheets
from web.app import create_app
from web.text import formatting

pytestmark = pytest.mark.asyncio(loop_scope="module")
LABEL = of_the_label()
ARTIST, TRACK = f"artist:{LABEL.artist_id}", f"track:{LABEL.track_id}"
PLAYLIST = f"playlist:{LABEL.playlist_id}"
SHEET = f"/worksheets/{sheets.SHEET}"
AT_THE_API = f"/v1{SHEET}"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def real(tmp_path_factory):
    """The whole product with the demo label."""
    folder = tmp_path_factory.mktemp("worksheet-pages")
    app = create_app(settings_of(None, folder, demo=True))
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://localhost") as client,
    ):
        yield client


@pytest_asyncio.fixture(loop_scope="module")
async def site(fake):
    """The pages in front of the fake, in the loop of this module."""
    from tests.web.fake import product  # noqa: PLC0415  # beside the fixture of the same name

    transport = httpx.ASGITransport(product(fake), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
        yield client


async def begun(client, *about, name="Mine"):
    """The address of a new worksheet, as a form makes it."""
    form = {"about": [*(about or (TRACK,))], "name": name}
    answer = await client.post("/worksheets/new", data=form)
    assert answer.status_code == 303
    return answer.headers["location"]


def sent(text):
    """What a form sends back as it stands: hidden fields, notes and marks."""
    fields = dict(re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', text))
    notes = re.findall(r'<textarea[^>]*name="(note\.[^"]*)"[^>]*>(.*?)</textarea>', text, re.DOTALL)
    marks = re.findall(r'name="(mark\.[^"]*)" value="([^"]*)" checked', text)
    return fields | {name: html.unescape(note) for name, note in notes} | dict(marks)


def first(form, name):
    """The name of the first field of this kind."""
    return next(one for one in form if one.startswith(f"{name}."))


async def notes(client, path):
    """What stands under each question."""
    return [one["note"] for one in (await client.get(f"/v1{path}")).json()["answers"]]


async def test_empty_without_a_worksheet_the_page_says_what_one_is_for(site, fake):
    """And how one is begun: by a link, from the library, from a search."""
    fake.answers["/v1/worksheets"] = sheets.shelf().model_copy(update={"items": (), "total": 0})
    text = (await site.get("/worksheets")).text

    assert "the exercise on paper" in text
    assert 'action="/worksheets/new" method="get"' in text
    assert 'href="/library"' in text


async def test_each_worksheet_says_what_it_is_about_and_how_far_it_is(site):
    """With when it was changed, and whether a link leads to it."""
    text = (await site.get("/worksheets")).text

    assert "Two worksheets, the last changed first." in text
    assert "Marble Harbour, Harbour Lights, Quiet Mornings, Warm and close" in text
    assert "1 of 6 answered, changed 22 Nov" in text
    assert "shared by a link" in text


async def test_long_lists_are_shown_in_parts(site):
    """Earlier and later ones are links."""
    text = (await site.get("/worksheets?offset=20")).text

    assert 'href="/worksheets"' in text
    assert 'href="/worksheets?offset=40"' in text


async def test_what_goes_with_a_track_is_ticked_beside_it(real):
    """Its artist and its analysis, in the order of the exercise; a name is proposed."""
    text = (await real.get(f"/worksheets/new?about={TRACK}")).text

    ticked = re.findall(r'name="about" value="(\w+):\w+" checked', text)
    assert ticked == ["artist", "track", "analysis"]
    assert 'value="Escalator Kiss, as machines hear it"' in text


async def test_of_a_comparison_every_side_is_ticked(real):
    """No more than was compared, in the order of the exercise; its songs are in the name."""
    other = catalogue().tracks[0]
    about = f"about={TRACK}&about=track:{other.id}&about=playlist:{LABEL.playlist_id}"
    text = html.unescape((await real.get(f"/worksheets/new?{about}")).text)

    ticked = re.findall(r'name="about" value="(\w+):\w+" checked', text)
    assert ticked == ["track", "track", "playlist"]
    assert f'value="Escalator Kiss and {other.title}, as machines hear them"' in text


async def test_a_brand_stands_beside_several_songs_unless_it_was_compared(site, fake):
    """It is asked of each sheet whether the music matches it."""
    fake.answers["/v1/brands"] = brands.shelf(brands.brand())
    about = f"about=track:{music.TRACK}&about=track:{own.OWN}"
    beside = (await site.get(f"/worksheets/new?{about}")).text
    compared = (await site.get(f"/worksheets/new?{about}&about=brand:{brands.OTHER}")).text

    assert f'value="brand:{brands.BRAND}" checked' in beside
    assert f'value="brand:{brands.BRAND}"' not in compared
    assert f'value="brand:{brands.OTHER}" checked' in compared


@pytest.mark.parametrize(
    ("link", "about"),
    [(f"https://open.spotify.com/artist/{music.ARTIST}?si=1", f"artist:{music.ARTIST}")],
)
async def test_a_pasted_link_is_what_it_is_about(site, link, about):
    """Recognised as everywhere."""
    text = (await site.get("/worksheets/new", params={"link": link})).text

    assert f'value="{about}" checked' in text


@pytest.mark.parametrize("link", ["nonsense", f"spotify:album:{music.TRACK}"])
async def test_a_link_that_leads_to_no_music_is_refused_and_kept(site, link):
    """With what to do instead."""
    answer = await site.get("/worksheets/new", params={"link": link})

    assert answer.status_code == 422
    assert 'role="alert"><div class="notice">' in answer.text.replace("\n", "")
    assert f'value="{link}"' in answer.text


async def test_a_worksheet_is_begun_and_led_to(real):
    """Facts left, in words, with who said so; questions right."""
    path = await begun(real, ARTIST, TRACK, PLAYLIST)
    text = (await real.get(path)).text
    measured = (await real.get(f"/v1/tracks/{LABEL.track_id}/features")).json()

    for said in (
        rf"\b{re.escape(formatting.tempo(measured['tempo'], ()))}",
        "very likely right",
        r"Own analysis, measured and estimated \d{1,2} \w{3}\.",
        r"The estimates are typically off by 0\.\d\d to 0\.\d\d\.",
        "Not here, and why: popularity",
        "6 of 6 tracks",
        r"Would a listener of this list stay for your song\?",
    ):
        assert re.search(said, text), said
    assert 'aria-current="page">Worksheets' in text
    assert f'href="{path}/print"' in text


@pytest.mark.parametrize(
    ("form", "says"),
    [
        ({"name": "Mine"}, "Say what it is to be about"),
        ({"name": "", "about": TRACK}, "A worksheet needs a name."),
        ({"name": "Mine", "about": f"track:{own.OWN}"}, "Nobody here knows such a thing."),
        ({"name": "Mine", "about": TRACK, "link": "nonsense"}, "nonsense"),
        ({"name": "Mine", "about": TRACK, "sheet": sheets.SHEET}, "No worksheet with this id"),
    ],
)
async def test_error_a_form_that_begins_none_keeps_what_was_said(real, form, says):
    """The whole page again, with its reason."""
    answer = await real.post("/worksheets/new", data=form)

    assert answer.status_code in {404, 422}
    assert says in answer.text
    if form["name"]:
        assert 'value="Mine"' in answer.text


async def test_error_where_no_more_are_kept_it_says_so_and_keeps_the_form(site, fake):
    """With what can be done about it."""
    detail = "This server keeps 500 worksheets at most, and has as many. Nothing was kept."
    fake.refuse("POST /v1/worksheets", 409, "conflict", detail=detail, hint="Delete one.")

    form = {"name": "Mine", "about": sheets.TRACK}
    answer = await site.post("/worksheets/new", data=form)

    assert answer.status_code == 409
    assert detail in answer.text
    assert "Delete one." in answer.text
    assert 'value="Mine"' in answer.text


async def test_something_is_added_to_a_worksheet_there_is(real):
    """Chosen from a list; what was written in it stays."""
    path = await begun(real, name="To be added to")
    ident = path.rpartition("/")[2]
    assert f'value="{ident}" selected' in (await real.get(f"/worksheets/new?sheet={ident}")).text

    answer = await real.post("/worksheets/new", data={"about": ARTIST, "sheet": ident})

    assert (answer.status_code, answer.headers["location"]) == (303, path)
    assert len(await notes(real, path)) == 3


async def test_without_a_script_all_is_saved_at_once(real):
    """The page leads back to itself, so that a reload repeats nothing."""
    path = await begun(real)
    form = sent((await real.get(path)).text)
    form[first(form, "note")] = "Yes.\r\n\r\nMostly so."
    form[first(form, "note").replace("note", "mark")] = "surprised"

    answer = await real.post(path, data=form)
    text = (await real.get(path)).text

    assert (answer.status_code, answer.headers["location"]) == (303, path)
    assert "Yes.\n\nMostly so.</textarea>" in text
    assert 'value="surprised" checked' in text


async def test_saving_goes_on_while_somebody_types(real):
    """Only the line about it is answered, never what is being typed; nothing new is no change."""
    path = await begun(real)
    form = sent((await real.get(path)).text)
    for text in ("Y", "Yes", "Yes."):
        form[first(form, "note")] = text
        answer = await real.post(f"/fragments{path}/note", data=form)
        form |= sent(answer.text)

        assert answer.status_code == 200
        assert "<textarea" not in answer.text
        assert answer.headers["cache-control"] == "no-store"
        assert re.search(r"Saved \d+ \w+ \d+, \d\d:\d\d UTC\.", answer.text)
    etag = (await real.get(f"/v1{path}")).headers["etag"]
    await real.post(f"/fragments{path}/note", data=form)

    assert await notes(real, path) == ["Yes."]
    assert (await real.get(f"/v1{path}")).headers["etag"] == etag


async def test_two_windows_that_answer_different_questions_lose_nothing(real):
    """Whoever typed nothing new leaves what the other wrote, for as long as they go on."""
    path = await begun(real, ARTIST)
    one = sent((await real.get(path)).text)
    other = dict(one)
    first_note, second_note = (name for name in one if name.startswith("note."))
    one[first_note], other[second_note] = "Mine", "Theirs"

    for form, text in ((one, "Mine"), (other, "Theirs"), (one, "Mine still"), (other, "Theirs")):
        form[first_note if form is one else second_note] = text
        answer = await real.post(f"/fragments{path}/note", data=form)
        form.update(sent(answer.text))
        assert answer.status_code == 200
        assert 'role="alert"' not in answer.text

    assert await notes(real, path) == ["Mine still", "Theirs"]


async def test_two_windows_that_answer_one_question_are_shown_both(real):
    """While typing it is said; on saving both stand side by side, and either can be kept."""
    path = await begun(real)
    form = sent((await real.get(path)).text)
    note = first(form, "note")
    theirs = {**form, note: "Theirs & more"}
    assert (await real.post(path, data=theirs)).status_code == 303
    form[note] = "Mine"

    typing = await real.post(f"/fragments{path}/note", data=form)
    both = await real.post(path, data=form | sent(typing.text))

    assert "in another window" in typing.text
    assert "All is saved but this:" in typing.text
    assert both.status_code == 412
    assert "both texts stand side by side below" in both.text
    assert "Mine</textarea>" in both.text
    assert '<blockquote dir="auto">Theirs &amp; more</blockquote>' in both.text
    assert await notes(real, path) == ["Theirs & more"]

    again = sent(both.text)
    taken = await real.post(path, data={**again, "take": note.partition(".")[2]})
    assert taken.status_code == 303
    assert await notes(real, path) == ["Theirs & more"]
    assert (await real.post(path, data=again)).status_code == 303
    assert await notes(real, path) == ["Mine"]


@pytest.mark.parametrize("letters", [LONGEST_NOTE + 1, 100_000])
async def test_error_a_note_that_is_too_long_is_refused_and_kept(real, letters):
    """In words, with all that was typed still there; what else was typed is saved."""
    path = await begun(real, ARTIST)
    form = sent((await real.get(path)).text)
    too_long, other = (name for name in form if name.startswith("note."))
    form |= {too_long: "x" * letters, other: "Mine"}

    typing = await real.post(f"/fragments{path}/note", data=form)
    form |= sent(typing.text)
    form[other] = "Mine still"
    answer = await real.post(path, data=form)

    assert answer.status_code == typing.status_code == 422
    for text in (answer.text, typing.text):
        assert "All is saved but this: Under “Are these the genres you would name?”" in text
        assert f"stand {letters:,} letters, and 4,000 fit" in text
        assert 'data-saved="no"' in text
        assert "another window" not in text
    assert "x" * letters in answer.text
    assert (
        sent(answer.text)[too_long.replace("note", "stood")]
        == form[too_long.replace("note", "stood")]
    )
    assert await notes(real, path) == ["", "Mine still"]


async def test_error_what_cannot_be_saved_now_stays_as_it_was_typed(site, fake):
    """503 with when to try again; the form goes on from what it had been sent."""
    form = sent((await site.get(SHEET)).text)
    note = [name for name in form if name.startswith("note.")][-1]
    form[note] = "Mine"
    fake.refuse(f"PATCH {AT_THE_API}", 503, "busy")

    whole = await site.post(SHEET, data=form)
    typing = await site.post(f"/fragments{SHEET}/note", data=form)

    assert whole.status_code == typing.status_code == 503
    assert "Mine</textarea>" in whole.text
    for text in (whole.text, typing.text):
        assert sent(text)[note.replace("note", "stood")] == form[note.replace("note", "stood")]
        assert 'data-retry-after="90"' in text
        assert 'data-saved="no"' in text
        assert "another window" not in text


@pytest.mark.parametrize("tempo", [None, 0.3])
async def test_no_word_in_a_worksheet_denies_another(site, fake, tempo):
    """No steady beat where none was found or is doubted, nothing that an error leaves open."""
    beat = sheets.fact(sheets.TRACK, "tempo", 91.6, confidence=tempo)
    said = (
        *((beat,) if tempo else ()),
        sheets.fact(sheets.TRACK, "danceability", 0.9, uncertainty=0.1),
        sheets.fact(sheets.TRACK, "valence", 0.5, uncertainty=0.4),
    )
    gap = Missing(field=f"{sheets.TRACK}/tempo", reason=Reason.NOT_DETECTED, detail="None heard.")
    missing = () if tempo else (gap,)
    fake.answers[AT_THE_API] = sheets.sheet(sheets.TRACK, facts=said, missing=missing)
    text = (await site.get(SHEET)).text

    assert "steady beat" not in text
    assert ("a pulse it is not sure of" if tempo else "no steady pulse") in text
    assert '0.50 <span class="soft">cannot tell</span>' in text


@pytest.mark.parametrize(("status", "slug"), [(404, "worksheet-not-found"), (503, "busy")])
async def test_error_what_was_typed_outlives_its_worksheet(site, fake, status, slug):
    """Deleted meanwhile, or not to be had: the words stand there still, to be sent again."""
    form = sent((await site.get(SHEET)).text)
    form[first(form, "note")] = "Mine & <b>only</b>"
    fake.refuse(AT_THE_API, status, slug)

    answer = await site.post(SHEET, data=form)
    again = sent(answer.text)

    assert answer.status_code == status
    assert "What you had typed is still here" in answer.text
    assert again[first(form, "note")] == "Mine & <b>only</b>"
    assert again[first(form, "stood")] == form[first(form, "stood")]
    assert f'action="{SHEET}" method="post"' in answer.text


async def test_a_name_that_another_window_gave_stays(real):
    """Only who types another name renames it, by the button or while typing."""
    path = await begun(real, name="First")
    form = sent((await real.get(path)).text) | {"name": "First"}
    await real.post(path, data={**form, "name": "Second"})

    form[first(form, "note")] = "Mine"
    await real.post(f"/fragments{path}/note", data=form)
    assert (await real.get(f"/v1{path}")).json()["name"] == "Second"
    await real.post(f"/fragments{path}/note", data={**form, "name": "Third"})
    assert (await real.get(f"/v1{path}")).json()["name"] == "Third"


async def test_a_sign_in_that_ended_hinders_no_saving(real):
    """The form has the token of a session that is gone: worksheets are the server’s, not hers."""
    path = await begun(real)
    form = sent((await real.get(path)).text) | {"csrf_token": "x" * 43}
    form[first(form, "note")] = "Mine"
    cookie = {"Cookie": "__Host-session=gone"}

    typing = await real.post(f"/fragments{path}/note", data=form, headers=cookie)
    answer = await real.post(path, data=form | sent(typing.text), headers=cookie)

    assert (typing.status_code, answer.status_code) == (200, 303)
    assert await notes(real, path) == ["Mine"]


async def test_a_worksheet_is_renamed_and_something_taken_out(real):
    """By the same form, which saves what was typed as well."""
    path = await begun(real, ARTIST, TRACK)
    form = sent((await real.get(path)).text)
    form[first(form, "note")] = "Mine"

    named = await real.post(path, data={**form, "name": "Another"})
    form = sent((await real.get(path)).text)
    gone = await real.post(path, data={**form, "name": "Another", "remove": TRACK})
    anew = await real.post(path, data={**form, "name": "Another", "renew": ARTIST})

    assert [one.status_code for one in (named, gone, anew)] == [303, 303, 303]
    assert anew.headers["location"] == f"{path}#s1"
    text = (await real.get(path)).text
    assert '<h1 hx-ignore dir="auto">Another</h1>' in text
    assert await notes(real, path) == ["Mine", ""]


async def test_before_and_after_a_changed_fact_is_told_where_it_stands(site, fake):
    """With today’s date, and the choice to take what is said now."""
    said = sheets.sheet()
    now = tuple(
        one.model_copy(update={"now": 93.0}) if one.field == "tempo" else one for one in said.facts
    )
    changed = said.model_copy(update={"facts": now})
    plain = (await site.get(SHEET)).text
    fake.answers[AT_THE_API] = changed

    panel = await site.get(f"/fragments{SHEET}/changes")
    whole = (await site.get(f"{SHEET}?now=true")).text

    assert "Changed since you froze it" not in plain
    assert f'hx-get="/fragments{SHEET}/changes" hx-trigger="load"' in plain
    assert 'id="s2-today" hx-swap-oob="true"' in panel.text
    for text in (panel.text, whole):
        assert "Tempo: <del>91.6 BPM</del> <ins>93 BPM</ins>" in text
        assert f'name="renew" value="{sheets.TRACK}"' in text
        assert "stands beside it" in text


async def test_partial_what_could_not_be_frozen_says_why(site):
    """Folded below the facts; no dash, no empty line."""
    text = (await site.get(SHEET)).text

    assert "Not here, and why: followers" in text
    assert "Spotify stopped sending it in February 2026." in text


async def test_stale_facts_say_of_which_day_they_are(site):
    """Each group with who said it, and when."""
    text = (await site.get(SHEET)).text

    assert "Own analysis, measured and estimated 22 Nov." in text
    assert "ListenBrainz" in text


async def test_on_paper_there_are_boxes_lines_and_no_controls(site):
    """Marks as ticked boxes, notes on lines, sources and the address below."""
    text = (await site.get(f"{SHEET}/print")).text

    assert '<span class="x">Surprised' in text
    assert ">Mostly.</p>" in text
    assert "Sources: " in text
    assert f"http://localhost{SHEET}" in text
    assert "<textarea" not in text


async def test_partial_paper_says_why_it_is_empty(real):
    """Where nobody could tell anything of a thing."""
    path = await begun(real, f"track:{music.TRACK}")
    text = (await real.get(f"{path}/print")).text

    assert "No source on this server can give" in text
    assert "Does this match how you would describe the song?" in text


async def test_a_card_is_a_picture_that_stands_alone(site, fake):
    """Title, figures, bars, the first note; nothing that others wrote becomes markup."""
    named = sheets.sheet(name="<script>" + "x" * 136 + "\u202e")
    fake.answers[AT_THE_API] = named
    answer = await site.get(f"{SHEET}/card.svg")

    assert answer.headers["content-type"] == "image/svg+xml"
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    for said in ("91.6 BPM", "F♯ minor 11A", "0.42", "Mostly.", "Surprised: 1", "&lt;script&gt;"):
        assert said in answer.text
    assert "<script" not in answer.text


async def test_a_private_link_is_shown_once_and_can_be_withdrawn(real):
    """Whoever has it reads the sheet; kept by nobody, found by nobody, told to nobody."""
    path = await begun(real, ARTIST, name="Shown <b>")
    assert "Make a private link" in (await real.get(path)).text

    made = await real.post(f"{path}/share")
    [link] = re.findall(r'value="(http://localhost/shared/[\w-]+)" readonly', made.text)
    seen = await real.get(link)

    assert "This server answers on your own machine alone" in made.text
    for other in ('href="/library"', 'href="/worksheets"', 'name="q"'):
        assert other not in seen.text
    assert made.headers["cache-control"] == "no-store"
    assert link.rpartition("/")[2] not in (await real.get(path)).text
    assert seen.status_code == 200
    assert seen.headers["cache-control"] == "private, no-store"
    assert seen.headers["referrer-policy"] == "no-referrer"
    assert seen.headers["x-robots-tag"] == "noindex, nofollow"
    assert "Shown &lt;b&gt;" in seen.text
    assert path not in seen.text

    assert (await real.post(f"{path}/withdraw")).headers["location"] == f"{path}#share"
    gone = await real.get(link)
    assert gone.status_code == 404
    assert gone.headers["cache-control"] == "private, no-store"
    assert "was withdrawn" in gone.text


async def test_long_lists_are_shown_in_part_on_a_sheet(site, fake):
    """A song of a hundred sections fills no paper with their beginnings."""
    starts = tuple(6.0 * at for at in range(100))
    said = (sheets.fact(sheets.ANALYSIS, "sections", starts),)
    fake.answers[AT_THE_API] = sheets.sheet(sheets.ANALYSIS, facts=said, missing=())

    assert "2:18, and 76 more</dd>" in (await site.get(f"{SHEET}/print")).text


@pytest.mark.parametrize("secret", ["é" * 30, "x" * 5_000, "%00", "a%0d%0ab"])
async def test_error_a_link_that_is_none_leads_to_a_page_that_says_so(real, secret):
    """Whatever stands in its place."""
    answer = await real.get(f"/shared/{secret}")

    assert answer.status_code in {401, 404}
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert "<h1>" in answer.text


async def test_a_worksheet_is_deleted_after_a_question(real):
    """What goes with it is said first."""
    path = await begun(real, name="To be deleted")
    asked = (await real.get(f"{path}/delete")).text

    gone = await real.post(f"{path}/delete")

    assert "its private link leads nowhere" in asked
    assert (gone.status_code, gone.headers["location"]) == (303, "/worksheets")
    assert (await real.get(path)).status_code == 404
    assert "To be deleted" not in (await real.get("/worksheets")).text


async def test_another_site_can_send_none_of_these_forms(real):
    """As with every other form."""
    path = await begun(real)
    foreign = {"Origin": "https://example.org", "Sec-Fetch-Site": "cross-site"}
    form = sent((await real.get(path)).text)

    for way in (path, f"/fragments{path}/note", f"{path}/share", f"{path}/delete"):
        assert (await real.post(way, data=form, headers=foreign)).status_code == 403
    assert (await real.get(path)).status_code == 200


@pytest.mark.parametrize("way", ["", "/print", "/card.svg", "/delete"])
async def test_a_worksheet_that_is_not_there_is_a_page_that_says_so(real, way):
    """404, as at the API."""
    answer = await real.get(f"{SHEET}{way}")

    assert answer.status_code == 404
    assert "No worksheet with this id exists." in answer.text
