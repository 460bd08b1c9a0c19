"""The analysis of a track in every state: whole, close, partial, silent, without pulse, or none."""

import csv
import io
import re
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from api.schemas.library import JobState
from tests.web import music, own, sound

T, OWN, DEMO = music.TRACK, own.OWN, own.DEMO
PAGE = f"/tracks/{T}/analysis"
EMPTY: dict[str, Any] = dict.fromkeys(("track", "bars", "beats", "tatums", "sections", "segments"))
STILL = dict.fromkeys(("bars", "beats", "tatums"), ())


def told(fake, ident=T, **more):
    """Let the API say something else of the track."""
    fake.answers[f"/v1/tracks/{ident}/analysis"] = sound.analysis(id=ident, **more)


async def test_the_analysis_is_told_and_drawn(site):
    """A sentence, lanes over one axis, heat maps in both themes, and the sections in a table."""
    text = (await site.get(PAGE)).text

    assert "Nine sections in 3:45, each quieter than the one before." in text
    assert "270 beats were heard, on the whole unsure." in text
    for lane in ("Sections", "Loudness", "Tempo", "Pulse", "Notes", "Timbre"):
        assert f"<strong>{lane}</strong>" in text, lane
    assert "67 bars of 4 beats" in text
    assert "steady at 72 BPM" in text
    assert text.count("lanes/notes.png?theme=") == 2
    assert len(re.findall(r'<tr data-row="\d"', text)) == 9
    assert "Lanterns over Water" in text


async def test_what_comes_next_stands_at_the_foot(site):
    """The third look of the exercise."""
    text = (await site.get(PAGE)).text
    assert "you are at step 3" in text


@pytest.mark.parametrize("ident", [T, OWN])
async def test_whose_confidence_it_is_is_said_once(site, fake, ident):
    """Ours is calibrated; what another source means by its own nobody knows."""
    told(fake, ident, timbre_basis="earprint-v1" if ident == OWN else "spotify")
    text = (await site.get(f"/tracks/{ident}/analysis")).text

    ours = "seventy to ninety were right"
    assert text.count(ours) == (ident == OWN)
    assert text.count("not the same as being right") == (ident == T)
    assert ("not comparable with Spotify’s" in text) == (ident == OWN)


@pytest.mark.parametrize(
    ("asked", "says", "marked"),
    [
        ("?t=60", "1:00 · section 3 of 9, C♯ minor, 72 BPM", 3),
        ("?section=3", "0:50 · section 3 of 9, C♯ minor, 72 BPM", 3),
        ("?section=3&t=60", "1:00 · section 3 of 9, C♯ minor, 72 BPM", 3),
        ("?section=3&t=1", "0:50 · section 3 of 9", 3),
        ("?t=1e9", "3:45 · section 9 of 9", 9),
        ("?t=-5", "0:00 · section 1 of 9", 1),
        ("?t=nan", "0:00 · section 1 of 9", None),
        ("?t=x&section=99&zoom=nonsense", "0:00 · section 1 of 9", None),
        ("?section=%D9%A3", "0:00 · section 1 of 9", None),
        ("", "0:00 · section 1 of 9", None),
    ],
)
async def test_an_address_leads_to_a_moment(site, fake, asked, says, marked):
    """The cursor stands there, the section is marked and told closely; nonsense is the start."""
    told(fake)
    text = (await site.get(f"{PAGE}{asked}")).text

    assert f'id="at">{says}' in text
    rows = re.findall(r'<tr data-row="(\d+)"[^>]*aria-current="true"', text)
    assert rows == ([str(marked)] if marked else [])
    assert (f"Section {marked} of 9 " in text) == (marked is not None)


async def test_the_music_begins_where_the_address_says(site, fake):
    """Where the file is the reader’s own."""
    told(fake, OWN)
    text = (await site.get(f"/tracks/{OWN}/analysis?t=60")).text
    assert f"/v1/library/tracks/{OWN}/audio#t=60.0" in text
    assert 'x1="26.619%"' in text


