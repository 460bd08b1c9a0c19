"""What ListenBrainz' values come under, and why those are absent that it does not send."""

from __future__ import annotations

from dataclasses import replace

from api.problems.refusals import SourceError
from api.schemas.provenance import Missing, Reason
from api.sources.resource import Absences, Why

LICENCE = (
    "ListenBrainz (listenbrainz.org), CC0; genres are MusicBrainz tags, CC BY-NC-SA 3.0, "
    "not for commercial use"
)
NOBODY = "ListenBrainz knows of nobody who is listened to together with this artist."
NO_SUCH_ARTIST = "ListenBrainz knows no artist of this MusicBrainz number."
NO_MBID = "This is no MusicBrainz number, by which ListenBrainz is asked."
NO_ALGORITHM = "ListenBrainz no longer has the data that it was asked for."
NOTHING = "Its answer has nothing of what was asked for."
SOMEBODY_ELSE = "Its answer is about somebody else."
TOO_SLOW = "It did not answer in time."
TOKEN_WANTED = (
    "ListenBrainz answers this only to those who have a token, which is free: set "  # noqa: S105
    "LISTENBRAINZ_TOKEN to the one that stands at listenbrainz.org/settings."
)
TOKEN_REFUSED = (
    "ListenBrainz does not take the token of this server: set LISTENBRAINZ_TOKEN to the one "  # noqa: S105
    "that stands at listenbrainz.org/settings."
)
TOKEN_WANTED_BY_LABS = (
    "ListenBrainz Labs asks for a token, which it never did; LISTENBRAINZ_TOKEN is told to "  # noqa: S105
    "api.listenbrainz.org only, so nothing can be set for it."
)
_SILENT = "ListenBrainz did not say."
_UNREADABLE = "ListenBrainz sent something that cannot be read here."
_NOT_FOR_MONEY = (
    "EARPRINT_USAGE is commercial, which the terms of MusicBrainz’ tags and genres forbid."
)

MOVED = {r"^artists(\[\d+\])$": r"items\1"}  # where a path on the wire leads to in the contract

_WHY_NOT: Why = {
    "genres": (Reason.NOT_KNOWN, "Nobody has yet given a genre to this artist at MusicBrainz."),
    "popularity": (
        Reason.NOT_KNOWN,
        "ListenBrainz counts plays of its own members, which cannot be put on this scale.",
    ),
    "followers": (Reason.NOT_KNOWN, "Artists are not followed at ListenBrainz."),
}
ABSENCES = Absences(_SILENT, _WHY_NOT, _UNREADABLE, MOVED)
ABSENCES_FOR_MONEY = replace(
    ABSENCES, why={**_WHY_NOT, "genres": (Reason.NOT_CONFIGURED, _NOT_FOR_MONEY)}
)


def score_explained(largest: float) -> str:
    """What the scores of a list are, whose largest is this."""
    return (
        "How often both are listened to in one sitting by members of ListenBrainz; "
        f"score = its number ÷ {largest:,.0f}, the largest in the list."
    )


def left_out(nameless: int, scoreless: int) -> Missing:
    """That some of the neighbours are not shown, and for want of what."""
    lacks = ((nameless, "without a name"), (scoreless, "without a number for how near it is"))
    who = " and ".join(
        f"{'one more artist' if count == 1 else f'{count} more artists'} {what}"
        for count, what in lacks
        if count
    )
    detail = f"ListenBrainz gives {who}, not shown here."
    return Missing(field="items", reason=Reason.NOT_KNOWN, detail=detail)


def not_asked_for_genres(field: str, refusal: SourceError) -> Missing:
    """Why a neighbour has no genres where ListenBrainz did not say who it is."""
    detail = f"ListenBrainz could not be asked for genres: {refusal.detail}"
    return Missing(field=field, reason=refusal.reason, detail=detail)
