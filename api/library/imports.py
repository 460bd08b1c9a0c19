"""What a pasted list or a spreadsheet asks for, line by line, before anything is kept. Pure."""

from __future__ import annotations

import json
from collections.abc import Container, Sequence
from dataclasses import dataclass, field, replace

from api.library.sheet import NotASheet, Sheet, SheetRow, Unread, read
from api.music import ids, references
from api.music.ids import OWN_PREFIX
from api.problems.errors import BadReference, Refused
from api.schemas.library import MOST_ENTRIES, RefusedLine, UnreadPart
from api.schemas.reference import Kind, Reference
from api.text import one_line

SHOWN_LETTERS = 100
MOST_LINES = MOST_ENTRIES
MOST_NAMED = 2 * MOST_LINES  # on one line, where an ISRC may stand beside each link
NO_LINK = "This line names no track: it has no link, no id and no ISRC."
MOST_UNREAD = 100  # told, and lines kept, one by one; the rest is counted
UNNAMED = "Without a name"
NO_PLACE = "Numbers are kept for tracks with a Spotify link or id only; those of {} were left out."
AND_MORE = "{} more like these were not understood."
MORE_LINES = "{} more lines named no track."
_NO_TRACK = {
    Kind.ALBUM: "This is an album. Paste the links of its tracks.",
    Kind.ARTIST: "This is an artist. Paste the links of tracks.",
    Kind.PLAYLIST: "This is a playlist. Paste the links of its tracks.",
    Kind.EPISODE: "This is an episode of a podcast, which has no audio features.",
    Kind.SHOW: "This is a podcast, which has no audio features.",
    Kind.USER: "This is a person.",
}


@dataclass(frozen=True, slots=True)
class DraftEntry:
    """One position to be: a track by its id or its ISRC, or a file on somebody's computer."""

    line: int
    written: str
    track_id: str | None
    isrc: str | None = None
    name: str = ""
    artists: tuple[str, ...] = ()
    album: str | None = None
    duration_ms: int | None = None
    added_at: float | None = None

    @property
    def is_own(self) -> bool:
        """Whether it names a file of this server's library."""
        return self.track_id is not None and self.track_id.startswith(OWN_PREFIX)


@dataclass(slots=True)
class Draft:
    """Everything read from a list. `features`: JSON by Spotify's id, where columns had any."""

    name: str
    description: str | None = None
    file: str | None = None
    entries: list[DraftEntry] = field(default_factory=list)
    refused: list[RefusedLine] = field(default_factory=list)
    features: dict[str, str] = field(default_factory=dict)
    unread: list[Unread] = field(default_factory=list)


def from_lines(draft: Draft, texts: Sequence[str]) -> Draft:
    """Fill the draft from ids, URIs, links and ISRCs, one a line; empty lines count as lines.

    Raises Refused where there are too many: before any is read, or as soon as they are.
    """
    if sum(_filled(text) for text in texts) > MOST_LINES:
        raise too_many()
    lines = (line.strip() for text in texts for line in references.lines(text))
    for number, line in enumerate(lines, start=1):
        if not line:
            continue
        if references.at_most(line) > MOST_NAMED:
            raise too_many()
        for written in references.each(line):
            _take(draft, SheetRow(number, written))
        if len(draft.entries) + len(draft.refused) > MOST_LINES:
            raise too_many()
    return draft


def too_many() -> Refused:
    """The refusal of a list beyond the bound."""
    detail = f"There are more than {MOST_LINES:,} lines or tracks in this list."
    return Refused("collection-refused", detail, hint="Make several collections of it.")


def _filled(text: str) -> int:
    """How many lines have anything in them."""
    return sum(map(bool, map(str.strip, text.splitlines())))


def from_sheet(draft: Draft, data: bytes) -> Draft:
    """Fill the draft from a spreadsheet's bytes. Raises Refused."""
    try:
        return from_rows(draft, read(data))
    except NotASheet as error:
        hint = (
            "Choose a file that Exportify, TuneMyMusic, Soundiiz or Spotify’s account data has "
            "written, or paste one track link a line."
        )
        raise Refused("collection-refused", str(error), hint=hint) from error