async def test_a_track_of_others_is_played_from_a_file_at_hand(site):
    """It never leaves the device, so there is nothing to send it to."""
    text = (await site.get(PAGE)).text
    assert "it does not leave this device" in text
    assert "/audio#t=" not in text


@pytest.mark.parametrize(
    ("zoom", "start", "levels"), [("8", "56.0", 3), ("section", "50.0", 3), ("", "0.0", 1)]
)
async def test_each_zoom_is_a_link_that_needs_no_script(site, fake, zoom, start, levels):
    """The closer, the finer the pulse; the lanes say from when to when they go."""
    told(fake)
    text = (await site.get(f"{PAGE}?t=60&zoom={zoom}")).text

    assert re.search(rf'data-from="{start[:2]}', text)
    assert len(re.findall(r'class="(?:bars|beats|tatums)"', text)) == levels
    assert ("&amp;from=" in text) == bool(zoom)
    assert 'href="?t=60"' in text
    assert 'href="?t=60&amp;zoom=8"' in text


async def test_none_leads_to_the_own_file(site, fake):
    """One action: have your own file of it heard here."""
    fake.refuse(f"/v1/tracks/{T}/analysis", 404, "analysis-unavailable")
    answer = await site.get(PAGE)

    assert answer.status_code == 404
    assert answer.text.count('class="button" href="/upload') == 1


async def test_working_leads_to_the_job(site, fake):
    """A page that has nothing to show yet."""
    fake.answers[f"/v1/tracks/{OWN}/analysis"] = own.job(JobState.QUEUED)
    answer = await site.get(f"/tracks/{OWN}/analysis")
    assert (answer.status_code, answer.headers["location"]) == (303, f"/jobs/{own.JOB}")


async def test_stale_is_said(site, fake):
    """The lanes stay."""
    fake.headers["Cache-Status"] = "earprint; fwd=stale; fwd-status=429; detail=gated"
    text = (await site.get(PAGE)).text
    assert "could not be asked again" in text
    assert 'class="loud"' in text


async def test_empty_is_no_blank_page(site, fake):
    """Each lane that is not there says so, and nothing is offered that would be empty."""
    told(fake, **EMPTY)
    text = (await site.get(PAGE)).text

    for sentence in (
        "No sections were found in 0:00. Its beats were not sent.",
        "none were sent",
        "no loudness curve was sent",
        "no beats, so no tempo to follow",
        "no steady pulse",
        "No sections were sent",
        "too little of it was sent",
    ):
        assert sentence in text, sentence
    assert "Take it along" not in text
    assert "<img" not in text
    for name in ("notes", "timbre", "shapes"):
        assert (await site.get(f"{PAGE}/lanes/{name}.png")).status_code == 200
    assert (await site.get(f"{PAGE}/repetition/pitch.png")).status_code == 404
    assert (await site.get(f"{PAGE}/lanes.svg")).status_code == 200


async def test_partial_shows_what_there_is(site, fake):
    """Segments without a pulse, with the reason that the source gives."""
    gap = music.gone("beats")
    told(fake, bars=None, beats=None, tatums=None, missing=(gap,))
    text = (await site.get(PAGE)).text

    assert 'class="loud"' in text
    assert 'class="pulse"' not in text
    assert "Not here, and why" in text


async def test_speech_has_no_pulse_and_is_not_said_to_have_one(site, fake):
    """And is compared with itself by seconds."""
    told(fake, **STILL)
    text = (await site.get(PAGE)).text

    assert "No steady pulse was found, as in speech or free playing." in text
    assert "no steady pulse, so nothing to count" in text
    assert "never lets go" not in text
    assert "Each 2 seconds against every other" in text


