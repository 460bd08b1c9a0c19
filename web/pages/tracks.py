"""A track and its audio features."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from api.schemas.artist import Image
from api.schemas.track import Track
from web.charts.strip import Strip
from web.charts.wheel import Cell
from web.pages.owning import OwnFile
from web.render import Data
from web.text.meanings import Meaning
from web.text.provenance import Absence, Head


@dataclass(frozen=True, kw_only=True)
class TrackPage(Data):
    """One track. `own`: the file behind it, if it is one of this server's; `composer`: a demo's."""

    template: ClassVar[str] = "track.html"

    track: Track
    own: OwnFile | None
    composer: bool
    picture: Image | None
    head: Head


@dataclass(frozen=True, slots=True)
class FeatureRow:
    """One feature in figures and words, how it is known and where it lies; or why it is absent."""

    meaning: Meaning
    figure: str
    word: str
    error: str | None
    method: str | None
    strip: Strip | None
    absence: Absence | None


@dataclass(frozen=True, slots=True)
class KeyCard:
    """The key: its name, its place on the DJ's circle, those it blends with."""

    name: str
    camelot: str | None
    blends: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, kw_only=True)
class FeaturesPanel(Data):
    """A track's audio features from one source."""

    template: ClassVar[str] = "track_features.html"

    ident: str
    rows: tuple[FeatureRow, ...]
    key: KeyCard | None
    metre: str | None
    candidates: str | None
    reference: str | None
    readings: tuple[str, ...]
    head: Head


@dataclass(frozen=True, slots=True)
class Agreement:
    """One feature as each source states it, in the order of `AgreementPanel.names`."""

    label: str
    values: tuple[str, ...]
    spread: str


@dataclass(frozen=True, kw_only=True)
class AgreementPanel(Data):
    """Every source's features of a track, side by side."""

    template: ClassVar[str] = "track_agreement.html"

    ident: str
    names: tuple[str, ...]
    rows: tuple[Agreement, ...]
    head: Head
