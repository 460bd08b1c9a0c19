"""Make up names for artists, albums, tracks and playlists. Same number, same name, always."""

import random

from tests.sandbox import words


def seeded(kind: str, n: int) -> random.Random:
    """Answer a generator of random numbers that belongs to one thing of the catalogue."""
    return random.Random(f"earprint-sandbox:{kind}:{n}")


def style_of(artist: int) -> words.Style:
    """Answer the style an artist plays in."""
    return words.STYLES[artist % len(words.STYLES)]


def artist_name(n: int) -> str:
    """Name an artist; a few names are hard on careless code."""
    if n in words.ODD_ARTISTS:
        return words.ODD_ARTISTS[n]
    rng, style = seeded("artist-name", n), style_of(n)
    adjective, noun = rng.choice(style.adjectives), rng.choice(style.nouns)
    person = f"{rng.choice(words.GIVEN)} {rng.choice(words.FAMILY)}"
    patterns = (
        f"The {adjective} {noun}",
        f"{adjective} {noun}",
        person,
        f"{person} & the {noun}",
        f"{noun} {rng.choice(style.adjectives)}",
    )
    return patterns[n % len(patterns)]


def album_name(n: int, artist: int) -> str:
    """Name an album in the words of its artist's style."""
    if n in words.ODD_ALBUMS:
        return words.ODD_ALBUMS[n]
    rng, style = seeded("album-name", n), style_of(artist)
    patterns = (
        f"{rng.choice(style.adjectives)} {rng.choice(style.nouns)}",
        f"{rng.choice(words.THINGS)} in {rng.choice(words.PLACES)}",
        f"{rng.choice(words.VERBS)} {rng.choice(words.THINGS)}",
    )
    return _titled(rng.choice(patterns))


def track_name(n: int, artist: int) -> str:
    """Name a track in the words of its artist's style."""
    if n in words.ODD_TRACKS:
        return words.ODD_TRACKS[n]
    rng, style = seeded("track-name", n), style_of(artist)
    noun, thing = rng.choice(style.nouns), rng.choice(words.THINGS)
    patterns = (
        f"{rng.choice(style.adjectives)} {noun}",
        f"{noun} in {rng.choice(words.PLACES)}",
        f"{rng.choice(words.VERBS)} {thing}",
        f"{thing} and {rng.choice(words.THINGS)}",
        f"{noun}, Pt. {rng.randint(1, 3)}",
        rng.choice(words.LINES),
    )
    return _titled(rng.choice(patterns))


def _titled(text: str) -> str:
    return text[0].upper() + text[1:]
