"""Our own word lists: every name in the catalogue is made from these, none is a real work."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Style:
    """A way of sounding: its genres, its words and the middle of its measures."""

    name: str
    genres: tuple[str, ...]
    adjectives: tuple[str, ...]
    nouns: tuple[str, ...]
    tempo_bpm: tuple[float, float]
    energy: float
    acoustic: float
    instrumental: float
    danceable: float
    loudness_db: float


STYLES = (
    Style(
        "dream pop",
        ("dream pop", "shoegaze"),
        ("Pale", "Velvet", "Slow", "Lunar", "Drowsy", "Silver"),
        ("Harbours", "Orchard", "Signals", "Curtains", "Halo", "Lanterns"),
        (92, 124),
        energy=0.52,
        acoustic=0.25,
        instrumental=0.2,
        danceable=0.48,
        loudness_db=-8.5,
    ),
    Style(
        "jazz",
        ("contemporary jazz", "nu jazz"),
        ("Blue", "Crooked", "Late", "Amber", "Walking", "Brushed"),
        ("Quartet", "Stairwell", "Corner", "Ledger", "Umbrella", "Sparrow"),
        (84, 168),
        energy=0.36,
        acoustic=0.78,
        instrumental=0.72,
        danceable=0.53,
        loudness_db=-13.0,
    ),
    Style(
        "techno",
        ("techno", "minimal techno"),
        ("Parallel", "Concrete", "Static", "Hollow", "Binary", "Northern"),
        ("Circuit", "Turbine", "Lattice", "Relay", "Voltage", "Depot"),
        (122, 140),
        energy=0.84,
        acoustic=0.03,
        instrumental=0.86,
        danceable=0.76,
        loudness_db=-7.6,
    ),
    Style(
        "folk",
        ("indie folk", "singer-songwriter"),
        ("Hazel", "Wandering", "Mossy", "Quiet", "Barefoot", "Copper"),
        ("Rivers", "Millers", "Hedgerow", "Kettle", "Thistle", "Shepherd"),
        (76, 126),
        energy=0.31,
        acoustic=0.86,
        instrumental=0.08,
        danceable=0.5,
        loudness_db=-12.2,
    ),
    Style(
        "metal",
        ("progressive metal", "post-metal"),
        ("Iron", "Ashen", "Burning", "Fallen", "Obsidian", "Merciless"),
        ("Monolith", "Furnace", "Cathedral", "Vultures", "Avalanche", "Throne"),
        (98, 178),
        energy=0.94,
        acoustic=0.01,
        instrumental=0.3,
        danceable=0.36,
        loudness_db=-4.9,
    ),
    Style(
        "hip hop",
        ("alternative hip hop", "boom bap"),
        ("Golden", "Dusty", "Midnight", "Loose", "Borrowed", "Ninth"),
        ("Crates", "Corners", "Cadence", "Pockets", "Rooftops", "Needle"),
        (80, 102),
        energy=0.66,
        acoustic=0.18,
        instrumental=0.03,
        danceable=0.79,
        loudness_db=-6.8,
    ),
    Style(
        "ambient",
        ("ambient", "drone"),
        ("Distant", "Glacial", "Weightless", "Faded", "Tidal", "Opaque"),
        ("Fields", "Vapour", "Meridian", "Estuary", "Shoreline", "Aurora"),
        (60, 92),
        energy=0.16,
        acoustic=0.7,
        instrumental=0.92,
        danceable=0.22,
        loudness_db=-19.5,
    ),
    Style(
        "afro funk",
        ("afrobeat", "funk"),
        ("Electric", "Sunday", "Marching", "Sweet", "Painted", "Restless"),
        ("Market", "Brass", "Parade", "Pepper", "Ferry", "Engine"),
        (102, 126),
        energy=0.78,
        acoustic=0.2,
        instrumental=0.22,
        danceable=0.82,
        loudness_db=-7.1,
    ),
)

GIVEN = ("Ilse", "Marlow", "Tomas", "Nadira", "Ewan", "Sunniva", "Odile", "Kasimir", "Bronagh")
FAMILY = ("Vantongeren", "Aldersey", "Okonjo", "Marchetti", "Lindqvarn", "Farrowby", "Desrosne")
PLACES = (
    "Ostend",
    "the Attic",
    "Late Winter",
    "the Underpass",
    "July",
    "Low Water",
    "Terminal Nine",
    "the Long Grass",
    "Room Twelve",
    "Broad Daylight",
    "the Back Seat",
)
VERBS = ("Counting", "Leaving", "Folding", "Chasing", "Mending", "Losing", "Tuning", "Borrowing")
THINGS = (
    "Matches",
    "Maps",
    "Weather",
    "Postcards",
    "the Tide",
    "Small Hours",
    "Paper Boats",
    "Shadows",
    "Keys",
    "Our Names",
    "the Radio",
    "Salt",
    "Ladders",
    "Yesterday's Bread",
)
LINES = (
    "Nobody Told the Moon",
    "What the Gulls Said",
    "Until the Kettle Sings",
    "All My Coats Are Yours",
    "If Only the Bridge",
    "Same Rain, Other Roof",
    "Hold Still",
    "We Were Almost There",
)
LABELS = ("Tin Roof Recordings", "Half Moon Bay Tapes", "Lower Deck", "Quay & Sons")

# Names that break naive code: other scripts, right-to-left, markup, quotes, emoji, one letter.
ODD_ARTISTS = {
    5: "夜明けの傘工場",
    11: "Тихий Маяк",
    17: "ظلال المرفأ",
    23: "Σκιά του Λιμανιού",
    29: "רוח הנמל הישן",
    35: "파란 등대지기",
    41: "<b>Bold</b> Intentions",
    47: "Salt &amp; Cedar",
    53: "Ó",
}
ODD_ALBUMS = {12: "<i>Italic</i> Weather", 26: "港の灯り", 38: "R&B & \"Sides\" 'A'/B"}
ODD_TRACKS = {
    75: "<script>alert('sandbox')</script>",
    77: "Rust &amp; Rain",
    95: "شمس الخريف (Live)",
    115: "ガラスの地図",
    135: "100 % <b>Wool</b>",
    155: "Ночной паром — Remix",
    175: "שיר של גשם",
    195: "A",
    215: "Lighthouse 🌊 (feat. <Nobody>)",
    235: "The Extremely Long Title of a Song Nobody Asked For, Recorded Twice in One Night, "
    "Once Loudly and Once Very Softly Indeed, with the Window Open",
}
_MARKET_CODES = (
    "AD AE AR AT AU BE BG BO BR CA CH CL CO CR CY CZ DE DK DO EC EE EG ES FI FR GB "
    "GH GR GT HK HN HR HU ID IE IL IN IS IT JP KE KR KW LI LT LU LV MA MC MT MX MY "
    "NG NI NL NO NZ OM PA PE PH PL PT PY QA RO RS SA SE SG SI SK SV TH TN TR TW UA "
    "US UY VN ZA"
)
MARKETS = tuple(_MARKET_CODES.split())
_OTHER_CODES = (
    "AG AL AM AO AZ BA BB BD BF BH BI BJ BN BS BT BW BY BZ CD CG CI CM CV CW DJ DM DZ ET FJ FM "
    "GA GD GE GM GN GQ GW GY HT IQ JM JO KG KH KI KM KN KZ LA LB LC LK LR LS LY MD ME MG MH MK "
    "ML MN MO MR MU MV MW MZ NA NE NP NR PG PK PS PW RW SB SC SL SM SN SR ST SZ TD TG TJ TL TN "
    "TO TT TV TZ UG UZ VC VE VU WS XK ZM ZW"
)
KNOWN_MARKETS = frozenset(MARKETS) | frozenset(_OTHER_CODES.split())  # nothing plays in the others
