"""The four steps on the start page, and their small pictures."""

from tests.web import music, sound
from web.pages import exercise


def test_a_number_that_nobody_states_has_no_dot():
    """The others stay where they are."""
    features = sound.features()
    stated = exercise.values(features)
    gone = exercise.values(features.model_copy(update={"energy": None}))

    assert gone.dots == stated.dots[1:]
    assert gone.lines == stated.lines


def test_nothing_is_drawn_of_an_analysis_without_sections():
    """An empty picture is no error."""
    bare = sound.analysis().model_copy(update={"sections": ()})

    assert exercise.parts(bare).bars == ()


async def test_without_examples_the_start_says_how_the_pages_lead_on(site, fake):
    """There is nothing to walk with, and no link that leads nowhere."""
    none = music.sources(spotify=False).sources[:1]
    fake.answers["/v1/sources"] = music.sources().model_copy(update={"sources": none})
    text = (await site.get("/")).text

    assert "each of its pages leads to the next" in text
    assert '<ol class="steps">' not in text
