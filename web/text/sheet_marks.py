"""Two windows on one worksheet: whose word stands under a question, decided question by question.

A form sends what is typed and, in short, what had stood there when the form was made. Who typed
nothing new leaves what others wrote; who typed where others did too is shown both.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from api.schemas.worksheet import LONGEST_NOTE, AnswerChange, Opinion, SheetAnswer


class SaidOfPrompt(Protocol):
    """What a form said of a question."""

    @property
    def note(self) -> str:
        """In words."""
        ...

    @property
    def mark(self) -> Opinion | None:
        """As a mark."""
        ...

    @property
    def stood(self) -> str:
        """What had stood there."""
        ...


@dataclass(frozen=True, slots=True)
class Merged:
    """What is to be changed, and the keys of questions of which nothing can be saved.

    `contested`: two have answered it differently; `too_long`: its note has more letters than fit.
    """

    changes: tuple[dict[str, Any], ...]
    contested: tuple[str, ...]
    too_long: tuple[str, ...]

    @property
    def unsaved(self) -> frozenset[str]:
        """The keys of both."""
        return frozenset((*self.contested, *self.too_long))


def prompt_key(answer: SheetAnswer) -> str:
    """The name of a question in a form: the same in every form about it."""
    return _short(f"{answer.about}\0{answer.prompt}")


def stood_for(note: str, mark: Opinion | None) -> str:
    """A short name for what stands under a question."""
    return _short(f"{mark or ''}\0{note}")


def kept(answer: SheetAnswer, said: SaidOfPrompt) -> AnswerChange:
    """What was typed, as it would be kept."""
    return AnswerChange(about=answer.about, prompt=answer.prompt, note=said.note, mark=said.mark)


def merge(answers: Iterable[SheetAnswer], typed: Mapping[str, SaidOfPrompt]) -> Merged:
    """What of the typed is to be written over what stands now."""
    changes, contested, too_long = [], [], []
    for answer in answers:
        key = prompt_key(answer)
        said = typed.get(key)
        if said is None:
            continue
        if len(said.note) > LONGEST_NOTE:
            too_long.append(key)
            continue
        mine = kept(answer, said)
        if (mine.note, mine.mark) == (answer.note, answer.mark):
            continue
        if said.stood == stood_for(mine.note, mine.mark):
            continue  # nothing was typed here: what others wrote stays
        if said.stood == stood_for(answer.note, answer.mark):
            changes.append(mine.model_dump(mode="json"))
        else:
            contested.append(key)
    return Merged(tuple(changes), tuple(contested), tuple(too_long))


def _short(text: str) -> str:
    return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()
