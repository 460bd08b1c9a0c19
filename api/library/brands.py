"""Brands: what an artist wants to sound like, kept as they said it."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from api.cache.entry import etag_of
from api.clock import Clock, moment
from api.db.brands import BrandTables, TooManyBrands
from api.db.library import LibraryTables
from api.db.models import BrandRow
from api.music.ids import BRAND_PREFIX, OWN_PREFIX, encode
from api.problems.errors import ChangedMeanwhile, InvalidRequest, Refused
from api.schemas.brands import Brand, BrandChange, Brands, MadeFrom, NewBrand, Targets
from api.schemas.problem import InvalidPart

MOST_BRANDS = 200
_NOT_THERE = "There is no brand with this id: it never was, or it was deleted."
_LISTED = "/v1/brands lists those that are here."
_ENOUGH = f"This server keeps {MOST_BRANDS} brands at most, and has as many. Nothing was kept."
_DELETE = "Delete one that is not needed any more, then make this one."
NO_FILE = "There is no such file in this server’s library."


class OwnBrands:
    """Makes, tells, changes and deletes brands. Raises ApiError."""

    def __init__(self, tables: BrandTables, music: LibraryTables, clock: Clock) -> None:
        self._tables = tables
        self._music = music
        self._clock = clock

    async def make(
        self, asked: NewBrand, spanned: tuple[Targets, tuple[MadeFrom, ...]] | None
    ) -> Brand:
        """A new brand; `spanned`: the ranges that its songs span, where it is made from songs."""
        targets, made_from = spanned or (asked.targets, ())
        await self._refuse_nobodys(asked.references)
        now = self._clock()
        row = BrandRow(
            id=BRAND_PREFIX + encode(secrets.randbits(128)),
            name=asked.name.strip(),
            words=asked.words or None,
            targets=targets.model_dump_json(),
            tracks=json.dumps(_once(asked.songs or asked.references)),
            made_from=json.dumps([one.model_dump(mode="json") for one in made_from]),
            made_at=now,
            changed_at=now,
        )
        told = brand(row)
        try:
            await self._tables.add(row, most=MOST_BRANDS)
        except TooManyBrands as error:
            raise Refused("conflict", _ENOUGH, hint=_DELETE) from error
        return told

    async def every(self) -> Brands:
        """All brands, newest first."""
        return Brands(items=tuple(map(brand, await self._tables.every())))

    async def one(self, ident: str) -> Brand:
        """The brand with this id."""
        row = await self._tables.one(ident)
        if row is None:
            raise not_there()
        return brand(row)

    async def change(
        self, ident: str, asked: BrandChange, *, is_seen: Callable[[str], bool]
    ) -> Brand:
        """The brand as it is afterwards; all of the change is done, or nothing.

        `is_seen`: whether whoever asks has seen what has this tag. Raises InvalidRequest,
        ChangedMeanwhile.
        """
        await self._refuse_nobodys(asked.references)
        decide = partial(changed, asked=asked, now=self._clock(), is_seen=is_seen)
        row = await self._tables.change(ident, decide)
        if row is None:
            raise not_there()
        return brand(row)

    async def delete(self, ident: str) -> None:
        """Remove a brand; the tracks that stood for it stay."""
        if not await self._tables.delete(ident):
            raise not_there()

    async def _refuse_nobodys(self, tracks: Sequence[str]) -> None:
        """Raise InvalidRequest if any is the id of a file that is not here."""
        own = sorted({track for track in tracks if track.startswith(OWN_PREFIX)})
        there = await self._music.by_ids(own) if own else {}
        parts = tuple(
            InvalidPart(pointer=f"body/references/{at}", detail=NO_FILE)
            for at, track in enumerate(tracks)
            if track in own and track not in there
        )
        if parts:
            raise InvalidRequest(parts)


def not_there() -> Refused:
    """No brand has this id."""
    return Refused("brand-not-found", _NOT_THERE, hint=_LISTED)


def brand(row: BrandRow) -> Brand:
    """A brand as it is told."""
    return Brand(
        id=row.id,
        name=row.name,
        words=row.words,
        targets=Targets.model_validate_json(row.targets),
        references=tuple(json.loads(row.tracks)),
        made_from=tuple(MadeFrom.model_validate(one) for one in json.loads(row.made_from)),
        made_at=moment(row.made_at),
        changed_at=moment(row.changed_at),
    )


def changed(
    row: BrandRow, *, asked: BrandChange, now: float, is_seen: Callable[[str], bool]
) -> dict[str, Any]:
    """The new columns. Raises ChangedMeanwhile."""
    shown = brand(row)
    tag = etag_of(shown.model_dump_json().encode())
    if not is_seen(tag):
        raise ChangedMeanwhile(shown, etag=f'"{tag}"')
    given = {
        "name": ("name", asked.name.strip()),
        "words": ("words", asked.words or None),
        "targets": ("targets", asked.targets.model_dump_json()),
        "references": ("tracks", json.dumps(_once(asked.references))),
    }
    columns = dict(pair for name, pair in given.items() if name in asked.model_fields_set)
    return columns | {"changed_at": now} if columns else columns


def _once(tracks: Sequence[str]) -> list[str]:
    """Each once, where it stands first."""
    return list(dict.fromkeys(tracks))
