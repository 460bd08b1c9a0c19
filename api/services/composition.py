"""One artist or track put together: from the first source that names it, and what others add.

Every field is one source's; `provenance` says whose. Others are asked only for what is still open.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Generic, TypeVar

from api.cache.tiers import Served
from api.music.ids import OWN_PREFIX
from api.problems.refusals import Garbled, Limited, SourceError, Unreachable
from api.schemas.artist import Artist, GenreSaid, GenresBy
from api.schemas.provenance import SOURCE_TITLES, Missing, Provenance, Reason, SourceName
from api.schemas.track import AlbumCredit, Track
from api.services.cascade import Answers, Cascade, Lookup, to_json
from api.sources.same_recording import agreement

_ANOTHER = (
    "{} has another recording under this ISRC, “{}” by {}, so nothing of what it says is shown."
)
R = TypeVar("R", Artist, Track)


@dataclass(frozen=True, slots=True)
class Turn:
    """Who is asked together, if any of these fields is still open."""

    sources: frozenset[SourceName]
    fields: frozenset[str]


@dataclass(frozen=True, slots=True)
class Plan(Generic[R]):
    """Which fields others may fill, and who, in turns.

    `fits`: whether what another source says can be about the same thing at all.
    """

    model: type[R]
    fields: tuple[str, ...]
    turns: tuple[Turn, ...]
    fits: Callable[[R, R], bool] = lambda _base, _other: True


def _are_one_recording(base: Track, other: Track) -> bool:
    return agreement(base, other) is not None


S = SourceName
ARTIST = Plan(
    Artist,
    ("images", "genres"),
    (
        Turn(frozenset({S.MUSICBRAINZ, S.LASTFM}), frozenset({"genres"})),
        # Wikidata answers once a second, ListenBrainz’s tags are MusicBrainz’s.
        Turn(frozenset({S.WIKIDATA, S.LISTENBRAINZ}), frozenset({"genres"})),
    ),
)
TRACK = Plan(
    Track,
    ("artists", "album", "duration_ms", "isrc"),
    (
        Turn(frozenset({S.RECCOBEATS}), frozenset({"artists", "duration_ms", "isrc"})),
        Turn(frozenset({S.OEMBED}), frozenset({"album"})),
        Turn(frozenset({S.DEEZER, S.MUSICBRAINZ}), frozenset({"album", "artists"})),
    ),
    _are_one_recording,
)


async def composed(cascade: Cascade, lookup: Lookup, plan: Plan[R]) -> Served:
    """The whole, within the budget of one request. Raises ApiError where nobody names it."""
    end = cascade.end_of_request()
    base = await cascade.first(lookup, end=end)
    if lookup.ident.startswith(OWN_PREFIX) or base.entry.key.source is SourceName.LIBRARY:
        return base
    whole = _Composition(plan, plan.model.model_validate_json(base.entry.body))
    answers = Answers((base,), ())
    for turn in plan.turns:
        if not whole.open_fields & turn.fields:
            continue
        others = turn.sources - {base.entry.key.source}
        more = await cascade.all_of(replace(lookup, among=others), end=end, needed=False)
        for part in more.parts:
            whole.take(plan.model.model_validate_json(part.entry.body))
        answers = answers.with_more(more)
    if len(answers.parts) == 1 and not answers.is_partial:
        return base
    value = whole.value(answers.refusals)
    return await cascade.derive(answers, "composed", lambda: to_json(value))


@dataclass(slots=True)
class _Composition(Generic[R]):
    """What is known so far, and who said the rest."""

    plan: Plan[R]
    base: R
    filled: dict[str, Any] = field(default_factory=dict)
    said: list[Provenance] = field(default_factory=list)
    voices: list[GenresBy] = field(default_factory=list)
    gaps: list[Missing] = field(default_factory=list)
    """Why parts of what others say are absent, or were not taken."""

    @property
    def open_fields(self) -> set[str]:
        return set(filter(self._is_open, self.plan.fields))

    def _is_open(self, name: str) -> bool:
        return _is_empty(self._now(name))

    def _now(self, name: str) -> Any:  # noqa: ANN401  # any field
        return self.filled.get(name, getattr(self.base, name))

    def take(self, other: R) -> None:
        """What is open here and known there."""
        who = other.provenance[0]
        found = {name: _better(self._now(name), getattr(other, name)) for name in self.plan.fields}
        names: tuple[str, ...] = tuple(name for name, value in found.items() if value is not None)
        if not self.plan.fits(self.base, other):
            self.gaps += [_doubt(name, other) for name in names]
            return
        self.filled |= {name: found[name] for name in names}
        self.gaps += [gap for gap in other.missing if _field_of(gap.field) in names]
        voices = _genres_by(other)
        self.voices += voices
        if voices and "genres" not in names:
            names = (*names, "genres_by")
        if names or who.detail:
            self.said.append(who.model_copy(update={"fields": names}))

    def value(self, refusals: Sequence[SourceError]) -> R:
        """The whole, with a reason for whatever is still absent."""
        whole = self.base.model_copy(
            update={**self.filled, "provenance": (*self.base.provenance, *self.said)}
        )
        if self.voices:
            voices = (*_genres_by(self.base), *self.voices)
            whole = whole.model_copy(update={"genres_by": voices})
        gaps = (*self.base.missing, *self.gaps, *self._why_not(refusals))
        absent = {gap.field: gap for gap in gaps if not _is_there(whole, gap.field)}
        return whole.model_copy(update={"missing": tuple(absent.values())})

    def _why_not(self, refusals: Sequence[SourceError]) -> Iterable[Missing]:
        """Who might have known what is still open, and could not be asked."""
        unasked = [one for one in refusals if isinstance(one, Limited | Unreachable | Garbled)]
        for name in sorted(self.open_fields):
            for refusal in unasked[:1]:
                detail = f"{SOURCE_TITLES[refusal.source]}: {refusal.detail}"
                yield Missing(field=name, reason=refusal.reason, detail=detail)


def _genres_by(thing: Artist | Track) -> tuple[GenresBy, ...]:
    """Whose genres these are; who counts no votes has named them all the same."""
    if not isinstance(thing, Artist) or not thing.genres:
        return ()
    plain = tuple(GenreSaid(name=name) for name in thing.genres)
    return thing.genres_by or (GenresBy(source=thing.provenance[0].source, genres=plain),)


def _field_of(path: str) -> str:
    """The field of the whole in which a gap is: of `genres[2]` the genres."""
    return path.partition(".")[0].partition("[")[0]


def _doubt(name: str, other: Track | Artist) -> Missing:
    """Why the field is left open although somebody has something for it."""
    by = ", ".join(one.name for one in other.artists) if isinstance(other, Track) else ""
    who = other.provenance[0].source
    words = _ANOTHER.format(SOURCE_TITLES[who], other.name, by or "nobody named")
    return Missing(field=name, reason=Reason.NOT_KNOWN, detail=words)


def _is_there(whole: Track | Artist, path: str) -> bool:
    """Whether the field at a path has a value by now: `genres`, `album.name`."""
    name, _, part = path.partition(".")
    value = getattr(whole, name, None)
    return not _is_blank(getattr(value, part, None) if part else value)


def _is_empty(value: Any) -> bool:  # noqa: ANN401  # any field
    if isinstance(value, AlbumCredit):
        return not (value.name and value.images)
    return value is None or value == ()


def _better(ours: Any, theirs: Any) -> Any:  # noqa: ANN401  # any field
    """What fills the gap, or None: an album may be half known here and half there."""
    if not _is_empty(ours) or theirs is None or theirs == ():
        return None
    if not isinstance(ours, AlbumCredit):
        return theirs
    halves: Mapping[str, Any] = {
        name: getattr(theirs, name)
        for name, value in ours
        if _is_blank(value) and not _is_blank(getattr(theirs, name))
    }
    return ours.model_copy(update=dict(halves)) if halves else None


def _is_blank(value: Any) -> bool:  # noqa: ANN401  # any field
    return value is None or value in ("", ())
