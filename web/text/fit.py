"""Would a song fit into a list? A verdict and its reasons, by fixed rules. Pure.

A verdict weighs the error: a number is outside only where its typical error does not reach the
middle eighty in a hundred of the list.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from api.schemas.playlist import Distribution, Fit
from web.text import formatting
from web.text.meanings import MEANINGS, FeatureMeaning, figure

WITHIN, APART = 1.0, 1.75  # of the distance: one of them; stands apart
ALONE = "Nobody can say: the tracks of this list do not differ, or there is but one."
FEW = 5  # tracks that say little
ROUNDED = 0.05
MIDDLE = (25, 75)  # percentiles
ENOUGH_KEYS = 6  # one in so many
WHICH_ENERGY = ("calmer", "more intense")
WHICH_MOOD = ("darker", "brighter")


@dataclass(frozen=True, slots=True)
class FitReason:
    """One reason: whether it speaks for the song, and what it is."""

    good: bool
    says: str


@dataclass(frozen=True, slots=True)
class FitVerdict:
    """The answer in one sentence, and the reasons. `key`: what its key has to say."""

    says: str
    reasons: tuple[FitReason, ...]
    key: FitReason | None
    hint: str | None


def judged(fit: Fit, spreads: Mapping[str, Distribution]) -> FitVerdict:
    """What the numbers of the song and of the list have to say to each other."""
    compared = [
        meaning
        for meaning in MEANINGS
        if fit.percentile.get(meaning.field) is not None and meaning.field in spreads
    ]
    apart = [meaning for meaning in compared if _side(fit, meaning, spreads) != 0]
    if compared and fit.distance is None:
        return FitVerdict(says=ALONE, reasons=(), key=None, hint=None)
    key = _key(fit)
    return FitVerdict(
        says=" ".join(filter(None, (_sound(fit, compared, apart), _key_in_short(fit)))),
        reasons=(
            *((_numbers(fit, spreads, compared),) if compared else ()),
            *filter(None, (_standing(fit),)),
        ),
        key=key,
        hint=_hint(fit.described),
    )


def _side(fit: Fit, meaning: FeatureMeaning, spreads: Mapping[str, Distribution]) -> int:
    """1 above most of the list, −1 below, 0 among them give or take the error."""
    value, spread = fit.values[meaning.field], spreads[meaning.field]
    if value is None:
        return 0
    error = fit.uncertainty.get(meaning.field, 0.0)
    return (value - error > spread.p90) - (value + error < spread.p10)


def _sound(fit: Fit, compared: Sequence[FeatureMeaning], apart: Sequence[FeatureMeaning]) -> str:
    if fit.distance is None:
        return "Nobody can say: there is no number that both the song and the list have."
    names = formatting.listed([meaning.label.lower() for meaning in apart])
    if not apart and fit.distance < WITHIN:
        return "Yes: in sound it sits well inside this list."
    if not apart:
        return "Yes, give or take: it stands towards the edge of this list, within the error."
    if fit.distance < APART and 2 * len(apart) < len(compared):
        return f"Nearly: its {names} {_verb(apart)} it apart, the rest fits."
    return f"No: it stands apart from this list in {names}."


def _verb(apart: Sequence[FeatureMeaning]) -> str:
    return "sets" if len(apart) == 1 else "set"


def _key_in_short(fit: Fit) -> str:
    if fit.camelot is None:
        return ""
    if fit.blending_total == 0:
        return "Its key blends with none of them."
    only = "" if _enough_keys(fit) else " only"
    return f"Its key blends with {formatting.counted(fit.blending_total, 'track')}{only}."


def _numbers(
    fit: Fit, spreads: Mapping[str, Distribution], compared: Sequence[FeatureMeaning]
) -> FitReason:
    sides = {meaning: side for meaning in compared if (side := _side(fit, meaning, spreads))}
    inside = len(compared) - len(sides)
    which = f"{inside} of {len(compared)}" if sides else f"All {len(compared)}"
    says = f"{which} numbers lie where most of this list lies, give or take their error."
    for meaning, side in sides.items():
        own = figure(meaning.field, fit.values[meaning.field] or 0.0)
        middle = figure(meaning.field, spreads[meaning.field].median)
        where = "above" if side > 0 else "below"
        says += f" {meaning.label} {own} is {where} most of it; the middle track has {middle}."
    return FitReason(not sides, says)


def _standing(fit: Fit) -> FitReason | None:
    """Energy and mood among the tracks of the list."""
    said, good = [], True
    for field, words in (("energy", WHICH_ENERGY), ("valence", WHICH_MOOD)):
        percent = fit.percentile.get(field)
        if percent is None:
            continue
        lower = percent < 50  # noqa: PLR2004  # the half
        share = 100 - percent if lower else percent
        number = int(share * fit.described / 100 + ROUNDED)  # a song in the list counts half there
        said.append(f"{words[0] if lower else words[1]} than {number}")
        good = good and MIDDLE[0] <= percent <= MIDDLE[1]
    if not said:
        return None
    where = "near the middle" if good else "towards the edge"
    names = "energy and mood stand" if len(said) > 1 else "place is"
    of = formatting.count(fit.described)
    return FitReason(good, f"Its {names} {where}: {formatting.listed(said)} of {of}.")


def _key(fit: Fit) -> FitReason | None:
    where = "in its key or next to it on the wheel"
    if fit.camelot is None:
        return FitReason(False, "Its key is not known, so nobody can say what it blends with.")  # noqa: FBT003
    if fit.blending_total == 0:
        return FitReason(False, f"No track here is {where}:")  # noqa: FBT003
    if fit.blending_total == 1:
        return FitReason(_enough_keys(fit), f"One track here is {where}:")
    more = ", among them" if fit.blending_total > len(fit.blending) else ""
    number = formatting.count(fit.blending_total)
    return FitReason(_enough_keys(fit), f"{number} tracks here are {where}{more}:")


def _enough_keys(fit: Fit) -> bool:
    return fit.blending_total * ENOUGH_KEYS >= max(fit.described, 1)


def _hint(described: int) -> str | None:
    if described >= FEW:
        return None
    tracks = formatting.counted(described, "track")
    return f"Only {tracks} of this list can be compared, so take it as a hint."
