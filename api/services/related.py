"""Related artists, merged over the sources that can say: everybody's vote stays visible."""

from __future__ import annotations

import asyncio
import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import fmean
from types import MappingProxyType

from api.cache.entry import Key, TtlClass
from api.cache.tiers import Served
from api.music.ids import OWN_PREFIX
from api.music.names import exactly, loosely
from api.problems.refusals import SourceError
from api.schemas.artist import (
    MatchedBy,
    RankedArtist,
    RelatedArtist,
    RelatedArtists,
    RelatedVote,
    Relation,
)
from api.schemas.identity import IdScheme
from api.schemas.provenance import Capability, Missing, Reason, SourceName
from api.services.cascade import Answers, Cascade, Lookup, to_json

STRENGTH = (  # an id of the first joins whatever the others say, and so on
    (IdScheme.MBID, MatchedBy.MBID),
    (IdScheme.SPOTIFY, MatchedBy.SPOTIFY),
    (IdScheme.OWN, MatchedBy.OWN),
    (IdScheme.DEEZER, MatchedBy.DEEZER),
)
CARRIED = (IdScheme.MBID, IdScheme.DEEZER)  # ids through which a neighbour’s Spotify id is found
SILENCE = Missing(
    field="spotify",
    reason=Reason.NOT_KNOWN,
    detail="Spotify was not asked whom it relates to this artist.",
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
            ask=lambda source, native, known: source.related(native, known=known),
        )
        answers = await self._cascade.every(lookup)
        lists = await asyncio.to_thread(_read, answers)
        spotify_ids = await self._spotify_ids(lists)
        unable = self._cascade.registry.unable(Capability.RELATED)
        silence = _silence((*answers.refusals, *unable))

        async def build() -> bytes:
            merged = await asyncio.to_thread(merge, lists, spotify_ids, silence)
            return await to_json(merged)

        return await self._cascade.derive(answers, f"merged:{_told_apart(spotify_ids)}", build)

    async def _spotify_ids(
        self, lists: Sequence[RelatedArtists]
    ) -> dict[tuple[IdScheme, str], str]:
        """The Spotify id of each neighbour that came without one, where one is known."""
        unknown = [item.artist for one in lists for item in one.items if item.artist.id is None]

        async def carried(scheme: IdScheme) -> dict[tuple[IdScheme, str], str]:
            idents = sorted({ident for one in unknown if (ident := one.ids.get(scheme))})
            found = await self._cascade.identities.spotify_ids(scheme, idents)
            return {(scheme, ident): spotify for ident, spotify in found.by_ident.items()}

        by_mbid, by_deezer_id = await asyncio.gather(*map(carried, CARRIED))
        return by_mbid | by_deezer_id


def _told_apart(links: Mapping[tuple[IdScheme, str], str]) -> str:
    """A short name for what is known of the neighbours’ ids."""
    return hashlib.blake2b(repr(sorted(links.items())).encode(), digest_size=6).hexdigest()


def _read(answers: Answers) -> list[RelatedArtists]:
    return [RelatedArtists.model_validate_json(part.entry.body) for part in answers.parts]


def _silence(refusals: Iterable[SourceError]) -> Missing:
    """Why Spotify's own list is absent, should it be."""
    for refusal in refusals:
        if refusal.source is SourceName.SPOTIFY:
            return Missing(field="spotify", reason=refusal.reason, detail=refusal.detail)
    return SILENCE


def merge(
    lists: Sequence[RelatedArtists],
    spotify_ids: Mapping[tuple[IdScheme, str], str] = MappingProxyType({}),
    silence: Missing = SILENCE,
) -> RelatedArtists:
    """One list of several: by id or else by name, agreement deciding, then the mean score.

    Spotify's own list stays apart. `spotify_ids`: of neighbours, by an id that they came with.
    """
    ranked = next((one for one in lists if _is_spotifys(one)), None)
    voting = [one for one in lists if one is not ranked]
    named = [
        _Naming(_with_spotify_id(relation, spotify_ids), _gaps_of(one, place))
        for one in voting
        for place, relation in enumerate(one.items)
    ]
    merged = [_combined(same) for same in _Groups(named).all]
    merged.sort(key=lambda one: (-one.relation.agreement, -one.relation.score, one.name))
    inside = (
        gap.model_copy(update={"field": f"items[{place}]{gap.field}"})
        for place, one in enumerate(merged)
        for gap in one.gaps
    )
    return RelatedArtists(
        id=lists[0].id,
        items=tuple(one.relation for one in merged),
        spotify=None if ranked is None else _in_order(ranked),
        answering=len(lists),
        provenance=tuple(said for one in lists for said in one.provenance),
        missing=(
            *(gap for one in voting for gap in one.missing if "[" not in gap.field),
            *inside,
            *((silence,) if ranked is None else _ranked_gaps(ranked)),
        ),
    )


