"""Quote what a stranger wrote before it goes into the log: one line, no escapes of its own, short.

Line breaks, ANSI escapes and marks that turn the direction of writing make a log say what did not
happen. Whatever did not come from this program goes through `quoted`.
"""

from __future__ import annotations

LONGEST = 80


def quoted(said: object, most: int = LONGEST) -> str:
    """Between quotation marks, in ASCII, `most` characters at most."""
    text = said if isinstance(said, str) else str(said)
    whole = ascii(text[:most])
    return whole if len(whole) <= most else f"{whole[: most - 4]}...{whole[0]}"