def from_rows(draft: Draft, sheet: Sheet) -> Draft:
    """Fill the draft from the rows of a spreadsheet, feature columns included."""
    without_place = 0
    for row in sheet.rows:
        entry = _take(draft, row)
        if entry is None or not row.features:
            continue
        if entry.track_id is None or entry.is_own:
            without_place += 1
            continue
        length = {} if row.duration_ms is None else {"duration_ms": row.duration_ms}
        draft.features[entry.track_id] = json.dumps({**row.features, **length})
    draft.unread = list(sheet.unread)
    if without_place:
        lines = f"{without_place:,} line{'' if without_place == 1 else 's'}"
        draft.unread.append(Unread(None, None, "", NO_PLACE.format(lines)))
    return draft


def told_unread(draft: Draft) -> tuple[UnreadPart, ...]:
    """What was not understood: a bounded number of parts, and how many more there are.

    Of the lines that name no track, too, those are counted that are not kept.
    """
    unread, lines = draft.unread, len(draft.refused) - MOST_UNREAD
    shown = [
        UnreadPart(
            column=one.column and _shown(one.column),
            line=one.line,
            text=_shown(one.text),
            reason=one.reason,
        )
        for one in unread[:MOST_UNREAD]
    ]
    if len(unread) > MOST_UNREAD:
        shown.append(_the_rest(AND_MORE, len(unread) - MOST_UNREAD))
    if lines > 0:
        shown.append(_the_rest(MORE_LINES, lines))
    return tuple(shown)


def _the_rest(says: str, number: int) -> UnreadPart:
    return UnreadPart(column=None, line=None, text="", reason=says.format(f"{number:,}"))


def without(draft: Draft, unknown: Container[str], reason: str) -> Draft:
    """The draft with every entry of these ids refused for this reason."""
    gone = [entry for entry in draft.entries if entry.track_id in unknown]
    refused = [_refused(entry.line, entry.written, reason) for entry in gone]
    return replace(
        draft,
        entries=[entry for entry in draft.entries if entry.track_id not in unknown],
        refused=sorted([*draft.refused, *refused], key=lambda one: one.line),
    )


def _take(draft: Draft, row: SheetRow) -> DraftEntry | None:
    """Add the row to the draft as an entry, or to what is refused."""
    entry = entry_of(row)
    if isinstance(entry, RefusedLine):
        draft.refused.append(entry)
        return None
    draft.entries.append(entry)
    return entry


def entry_of(row: SheetRow) -> DraftEntry | RefusedLine:
    """The position that this row is to have, or why it can have none."""
    written = row.reference or row.isrc or ""
    if not written and not row.named:
        return _refused(row.line, row.name, NO_LINK)
    try:
        reference = _named_by(row)
    except BadReference as error:
        return _refused(row.line, written or row.name, error.detail)
    if reference is not None and (reason := _NO_TRACK.get(reference.kind)):
        return _refused(row.line, written, reason)
    return _entry(row, written, reference)


def _named_by(row: SheetRow) -> Reference | None:
    """What the row names: by its link, or else its ISRC; None where it has but a name."""
    if not row.reference and not row.isrc:
        return None
    try:
        return references.read(row.reference or row.isrc or "")
    except BadReference:
        isrc = ids.normalise_isrc(row.isrc or "")
        if isrc is None:
            raise
        return references.read(isrc)


def _entry(row: SheetRow, written: str, reference: Reference | None) -> DraftEntry:
    isrc = (reference.isrc if reference else None) or ids.normalise_isrc(row.isrc or "")
    local = reference is None or reference.kind is Kind.LOCAL
    return DraftEntry(
        line=row.line,
        written=written,
        track_id=None if reference is None else reference.id,
        isrc=None if local else isrc,
        name=one_line(row.name or (_name(reference) if reference else "")) or UNNAMED,
        artists=tuple(filter(None, map(one_line, row.artists))),
        album=one_line(row.album or "") or None,
        duration_ms=row.duration_ms,
        added_at=row.added_at,
    )


def _name(reference: Reference) -> str:
    """How a line without a name is shown: an unnamed local file says its name in its URI."""
    if reference.kind is Kind.LOCAL and reference.uri:
        return references.local_name(reference.uri) or UNNAMED
    if reference.isrc:
        return f"ISRC {reference.isrc}"
    return f"spotify:track:{reference.id}"


def _refused(line: int, text: str, reason: str) -> RefusedLine:
    return RefusedLine(line=line, text=one_line(text)[:SHOWN_LETTERS], reason=reason)


def _shown(text: str) -> str:
    shown = one_line(text)
    return shown if len(shown) <= SHOWN_LETTERS else f"{shown[: SHOWN_LETTERS - 1]}…"
