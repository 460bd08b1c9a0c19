"""Say of what is put together of several versions' numbers that it is, and of which. Pure.

A newer version of the analyser hears the same music otherwise, so a difference between numbers of
two versions need not be one of the music.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from api.schemas.provenance import Provenance, SourceName

MIXED = "measured by different versions of the analyser ({}), so part of a difference may be theirs"


def with_versions(
    said: Sequence[Provenance], versions: Iterable[int | None]
) -> tuple[Provenance, ...]:
    """The same with an entry for each of these versions, all saying so where they are several.

    `versions`: of everything that the answer is made of; None of what was not heard here.
    """
    named = {one.analyser for one in said}
    every = sorted({one for one in (*named, *versions) if one is not None})
    if len(every) < 2:  # noqa: PLR2004  # one version differs from none
        return tuple(said)
    words = MIXED.format(" and ".join(map(str, every)))
    ours = next((one for one in said if one.analyser is not None), said[0])
    added = (
        ours.model_copy(update={"source": SourceName.LIBRARY, "analyser": version, "detail": None})
        for version in every
        if version not in named
    )
    return tuple(_noted(one, words) for one in (*said, *added))


def _noted(one: Provenance, words: str) -> Provenance:
    if one.analyser is None:
        return one
    detail = "; ".join(filter(None, (one.detail, words)))
    return one.model_copy(update={"detail": detail})
