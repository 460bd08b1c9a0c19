"""What an answer of Spotify's says about us: may we ask this, or not? Pure.

An app's class cannot be known beforehand; it shows in what comes back. A refusal counts against a
whole family of calls only where Spotify means the family, not this one playlist or track.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from pydantic import ValidationError

from api.sources.spotify.wire import WireError, WireRefusal


class Family(StrEnum):
    """Calls that Spotify opens and closes together."""

    ARTIST = "artist"
    RELATED = "related-artists"
    TOP_TRACKS = "top-tracks"
    ALBUMS = "artist-albums"
    TRACK = "track"
    TRACKS = "tracks-batch"
    FEATURES = "audio-features"
    FEATURES_BATCH = "audio-features-batch"
    ANALYSIS = "audio-analysis"
    PLAYLIST = "playlist"
    PLAYLIST_TRACKS = "playlist-tracks"
    PLAYLIST_ITEMS = "playlist-items"
    SEARCH = "search"
    ME = "me"
    MY_PLAYLISTS = "my-playlists"
    MY_TOP_ARTISTS = "my-top-artists"
    MY_TOP_TRACKS = "my-top-tracks"
    APP = "app"  # everything: a stop for the whole credential


TEMPLATES = {
    Family.ARTIST: "/artists/{id}",
    Family.RELATED: "/artists/{id}/related-artists",
    Family.TOP_TRACKS: "/artists/{id}/top-tracks",
    Family.ALBUMS: "/artists/{id}/albums",
    Family.TRACK: "/tracks/{id}",
    Family.TRACKS: "/tracks",
    Family.FEATURES: "/audio-features/{id}",
    Family.FEATURES_BATCH: "/audio-features",
    Family.ANALYSIS: "/audio-analysis/{id}",
    Family.PLAYLIST: "/playlists/{id}",
    Family.PLAYLIST_TRACKS: "/playlists/{id}/tracks",
    Family.PLAYLIST_ITEMS: "/playlists/{id}/items",
    Family.SEARCH: "/search",
    Family.ME: "/me",
    Family.MY_PLAYLISTS: "/me/playlists",
    Family.MY_TOP_ARTISTS: "/me/top/artists",
    Family.MY_TOP_TRACKS: "/me/top/tracks",
}
CLOSABLE = frozenset(
    {
        Family.RELATED,
        Family.TOP_TRACKS,
        Family.TRACKS,
        Family.FEATURES,
        Family.FEATURES_BATCH,
        Family.ANALYSIS,
        Family.PLAYLIST_TRACKS,  # the older address: newer apps never get it
    }
)
DAY_S = 86_400.0
HOUR_S = 3_600.0
LONGEST_MESSAGE = 500


class Meaning(StrEnum):
    """What a status below 500 means for the caller."""

    ANSWER = "answer"
    UNCHANGED = "unchanged"
    RENEW_TOKEN = "renew-token"  # noqa: S105  # not a password
    CLOSED = "closed"  # the family, for a day
    REFUSED = "refused"  # this one thing only
    APP_STOPPED = "app-stopped"  # everything, for an hour
    UNKNOWN = "unknown"  # the thing exists or may exist; Spotify has no such value for it
    MISSING = "missing"  # no such thing
    MAYBE_CLOSED = "maybe-closed"  # a 404 of related artists: closed, or no such artist
    BAD_REQUEST = "bad-request"


@dataclass(frozen=True, slots=True)
class Judgement:
    """The meaning, and the sentence a person is told."""

    meaning: Meaning
    detail: str = ""


NEEDS_USER = "Spotify shows this only to the person who owns it, after they sign in."
CLOSED_TO_APPS = (
    "Spotify answers this only to apps approved before 27 November 2024 (or, for some calls, "
    "before February 2026), and this server’s app is not one of them."
)
NOT_OURS = "Spotify shows this playlist’s contents only to its owner and collaborators."
NO_PREMIUM = "Spotify stops all calls: the owner of this server’s app has no Premium subscription."
NOT_LISTED = "Spotify stops all calls: the user is not on the allow-list of this server’s app."
NO_SCOPE = "When you signed in, this was not allowed. Sign in again and allow it."
NO_ANALYSIS = "Spotify has no audio data for this track."
NO_SUCH_THING = "Spotify says that there is nothing with this id."
BAD = "Spotify refuses the question as malformed."
_PREMIUM, _ALLOW_LIST = "premium subscription required", ("not registered", "not approved")


def message_of(body: Any) -> str:  # noqa: ANN401  # whatever JSON says
    """The message of an error body, or "" where there is none; bodies come in many shapes."""
    try:
        error = WireRefusal.model_validate(body).error
    except ValidationError:
        return ""
    said = (error.message or error.description) if isinstance(error, WireError) else error
    return (said or "")[:LONGEST_MESSAGE]


def judge(family: Family, status: int, message: str) -> Judgement:
    """What this answer to a call of this family means."""
    if status in {200, 201}:
        return Judgement(Meaning.ANSWER)
    by_status = {304: _not_modified, 401: _unauthorised, 403: _forbidden, 404: _not_found}
    return by_status.get(status, _bad_request)(family, message.lower())


def _not_modified(_family: Family, _message: str) -> Judgement:
    return Judgement(Meaning.UNCHANGED)


def _unauthorised(_family: Family, message: str) -> Judgement:
    if "user authentication required" in message:
        return Judgement(Meaning.CLOSED, NEEDS_USER)
    return Judgement(Meaning.RENEW_TOKEN)


def _forbidden(family: Family, message: str) -> Judgement:
    if _PREMIUM in message:
        return Judgement(Meaning.APP_STOPPED, NO_PREMIUM)
    if any(words in message for words in _ALLOW_LIST):
        return Judgement(Meaning.APP_STOPPED, NOT_LISTED)
    if "scope" in message:
        return Judgement(Meaning.REFUSED, NO_SCOPE)
    if family is Family.PLAYLIST_ITEMS:
        return Judgement(Meaning.REFUSED, NOT_OURS)
    if family in CLOSABLE:
        return Judgement(Meaning.CLOSED, CLOSED_TO_APPS)
    return Judgement(Meaning.REFUSED, CLOSED_TO_APPS)


def _not_found(family: Family, message: str) -> Judgement:
    if "analysis not found" in message:
        return Judgement(Meaning.UNKNOWN, NO_ANALYSIS)
    if family is Family.RELATED:
        return Judgement(Meaning.MAYBE_CLOSED, CLOSED_TO_APPS)
    return Judgement(Meaning.MISSING, NO_SUCH_THING)


def _bad_request(_family: Family, message: str) -> Judgement:
    return Judgement(Meaning.BAD_REQUEST, message or BAD)
