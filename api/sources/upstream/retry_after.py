"""Read a Retry-After header, whatever a source puts into it. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from email.utils import parsedate_to_datetime

SHORT_WAIT_S = 2.0  # a wait this short is waited for, once
BUCKET_WAIT_S = 60.0  # a longer one is a quota: it closes one bucket, not the whole credential
FIRST_GUESS_S = 30.0
LONGEST_GUESS_S = 3_600.0
DOUBLINGS = 7  # from half a minute past an hour
FORGOTTEN_AFTER_S = 3_600.0  # unclear requests further apart are not in a row
_DAYS = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"}
LONGEST_S = 7 * 86_400.0  # nobody means more than a week


def seconds_to_wait(header: str | None, *, now: float, streak: int) -> float:
    """Seconds until the source may be asked again; a guess that doubles where it does not say.

    `streak` counts the unclear requests in a row before this one.
    """
    told = _told(header, now)
    if told is None:
        return min(FIRST_GUESS_S * 2.0 ** min(streak, DOUBLINGS), LONGEST_GUESS_S)
    return min(max(told, 1.0), LONGEST_S)


def is_clear(header: str | None, *, now: float) -> bool:
    """Whether the header says something that can be obeyed."""
    return _told(header, now) is not None


def _told(header: str | None, now: float) -> float | None:
    """The longest of the waits that can be read: two lines of the header arrive as one list.

    A proxy adds its own line to the source's; who waits for the longer obeys both.
    """
    waits = (_wait(value, now) for value in _values(header or ""))
    return max((wait for wait in waits if wait is not None), default=None)


def _values(header: str) -> Iterator[str]:
    """The parts of a list; the comma behind a day of the week stands inside of a date."""
    day = ""
    for part in header.split(","):
        text = f"{day}{part}".strip()
        day = f"{text}," if text.isalpha() and text[:3].lower() in _DAYS else ""
        yield text


def _wait(text: str, now: float) -> float | None:
    if re.fullmatch(r"\+?[0-9]{1,12}(\.[0-9]+)?", text):
        return float(text)
    try:
        wait = parsedate_to_datetime(text).timestamp() - now
    except (TypeError, ValueError, OverflowError):
        return None
    return wait if wait > 0 else None
