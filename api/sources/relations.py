"""One relation as one source states it, for all sources that relate artists. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from api.problems.refusals import Garbled, Unknown
from api.schemas.artist import RelatedArtist, RelatedVote, Relation
from api.schemas.provenance import SourceName
from api.sources.wire import Unreadable, Wire, readable

W = TypeVar("W", bound=Wire)

_BY_RANK = "{} gives an order only; score = 1 − (rank − 1) ÷ number of artists."


def score_of_rank(rank: int, count: int) -> float:
    """The score of what has this rank among so many, where an order is all that is said."""
    return 1 - (rank - 1) / count


def scores_from_ranks(title: str) -> str:
    """What one must know to read scores that come from ranks."""
    return _BY_RANK.format(title)


def relation(source: SourceName, artist: RelatedArtist, *, rank: int, score: float) -> Relation:
    """That this source, and so far nobody else, names the artist."""
    vote = RelatedVote(source=source, rank=rank, score=score)
    return Relation(artist=artist, score=score, agreement=1, sources=(vote,))


def told(source: SourceName, sent: Sequence[W | Unreadable | None], nobody: str) -> tuple[W, ...]:
    """Whom a list names. Raises Unknown, `nobody`, of an empty one, Garbled of an unreadable."""
    if not sent:
        raise Unknown(source, nobody)
    named = readable(sent)
    if not named:
        raise Garbled(source, "Nothing in its list can be read.")
    return named
