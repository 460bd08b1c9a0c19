"""Worksheets: freeze what sources say, keep what is written beside it, lead others to it."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any

from pydantic import BaseModel

from api.cache.entry import etag_of
from api.clock import Clock, moment
from api.db.models import WorksheetRow
from api.db.worksheets import TooManyWorksheets, WorksheetTables
from api.music.ids import WORKSHEET_PREFIX, encode
from api.problems.errors import ChangedMeanwhile, InvalidRequest, Refused
from api.schemas.problem import InvalidPart
from api.schemas.provenance import Missing
from api.schemas.worksheet import (
    MOST_SUBJECTS,
    FrozenFact,
    NewSheetLink,
    NewWorksheet,
    SheetAnswer,
    SheetLink,
    SubjectKind,
    Worksheet,
    WorksheetChange,
    Worksheets,
)
from api.services.observations import Observed
from api.services.observing import OF_A_TRACK, Observer
from api.services.prompts import PROMPTS, id_of, kind_of

SECRET_BYTES = 24
NOW_S = 4.0  # a sheet is read whether or not anybody can tell what holds today
MOST_WORKSHEETS = 500  # full of the longest notes they take some 100 MB
ENOUGH = (
    f"This server keeps {MOST_WORKSHEETS} worksheets at most, and has as many. Nothing was kept."
)
DELETE_ONE = "Delete one that is not needed any more, then begin this one; its file can be kept."
NOT_THERE = "No worksheet with this id exists."
LEADS_NOWHERE = "This link leads to no worksheet: it was withdrawn, or is not whole."
NOBODY = "Nobody here knows such a thing."
NOT_ABOUT = "The worksheet is not about this."
NO_PROMPT = "The worksheet has no such question."
TOO_MANY = f"A worksheet may be about {MOST_SUBJECTS} things."
NOTHING_LEFT = "A worksheet is about something: delete it rather than all of that."
IsSeen = Callable[[str], bool]
"""Whether whoever asks has seen what has this tag."""


class OwnWorksheets:
    """Makes, lists, changes, shares and deletes worksheets. Raises ApiError."""

    def __init__(self, tables: WorksheetTables, observer: Observer, clock: Clock) -> None:
        self._tables = tables
        self._observer = observer
        self._clock = clock

    async def make(self, asked: NewWorksheet) -> Worksheet:
        """A new one, its facts frozen now. Raises InvalidRequest."""
        if await self._tables.count() >= MOST_WORKSHEETS:
            raise _enough()  # before sources are asked for it
        about = tuple(dict.fromkeys(asked.about))
        seen = await self._observer.of(about, track=_song(about))
        _refuse_unknown("about", asked.about, seen)
        now = self._clock()
        row = WorksheetRow(
            id=WORKSHEET_PREFIX + encode(secrets.randbits(128)),
            name=asked.name.strip(),
            facts=_json(fact for one in seen for fact in one.facts),
            answers=_json(_questions(about)),
            missing=_json(gap for one in seen for gap in one.missing),
            made_at=now,
            changed_at=now,
        )
        try:
            await self._tables.add(row, most=MOST_WORKSHEETS)
        except TooManyWorksheets as error:
            raise _enough() from error
        return worksheet(row)

    async def some(self, *, limit: int, offset: int) -> Worksheets:
        """A part of them, the last changed first."""
        rows, total = await self._tables.some(limit=limit, offset=offset)
        return Worksheets(items=tuple(map(worksheet, rows)), total=total)

    async def one(self, ident: str) -> Worksheet:
        """The worksheet with this id."""
        return worksheet(_there(await self._tables.one(ident)))

    async def with_now(self, sheet: Worksheet) -> Worksheet:
        """The same, each fact with what is said today where that differs and can be told."""
        about = subjects(sheet)
        seen = await self._observer.of(about, track=_song(about), budget_s=NOW_S)
        today = {(fact.about, fact.field): fact for one in seen for fact in one.facts}
        return sheet.model_copy(update={"facts": tuple(_beside(today, one) for one in sheet.facts)})

    async def change(self, ident: str, asked: WorksheetChange, *, is_seen: IsSeen) -> Worksheet:
        """The worksheet as it is afterwards; all of the change is done, or nothing.

        Raises InvalidRequest, ChangedMeanwhile.
        """
        before = await self.one(ident)
        _refuse_unseen(before, is_seen)
        about = _afterwards(before, asked)
        looked_at = [one for one in about if one in asked.renew or one not in subjects(before)]
        seen = await self._observer.of(looked_at, track=_song(about))
        _refuse_unknown("add", asked.add, seen)
        _refuse_unknown("renew", asked.renew, seen)
        decide = partial(
            _changed, asked=asked, about=about, seen=seen, now=self._clock(), is_seen=is_seen
        )
        return worksheet(_there(await self._tables.change(ident, decide)))

    async def delete(self, ident: str) -> None:
        """Remove it, and with it the link that leads to it."""
        if not await self._tables.delete(ident):
            raise Refused("worksheet-not-found", NOT_THERE)

    async def share(self, ident: str) -> NewSheetLink:
        """A link to it; one that was made before leads nowhere any more."""
        secret, now = secrets.token_urlsafe(SECRET_BYTES), self._clock()
        values = {"share_hash": _hash(secret), "shared_at": now}
        _there(await self._tables.change(ident, lambda _row: values))
        return NewSheetLink(made_at=moment(now), secret=secret, href=f"/shared/{secret}")

    async def withdraw(self, ident: str) -> None:
        """The link leads nowhere any more, if there was one."""
        values = {"share_hash": None, "shared_at": None}
        _there(await self._tables.change(ident, lambda _row: values))

    async def shared(self, secret: str) -> Worksheet:
        """The worksheet to which this secret leads."""
        row = await self._tables.shared(_hash(secret))
        if row is None:
            raise Refused("worksheet-not-found", LEADS_NOWHERE)
        return worksheet(row)


def worksheet(row: WorksheetRow) -> Worksheet:
    """A worksheet as it is told."""
    answers = tuple(SheetAnswer(**one) for one in json.loads(row.answers))
    brands = (id_of(one.about) for one in answers if kind_of(one.about) is SubjectKind.BRAND)
    return Worksheet(
        id=row.id,
        name=row.name,
        brand_id=next(brands, None),
        facts=tuple(FrozenFact.model_validate(one) for one in json.loads(row.facts)),
        answers=answers,
        made_at=moment(row.made_at),
        changed_at=moment(row.changed_at),
        share=None if row.shared_at is None else SheetLink(made_at=moment(row.shared_at)),
        missing=tuple(Missing(**one) for one in json.loads(row.missing)),
    )


def subjects(sheet: Worksheet) -> tuple[str, ...]:
    """What it is about, each once and in order: every one of them has a question."""
    return tuple(dict.fromkeys(one.about for one in sheet.answers))


def tag_of(sheet: Worksheet) -> str:
    """The ETag of one form of it, without quotes."""
    return etag_of(sheet.model_dump_json().encode())


def _enough() -> Refused:
    return Refused("conflict", ENOUGH, hint=DELETE_ONE)


def _there(row: WorksheetRow | None) -> WorksheetRow:
    if row is None:
        raise Refused("worksheet-not-found", NOT_THERE)
    return row


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()


def _json(parts: Iterable[BaseModel]) -> str:
    return json.dumps([part.model_dump(mode="json") for part in parts], ensure_ascii=False)


def _song(about: Sequence[str]) -> str | None:
    """The id of the track that lists and brands are held against: the first."""
    return next((id_of(one) for one in about if kind_of(one) in OF_A_TRACK), None)


def _questions(about: Iterable[str]) -> list[SheetAnswer]:
    return [
        SheetAnswer(about=subject, prompt=prompt)
        for subject in about
        for prompt in PROMPTS[kind_of(subject)]
    ]


def _beside(today: dict[tuple[str, str], FrozenFact], frozen: FrozenFact) -> FrozenFact:
    """With what is said today, and by which other version of the analyser, if by another."""
    said = today.get((frozen.about, frozen.field), frozen)
    if said.value == frozen.value:
        return frozen
    other = said.analyser if said.analyser != frozen.analyser else None
    return frozen.model_copy(update={"now": said.value, "now_analyser": other})


def _afterwards(before: Worksheet, asked: WorksheetChange) -> tuple[str, ...]:
    """What it will be about. Raises InvalidRequest."""
    had = subjects(before)
    for field, named in (("renew", asked.renew), ("remove", asked.remove)):
        _refuse(field, {at: NOT_ABOUT for at, one in enumerate(named) if one not in had})
    kept = [one for one in had if one not in asked.remove]
    about = tuple(dict.fromkeys([*kept, *asked.add]))
    if len(about) > MOST_SUBJECTS:
        _refuse("add", {len(asked.add) - 1: TOO_MANY})
    if not about:
        _refuse("remove", {len(asked.remove) - 1: NOTHING_LEFT})
    return about


def _changed(
    row: WorksheetRow,
    *,
    asked: WorksheetChange,
    about: Sequence[str],
    seen: Sequence[Observed],
    now: float,
    is_seen: IsSeen,
) -> dict[str, Any]:
    """The new values of its columns. Raises InvalidRequest, ChangedMeanwhile."""
    before = worksheet(row)
    _refuse_unseen(before, is_seen)
    if not asked.model_fields_set:
        return {}
    fresh = {one.about for one in seen}
    facts = {(one.about, one.field): one for one in before.facts if one.about in about}
    # What cannot be told today stays as it was frozen.
    facts |= {(fact.about, fact.field): fact for one in seen for fact in one.facts}
    missing = [one for one in before.missing if _is_kept(one, about, fresh)]
    missing += [gap for one in seen for gap in one.missing]
    order = {subject: at for at, subject in enumerate(about)}
    frozen = sorted(facts.values(), key=lambda one: order[one.about])
    return {
        "name": asked.name.strip() if "name" in asked.model_fields_set else before.name,
        "facts": _json(frozen),
        "answers": _json(_answers(before, asked, about)),
        "missing": _json(missing),
        "changed_at": now,
    }


def _is_kept(gap: Missing, about: Sequence[str], fresh: set[str]) -> bool:
    subject = gap.field.partition("/")[0]
    return subject in about and subject not in fresh


def _answers(before: Worksheet, asked: WorksheetChange, about: Sequence[str]) -> list[SheetAnswer]:
    """What was answered, changed where it is asked to be, in the order of the subjects."""
    after = {(one.about, one.prompt): one for one in before.answers if one.about in about}
    added = [one for one in about if one not in subjects(before)]
    after |= {(one.about, one.prompt): one for one in _questions(added)}
    wrong = {}
    for at, one in enumerate(asked.answers):
        place = (one.about, one.prompt)
        if place in after:
            given = one.model_dump(include=one.model_fields_set)
            after[place] = after[place].model_copy(update=given)
        else:
            wrong[at] = NO_PROMPT
    _refuse("answers", wrong)
    order = {subject: at for at, subject in enumerate(about)}
    return sorted(after.values(), key=lambda one: order[one.about])


def _refuse_unseen(sheet: Worksheet, is_seen: IsSeen) -> None:
    tag = tag_of(sheet)
    if not is_seen(tag):
        raise ChangedMeanwhile(sheet, etag=f'"{tag}"')


def _refuse_unknown(field: str, named: Sequence[str], seen: Iterable[Observed]) -> None:
    nobodys = {one.about for one in seen if not one.exists}
    _refuse(field, {at: NOBODY for at, one in enumerate(named) if one in nobodys})


def _refuse(field: str, reasons: dict[int, str]) -> None:
    """Raise InvalidRequest if any entry of a list, by its place, has a reason to be refused."""
    if reasons:
        raise InvalidRequest(
            tuple(
                InvalidPart(pointer=f"body/{field}/{at}", detail=reason)
                for at, reason in reasons.items()
            )
        )