def _is_spotifys(one: RelatedArtists) -> bool:
    return one.provenance[0].source is SourceName.SPOTIFY


def _in_order(ranked: RelatedArtists) -> tuple[RankedArtist, ...]:
    return tuple(
        RankedArtist(artist=item.artist, rank=item.sources[0].rank) for item in ranked.items
    )


def _ranked_gaps(ranked: RelatedArtists) -> tuple[Missing, ...]:
    """What Spotify does not say, by its place in Spotify's own list."""
    return tuple(
        gap.model_copy(update={"field": re.sub(r"^items\b", "spotify", gap.field)})
        for gap in ranked.missing
    )


def _with_spotify_id(
    relation: Relation, spotify_ids: Mapping[tuple[IdScheme, str], str]
) -> Relation:
    """The neighbour with its Spotify id, if that is known from another of its ids."""
    artist = relation.artist
    if artist.id is not None:
        return relation
    known = (spotify_ids.get((scheme, artist.ids.get(scheme, ""))) for scheme in CARRIED)
    ident = artist.ids.get(IdScheme.SPOTIFY) or next(filter(None, known), None)
    if ident is None:
        return relation
    found = artist.model_copy(update={"id": ident, "uri": f"spotify:artist:{ident}"})
    return relation.model_copy(update={"artist": found})


@dataclass(frozen=True, slots=True)
class _Naming:
    """One artist as one source names it, and what it does not say of that artist."""

    relation: Relation
    gaps: tuple[Missing, ...]

    @property
    def name(self) -> str:
        return self.relation.artist.name

    @property
    def ids(self) -> dict[IdScheme, str]:
        artist = self.relation.artist
        if artist.id is None:
            return dict(artist.ids)
        scheme = IdScheme.OWN if artist.id.startswith(OWN_PREFIX) else IdScheme.SPOTIFY
        return {**artist.ids, scheme: artist.id}


def _gaps_of(one: RelatedArtists, place: int) -> tuple[Missing, ...]:
    """The gaps inside one of its items, by what follows the item's place."""
    prefix = f"items[{place}]"
    return tuple(
        gap.model_copy(update={"field": gap.field.removeprefix(prefix)})
        for gap in one.missing
        if gap.field.startswith(f"{prefix}.")
    )


@dataclass(eq=False, slots=True)
class _Group:
    """Namings of one artist, and by what each but the first was found to be of the same."""

    namings: list[_Naming]
    ids: dict[IdScheme, str]
    matched: list[MatchedBy | None] = field(default_factory=lambda: [None])

    @property
    def name(self) -> str:
        return self.namings[0].name

    @property
    def names(self) -> list[str]:
        return [one.name for one in self.namings]

    @property
    def sources(self) -> set[SourceName]:
        return {vote.source for one in self.namings for vote in one.relation.sources}

    def contradicts(self, other: _Group, schemes: Sequence[IdScheme]) -> bool:
        """Whether the two have different ids in one of these numberings."""
        return any(
            scheme in self.ids and scheme in other.ids and self.ids[scheme] != other.ids[scheme]
            for scheme in schemes
        )

    def absorb(self, other: _Group, by: MatchedBy) -> None:
        """Take the other's namings in."""
        self.namings += other.namings
        self.matched += [by, *other.matched[1:]]
        self.ids = {**other.ids, **self.ids}