async def test_silence_is_said_in_place_of_findings(site, fake):
    """Nothing sounds most, nothing is loudest."""
    quiet = tuple(
        each.model_copy(update={"loudness_max": -70.0, "loudness_start": -71.0})
        for each in sound.segments()
    )
    told(fake, segments=quiet)
    text = (await site.get(PAGE)).text

    assert "Silence, or nearly so, for 3:45" in text
    assert "below −40 dB throughout" in text
    assert "no notes were heard" in text


async def test_very_long_is_no_larger_page(site, fake):
    """A quarter of an hour with thousands of beats has as many marks as a short song."""
    told(fake)
    short = len((await site.get(PAGE)).content)
    told(
        fake,
        track=sound.summary(900.0),
        beats=sound.pulse(900.0, 0.3),
        bars=sound.pulse(900.0, 1.2),
        tatums=sound.pulse(900.0, 0.15),
        segments=tuple(each for each in sound.segments(900.0) for _ in range(5)),
    )
    assert len((await site.get(PAGE)).content) < short * 2


async def test_doubt_is_drawn_faintly_and_said(site, fake):
    """Confidence as opacity and in words."""
    doubtful = tuple(
        each.model_copy(update={"confidence": 0.2}) for each in sound.pulse(225.4, 60 / 72)
    )
    told(fake, beats=doubtful)
    text = (await site.get(PAGE)).text
    assert "270 beats were heard, on the whole may well be wrong." not in text
    assert "270 beats were heard, which may well be wrong." in text
    assert 'data-faint="0.48"' in text


async def test_a_short_piece_has_no_close_look(site, fake):
    """Less than eight seconds are seen whole."""
    told(fake, track=sound.summary(6.0), sections=(), bars=(), beats=(), tatums=())
    text = (await site.get(f"{PAGE}?zoom=8")).text
    assert ">8 s</a>" not in text
    assert ">Section</a>" not in text


async def test_a_section_is_told_closely_in_a_fragment_too(site, fake):
    """What a script brings is what the page shows."""
    told(fake)
    panel = (await site.get(f"/fragments{PAGE}/sections?section=4")).text
    alone = (await site.get(f"{PAGE}/sections?section=4")).text

    for text in (panel, alone):
        assert "Section 4 of 9" in text
        assert "F♯ major" in text
    assert panel.strip().startswith('<section id="sections"')


@pytest.mark.parametrize(("view", "shown"), [("pitch", "notes"), ("timbre", "colour")])
async def test_what_comes_back_is_seen_by_notes_or_colour(site, view, shown):
    """Two links, one of them current; the picture is small."""
    text = (await site.get(f"/fragments{PAGE}/repetition?alike={view}")).text
    assert re.search(rf'aria-current="true">By its {shown}', text)
    picture = await site.get(f"{PAGE}/repetition/{view}.png?theme=dark")
    assert picture.headers["content-type"] == "image/png"
    assert len(picture.content) < 23_000


@pytest.mark.parametrize("name", ["lanes/notes", "lanes/timbre", "repetition/pitch"])
async def test_a_picture_has_an_address(site, name):
    """It is fetched once, then 304."""
    address = f"{PAGE}/{name}.png"
    first = await site.get(address)
    again = await site.get(address, headers={"If-None-Match": first.headers["etag"]})

    assert first.headers["content-type"] == "image/png"
    assert again.status_code == 304


@pytest.mark.parametrize("query", ["from=1&to=x", "from=9&to=3", "from=nan&to=1", "from=-1&to=1e9"])
async def test_a_picture_of_nonsense_is_the_whole(site, query):
    """Whoever makes up an address gets a picture."""
    whole = await site.get(f"{PAGE}/lanes/notes.png")
    assert (await site.get(f"{PAGE}/lanes/notes.png?{query}")).content == whole.content


async def test_there_is_no_other_picture(site):
    """404, not a crash."""
    assert (await site.get(f"{PAGE}/lanes/none.png")).status_code == 404
    assert (await site.get(f"{PAGE}/repetition/none.png")).status_code == 404


