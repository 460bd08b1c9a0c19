"""Draw an album's cover from its music: every piece a line of notes, over the album's colour."""

from __future__ import annotations

from xml.sax.saxutils import escape  # nosec B406  # escapes, parses nothing

from api.demo.studio.label import LabelAlbum
from api.demo.studio.piece import Composition, Player

SIZE = 320
_MOST_NOTES = 22
_MARGIN = 28


def cover(album: LabelAlbum, pieces: list[Composition]) -> str:
    """An SVG of at most 4 KB without scripts, fonts or references to anything outside."""
    height = (SIZE - 2 * _MARGIN) / len(pieces)
    lanes = [
        _lane(piece, album.hue + 35 * index, top=_MARGIN + index * height, height=height)
        for index, piece in enumerate(pieces)
    ]
    light = f"hsl({album.hue} 45% 88%)"
    across, down, reach = (seed % 100 / 100 for seed in (album.hue * 37, album.hue * 61, album.hue))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {SIZE} {SIZE}" role="img">'
        f"<title>{escape(album.title)}</title>"
        f'<rect width="{SIZE}" height="{SIZE}" fill="{light}"/>'
        f'<circle cx="{SIZE * (0.25 + 0.5 * across):.0f}" cy="{SIZE * (0.25 + 0.5 * down):.0f}" '
        f'r="{SIZE * (0.2 + 0.18 * reach):.0f}" '
        f'fill="hsl({album.hue + 18} 60% 76%)"/>{"".join(lanes)}</svg>\n'
    )


def _lane(piece: Composition, hue: int, *, top: float, height: float) -> str:
    """One piece: its tune's first notes, as long and as high as they sound."""
    notes = sorted(_tune(piece).notes, key=lambda note: note.start)[:_MOST_NOTES]
    first, last = notes[0].start, notes[-1].start + notes[-1].length
    pitches = [note.pitch for note in notes]
    lowest, reach = min(pitches), max(1.0, max(pitches) - min(pitches))
    scale = (SIZE - 2 * _MARGIN) / (last - first)
    colour = f"hsl({hue % 360} 55% {30 if piece.mode == 'minor' else 42}%)"
    bars = [
        f'<rect x="{_MARGIN + (note.start - first) * scale:.0f}" '
        f'y="{top + (1 - (note.pitch - lowest) / reach) * (height - 16) + 4:.0f}" '
        f'width="{max(4, note.length * scale - 1):.0f}" height="8" rx="4"/>'
        for note in notes
    ]
    return f'<g fill="{colour}" opacity=".85">{"".join(bars)}</g>'


def _tune(piece: Composition) -> Player:
    """The part that sings: named so, or else the highest."""

    def height(part: Player) -> float:
        return sum(note.pitch for note in part.notes) / len(part.notes)

    named = ("lead", "hook", "whistle", "accordion", "violins", "bars", "flute", "vibraphone")
    singing = [part for part in piece.parts if part.name in named and part.notes]
    return singing[0] if singing else max((p for p in piece.parts if p.notes), key=height)
