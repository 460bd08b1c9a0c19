"""The soundfonts that pieces are played with, each as Debian packages it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

SOUNDS = Path("/usr/share/sounds")


@dataclass(frozen=True, slots=True)
class Font:
    """A General MIDI bank: a name for folders and tables, its file, its package."""

    name: str
    path: Path
    package: str


FONTS = (
    Font("fluidr3", SOUNDS / "sf2/FluidR3_GM.sf2", "fluid-soundfont-gm"),
    Font("timgm6mb", SOUNDS / "sf2/TimGM6mb.sf2", "timgm6mb-soundfont"),
    Font(
        "musescore", SOUNDS / "sf3/MuseScore_General_Lite.sf3", "musescore-general-soundfont-small"
    ),
)
BY_NAME = {font.name: font for font in FONTS}


def installed() -> list[Font]:
    """Those that this machine has."""
    return [font for font in FONTS if font.path.is_file()]


def absent() -> list[Font]:
    """Those that it lacks."""
    return [font for font in FONTS if not font.path.is_file()]
