"""Invented answers of /v1 about worksheets."""

from __future__ import annotations

from typing import Any

from api.schemas.provenance import Method, Missing, Reason
from api.schemas.worksheet import (
    FactValue,
    FrozenFact,
    NewSheetLink,
    Opinion,
    SheetAnswer,
    SheetLink,
    Worksheet,
    Worksheets,
)
from api.services.prompts import PROMPTS, kind_of
from tests.web import music, own
from tests.web.brands import BRAND

SHEET = "wks_0LcJLqbBmaGUft1e9Mm8HV"
SECRET = "s" * 32
ARTIST, TRACK = f"artist:{music.ARTIST}", f"track:{own.OWN}"
ANALYSIS, PLAYLIST = f"analysis:{own.OWN}", f"playlist:{music.PLAYLIST}"
ALL = (ARTIST, TRACK, ANALYSIS, PLAYLIST, f"brand:{BRAND}")
VALUES: dict[str, dict[str, FactValue]] = {
    "artist": {
        "name": "Marble Harbour",
        "genres": ("dream pop", music.HOSTILE),
        "related_artists": ("Low Tide", "Paper Boats"),
        "popularity": 62,
    },
    "track": {
        "name": "Harbour Lights",
        "artists": ("Marble Harbour",),
        "tempo": 91.6,
        "key": "F♯ minor",
        "camelot": "11A",
        "time_signature": 4,
        "loudness": -9.8,
        "energy": 0.42,
        "valence": 0.2,
    },
    "analysis": {
        "name": "Harbour Lights",
        "sections": (0.0, 61.5),
        "section_keys": ("F♯ minor", "A major"),
        "loudest_section": 61.5,
    },
    "playlist": {
        "name": "Quiet Mornings",
        "items_total": 60,
        "described": 58,
        "median_tempo": 88.2,
        "median_energy": 0.31,
        "fit_distance": 0.4,
        "fit_because": ("It lies within one standard deviation of the playlist’s average.",),
    },
    "brand": {
        "name": "Warm and close",
        "words": "Late evening, one lamp on.",
        "in_range": ("energy",),
        "not_in_range": ("tempo: 91.6 BPM is above your range.",),
        "brand_distance": 0.3,
    },
}


def fact(about: str, name: str, value: FactValue, **more: Any) -> FrozenFact:
    """A frozen fact; those of a model are typically off by 0.1."""
    guessed = name in {"energy", "valence"}
    given: dict[str, Any] = {
        "about": about,
        "field": name,
        "value": value,
        "source": "listenbrainz,deezer" if name == "related_artists" else "library",
        "method": Method.ESTIMATED if guessed else Method.MEASURED,
        "retrieved_at": music.THEN,
        "confidence": 0.95 if name == "tempo" else None,
        "uncertainty": 0.1 if guessed else None,
        "unit": "LUFS" if name == "loudness" else None,
    }
    return FrozenFact(**given | more)


def facts(*about: str) -> tuple[FrozenFact, ...]:
    """What is frozen of these things."""
    return tuple(
        fact(one, name, value) for one in about for name, value in VALUES[kind_of(one)].items()
    )


def answers(*about: str) -> tuple[SheetAnswer, ...]:
    """The questions about these things; the first is answered."""
    asked = [(one, prompt) for one in about for prompt in PROMPTS[kind_of(one)]]
    (first, prompt), *rest = asked
    return (
        SheetAnswer(about=first, prompt=prompt, note="Mostly.", mark=Opinion.SURPRISED),
        *(SheetAnswer(about=one, prompt=each) for one, each in rest),
    )


def sheet(*about: str, **more: Any) -> Worksheet:
    """A worksheet about these things, or about one of each kind."""
    chosen = about or ALL
    given: dict[str, Any] = {
        "id": SHEET,
        "name": "Harbour Lights, as machines hear it",
        "brand_id": None,
        "facts": facts(*chosen),
        "answers": answers(*chosen),
        "made_at": music.THEN,
        "changed_at": music.THEN,
        "share": None,
        "missing": (
            Missing(
                field=f"{chosen[0]}/followers",
                reason=Reason.REMOVED,
                detail="Spotify stopped sending it in February 2026.",
            ),
        ),
    }
    return Worksheet(**given | more)


def shelf(*items: Worksheet, total: int | None = None) -> Worksheets:
    """A part of the worksheets."""
    chosen = items or (sheet(), sheet(TRACK, name=music.HOSTILE, share=shared()))
    return Worksheets(items=chosen, total=len(chosen) if total is None else total)


def shared() -> SheetLink:
    """Since when a link leads to one."""
    return SheetLink(made_at=music.THEN)


def link() -> NewSheetLink:
    """A link, told once."""
    return NewSheetLink(made_at=music.THEN, secret=SECRET, href=f"/shared/{SECRET}")
