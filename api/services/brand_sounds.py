"""What brands are measured with: the sound of tracks, asked of whoever knows it."""

from __future__ import annotations

from collections.abc import Sequence

from api.problems.errors import ApiError, InvalidRequest, StillWorking, TryLater
from api.schemas.brands import Brand, BrandDistance, MadeFrom, Targets
from api.schemas.features import AudioFeatures
from api.schemas.problem import InvalidPart
from api.services.batch import Outcome, by_text
from api.services.brand_distance import Aim, measure, spanned
from api.services.catalog import Catalog
from api.services.features import Features

_NO_SOUND = "{}: {}"
_HINT = (
    "Choose another song, or have your own file of this one heard here. No brand was made of the "
    "others."
)


class BrandSounds:
    """Ranges from songs, and how far tracks are from brands. Raises ApiError."""

    def __init__(self, features: Features, catalog: Catalog) -> None:
        self._features = features
        self._catalog = catalog

    async def distance(self, brand: Brand, track: str) -> BrandDistance:
        """By the numbers of the first source that can."""
        served = await self._features.of(track)
        return measure(brand, AudioFeatures.model_validate_json(served.entry.body))

    async def distances(
        self, aim: Aim, tracks: Sequence[str]
    ) -> list[tuple[str, BrandDistance | ApiError]]:
        """The same of several, in the order asked, each with its own problem; nothing is raised."""
        outcomes = await by_text(tracks, self._features.of_many)
        return [
            (text, one if isinstance(one, ApiError) else measure(aim, _read(one)))
            for text, one in outcomes
        ]

    async def spanned(self, songs: Sequence[str]) -> tuple[Targets, tuple[MadeFrom, ...]]:
        """The ranges that these songs span, and who described each.

        Raises TryLater where a song may be told of later, InvalidRequest where one cannot.
        """
        outcomes = await self._features.of_many(songs)
        for outcome in outcomes:
            if isinstance(outcome, TryLater):
                raise outcome
        refused = [
            InvalidPart(pointer=f"body/from/{at}", detail=await self._why(song, outcome))
            for at, (song, outcome) in enumerate(zip(songs, outcomes, strict=True))
            if isinstance(outcome, ApiError)
        ]
        if refused:
            raise InvalidRequest(tuple(refused), hint=_HINT)
        heard = dict(zip(songs, outcomes, strict=True))
        return spanned([_read(outcome) for outcome in heard.values()])

    async def _why(self, song: str, problem: ApiError) -> str:
        """Why a song has no numbers, under the name it is known by."""
        known = await self._catalog.known_track(song)
        name = f"“{known.name}”" if known else song
        if isinstance(problem, StillWorking):
            return f"{name} is still being analysed; make the brand once that is done."
        return _NO_SOUND.format(name, problem.detail)


def _read(outcome: Outcome) -> AudioFeatures:
    assert not isinstance(outcome, ApiError)  # noqa: S101  # those have been refused
    return AudioFeatures.model_validate_json(outcome.entry.body)
