"""Who answers here, and what could not be answered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from web.render import Data
from web.text.provenance import CallShown, Trouble


@dataclass(frozen=True, slots=True)
class CapabilityRow:
    """One thing a source can be asked, and whether it answers."""

    label: str
    state: str
    mark: str
    detail: str
    since: str | None
    until: str | None


@dataclass(frozen=True, slots=True)
class SourceCard:
    """One source."""

    slug: str
    name: str
    set_up: bool
    summary: str
    rows: tuple[CapabilityRow, ...]


@dataclass(frozen=True, kw_only=True)
class SourcesPage(Data):
    """Who is asked here, in which order, and what they answer."""

    template: ClassVar[str] = "sources.html"

    sources: tuple[SourceCard, ...]
    spotify_off: bool
    call: CallShown


@dataclass(frozen=True, kw_only=True)
class ProblemPage(Data):
    """What a type of problem means, and what to do about it."""

    template: ClassVar[str] = "problem.html"

    slug: str
    title: str
    status: int
    meaning: str
    remedy: str


@dataclass(frozen=True, kw_only=True)
class TroublePage(Data):
    """A page that cannot be shown, and why."""

    template: ClassVar[str] = "trouble.html"

    trouble: Trouble


@dataclass(frozen=True, kw_only=True)
class TroublePanel(Data):
    """A panel that cannot be filled, and why. `href`: its own page; `back`: what it belongs to."""

    template: ClassVar[str] = "panel_trouble.html"

    panel: str
    title: str
    href: str
    back: str
    trouble: Trouble
