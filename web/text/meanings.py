"""What the numbers mean to a musician: definitions, and words for a value.

Nothing here is learned or random: the same numbers always give the same words. Thresholds of
speechiness, instrumentalness and liveness are Spotify's published ones; the rest are thirds.
"""

from __future__ import annotations

from dataclasses import dataclass

from web.text import formatting
from web.text.labels import FIELDS

LOW, HIGH = 1 / 3, 2 / 3
CANNOT_TELL = "cannot tell"  # where the typical error reaches from low to high
SHORT = {"hard to dance to": "hard", "easy to dance to": "easy", "sung or played": "music"}
FAST_BPM, SLOW_BPM = 140, 80
LOUD_DB, QUIET_DB = -7, -14


@dataclass(frozen=True, slots=True)
class FeatureMeaning:
    """One feature: what it asks, the ends of its scale, and words for low, middle and high.

    `paragraph` says more, `low` and `high` name music that has little and much of it.
    """

    field: str
    asks: str
    ends: tuple[str, str]
    words: tuple[str, str, str]
    paragraph: str
    low: str
    high: str
    bounds: tuple[float, float] = (LOW, HIGH)
    scale: tuple[float, float] = (0, 1)

    @property
    def label(self) -> str:
        """Its name."""
        return FIELDS[self.field]

    @property
    def range(self) -> str:
        """From where to where its scale goes, in figures."""
        return "{} to {}".format(*(figure(self.field, end) for end in self.scale))

    @property
    def short(self) -> tuple[str, str]:
        """The ends of its scale in a word or two, where there is little room."""
        low, high = (SHORT.get(end, end.split(",")[0]) for end in self.ends)
        return low, high

    @property
    def sounds(self) -> str:
        """What has little and much of it, in two short sentences."""
        return f"Low: {self.low}. High: {self.high}."

    def place(self, value: float) -> float:
        """Where a value lies on the scale, 0 to 100; what is beyond an end lies at the end."""
        low, high = self.scale
        return max(0.0, min(100.0, (value - low) / (high - low) * 100))

    def word(self, value: float) -> str:
        """The word for a value."""
        low, high = self.bounds
        return self.words[(value >= low) + (value >= high)]

    def tells(self, value: float, error: float | None) -> bool:
        """Whether a value says anything: not where its typical error reaches from low to high."""
        low, high = self.bounds
        return error is None or not (value - error < low and value + error >= high)


def figure(field: str, value: float) -> str:
    """A feature's value with its unit."""
    if field == "tempo":
        return formatting.bpm(value)
    return formatting.decibels(value) if field == "loudness" else formatting.decimal(value)


