"""Related artists, merged over the sources that can say: everybody's vote stays visible."""

from __future__ import annotations

import asyncio
import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from statistics import fmean
from unicodedata import normalize

from api.cache.entry import Key
from api.cache.policy import TtlClass
from api.cache.tiers import Served
from api.schemas.artist import RelatedArtists, RelatedVote, Relation
from api.schemas.provenance import Capability, Missing, SourceName
from api.services.cascade import Cascade, Lookup, to_json

_ACCENTS = re.compile(r"[\u0300-\u036f]")
_PLAIN = str.maketrans(
    dict.fromkeys("\u2018\u2019\u02bc\u00b4`", "'")
    | dict.fromkeys("\u201c\u201d", '"')
    | dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212", "-")
)


class Related:
    """Who is related to an artist. Raises ApiError."""

    def __init__(self, cascade: Cascade) -> None:
        self._cascade = cascade

    async def of(self, ident: str) -> Served:
        """All that can say, merged; one that cannot does not spoil the others."""
        key = Key(SourceName.LIBRARY, "related", ident)
        revision = await self._cascade.revision(ident)
        kept = self._cascade.tiers.kept_at_home(key, revision)
        if kept is None:
            kept = await self._of(ident)
            self._cascade.tiers.keep_at_home(key, revision, kept)
        return kept

    async def _of(self, ident: str) -> Served:
        lookup = Lookup(
            capability=Capability.RELATED,
            subject="related artists",
            thing="artist",
            kind="related",
            ident=ident,
            ttl=TtlClass.CATALOGUE,
            ask=lambda source, known: source.related(ident, known=known),
        )
        parts = await self._cascade.every(lookup)
        if len(parts) == 1:
            return parts[0]
        return await self._cascade.tiers.derive(parts, "merged", lambda: _merged_json(parts))


async def _merged_json(parts: Sequence[Served]) -> bytes:
    return await to_json(await asyncio.to_thread(_merged, parts))


def _merged(parts: Sequence[Served]) -> RelatedArtists:
    return merge([RelatedArtists.model_validate_json(part.entry.body) for part in parts])


def merge(lists: Sequence[RelatedArtists]) -> RelatedArtists:
    """One list of several: by id or else by name, the mean score deciding, then agreement."""
    named = [
        _Naming(relation, _gaps_of(one, place))
        for one in lists
        for place, relation in enumerate(one.items)
    ]
    merged = [(_combined(same), _shown(same)) for same in _Groups(named).all]
    merged.sort(key=lambda pair: (-pair[0].score, -pair[0].agreement, pair[0].artist.name))
    inside = (
        gap.model_copy(update={"field": f"items[{place}]{gap.field}"})
        for place, (_, shown) in enumerate(merged)
        for gap in shown.gaps
    )
    return RelatedArtists(
        id=lists[0].id,
        items=tuple(relation for relation, _ in merged),
        provenance=tuple(said for one in lists for said in one.provenance),
        missing=(*(gap for one in lists for gap in one.missing if "[" not in gap.field), *inside),
    )


@dataclass(frozen=True, slots=True)
class _Naming:
    """One artist as one source names it, and what it does not say of that artist."""

    relation: Relation
    gaps: tuple[Missing, ...]

    @property
    def ident(self) -> str | None:
        return self.relation.artist.id

    @property
    def name(self) -> str:
        return self.relation.artist.name

    @property
    def sources(self) -> set[SourceName]:
        return {vote.source for vote in self.relation.sources}


def _gaps_of(one: RelatedArtists, place: int) -> tuple[Missing, ...]:
    """The gaps inside one of its items, by what follows the item's place."""
    prefix = f"items[{place}]"
    return tuple(
        gap.model_copy(update={"field": gap.field.removeprefix(prefix)})
        for gap in one.missing
        if gap.field.startswith(f"{prefix}.")
    )


class _Groups:
    """Who is the same artist.

    Those of one id are; two ids never are, whatever their names. One without an id is whoever
    alone has its name, in whatever case; or whom other sources alone name almost so, but for
    accents and quotation marks. Where the name fits several, it stays by itself.
    """

    def __init__(self, named: Sequence[_Naming]) -> None:
        self.all: list[list[_Naming]] = []
        self._by_name: dict[str, list[int]] = defaultdict(list)
        by_id: dict[str, int] = {}
        for one in named:
            if one.ident:
                by_id[one.ident] = self._put(one, by_id.get(one.ident))
        for one in named:
            if not one.ident:
                self._put(one, self._named_like(one))

    def _put(self, one: _Naming, place: int | None) -> int:
        if place is None:
            place = len(self.all)
            self.all.append([])
        self.all[place].append(one)
        for name in {exactly(one.name), loosely(one.name)} - {""}:
            if place not in self._by_name[name]:
                self._by_name[name].append(place)
        return place

    def _named_like(self, one: _Naming) -> int | None:
        name = exactly(one.name)
        near = self._by_name.get(loosely(name), ())
        same = [place for place in near if any(exactly(o.name) == name for o in self.all[place])]
        if len(same) > 1:
            same = [place for place in same if not any(other.ident for other in self.all[place])]
        elif not same:
            same = [
                place
                for place in near
                if not any(other.sources & one.sources for other in self.all[place])
            ]
        return same[0] if len(same) == 1 else None


@lru_cache(maxsize=4_096)
def exactly(name: str) -> str:
    """The name in one form, case and width of letters and of spaces apart."""
    return " ".join(normalize("NFKC", normalize("NFKC", name).casefold()).split())


@lru_cache(maxsize=4_096)
def loosely(name: str) -> str:
    """The name without accents on Latin, Greek and Cyrillic letters, its marks made plain."""
    apart = _ACCENTS.sub("", normalize("NFD", exactly(name)))
    return normalize("NFC", apart).translate(_PLAIN)


def _shown(same: Sequence[_Naming]) -> _Naming:
    """Whose words for the artist are shown: the first that has an id, else the first."""
    return next((one for one in same if one.ident), same[0])


def _combined(same: Sequence[_Naming]) -> Relation:
    best: dict[SourceName, RelatedVote] = {}
    for vote in (vote for one in same for vote in one.relation.sources):
        if vote.source not in best or vote.rank < best[vote.source].rank:
            best[vote.source] = vote
    votes = tuple(best.values())
    return Relation(
        artist=_shown(same).relation.artist,
        score=fmean(vote.score for vote in votes),
        agreement=len(votes),
        sources=votes,
    )
