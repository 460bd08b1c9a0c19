"""What is said of numbers that an older version of the analyser, or several, have measured. Pure.

`HEARS` has a line for every version that hears music otherwise than the one before it.
"""

from __future__ import annotations

from collections.abc import Iterable
from types import MappingProxyType

from api.schemas.library import LibraryTrack, Renewal
from api.schemas.provenance import Provenance
from web.text import formatting

HEARS = MappingProxyType(
    {
        3: "gets singing, minor keys and the first beat of a bar right more often, and follows "
        "a tempo that changes",
    }
)
OTHERWISE = "hears some things otherwise"


def older(track: LibraryTrack) -> str | None:
    """That a newer version is here and what it does, where an older one has heard the file."""
    by, now = track.analyser, track.analyser_now
    if by is None or by >= now:
        return None
    return f"Measured by version {by} of the analyser. {hears(by, now)}"


def hears(by: int, now: int) -> str:
    """What the newest does that the older one did not: `Version 3 gets singing …`."""
    new = [HEARS[one] for one in range(by + 1, now + 1) if one in HEARS]
    return f"Version {now} {'; it also '.join(new) or OTHERWISE}."


def in_library(found: Renewal) -> str | None:
    """How many files an older version has heard; None where there is none."""
    if not found.outdated:
        return None
    songs = formatting.counted(found.outdated, "song")
    if found.asked_at is not None:
        return f"Version {found.analyser} of the analyser hears your songs again: {songs} to go."
    verb = "was" if found.outdated == 1 else "were"
    return f"{songs.capitalize()} {verb} measured by an older version of the analyser."


def lost(found: Renewal) -> str | None:
    """How many more cannot be heard again."""
    if not found.gone:
        return None
    songs = formatting.counted(found.gone, "more", "more")
    return f"{songs.capitalize()} cannot be heard again: the file is not on this server’s disk."


def mixed(provenance: Iterable[Provenance]) -> str | None:
    """That numbers of several versions stand beside one another, where they do."""
    versions = sorted({one.analyser for one in provenance if one.analyser is not None})
    if len(versions) < 2:  # noqa: PLR2004  # one version differs from none
        return None
    named = formatting.listed([str(one) for one in versions])
    return (
        f"Measured by different versions of the analyser ({named}), so part of a difference may be "
        "theirs rather than the music’s."
    )
