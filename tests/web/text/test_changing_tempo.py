"""A tempo that changes is a range in every place, and a file with one channel says so."""

from api.schemas.provenance import Method, Provenance, SourceName
from tests.web import lists, music, own, sheets, sound
from web.pages.rows import figure_of, tempo
from web.text import analysis, formatting, versus, worksheet
from web.text.facts import facts
from web.text.headline import MONO, HeadlineFacts, headlines
from web.text.sounds import of_song

PACES = (62.0, 96.4)


def changing(**more):
    """A song that moves between two tempi."""
    return own.features(tempo=78.0, tempo_range=PACES, **more)


def mono():
    """A song whose file has one channel, in the analyser's words."""
    said = Provenance(
        source=SourceName.LIBRARY,
        method=Method.MEASURED,
        fields=("loudness",),
        retrieved_at=music.THEN,
        detail="LUFS; this file has one channel, and the same music in stereo reads more",
    )
    return own.features(provenance=(said,))


def test_a_headline_tells_from_where_to_where():
    """And its middle beside it; a steady tempo stays one number."""
    first = headlines(HeadlineFacts(changing()))[0]
    steady = headlines(HeadlineFacts(own.features()))[0]

    assert (first.figure, first.unit) == ("62 to 96", "BPM")
    assert first.beside == ("The tempo changes on the way; in the middle it is 78.",)
    assert first.way is None
    assert "to" not in steady.figure


def test_a_narrow_column_has_both_ends():
    """Nothing where no tempo is known."""
    assert tempo(changing()) == "62–96"
    assert figure_of(91.6, ()) == "92"
    assert figure_of(None, ()) == ""
    assert formatting.tempo(91.6, ()) == "91.6 BPM"


def test_songs_side_by_side_say_whose_tempo_changes():
    """What is said of mixing holds in the middle only."""
    sides = [of_song(own.features(tempo=78.0)), of_song(changing())]
    cell = next(row for row in facts(sides) if row.label == "Tempo").cells[1]

    assert (cell.figure, cell.by) == ("62 to 96", "it changes on the way")
    said = "The second changes its tempo on the way: this holds in the middle only."
    assert versus.tempo(sides).endswith(said)
    assert "on the way" not in versus.tempo(sides[:1] * 2)


def test_an_analysis_says_that_its_tempo_changes():
    """In its first lines."""
    found = sound.analysis(track=sound.summary(tempo_range=PACES))
    assert analysis.lead(found, 225.4).endswith("Its tempo changes from 62 to 96 BPM.")
    assert "changes" not in analysis.lead(sound.analysis(), 225.4)


def frozen(**more):
    """A worksheet whose track changes its tempo, frozen by version 2 of the analyser."""
    usual = next(one for one in sheets.sheet().facts if one.field == "tempo")
    made = usual.model_copy(update={"analyser": 2, **more})
    paces = made.model_copy(update={"field": "tempo_range", "value": PACES, "now": None})
    return sheets.sheet(facts=(made, paces))


def test_a_worksheet_says_the_change_in_place_of_one_number():
    """On its page, on paper and in a card."""
    rows = [row for one in worksheet.sections(frozen(), 0.0) for row in one.rows]
    told = [row.text for row in rows if row.label == "Tempo"]

    assert told == ["changes from 62 to 96 BPM"]
    assert "Changes of tempo" not in [row.label for row in rows]


def test_a_worksheet_says_that_another_version_tells_it_otherwise():
    """Both are named, as a difference may be theirs."""
    sheet = frozen(now=62.0, now_analyser=3)
    change = next(one for section in worksheet.sections(sheet, 0.0) for one in section.changes)
    assert change.was.endswith("by version 2 of the analyser")
    assert change.now == "62 BPM, by version 3"


def test_one_channel_is_said_beside_the_loudness():
    """It reads lower than the same music in stereo."""
    assert MONO in headlines(HeadlineFacts(mono()))[2].beside
    assert MONO not in headlines(HeadlineFacts(own.features()))[2].beside
    cells = next(row for row in facts([of_song(mono())]) if row.label == "Loudness").cells
    assert cells[0].by == "one channel: stereo reads 3 to 5 more"


async def test_a_list_shows_both_ends(fake, site):
    """In its table."""
    table = lists.table()
    first = table.items[0].model_copy(update={"tempo": 78.0, "tempo_range": PACES})
    path = f"/v1/playlists/{music.PLAYLIST}/table"
    fake.answers[path] = table.model_copy(update={"items": (first, *table.items[1:])})

    assert "62–96" in (await site.get(f"/playlists/{music.PLAYLIST}/table")).text


async def test_a_track_says_what_its_figures_mean(fake, site):
    """How often such an answer is right, what LUFS is, and why liveness is empty."""
    text = (await site.get(f"/tracks/{own.OWN}")).text
    about = (await site.get("/about/data")).text

    assert "in 90 of 100 or more" in text
    assert "LUFS: how loud it seems" in text
    assert "Always empty for own files" in about
    assert "as the ear weighs them" in about
