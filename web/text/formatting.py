"""Numbers, times and dates as people read them. Pure: the present moment is an argument."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from urllib.parse import urlsplit

from api.music.key_names import key_name, note_name

MINUTE, HOUR, DAY = 60, 3_600, 86_400
MEGABYTE = 1 << 20  # as the limit of uploads counts them
MINUS = "\N{MINUS SIGN}"
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
WORDS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


def count(number: int) -> str:
    """`1234567` → `1,234,567`."""
    return f"{number:,}"


def counted(number: int, noun: str, plural: str | None = None) -> str:
    """`1, track` → `one track`, `12, track` → `12 tracks`."""
    said = WORDS[number] if 0 <= number < len(WORDS) else count(number)
    return f"{said} {noun if number == 1 else plural or f'{noun}s'}"


def decimal(number: float, places: int = 2) -> str:
    """A number with a true minus sign; `-0.0` is `0.0`."""
    text = f"{number:.{places}f}"
    if float(text) == 0:
        text = text.removeprefix("-")
    return text.replace("-", MINUS)


def bpm(tempo: float) -> str:
    """`120.03` → `120 BPM`, `91.6` → `91.6 BPM`."""
    return f"{decimal(tempo, 1).removesuffix('.0')} BPM"


def tempo(middle: float, span: Sequence[float]) -> str:
    """`120 BPM`; where it changes audibly `62 to 96 BPM`."""
    return f"{tempo_figure(middle, span)} BPM"


def tempo_figure(middle: float, span: Sequence[float]) -> str:
    """The same without its unit; a range to the beat, as nobody hears less of a change."""
    if not span:
        return bpm(middle).removesuffix(" BPM")
    return f"{span[0]:.0f} to {span[-1]:.0f}"


def decibels(level: float) -> str:
    """`-9.81` → `−9.8 dB`."""
    return f"{decimal(level, 1)} dB"


def length(seconds: float) -> str:
    """`225.4` → `3:45`, `3725` → `1:02:05`."""
    minutes, rest = divmod(int(seconds), MINUTE)
    hours, minutes = divmod(minutes, MINUTE)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def span(seconds: float) -> str:
    """`11000` → `3 h`: the largest unit that fits, rounded down."""
    whole = max(0, int(seconds))
    for size, unit in ((DAY, "days"), (HOUR, "h"), (MINUTE, "min")):
        if whole >= size:
            number = whole // size
            return "1 day" if (unit, number) == ("days", 1) else f"{number} {unit}"
    return f"{whole} s"


def size(octets: int) -> str:
    """`5242880` → `5.0 MB`; below a tenth of a megabyte in kB."""
    if octets < MEGABYTE / 10:
        return f"{max(1, round(octets / 1024))} kB"
    return f"{octets / MEGABYTE:.1f} MB"


def age(seconds: float) -> str:
    """`11000` → `3 h old`; below a minute `just fetched`."""
    return "just fetched" if seconds < MINUTE else f"{span(seconds)} old"


def since(seconds: float) -> str:
    """`11000` → `3 h old`; below a minute `new`."""
    return "new" if seconds < MINUTE else f"{span(seconds)} old"


def moment(when: datetime) -> str:
    """`22 Nov 2026, 16:04 UTC`."""
    utc = when.astimezone(UTC)
    return f"{utc.day} {MONTHS[utc.month - 1]} {utc.year}, {utc:%H:%M} UTC"


def day(when: datetime, this_year: int) -> str:
    """`22 Nov`; of another year `22 Nov 2025`."""
    utc = when.astimezone(UTC)
    ending = "" if utc.year == this_year else f" {utc.year}"
    return f"{utc.day} {MONTHS[utc.month - 1]}{ending}"


def release(date: str | None) -> str | None:
    """`2024-05-17` → `17 May 2024`, `2024-05` → `May 2024`; as exact as it came."""
    parts = (date or "").split("-")
    if not all(part.isdigit() for part in parts) or not _is_date(parts):
        return date or None
    month = MONTHS[int(parts[1]) - 1] if len(parts) > 1 else ""
    day = str(int(parts[2])) if len(parts) == len(("year", "month", "day")) else ""
    return " ".join(part for part in (day, month, parts[0]) if part)


def _is_date(parts: list[str]) -> bool:
    return len(parts) == 1 or 1 <= int(parts[1]) <= len(MONTHS)


def key(pitch: int | None, mode: int | None) -> str | None:
    """The name of the key; where the mode is not known the note."""
    return key_name(pitch, mode) or (None if pitch is None else note_name(pitch))


def metre(beats: int) -> str:
    """`6` → `6 beats`. Nothing says of which note value, so no `6/8` or `6/4` is made of it."""
    return f"{beats} beats"


def listed(names: list[str] | tuple[str, ...]) -> str:
    """`a, b, c` → `a, b and c`."""
    *most, last = names or ("",)
    return f"{', '.join(most)} and {last}" if most else last


PLACES = {
    "open.spotify.com": "in Spotify",
    "musicbrainz.org": "at MusicBrainz",
    "listenbrainz.org": "at ListenBrainz",
    "www.deezer.com": "at Deezer",
    "www.last.fm": "at Last.fm",
    "www.wikidata.org": "at Wikidata",
}


def place(url: str) -> str:
    """Where a link leads to, as it stands behind “Open”."""
    return PLACES.get(urlsplit(url).hostname or "", "its page")


def safe_url(url: str | None) -> str | None:
    """The address if it is http(s), else None: links come from strangers."""
    try:
        parts = urlsplit(url or "")
    except ValueError:
        return None
    return url if parts.scheme in {"http", "https"} and parts.netloc else None