MEANINGS = (
    FeatureMeaning(
        "energy",
        "How intense it sounds: loud, bright, busy music scores high, a lullaby low.",
        ("calm", "intense"),
        ("calm", "moderately intense", "intense"),
        "It follows loudness, brightness, how noisy the sound is and how many things begin in a "
        "second. It is not speed: a fast song on one guitar can be calm, and a quiet one that "
        "is busy can score high. Mastering louder raises it a little.",
        "a lullaby, solo piano, ambient music",
        "metal, punk, drum and bass",
    ),
    FeatureMeaning(
        "valence",
        "The mood a machine hears: low is sad, dark or angry; high is cheerful or euphoric. "
        "It knows nothing of the words you sing.",
        ("dark, sad", "bright, happy"),
        ("a dark or sad mood", "a mixed mood", "a bright mood"),
        "Major and minor, tempo and brightness all play a part; irony and lyrics are beyond it. "
        "Of all these numbers the one that listeners agree on least, and machines are least "
        "good at: take it as a hint.",
        "a funeral march, doom metal, a torch song",
        "a children’s song, ska, disco",
    ),
    FeatureMeaning(
        "danceability",
        "How easy it is to dance to: a steady tempo and a clear, regular beat score high.",
        ("hard to dance to", "easy to dance to"),
        ("a loose or irregular beat", "a fairly steady beat", "a strong, steady beat"),
        "It asks how regular the beat is and how clearly it stands out, not whether the music "
        "is fun nor what genre it is: slow reggae can score higher than fast punk, and a waltz "
        "in free time scores low.",
        "free jazz, a chant, a rubato ballad",
        "house, funk, hip-hop",
    ),
    FeatureMeaning(
        "acousticness",
        "How sure the machine is that it hears acoustic instruments, not amplified or "
        "electronic ones.",
        ("electric", "acoustic"),
        ("mostly electric", "partly acoustic", "mostly acoustic"),
        "A likelihood, not a share: 0.80 does not mean that four of five instruments are "
        "acoustic. Heavy production and much treble hide a real piano; a good sample passes for "
        "one.",
        "techno, a wall of guitars",
        "a string quartet, a singer with one guitar",
    ),
    FeatureMeaning(
        "instrumentalness",
        "How likely it is that nobody sings or speaks. “Ooh” and “aah” count as instruments.",
        ("with voice", "no voice"),
        ("a voice is heard", "perhaps no voice", "very likely no voice"),
        "Also a likelihood, so what lies in the middle is doubt, not “half instrumental”. Rap "
        "and spoken words count as voice; one that is cut up, whispered or deep in the mix is "
        "often missed.",
        "a song with a lead singer, rap",
        "a film score, a guitar solo, techno",
        bounds=(0.5, 0.8),
    ),
    FeatureMeaning(
        "speechiness",
        "How much of it is spoken words, not sung ones.",
        ("sung or played", "spoken"),
        ("music, not speech", "music and speech mixed, as in rap", "almost only speech"),
        "Talk shows and audio books lie at the top, rap and poetry over music in the middle, "
        "and nearly all songs at the bottom. Of almost pure speech the other numbers, which are "
        "made for music, mean little.",
        "nearly every song",
        "a podcast, a poem, stand-up comedy",
        bounds=(0.33, 0.66),
    ),
    FeatureMeaning(
        "liveness",
        "How likely it is that an audience was in the room. Above 0.8 it was probably a concert.",
        ("studio", "concert"),
        ("no audience heard", "perhaps an audience", "very likely a concert"),
        "It listens for applause, voices and the sound of a hall. Reverb and crowd samples fool "
        "it, and a concert without an audience may score low: read the middle of the scale as "
        "“cannot tell”.",
        "a dry studio recording",
        "a concert with applause",
        bounds=(0.5, 0.8),
    ),
    FeatureMeaning(
        "loudness",
        "How loud the whole track seems. LUFS counts decibels as the ear weighs them and leaves "
        "silence out: 0 is about the loudest a file can hold, and 10 less sounds half as loud.",
        ("quiet", "loud"),
        ("quiet or very dynamic", "about as loud as most releases", "mastered loud"),
        "Streaming services turn most music to one level, so a louder master is not played "
        "louder there. Earprint measures LUFS; Spotify’s own average is on a similar scale but "
        "not the same, so the two are never compared. A file with one channel (mono) reads 3 to 5 "
        "lower than the same music in stereo.",
        "a string quartet at −20",
        "a club track at −6",
        bounds=(QUIET_DB, LOUD_DB),
        scale=(-40, 0),
    ),
    FeatureMeaning(
        "tempo",
        "Beats per minute: how often you would tap your foot. 60 is one tap a second.",
        ("slow", "fast"),
        ("slow", "medium", "fast"),
        "One number for the whole track. Of music that keeps time it is near exact, or exactly "
        "double or half of what you tap: both are right, so the other reading stands beside it.",
        "a ballad at 65",
        "drum and bass at 174",
        bounds=(SLOW_BPM, FAST_BPM),
        scale=(40, 220),
    ),
)
BY_FIELD = {meaning.field: meaning for meaning in MEANINGS}
