"""Worksheets: what machines say of some music on one day, and what its maker thinks of that."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, Field

from api.music.ids import BRAND_PREFIX, OWN_PREFIX, id_pattern
from api.schemas.base import Model, Moment, Unit
from api.schemas.library import CollectionName
from api.schemas.provenance import Gaps, Method
from api.text import paragraphs

MOST_SUBJECTS = 12
LONGEST_NOTE = 4_000


class SubjectKind(StrEnum):
    """What a worksheet may be about. An analysis is named by its track."""

    ARTIST = "artist"
    TRACK = "track"
    ANALYSIS = "analysis"
    PLAYLIST = "playlist"
    BRAND = "brand"


class Opinion(StrEnum):
    """What somebody thinks of what a machine says."""

    AGREE = "agree"
    DISAGREE = "disagree"
    SURPRISED = "surprised"


_MUSIC = "|".join(kind for kind in SubjectKind if kind is not SubjectKind.BRAND)
Subject = Annotated[
    str,
    Field(
        pattern=f"^(({_MUSIC}):({OWN_PREFIX})?|brand:{BRAND_PREFIX}){id_pattern()}$",
        description="A kind and an id: `artist:…`, `track:…`, `analysis:…` (of a track), "
        "`playlist:…`, `brand:…`.",
        examples=["artist:5zgmpjHcmqMZjTSWGxWgjv"],
    ),
]
Subjects = Annotated[tuple[Subject, ...], Field(max_length=MOST_SUBJECTS)]
Note = Annotated[str, Field(max_length=LONGEST_NOTE), AfterValidator(paragraphs)]
FactValue = int | float | str | tuple[str, ...] | tuple[float, ...]


class FrozenFact(Model):
    """One thing that a source said, as it said it when the worksheet froze it."""

    about: Subject
    field: Annotated[str, Field(examples=["tempo"])]
    value: FactValue
    unit: Annotated[str | None, Field(description="Of `value`.", examples=["BPM"])] = None
    source: Annotated[
        str,
        Field(
            description="Who said it; several, parted by commas, where it was merged of theirs.",
            examples=["library"],
        ),
    ]
    method: Method
    retrieved_at: Moment
    analyser: Annotated[
        int | None,
        Field(description="Own files: the version of the analyser that heard it, where noted."),
    ] = None
    confidence: Annotated[
        Unit | None, Field(description="How sure the source is, where it says so.")
    ] = None
    uncertainty: Annotated[
        float | None, Field(description="By how much an estimate is typically off.")
    ] = None
    now: Annotated[
        FactValue | None,
        Field(description="What is said today, where that differs; asked for with `now=true`."),
    ] = None
    now_analyser: Annotated[
        int | None,
        Field(description="The version of the analyser that says so, where it is another one."),
    ] = None


class SheetAnswer(Model):
    """One question of the exercise, and what was written under it."""

    about: Subject
    prompt: str
    note: str = ""
    mark: Opinion | None = None


class SheetLink(Model):
    """A private link leads to the worksheet; only its maker was told the secret in it."""

    made_at: Moment


class NewSheetLink(SheetLink):
    """The link, told once: of the secret nothing but a hash is kept."""

    secret: Annotated[str, Field(description="To be sent as `Authorization: Bearer …`.")]
    href: Annotated[
        str,
        Field(
            description="The page for people. Whoever has this address reads the worksheet.",
            examples=["/shared/1CPxVNtdEFPqRLiOALAFkSjYjPxWPk3b"],
        ),
    ]


class Worksheet(Model):
    """The exercise on paper: facts that stay as they were, questions, and answers to them."""

    id: str
    name: str
    brand_id: Annotated[str | None, Field(description="The first brand that it is about.")]
    facts: tuple[FrozenFact, ...]
    answers: Annotated[
        tuple[SheetAnswer, ...], Field(description="By subject, in the order they were added.")
    ]
    made_at: Moment
    changed_at: Moment
    share: SheetLink | None
    missing: Annotated[Gaps, Field(description="What could not be frozen, and why.")] = ()


class Worksheets(Model):
    """A part of the worksheets, the last changed first."""

    items: tuple[Worksheet, ...]
    total: Annotated[int, Field(ge=0)]


class NewWorksheet(Model):
    """What a worksheet is to be about."""

    name: CollectionName
    about: Annotated[tuple[Subject, ...], Field(min_length=1, max_length=MOST_SUBJECTS)]


class AnswerChange(Model):
    """What is to stand under one question. What is left out stays as it is."""

    about: Subject
    prompt: Annotated[str, Field(max_length=500)]
    note: Note = ""
    mark: Annotated[Opinion | None, Field(description="Null takes it away.")] = None


class WorksheetChange(Model):
    """What of a worksheet is to change; what is left out stays as it is."""

    name: CollectionName = Field(default_factory=str)
    answers: Annotated[
        tuple[AnswerChange, ...],
        Field(max_length=100, description="Those that change; all others stay."),
    ] = ()
    add: Annotated[
        Subjects, Field(description="What it is to be about beside what it is about already.")
    ] = ()
    renew: Annotated[
        Subjects,
        Field(description="Whose facts are to be frozen anew, as sources tell them today."),
    ] = ()
    remove: Annotated[
        Subjects, Field(description="What goes, with its facts, its questions and their answers.")
    ] = ()
