"""The owner's own files: sending one, following its analysis, the library."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from api.schemas.artist import Image
from web.render import Data
from web.text.provenance import CallShown, Head, Trouble


@dataclass(frozen=True, slots=True)
class LabelPiece:
    """A piece of the demo label, with what was measured in it."""

    name: str
    href: str
    length: str
    tempo: str | None
    key: str | None
    camelot: str | None


@dataclass(frozen=True, slots=True)
class LabelArtist:
    """An artist of the demo label; `picture`: a cover, and `release` what it is of."""

    name: str
    href: str
    picture: Image | None
    release: str
    pieces: tuple[LabelPiece, ...]


@dataclass(frozen=True, slots=True)
class OwnFile:
    """The file behind a track. `note`: what its analysis is doing, where it is not done.

    `audio` is None where the file is gone from the disk.
    """

    audio: str | None
    about: str
    demo: bool
    note: str | None
    job: str | None
    delete: str


@dataclass(frozen=True, kw_only=True)
class UploadPage(Data):
    """Where an own file is sent; `trouble` is why the last one could not be taken."""

    template: ClassVar[str] = "upload.html"

    trouble: Trouble | None


@dataclass(frozen=True, slots=True)
class Step:
    """One step of an analysis: `state` is done, now, later or stopped."""

    label: str
    about: str
    state: str


@dataclass(frozen=True, slots=True)
class Failure:
    """Why an analysis ended without a result, and what to do."""

    title: str
    detail: str
    remedy: str | None
    href: str | None


@dataclass(frozen=True, kw_only=True)
class JobPage(Data):
    """One analysis. While `moves` it asks for itself again; else `lead` says where to go."""

    template: ClassVar[str] = "job.html"

    ident: str
    name: str
    track: str
    state: str
    moves: bool
    done: bool
    percent: int
    steps: tuple[Step, ...]
    wait: str
    failure: Failure | None
    delete: str
    announce: str
    call: CallShown


@dataclass(frozen=True, kw_only=True)
class WorkingPanel(Data):
    """A panel whose content is still being analysed; it asks for itself again."""

    template: ClassVar[str] = "panel_working.html"

    panel: str
    title: str
    href: str
    back: str
    job: str
    percent: int
    doing: str


@dataclass(frozen=True, slots=True)
class FileRow:
    """A file of the library in a line. `state` is None once it is analysed.

    `gone`: the entry is here, and its file is not on the disk any more.
    """

    picture: Image | None
    release: str
    name: str
    artist: str
    artist_href: str
    href: str
    about: str
    demo: bool
    length: str
    tempo: str | None
    key: str | None
    camelot: str | None
    state: str | None
    job: str | None
    gone: bool
    delete: str


@dataclass(frozen=True, slots=True)
class CollectionRow:
    """A collection in a line."""

    name: str
    href: str
    about: str
    demo: bool
    delete: str


@dataclass(frozen=True, kw_only=True)
class LibraryPage(Data):
    """The owner's files and collections. `trouble`: why no collection could be made."""

    template: ClassVar[str] = "library.html"

    own: tuple[FileRow, ...]
    demo: tuple[FileRow, ...]
    says: str
    previous: str | None
    next: str | None
    collections: tuple[CollectionRow, ...]
    no_collections: str | None
    trouble: Trouble | None
    head: Head


@dataclass(frozen=True, slots=True)
class Refused:
    """A line that named no track."""

    line: int
    text: str
    reason: str


@dataclass(frozen=True, slots=True)
class Unread:
    """Something in a spreadsheet that was not understood: `where` is a line, a column or both."""

    where: str
    text: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class CollectionPage(Data):
    """What became of what was sent: how much was taken, and what was not or not understood."""

    template: ClassVar[str] = "collection.html"

    name: str
    href: str
    taken: str
    imported: str | None
    refused: tuple[Refused, ...]
    more_refused: str | None
    unread: tuple[Unread, ...]


@dataclass(frozen=True, kw_only=True)
class DeletePage(Data):
    """The question before a file or a collection is deleted; `says` what goes with it."""

    template: ClassVar[str] = "delete.html"

    name: str
    says: str
    action: str
    back: str


@dataclass(frozen=True, slots=True)
class Compared:
    """One thing a composer wrote beside what was measured. `verdict`: agree, near or differs."""

    label: str
    wrote: str
    heard: str
    verdict: str
    word: str
    note: str


@dataclass(frozen=True, kw_only=True)
class ComposerPanel(Data):
    """What the composer of a demo piece wrote, beside what the analyser measured."""

    template: ClassVar[str] = "track_composer.html"

    ident: str
    finding: str
    rows: tuple[Compared, ...]
    head: Head