async def test_beats_and_sections_are_labels_for_audacity(site):
    """Start, end and a name, with tabs; a beat is a point, named by its bar."""
    beats = await site.get(f"/tracks/{T}/beats.txt")
    sections = await site.get(f"/tracks/{T}/sections.txt")

    assert beats.headers["content-disposition"].startswith("attachment")
    lines = beats.text.splitlines()
    assert lines[0] == "0.000000\t0.000000\t1.1"
    assert lines[5].split("\t")[2] == "2.2"
    assert len(lines) == 270
    assert sections.text.splitlines()[2].split("\t")[2] == "3 C♯ minor"
    assert all(line.count("\t") == 2 for line in sections.text.splitlines())


async def test_beats_without_bars_are_counted_on(site, fake):
    """There is nothing else to call them."""
    told(fake, bars=())
    lines = (await site.get(f"/tracks/{T}/beats.txt")).text.splitlines()
    assert [line.split("\t")[2] for line in lines[:3]] == ["1", "2", "3"]


async def test_sections_are_a_table_for_programs(site):
    """Every number that the API has."""
    text = (await site.get(f"/tracks/{T}/sections.csv")).text
    rows = list(csv.DictReader(io.StringIO(text)))
    assert (rows[2]["section"], rows[2]["key"], rows[2]["loudness"]) == ("3", "1", "-10.0")


async def test_the_lanes_are_a_drawing_of_their_own(site):
    """Well-formed, with its name, who says it, and nothing that runs or is fetched."""
    answer = await site.get(f"{PAGE}/lanes.svg?t=60&zoom=8")
    root = ET.fromstring(answer.content)  # noqa: S314  # our own

    assert answer.headers["content-type"].startswith("image/svg+xml")
    assert root[0].text == "Lanterns over Water: second by second"
    assert "Spotify, asked" in answer.text
    assert not [each for each in root.iter() if each.tag.endswith(("script", "}a"))]
    assert {str(each.get("href"))[:10] for each in root.findall(".//{*}image")} == {"data:image"}

    for view in ("pitch", "timbre"):
        square = await site.get(f"{PAGE}/repetition/{view}.svg")
        assert "Lanterns over Water: where it repeats itself" in square.text
        assert ET.fromstring(square.content) is not None  # noqa: S314  # our own
    assert (await site.get(f"{PAGE}/repetition/none.svg")).status_code == 404


async def test_the_lanes_show_what_the_composer_wrote(site):
    """The composer’s own borders, beside what was heard."""
    assert "<strong>As written</strong>" in (await site.get(f"/tracks/{DEMO}/analysis")).text
    assert "As written" not in (await site.get(PAGE)).text


async def test_what_was_not_found_is_said(site, fake):
    """Null is a word, never 0."""
    bare = {"key": None, "tempo": None, "loudness": None, "time_signature": None}
    told(fake, sections=(sound.sections()[0].model_copy(update=bare),))
    text = (await site.get(f"{PAGE}?section=1")).text

    assert text.count("not found") == 7  # three in its row, three closely, where a fade begins
    assert "One section in 3:45." in text


async def test_a_name_nobody_knows_is_no_obstacle(site, fake):
    """The page is about sound."""
    fake.refuse(f"/v1/tracks/{T}", 503, "sources-unavailable")
    text = (await site.get(PAGE)).text
    assert f'<a href="/tracks/{T}" hx-ignore dir="auto">Track</a>' in text


async def test_each_picture_has_its_figures_beside_it(site, fake):
    """Of the whole track, in rows between round times, whatever stretch is drawn."""
    told(fake)
    text = (await site.get(f"{PAGE}?zoom=8")).text

    for about in ("loudness", "tempo", "pulse", "notes", "timbre", "finer shapes"):
        assert f'Data table<span class="away"> of the {about}</span>' in text, about
    assert "of what comes back" in text
    assert len(re.findall(r'<th scope="row" dir="auto">3:40</th>', text)) == 5
    assert '<th scope="row" dir="auto">Beats</th><td class="num">270</td>' in text


