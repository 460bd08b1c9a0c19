"""Audio features: the first source that can, one that is named, or all side by side."""

from __future__ import annotations

from collections.abc import Sequence

from api.cache.policy import TtlClass
from api.cache.tiers import Served
from api.problems.refusals import Unknown
from api.schemas.features import UNIT_FEATURES, AudioFeatures, FeatureComparison, Spread
from api.schemas.provenance import Capability, SourceName
from api.services.batch import BatchLookup, Outcome, ask_many
from api.services.cascade import Cascade, Lookup, to_json

COMPARED = (*UNIT_FEATURES, "loudness", "tempo")
NO_DATA = "It has no audio data for this track."


class Features:
    """Audio features of tracks. Raises ApiError."""

    def __init__(self, cascade: Cascade) -> None:
        self._cascade = cascade

    async def of(self, ident: str, only: SourceName | None = None) -> Served:
        """From the first source that can, or from the one named."""
        return await self._cascade.first(_lookup(ident, only))

    async def of_many(self, idents: Sequence[str], only: SourceName | None = None) -> list[Outcome]:
        """For each id, in the order asked."""
        many = BatchLookup(
            each=lambda ident: _lookup(ident, only),
            batch=lambda source, wanted: source.features_of(wanted),
            absent=Unknown,
            absent_detail=NO_DATA,
        )
        return await ask_many(self._cascade, many, idents)

    async def compare(self, ident: str) -> Served:
        """Every source that can, side by side."""
        answers = await self._cascade.every(_lookup(ident, None))
        return await self._cascade.derive(
            answers, "compared", lambda: _compared(ident, answers.parts)
        )


def _lookup(ident: str, only: SourceName | None) -> Lookup:
    return Lookup(
        capability=Capability.FEATURES,
        subject="audio features",
        thing="track",
        kind="features",
        ident=ident,
        only=only,
        ttl=TtlClass.SOUND,
        ask=lambda source, native, known: source.features(native, known=known),
    )


async def _compared(ident: str, parts: Sequence[Served]) -> bytes:
    items = [AudioFeatures.model_validate_json(part.entry.body) for part in parts]
    return await to_json(compare(ident, items))


def compare(ident: str, items: Sequence[AudioFeatures]) -> FeatureComparison:
    """The sources side by side, and how far they are apart on each field that two of them give."""
    spreads = {field: _spread(items, field) for field in COMPARED}
    return FeatureComparison(
        id=ident,
        items=tuple(items),
        spread={field: spread for field, spread in spreads.items() if spread is not None},
        sources=tuple(item.provenance[0].source for item in items),
        provenance=tuple(said for item in items for said in item.provenance),
    )


def _spread(items: Sequence[AudioFeatures], field: str) -> Spread | None:
    values = [value for item in items if (value := getattr(item, field)) is not None]
    if len(values) < 2:  # noqa: PLR2004  # one alone is not apart from anything
        return None
    return Spread(min=min(values), max=max(values), spread=max(values) - min(values))
