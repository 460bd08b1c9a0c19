"""What a source lists under its own ids, under Spotify’s ids as far as those are known.

Nothing is joined by its name alone: an artist by what is linked to the id, a track by the
recording’s number (ISRC), and then only where title, artist and length fit.
"""

from __future__ import annotations

import asyncio
import hashlib
import math
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from api.cache.tiers import Served
from api.music.ids import OWN_SCHEME
from api.problems.errors import ApiError, BadUpstreamAnswer, TryLater
from api.problems.refusals import Garbled, Limited, SourceError, Unreachable
from api.schemas.artist import Artist, ArtistCredit
from api.schemas.identity import IdScheme
from api.schemas.provenance import SOURCE_TITLES, Provenance, SourceName
from api.schemas.reference import Kind
from api.schemas.track import Track
from api.services.identity import Identities, chosen
from api.sources.same_recording import agreement, plain_title

T = TypeVar("T", Artist, Track)
AT_SPOTIFY = frozenset({"spotify", OWN_SCHEME})
NO_ANSWER = "Which of Spotify’s these are could not be looked up for now."
_BY_ISRC = "It is Spotify’s track {} by its ISRC {}, as {} has it; what fits: {}."
_BY_LINK = "It is Spotify’s artist {} by its Deezer id {}; /v1/identities says who links the two."


@dataclass(frozen=True, slots=True)
class Linked(Generic[T]):
    """Things in their order, under Spotify’s ids; None in the place of whose id is not known.

    `failures`: who could not be asked, so that more may be known soon.
    """

    things: tuple[T | None, ...]
    failures: tuple[SourceError, ...] = ()

    @property
    def known(self) -> tuple[T, ...]:
        """Those whose id is known."""
        return tuple(one for one in self.things if one is not None)


@dataclass(slots=True)
class _Candidates:
    """The ids at Spotify that sources state for each recording, and who could not be asked."""

    by_isrc: dict[str, Mapping[str, Sequence[SourceName]]] = field(default_factory=dict)
    failures: list[SourceError] = field(default_factory=list)


class Linking:
    """Ids at Spotify of what others list. `tracks_of`: tracks by their ids at Spotify."""

    def __init__(
        self,
        identities: Identities,
        tracks_of: Callable[[Sequence[str]], Awaitable[Sequence[Served | ApiError]]],
    ) -> None:
        self._identities = identities
        self._tracks_of = tracks_of

    async def artists(self, listed: Sequence[Artist], *, end: float) -> Linked[Artist]:
        """By what is linked to their ids, or was set by hand."""
        idents = sorted({one.id for one in listed if _scheme(one) == IdScheme.DEEZER})
        try:
            async with asyncio.timeout_at(end):
                found = await self._identities.spotify_ids(IdScheme.DEEZER, idents)
        except TimeoutError:
            return _none_of(listed)
        things = tuple(_artist_as(one, found.by_ident.get(one.id)) for one in listed)
        return Linked(things, _soon(found.failures))

    async def tracks(self, listed: Sequence[Track], *, end: float, ask_each: bool) -> Linked[Track]:
        """By their ISRCs; `ask_each`: also of those that come without, at a call for each."""
        try:
            async with asyncio.timeout_at(end):
                return await self._tracks(listed, ask_each=ask_each)
        except TimeoutError:
            return _none_of(listed)

    async def _tracks(self, listed: Sequence[Track], *, ask_each: bool) -> Linked[Track]:
        failures: list[SourceError] = []
        numbered = await self._numbered(listed, failures) if ask_each else listed
        isrcs = sorted({one.isrc for one in numbered if one.isrc and _is_foreign(one)})
        candidates = await self._candidates(isrcs)
        idents = sorted({ident for ids in candidates.by_isrc.values() for ident in ids})
        answers = await self._tracks_of(idents) if idents else ()
        there = {
            ident: Track.model_validate_json(answer.entry.body)
            for ident, answer in zip(idents, answers, strict=True)
            if isinstance(answer, Served)
        }
        failures += candidates.failures
        if any(isinstance(answer, TryLater | BadUpstreamAnswer) for answer in answers):
            failures.append(_no_answer(listed))
        things = (
            _track_as(one, candidates.by_isrc.get(one.isrc or "", {}), there)
            if _is_foreign(one)
            else one
            for one in numbered
        )
        return Linked(tuple(things), _soon(failures))

    async def _numbered(
        self, listed: Sequence[Track], failures: list[SourceError]
    ) -> Sequence[Track]:
        """The tracks with their ISRCs."""
        bare = [one.id for one in listed if not one.isrc and _scheme(one) == IdScheme.DEEZER]
        heard = await self._identities.heard_of_many(
            Kind.TRACK, IdScheme.DEEZER, bare, wanted={IdScheme.ISRC}
        )
        failures += [failure for one in heard.values() for failure in one.failures]
        isrcs = {ident: chosen(one.candidates(IdScheme.ISRC)) for ident, one in heard.items()}
        return [
            _with_isrc(one, isrc) if _is_foreign(one) and (isrc := isrcs.get(one.id)) else one
            for one in listed
        ]

    async def _candidates(self, isrcs: Sequence[str]) -> _Candidates:
        heard = await self._identities.heard_of_many(
            Kind.TRACK, IdScheme.ISRC, isrcs, wanted={IdScheme.SPOTIFY}
        )
        return _Candidates(
            {isrc: one.candidates(IdScheme.SPOTIFY) for isrc, one in heard.items()},
            [failure for one in heard.values() for failure in one.failures],
        )


