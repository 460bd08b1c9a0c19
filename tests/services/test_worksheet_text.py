"""What others wrote stays text in a worksheet's Markdown, whatever it looks like."""

import re

import pytest

from api.services.worksheet_text import markdown
from tests.browser.hostile_texts import ADDRESSES, BREAKOUTS, LINES, UNICODE, texts
from tests.web import sheets

MARKS = (
    *("# a heading", "===", "---", "- a list", "+ a list", "1. a list", "10) a list"),
    *("> a quotation", "[a link](https://example.org)", "![a picture](x)", "<b>markup</b>"),
    *("https://example.org", "www.example.org", "a@example.org", "`code`", "*loud*", "_loud_"),
    *("| a | table |", "~~gone~~", "&lt;", "\\# undone", "a\u2028# heading"),
)
BLOCK = re.compile(r"(#{1,6} |=+$|-+$|[-+*] |\d+[.)] |>|\||```|<)")
INLINE = re.compile(r"(?<!\\)(?:\\\\)*[`*_\[\]<>~&@|]|(?<!\\)://|(?<!\\)www\.")


def written(text: str) -> str:
    """A worksheet in which a stranger's words stand wherever they can."""
    said = sheets.sheet(sheets.TRACK)
    [answer] = said.answers
    facts = (
        sheets.fact(sheets.TRACK, "name", text),
        sheets.fact(sheets.TRACK, "genres", (text, text)),
    )
    note = answer.model_copy(update={"note": f"Mine\n{text}"})
    return markdown(said.model_copy(update={"name": text, "facts": facts, "answers": (note,)}))


@pytest.mark.parametrize("text", [*MARKS, *texts(ADDRESSES, BREAKOUTS, LINES, UNICODE)])
def test_strangers_words_become_no_markup(text):
    """Neither a heading, nor a list, nor a link, nor what a reader of HTML would run."""
    lines = written(text).splitlines()
    quoted = [line.removeprefix(">").strip() for line in lines if line.startswith(">")]
    framed = [line for line in lines if line.startswith(("# ", "## 1 ", "- Genres: "))]

    assert len(lines) - len(quoted) == len(written("x").splitlines()) - 2
    assert len(framed) == 3
    for line in [*quoted, *(line.lstrip("#- ") for line in framed)]:
        assert not INLINE.search(line), line
    assert not any(map(BLOCK.match, quoted))


def test_a_tempo_that_changes_is_told_in_one_line():
    """From where to where, by which version of the analyser."""
    tempo = sheets.fact(sheets.TRACK, "tempo", 78.0).model_copy(
        update={"unit": "BPM", "analyser": 3}
    )
    paces = sheets.fact(sheets.TRACK, "tempo_range", (62.0, 96.4))
    told = markdown(sheets.sheet(sheets.TRACK, facts=(tempo, paces)))

    [line] = [line for line in told.splitlines() if line.startswith("- Tempo")]
    assert line.startswith("- Tempo: changes from 62 to 96.4 BPM (")
    assert line.endswith(", version 3 of the analyser)")
