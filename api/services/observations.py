"""What a worksheet freezes of each thing it is about, each fact with who said it. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Protocol

from api.music.key_names import key_name
from api.schemas.analysis import AudioAnalysis, TrackSummary
from api.schemas.artist import Artist, RelatedArtists
from api.schemas.brands import Brand, BrandDistance
from api.schemas.features import UNIT_FEATURES, AudioFeatures
from api.schemas.playlist import Fit, PlaylistProfile
from api.schemas.provenance import Method, Missing, Provenance, SourceName
from api.schemas.track import Track
from api.schemas.worksheet import FactValue, FrozenFact

MOST_LETTERS, MOST_ENTRIES = 2_000, 1_000  # of a fact: it is kept for good, whoever said it
NEAREST = 5  # related artists that a musician looks at
MEDIAN = "median_"
MEDIANS = ("tempo", "loudness", "energy", "valence", "danceability", "acousticness")
CONFIDENCES = MappingProxyType(
    {
        "tempo": "tempo_confidence",
        "key": "key_confidence",
        "time_signature": "time_signature_confidence",
    }
)
LUFS, DECIBELS, BPM, SECONDS = "LUFS", "dB", "BPM", "s"


class Telling(Protocol):
    """Anything that says who said it, and what is absent."""

    @property
    def provenance(self) -> tuple[Provenance, ...]:
        """Who said what."""
        ...

    @property
    def missing(self) -> tuple[Missing, ...]:
        """What is absent, and why."""
        ...


@dataclass(frozen=True, slots=True)
class OwnWords:
    """What somebody wrote here themselves."""

    provenance: tuple[Provenance, ...]
    missing: tuple[Missing, ...] = ()


@dataclass(slots=True)
class Observed:
    """What is known of one thing, and what is not. `exists`: False if there is no such thing."""

    about: str
    exists: bool = True
    facts: list[FrozenFact] = field(default_factory=list)
    missing: list[Missing] = field(default_factory=list)

    def lacks(self, name: str, missing: Missing) -> None:
        """Note that something is absent, under a name that says of what."""
        told = missing.model_copy(update={"field": f"{self.about}/{name}"})
        self.missing.append(told)

    def add(
        self,
        said: Telling,
        name: str,
        value: FactValue | None,
        *,
        speaks_for: str | None = None,
        unit: str | None = None,
        confidence: float | None = None,
        uncertainty: float | None = None,
    ) -> None:
        """A fact, or why there is none. `speaks_for`: the field of `said` that it is made of."""
        told = speaks_for or name
        if value is None or value == ():
            reasons = (one for one in said.missing if one.field == told)
            if (reason := next(reasons, None)) is not None:
                self.lacks(name, reason)
            return
        speaker = speaker_for(said.provenance, name.removeprefix(MEDIAN), told)
        self.facts.append(
            FrozenFact(
                about=self.about,
                field=name,
                value=_bounded(value),
                unit=unit,
                source=speaker.source,
                method=speaker.method,
                retrieved_at=speaker.retrieved_at,
                analyser=speaker.analyser,
                confidence=confidence,
                uncertainty=uncertainty,
            )
        )


def _bounded(value: FactValue) -> FactValue:
    """As much of it as a worksheet keeps; what is cut off ends in `…`."""
    if isinstance(value, str):
        return value if len(value) <= MOST_LETTERS else f"{value[: MOST_LETTERS - 1]}…"
    if not isinstance(value, tuple):
        return value
    return tuple(_bounded(one) for one in value[:MOST_ENTRIES])  # type: ignore[return-value]


def speaker_for(provenance: Sequence[Provenance], *names: str) -> Provenance:
    """Who speaks for the first of these fields that anybody speaks for, or for all the rest."""
    spoken = (one for name in names for one in provenance if name in one.fields)
    return next(spoken, provenance[0])


def see_artist(seen: Observed, artist: Artist) -> None:
    """What an artist is called, and how the world sorts and counts them."""
    seen.add(artist, "name", artist.name)
    seen.add(artist, "genres", artist.genres)
    seen.add(artist, "popularity", artist.popularity)


def see_related(seen: Observed, related: RelatedArtists) -> None:
    """The nearest artists, by whoever names any; Spotify's own order where nobody else does."""
    names = tuple(item.artist.name for item in related.items[:NEAREST])
    told = "items"
    if not names:
        told = "spotify"
        names = tuple(item.artist.name for item in (related.spotify or ())[:NEAREST])
    before = len(seen.facts)
    seen.add(related, "related_artists", names, speaks_for=told)
    for at in range(before, len(seen.facts)):
        sources = dict.fromkeys(one.source for one in related.provenance if told in one.fields)
        if sources:
            seen.facts[at] = seen.facts[at].model_copy(update={"source": ",".join(sources)})


