"""Every problem type, in words for people; /problems/{slug} and the OpenAPI read this table."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SlugText:
    """One problem type: its title, what it means and what to do about it."""

    status: int
    title: str
    meaning: str
    remedy: str


SUBJECTS = {  # what may be unavailable: its slug, and how a sentence names it
    "artist": ("artist", "this artist"),
    "track": ("track", "this track"),
    "playlist": ("playlist", "this playlist"),
    "album list": ("albums", "the albums of this artist"),
    "related artists": ("related", "artists related to this one"),
    "top tracks": ("top-tracks", "the most played tracks of this artist"),
    "audio features": ("features", "audio features of this track"),
    "audio analysis": ("analysis", "an audio analysis of this track"),
    "playlist profile": ("profile", "a profile of this playlist"),
    "search result": ("search", "search results"),
}


def subject_slug(subject: str, ending: str) -> str:
    """`audio features`, `unavailable` → `features-unavailable`."""
    return f"{SUBJECTS[subject][0]}-{ending}"


def in_words(subject: str) -> str:
    """`audio features` → `audio features of this track`."""
    return SUBJECTS[subject][1]


def _not_found(subject: str) -> SlugText:
    return SlugText(
        404,
        f"{subject.capitalize()} not found",
        f"A source that answers for this kind of id says that no such {subject} exists.",
        "Check that the whole id was copied, 22 letters and digits, upper and lower case as given. "
        "New music may take a few minutes to appear: a “not found” is kept for ten minutes.",
    )


def _unavailable(subject: str) -> SlugText:
    return SlugText(
        404,
        f"{subject.capitalize()} unavailable",
        f"No source connected to this server can give {in_words(subject)}. `attempts` names "
        "each source and why it cannot.",
        "Connect Spotify credentials of an app that may read it, or use another source; "
        "/v1/sources shows what is open here.",
    )


SLUGS: dict[str, SlugText] = {
    "bad-reference": SlugText(
        422,
        "Not a music link or id",
        "The text is not an id, a link or a URI that can be recognised, or it names another kind "
        "of thing than the one asked for.",
        "Paste the link that Spotify’s “Share → Copy link” gives. `hint` says what to mend.",
    ),
    "invalid-request": SlugText(
        422,
        "Request not understood",
        "A parameter is missing, unknown, given twice or out of its range.",
        "`errors` has one entry for each part that has to change.",
    ),
    "not-found": SlugText(
        404,
        "No such address",
        "Nothing of Earprint lives at this address.",
        "The playground at /docs lists every address.",
    ),
    "method-not-allowed": SlugText(
        405,
        "Method not allowed",
        "The address exists, but not for this HTTP method.",
        "The Allow header names the methods that work.",
    ),
    "http-error": SlugText(
        400,
        "Request refused",
        "The request could not be handled as HTTP.",
        "`detail` says what was wrong.",
    ),
    "sources-unavailable": SlugText(
        503,
        "Sources cannot answer now",
        "At least one source might give the answer later: it asked us to wait, or did not answer.",
        "Ask again after the seconds in Retry-After. What is already cached keeps being served.",
    ),
    "bad-upstream-answer": SlugText(
        502,
        "Unreadable answer from the source",
        "Every source that was asked answered, but none in a form that can be read.",
        "Nothing of it was kept. Ask again in a few seconds; if it stays, tell us.",
    ),
    "internal": SlugText(
        500,
        "Earprint made a mistake",
        "Something went wrong inside this server. Nothing of your request was lost elsewhere.",
        "Tell whoever runs the server the request id: it finds the log line.",
    ),
    **{
        subject_slug(subject, "not-found"): _not_found(subject)
        for subject in ("artist", "track", "playlist")
    },
    **{subject_slug(subject, "unavailable"): _unavailable(subject) for subject in SUBJECTS},
}
