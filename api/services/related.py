"""Related artists, merged over the sources that can say: everybody's vote stays visible."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from statistics import fmean

from api.cache.entry import Key
from api.cache.policy import TtlClass
from api.cache.tiers import Served
from api.schemas.artist import RelatedArtist, RelatedArtists, Relation
from api.schemas.provenance import Capability, SourceName
from api.services.asking import Asked, Desk, to_json


class Related:
    """Who is related to an artist. Raises ApiError."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def of(self, ident: str) -> Served:
        """All that can say, merged; one that cannot does not spoil the others."""
        key = Key(SourceName.LIBRARY, "related", ident)
        revision = await self._desk.revision(ident)
        kept = self._desk.tiers.kept_at_home(key, revision)
        if kept is None:
            kept = await self._of(ident)
            self._desk.tiers.keep_at_home(key, revision, kept)
        return kept

    async def _of(self, ident: str) -> Served:
        asked = Asked(
            capability=Capability.RELATED,
            subject="related artists",
            thing="artist",
            kind="related",
            ident=ident,
            ttl=TtlClass.CATALOGUE,
            ask=lambda source, known: source.related(ident, known=known),
        )
        parts = await self._desk.every(asked)
        if len(parts) == 1:
            return parts[0]
        return await self._desk.tiers.derive(parts, "merged", lambda: _merged_json(parts))


async def _merged_json(parts: Sequence[Served]) -> bytes:
    lists = [RelatedArtists.model_validate_json(part.entry.body) for part in parts]
    return await to_json(merge(lists))


def merge(lists: Sequence[RelatedArtists]) -> RelatedArtists:
    """One list of several: by id or else by name, the mean score deciding, then agreement."""
    relations: dict[str, list[Relation]] = defaultdict(list)
    for one in lists:
        for relation in one.items:
            relations[_identity(relation.artist)].append(relation)
    merged = [_combine(same) for same in relations.values()]
    merged.sort(key=lambda relation: (-relation.score, -relation.agreement, relation.artist.name))
    return RelatedArtists(
        id=lists[0].id,
        items=tuple(merged),
        provenance=tuple(said for one in lists for said in one.provenance),
        missing=tuple(gap for one in lists for gap in one.missing if "[" not in gap.field),
    )


def _identity(artist: RelatedArtist) -> str:
    return artist.id or artist.name.casefold()


def _combine(same: Sequence[Relation]) -> Relation:
    votes = tuple(vote for relation in same for vote in relation.sources)
    return Relation(
        artist=same[0].artist,
        score=fmean(vote.score for vote in votes),
        agreement=len({vote.source for vote in votes}),
        sources=votes,
    )