class _Groups:
    """Who is the same artist.

    Those of one id are, unless ids that weigh more contradict that. One whose ids fit nobody's is
    whoever alone has its name, in whatever case; or whom other sources alone name almost so, but
    for accents and quotation marks. Where the name fits several, it stays by itself.
    """

    def __init__(self, named: Sequence[_Naming]) -> None:
        self.all = [_Group([one], one.ids) for one in named]
        for weight, (scheme, by) in enumerate(STRENGTH):
            self._join_by_id(scheme, by, stronger=[one for one, _ in STRENGTH[:weight]])
        self._join_by_name()

    def _join_by_id(self, scheme: IdScheme, by: MatchedBy, *, stronger: Sequence[IdScheme]) -> None:
        holders: dict[str, list[_Group]] = {}
        apart: list[_Group] = []
        for group in self.all:
            ident = group.ids.get(scheme)
            held = [] if ident is None else holders.setdefault(ident, [])
            same = next((one for one in held if not one.contradicts(group, stronger)), None)
            if same is None:
                held.append(group)
                apart.append(group)
            else:
                same.absorb(group, by)
        self.all = apart

    def _join_by_name(self) -> None:
        apart: list[_Group] = []
        for group in sorted(self.all, key=lambda one: not one.ids):  # those with ids first
            like = self._named_like(group, apart)
            if like is None:
                apart.append(group)
            else:
                like.absorb(group, MatchedBy.NAME)
        self.all = apart

    def _named_like(self, group: _Group, others: Sequence[_Group]) -> _Group | None:
        name = loosely(group.name)
        near = [
            one
            for one in others
            if name and name in map(loosely, one.names) and _may_be_one(one, group)
        ]
        same = [one for one in near if exactly(group.name) in map(exactly, one.names)]
        if len(same) > 1:
            same = [one for one in same if not one.ids]
        elif not same:
            same = [one for one in near if not one.sources & group.sources]
        return same[0] if len(same) == 1 else None


def _may_be_one(one: _Group, other: _Group) -> bool:
    """Whether nothing but the name speaks for their being one, and nothing against it.

    A source that gives two of one name different ids tells them apart; own files know no other
    ids to be told apart by.
    """
    if not one.ids or not other.ids:
        return True
    if IdScheme.OWN in one.ids.keys() ^ other.ids.keys():
        return False
    return not one.contradicts(other, list(IdScheme)) and not one.sources & other.sources


@dataclass(frozen=True, slots=True)
class _Merged:
    relation: Relation
    gaps: tuple[Missing, ...]

    @property
    def name(self) -> str:
        return self.relation.artist.name


def _combined(group: _Group) -> _Merged:
    """The artist in the words of the first that has an id, with what only others know of it."""
    shown = next((one for one in group.namings if one.relation.artist.id), group.namings[0])
    others = [one.relation.artist for one in group.namings if one is not shown]
    filled = _filled(shown.relation.artist, others, group.ids)
    best: dict[SourceName, RelatedVote] = {}
    for naming, by in zip(group.namings, group.matched, strict=True):
        for vote in naming.relation.sources:
            if vote.source not in best or vote.rank < best[vote.source].rank:
                best[vote.source] = vote.model_copy(update={"matched_by": by})
    votes = tuple(best.values())
    relation = Relation(
        artist=filled,
        score=fmean(vote.score for vote in votes),
        agreement=len(votes),
        sources=votes,
    )
    there = {f".artist.{name}" for name, value in filled if value is not None}
    return _Merged(relation, tuple(gap for gap in shown.gaps if gap.field not in there))


def _filled(
    artist: RelatedArtist, others: Sequence[RelatedArtist], ids: Mapping[IdScheme, str]
) -> RelatedArtist:
    fields = ("url", "images", "genres")
    known = {
        name: next((value for one in (artist, *others) if (value := getattr(one, name))), None)
        for name in fields
    }
    elsewhere = {
        scheme: ident
        for scheme, ident in ids.items()
        if scheme not in {IdScheme.SPOTIFY, IdScheme.OWN}
    }
    return artist.model_copy(
        update={
            **{name: value for name, value in known.items() if value is not None},
            "ids": dict(sorted(elsewhere.items())),
        }
    )
