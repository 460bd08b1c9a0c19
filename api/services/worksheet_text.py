"""A worksheet as Markdown, for notes and mails. Pure.

What others wrote cannot become a heading, a link or a list of it: its marks are escaped.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from api.schemas.provenance import SOURCE_TITLES, SourceName
from api.schemas.worksheet import (
    FactValue,
    FrozenFact,
    Opinion,
    SheetAnswer,
    SubjectKind,
    Worksheet,
)
from api.services.prompts import kind_of

HEADINGS = {
    SubjectKind.ARTIST: "The artist",
    SubjectKind.TRACK: "The track",
    SubjectKind.ANALYSIS: "The analysis",
    SubjectKind.PLAYLIST: "The playlist",
    SubjectKind.BRAND: "Your brand",
}
MARKS = {Opinion.AGREE: "I agree", Opinion.SURPRISED: "Surprised", Opinion.DISAGREE: "I disagree"}
_WITHIN = {"name", "tempo_range"}  # told in the heading, and with the tempo
_MARKUP = re.compile(r"[\\`*_\[\]#|<>~&@]|:(?=//)|(?<=www)\.|^[-+=]", re.IGNORECASE)
_NUMBERED = re.compile(r"^(\d+)([.)])")


def markdown(sheet: Worksheet) -> str:
    """The whole worksheet."""
    return "\n".join(_lines(sheet)) + "\n"


def _lines(sheet: Worksheet) -> Iterator[str]:
    yield f"# {_plain(sheet.name)}"
    yield ""
    yield f"Frozen {sheet.made_at:%-d %B %Y}, last changed {sheet.changed_at:%-d %B %Y}."
    for number, about in enumerate(dict.fromkeys(one.about for one in sheet.answers), 1):
        facts = [one for one in sheet.facts if one.about == about]
        name = next((f": {_plain(str(one.value))}" for one in facts if one.field == "name"), "")
        yield ""
        yield f"## {number} {HEADINGS[kind_of(about)]}{name}"
        yield ""
        paces = next((one.value for one in facts if one.field == "tempo_range"), ())
        yield from (_fact(one, paces) for one in facts if one.field not in _WITHIN)
        gaps = [one for one in sheet.missing if one.field.startswith(f"{about}/")]
        yield from (
            f"- {_in_words(one.field.partition('/')[2])}: not here. {_plain(one.detail)}"
            for one in gaps
        )
        for answer in sheet.answers:
            if answer.about == about:
                yield from _answer(answer)


def _fact(fact: FrozenFact, paces: FactValue) -> str:
    """`paces`: the slowest and the fastest, where the tempo changes."""
    if fact.field == "tempo" and isinstance(paces, tuple) and paces:
        value = f"changes from {' to '.join(_number(float(one)) for one in paces)}"
    else:
        value = _value(fact.value)
    by = "" if fact.analyser is None else f", version {fact.analyser} of the analyser"
    unit = f" {fact.unit}" if fact.unit else ""
    sure = "" if fact.confidence is None else f", confidence {_number(fact.confidence)}"
    off = "" if fact.uncertainty is None else f", typically off by {_number(fact.uncertainty)}"
    said = ", ".join(_source(one) for one in fact.source.split(","))
    when = f"{fact.retrieved_at:%-d %B %Y}"
    return (
        f"- {_in_words(fact.field)}: {value}{unit} ({fact.method} by {said}, {when}{sure}{off}{by})"
    )


def _answer(answer: SheetAnswer) -> Iterator[str]:
    yield ""
    yield f"**{_plain(answer.prompt)}**"
    yield ""
    boxes = (f"[{'x' if mark is answer.mark else ' '}] {says}" for mark, says in MARKS.items())
    yield from (f"- {box}" for box in boxes)
    if answer.note:
        yield ""
        yield from (f"> {_plain(line)}".rstrip() for line in answer.note.split("\n"))


def _value(value: FactValue) -> str:
    if isinstance(value, tuple):
        return _joined(value)
    return _plain(value) if isinstance(value, str) else _number(value)


def _joined(values: Iterable[str | float]) -> str:
    return ", ".join(_plain(one) if isinstance(one, str) else _number(one) for one in values)


def _number(number: float) -> str:
    return f"{round(number, 2):g}".replace("-", "−")


def _in_words(name: str) -> str:
    return name.replace("_", " ").capitalize()


def _source(name: str) -> str:
    return SOURCE_TITLES[SourceName(name)] if name in set(SourceName) else _plain(name)


def _plain(text: str) -> str:
    line = _MARKUP.sub(lambda found: "\\" + found[0], " ".join(text.split()))
    return _NUMBERED.sub(r"\1\\\2", line)
