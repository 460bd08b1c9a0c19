"""Who the demo label's artists are and what they have released. All of it is invented."""

from __future__ import annotations

from dataclasses import dataclass

NAME = "Paper Weather Recordings"


@dataclass(frozen=True, slots=True)
class Performer:
    """An invented artist."""

    slug: str
    name: str
    biography: str
    genres: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LabelAlbum:
    """A release: its pieces in order, by slug."""

    slug: str
    title: str
    artist: str
    kind: str
    released: str
    hue: int  # of its cover, degrees
    tracks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Compilation:
    """A playlist of the label."""

    slug: str
    title: str
    description: str
    tracks: tuple[str, ...]


ARTISTS = (
    Performer(
        "tidewrack-lane",
        "Tidewrack Lane",
        "Four neighbours who met over a broken accordion and have played for dancing ever since.",
        ("folk", "acoustic"),
    ),
    Performer(
        "ottilie-brandvane",
        "Ottilie Brandvane",
        "A pianist who writes for waiting rooms, stairwells and whoever is still awake.",
        ("neo-classical", "piano", "minimalism"),
    ),
    Performer(
        "vanta-kiosk",
        "Vanta Kiosk",
        "Two night-shift workers who build their tracks between the last bus and the first.",
        ("electronic", "house", "drum and bass", "ambient"),
    ),
    Performer(
        "ironmoth-parade",
        "Ironmoth Parade",
        "Three guitars, one drummer, no ballads.",
        ("rock", "metal", "punk"),
    ),
    Performer(
        "selva-quintanar",
        "Selva Quintanar",
        "A guitarist and bandleader who keeps the windows open while recording.",
        ("jazz", "bossa nova"),
    ),
)

ALBUMS = (
    LabelAlbum(
        "salt-on-the-sill",
        "Salt on the Sill",
        "tidewrack-lane",
        "single",
        "2026-03-06",
        38,
        ("three-gates-jig", "the-lantern-waltz"),
    ),
    LabelAlbum(
        "winter-apartment",
        "Winter Apartment",
        "ottilie-brandvane",
        "ep",
        "2026-01-16",
        212,
        ("letter-without-a-stamp", "chorale-for-an-empty-station", "five-stairs"),
    ),
    LabelAlbum(
        "closing-time-machines",
        "Closing Time Machines",
        "vanta-kiosk",
        "ep",
        "2026-05-22",
        286,
        ("escalator-kiss", "last-bus-north", "half-the-speed-of-rain"),
    ),
    LabelAlbum(
        "soft-furniture",
        "Soft Furniture",
        "vanta-kiosk",
        "single",
        "2026-09-11",
        168,
        ("tea-at-two-a-m", "orbit-of-a-moth"),
    ),
    LabelAlbum(
        "foundry-songs",
        "Foundry Songs",
        "ironmoth-parade",
        "ep",
        "2026-06-19",
        8,
        ("hammer-weather", "seven-league-engine", "kerosene-sunday"),
    ),
    LabelAlbum(
        "rooms-with-plants",
        "Rooms with Plants",
        "selva-quintanar",
        "single",
        "2026-04-17",
        128,
        ("low-tide-postcard", "stubborn-hat"),
    ),
)

COLLECTIONS = (
    Compilation(
        "count-before-you-dance",
        "Count Before You Dance",
        "Three, five, six, seven: everything here that is not plain four to the bar.",
        ("the-lantern-waltz", "five-stairs", "three-gates-jig", "seven-league-engine"),
    ),
    Compilation(
        "after-the-last-bus",
        "After the Last Bus",
        "Quiet or slow, for the way home.",
        (
            "letter-without-a-stamp",
            "tea-at-two-a-m",
            "orbit-of-a-moth",
            "chorale-for-an-empty-station",
            "low-tide-postcard",
        ),
    ),
    Compilation(
        "stairs-two-at-a-time",
        "Stairs Two at a Time",
        "Loud, fast, or both.",
        (
            "escalator-kiss",
            "kerosene-sunday",
            "last-bus-north",
            "stubborn-hat",
            "hammer-weather",
            "half-the-speed-of-rain",
        ),
    ),
)