async def test_a_fade_is_drawn_and_said(site, fake):
    """Where it is long enough to be heard; what was not found is said in the table."""
    told(fake, track=sound.summary(end_of_fade_in=4.0, start_of_fade_out=200.0))
    slow = (await site.get(PAGE)).text
    told(fake)
    short = (await site.get(PAGE)).text

    assert "fades in until 0:04, out from 3:20" in slow
    assert slow.count('<line class="mid"') - short.count('<line class="mid"') == 2
    assert 'data-fades="4.0 200.0"' in slow
    assert "; fades" not in short
    assert "In full at 0.2 s; where a fade-out begins was not found." in short


async def test_who_says_it_is_said_once(site):
    """For all panels of the page; a panel at its own address says it there."""
    for path in (PAGE, f"{PAGE}/sections", f"{PAGE}/repetition"):
        assert (await site.get(path)).text.count("<summary>Spotify, asked 22 Nov</summary>") == 1
    assert "Spotify, asked" not in (await site.get(f"/fragments{PAGE}/sections")).text


@pytest.mark.parametrize(
    ("asked", "start", "end"),
    [
        ("?from=60&to=80", "60.0", "80.0"),
        ("?to=30.5", "0.0", "30.5"),
        ("?from=60&to=80&t=10", "60.0", "80.0"),
        ("?from=60&to=80&section=1", "0.0", "20.0"),
        ("?from=60&to=60.2", "0.0", "225.4"),
        ("?from=80&to=60", "0.0", "225.4"),
        ("?from=nan&to=inf", "0.0", "225.4"),
        ("?from=-1&to=1e9", "0.0", "225.4"),
    ],
)
async def test_an_address_leads_to_a_stretch(site, fake, asked, start, end):
    """Between two moments of one’s own choice, which holds the chosen section; else the whole."""
    told(fake)
    text = (await site.get(f"{PAGE}{asked}")).text
    assert f'data-from="{start}" data-to="{end}"' in text


async def test_a_link_keeps_the_stretch_and_a_zoom_leaves_it(site, fake):
    """And the drawing to take along shows it."""
    told(fake)
    text = (await site.get(f"{PAGE}?t=70&from=60&to=80")).text

    assert "lanes.svg?t=70&amp;from=60&amp;to=80" in text
    assert 'href="?section=4&amp;from=60&amp;to=80"' in text
    assert 'href="?t=70&amp;zoom=8"' in text
    assert 'aria-current="true">Whole song' not in text


async def test_what_all_sounds_the_same_is_all_alike(site, fake):
    """A held tone is no blank square, and silence is none at all."""
    told(fake, segments=(sound.segments()[0].model_copy(update={"duration": 225.4}),))
    assert '<td class="num">100</td>' in (await site.get(f"{PAGE}/repetition")).text
    quiet = {"loudness_max": -70.0, "loudness_start": -71.0}
    told(fake, segments=tuple(each.model_copy(update=quiet) for each in sound.segments()))
    assert "too short or too quiet" in (await site.get(f"{PAGE}/repetition")).text


async def test_a_section_ends_where_the_next_begins(site, fake):
    """By the same clock: from 0:00 for 11 s, then from 0:11, though it lasts 11.6 s."""
    first, second = sound.sections()[:2]
    first = first.model_copy(update={"start": 0.0, "duration": 11.6})
    second = second.model_copy(update={"start": 11.6, "duration": 33.5})
    told(fake, track=sound.summary(45.1), sections=(first, second))
    text = (await site.get(f"{PAGE}/sections")).text
    words = re.sub(r"\s+", " ", re.sub("<[^>]+>", " ", text))

    assert "0:00 for 11 s" in words
    assert "0:11 for 34 s" in words