def see_name(seen: Observed, track: Track) -> None:
    """What a track is called."""
    seen.add(track, "name", track.name)


def see_artists(seen: Observed, track: Track) -> None:
    """Whose a track is."""
    seen.add(track, "artists", tuple(one.name for one in track.artists))


def see_features(seen: Observed, heard: AudioFeatures, sureness: Mapping[str, float]) -> None:
    """The numbers of a track, tempo and key first. `sureness`: 0 to 1, of those that have one."""
    seen.add(heard, "tempo", heard.tempo, unit=BPM, confidence=sureness.get("tempo"))
    seen.add(heard, "tempo_range", heard.tempo_range, unit=BPM)
    seen.add(heard, "key", heard.key_name, confidence=sureness.get("key"))
    seen.add(heard, "camelot", heard.camelot)
    metre = sureness.get("time_signature")
    seen.add(heard, "time_signature", heard.time_signature, confidence=metre)
    reference = speaker_for(heard.provenance, "loudness").detail or ""
    unit = LUFS if reference.startswith(LUFS) else DECIBELS
    seen.add(heard, "loudness", heard.loudness, unit=unit)
    for name in sorted(UNIT_FEATURES):
        value, error = getattr(heard, name), heard.uncertainty.get(name)
        seen.add(heard, name, value, uncertainty=error)


def sureness_of(track: TrackSummary) -> dict[str, float]:
    """How sure an analysis is of what features say too."""
    told = {name: getattr(track, confidence) for name, confidence in CONFIDENCES.items()}
    return {name: value for name, value in told.items() if value is not None}


def see_analysis(seen: Observed, heard: AudioAnalysis) -> None:
    """Where the parts of a track begin, in which keys they are, and which one is the loudest."""
    sections = heard.sections or ()
    seen.add(heard, "sections", tuple(one.start for one in sections), unit=SECONDS)
    keys = tuple(key_name(one.key, one.mode) or "no clear key" for one in sections)
    seen.add(heard, "section_keys", keys, speaks_for="sections")
    loud = [one for one in sections if one.loudness is not None]
    loudest = max(loud, key=lambda one: one.loudness or 0, default=None)
    start = None if loudest is None else loudest.start
    seen.add(heard, "loudest_section", start, speaks_for="sections", unit=SECONDS)


def see_profile(seen: Observed, profile: PlaylistProfile) -> None:
    """What a playlist is like in the middle."""
    seen.add(profile, "name", profile.name)
    seen.add(profile, "items_total", profile.items_total)
    seen.add(profile, "described", profile.described, speaks_for="features")
    reference = speaker_for(profile.provenance, "loudness").detail or ""
    units = {"tempo": BPM, "loudness": LUFS if reference.startswith(LUFS) else DECIBELS}
    for name in MEDIANS:
        if (spread := profile.features.get(name)) is not None:
            said, unit = MEDIAN + name, units.get(name)
            seen.add(profile, said, round(spread.median, 3), speaks_for="features", unit=unit)


def see_fit(seen: Observed, fit: Fit) -> None:
    """Whether the worksheet's track would be one of the list's."""
    seen.add(fit, "fit_because", fit.because, speaks_for="features")
    if fit.distance is not None:
        far = round(fit.distance, 2)
        seen.add(fit, "fit_distance", far, speaks_for="features", unit="standard deviations")


def see_brand(seen: Observed, brand: Brand) -> None:
    """What a brand is, in its artist's own words."""
    said = Provenance(
        source=SourceName.LIBRARY,
        method=Method.REPORTED,
        fields=("name", "words"),
        retrieved_at=brand.changed_at,
    )
    own = OwnWords((said,))
    seen.add(own, "name", brand.name)
    seen.add(own, "words", brand.words)


def see_distance(seen: Observed, far: BrandDistance) -> None:
    """Which features of the worksheet's track lie in a brand's ranges, and which do not."""
    known = {name: one for name, one in far.fields.items() if one.off is not None}
    within = tuple(name for name, one in known.items() if one.off == 0)
    outside = tuple(f"{name}: {one.says}" for name, one in known.items() if one.off)
    seen.add(far, "in_range", within)
    seen.add(far, "not_in_range", outside)
    seen.add(far, "brand_distance", far.distance)
