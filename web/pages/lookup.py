"""From the paste box to a page: home, choice, recognition, search."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from api.schemas.artist import Image
from web.pages.owning import LabelArtist
from web.render import Data
from web.site import Examples
from web.text.provenance import Absence, Badge, CallShown, Trouble


@dataclass(frozen=True, kw_only=True)
class HomePage(Data):
    """The start. `others_answer`: somebody but Spotify can be asked here.

    `trouble` and `instead`: why the pasted text leads nowhere, and what does.
    `label`: the artists of the demo label, where it is in the library.
    """

    template: ClassVar[str] = "home.html"

    examples: Examples | None
    label: tuple[LabelArtist, ...]
    spotify_off: bool
    others_answer: bool
    trouble: Trouble | None = None
    instead: str | None = None
    open_url: str | None = None


@dataclass(frozen=True, kw_only=True)
class ChoicePage(Data):
    """A bare id: three things it may be."""

    template: ClassVar[str] = "choice.html"

    ident: str


@dataclass(frozen=True, kw_only=True)
class RecognisedPanel(Data):
    """What is in the box, while it is typed. `href`: where it leads, if it leads anywhere."""

    template: ClassVar[str] = "recognised.html"

    sentence: str
    href: str | None
    link_text: str


@dataclass(frozen=True, slots=True)
class Hit:
    """One search result."""

    name: str
    about: str
    href: str
    url: str | None
    picture: Image | None


@dataclass(frozen=True, slots=True)
class Group:
    """The results of one kind, with where the rest of them is."""

    kind: str
    title: str
    hits: tuple[Hit, ...]
    total: int | None
    absences: tuple[Absence, ...]
    badges: tuple[Badge, ...]
    more: str | None
    previous: str | None


@dataclass(frozen=True, slots=True)
class Tab:
    """A link that narrows the search to one kind."""

    label: str
    href: str
    current: bool


@dataclass(frozen=True, kw_only=True)
class SearchPage(Data):
    """Results for free words or an ISRC; without words, only an invitation."""

    template: ClassVar[str] = "search.html"

    words: str
    tabs: tuple[Tab, ...]
    groups: tuple[Group, ...]
    call: CallShown | None