def told_apart(linked: Iterable[Linked[Artist] | Linked[Track]]) -> str:
    """A short name for which ids are known."""
    ids = [[None if one is None else one.id for one in each.things] for each in linked]
    return hashlib.blake2b(repr(ids).encode(), digest_size=6).hexdigest()


def _scheme(thing: Artist | Track) -> str:
    return thing.uri.partition(":")[0]


def _is_foreign(thing: Artist | Track) -> bool:
    return _scheme(thing) not in AT_SPOTIFY


def _none_of(listed: Sequence[T]) -> Linked[T]:
    things = tuple(None if _is_foreign(one) else one for one in listed)
    return Linked(things, (_no_answer(listed),))


def _no_answer(listed: Sequence[Artist] | Sequence[Track]) -> SourceError:
    return Unreachable(listed[0].provenance[0].source, NO_ANSWER)


def _soon(failures: Sequence[SourceError]) -> tuple[SourceError, ...]:
    """One for each source, of those that may be over soon."""
    passing = [one for one in failures if isinstance(one, Limited | Unreachable | Garbled)]
    return tuple({one.source: one for one in passing}.values())


def _artist_as(artist: Artist, ident: str | None) -> Artist | None:
    if not _is_foreign(artist):
        return artist
    if ident is None:
        return None
    says = _BY_LINK.format(ident, artist.id)
    return artist.model_copy(
        update={
            "id": ident,
            "uri": f"spotify:artist:{ident}",
            "provenance": _saying(artist.provenance, says),
        }
    )


def _track_as(
    track: Track, stated: Mapping[str, Sequence[SourceName]], there: Mapping[str, Track]
) -> Track | None:
    """The track under the id of the copy that fits best; None where none does."""
    fits = [
        (other, agrees)
        for ident in stated
        if (other := there.get(ident)) and (agrees := agreement(track, other))
    ]
    if not fits:
        return None
    same, agrees = min(fits, key=lambda pair: (_apart_ms(track, pair[0]), pair[0].id))
    who = " and ".join(SOURCE_TITLES[source] for source in stated[same.id])
    says = _BY_ISRC.format(same.id, track.isrc, who, ", ".join(agrees))
    return track.model_copy(
        update={
            "id": same.id,
            "uri": f"spotify:track:{same.id}",
            "artists": tuple(_credit_as(one, same.artists) for one in track.artists),
            "provenance": _saying(track.provenance, says),
        }
    )


def _with_isrc(track: Track, isrc: str) -> Track:
    first, *rest = track.provenance
    return track.model_copy(
        update={
            "isrc": isrc,
            "provenance": (first.model_copy(update={"fields": (*first.fields, "isrc")}), *rest),
            "missing": tuple(gap for gap in track.missing if gap.field != "isrc"),
        }
    )


def _credit_as(credit: ArtistCredit, others: Iterable[ArtistCredit]) -> ArtistCredit:
    """With the id that an artist of the same name has on the same recording."""
    named = (one for one in others if one.id and plain_title(one.name) == plain_title(credit.name))
    same = next(named, None)
    return credit if same is None else credit.model_copy(update={"id": same.id, "uri": same.uri})


def _apart_ms(one: Track, other: Track) -> float:
    if one.duration_ms is None or other.duration_ms is None:
        return math.inf
    return abs(one.duration_ms - other.duration_ms)


def _saying(said: Sequence[Provenance], says: str) -> tuple[Provenance, ...]:
    return tuple(
        one.model_copy(update={"detail": " ".join(filter(None, (one.detail, says)))})
        for one in said
    )
