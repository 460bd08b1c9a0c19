"""What routes are given: the one service they use, parsed ids, and a refusal of what is unknown.

All are `async def` although none waits: FastAPI runs a plain function in a thread, per request.
"""

from __future__ import annotations

from collections import Counter
from typing import Annotated, Any, TypeVar

from fastapi import Depends, Path, Query, Request
from fastapi.dependencies.utils import get_flat_params
from fastapi.params import Query as QueryParam
from pydantic import AfterValidator

from api.http.examples import INVENTED, OWN
from api.http.upload_slots import UploadLimits
from api.library.analyses import OwnAnalyses
from api.library.brands import OwnBrands
from api.library.collections import OwnCollections
from api.library.demo import DemoLabel
from api.library.tracks import OwnTracks
from api.library.uploads import Uploads
from api.music import ids, references
from api.music.markets import MARKETS, market
from api.paging import FURTHEST
from api.problems.errors import InvalidRequest
from api.schemas.problem import InvalidPart
from api.schemas.provenance import SourceName
from api.schemas.reference import Kind
from api.services.analysis import Analyses
from api.services.brand_sounds import BrandSounds
from api.services.catalog import Catalog
from api.services.features import Features
from api.services.identity import Identities
from api.services.jobs import AllJobs
from api.services.nearest import Nearest
from api.services.personal import PersonalLists
from api.services.playlists import Playlists
from api.services.profile import Profiles
from api.services.readiness import Readiness
from api.services.related import Related
from api.services.worksheets import OwnWorksheets
from api.settings import Settings
from api.sign_in.flow import SignIn
from api.sign_in.people import People
from api.sources.registry import Registry

Service = TypeVar("Service")


def _service(kind: type[Service]) -> Any:  # noqa: ANN401  # as FastAPI's Depends
    """The one service of this kind that the wiring has put on the app."""

    async def given(request: Request) -> Service:
        service: Service = request.app.state.services[kind]
        return service

    return Depends(given)


AnalysesDep = Annotated[Analyses, _service(Analyses)]
BrandsDep = Annotated[OwnBrands, _service(OwnBrands)]
BrandSoundsDep = Annotated[BrandSounds, _service(BrandSounds)]
CatalogDep = Annotated[Catalog, _service(Catalog)]
CollectionsDep = Annotated[OwnCollections, _service(OwnCollections)]
DemoLabelDep = Annotated[DemoLabel, _service(DemoLabel)]
FeaturesDep = Annotated[Features, _service(Features)]
IdentitiesDep = Annotated[Identities, _service(Identities)]
JobsDep = Annotated[AllJobs, _service(AllJobs)]
NearestDep = Annotated[Nearest, _service(Nearest)]
OwnAnalysesDep = Annotated[OwnAnalyses, _service(OwnAnalyses)]
OwnTracksDep = Annotated[OwnTracks, _service(OwnTracks)]
PeopleDep = Annotated[People, _service(People)]
PersonalListsDep = Annotated[PersonalLists, _service(PersonalLists)]
PlaylistsDep = Annotated[Playlists, _service(Playlists)]
ProfilesDep = Annotated[Profiles, _service(Profiles)]
ReadinessDep = Annotated[Readiness, _service(Readiness)]
RelatedDep = Annotated[Related, _service(Related)]
SettingsDep = Annotated[Settings, _service(Settings)]
SignInDep = Annotated[SignIn, _service(SignIn)]
SourcesDep = Annotated[Registry, _service(Registry)]
UploadLimitsDep = Annotated[UploadLimits, _service(UploadLimits)]
UploadsDep = Annotated[Uploads, _service(Uploads)]
WorksheetsDep = Annotated[OwnWorksheets, _service(OwnWorksheets)]


def _id_in_path(kind: Kind, example: str) -> Any:  # noqa: ANN401  # as FastAPI's Path
    return Path(
        description=f"The {kind}’s id (22 letters and digits), or its spotify:{kind}:… URI.",
        examples=[example],
        json_schema_extra={"pattern": f"^(spotify:{kind}:|{ids.OWN_PREFIX}|){ids.id_pattern()}$"},
    )


async def _artist_id(
    artist_id: Annotated[str, _id_in_path(Kind.ARTIST, INVENTED.artist_id)],
) -> str:
    return references.path_id(artist_id, Kind.ARTIST)


async def _track_id(
    track_id: Annotated[str, _id_in_path(Kind.TRACK, INVENTED.track_id)],
) -> str:
    return references.path_id(track_id, Kind.TRACK)


async def _track_of_query(
    track: Annotated[
        str,
        Query(
            description="The track’s id, own or Spotify’s, or its spotify:track:… URI.",
            examples=[INVENTED.other_track_id],
            json_schema_extra={
                "pattern": f"^(spotify:track:|{ids.OWN_PREFIX}|){ids.id_pattern()}$"
            },
        ),
    ],
) -> str:
    return references.path_id(track, Kind.TRACK)


async def _playlist_id(
    playlist_id: Annotated[str, _id_in_path(Kind.PLAYLIST, INVENTED.playlist_id)],
) -> str:
    return references.path_id(playlist_id, Kind.PLAYLIST)


async def _collection_id(
    collection_id: Annotated[str, _id_in_path(Kind.PLAYLIST, OWN.playlist_id)],
) -> str:
    return references.path_id(collection_id, Kind.PLAYLIST)


ArtistId = Annotated[str, Depends(_artist_id)]
TrackId = Annotated[str, Depends(_track_id)]
TrackOfQuery = Annotated[str, Depends(_track_of_query)]
PlaylistId = Annotated[str, Depends(_playlist_id)]
CollectionId = Annotated[str, Depends(_collection_id)]
Market = Annotated[
    Annotated[str, AfterValidator(market)] | None,
    Query(
        description="A country as two capital letters; says what can be played there.",
        examples=["GB"],
        json_schema_extra={"pattern": f"^({'|'.join(MARKETS)})$"},
    ),
]
Offset = Annotated[int, Query(ge=0, le=FURTHEST, description="How many to skip.")]
OnlySource = Annotated[
    SourceName | None,
    Query(description="Ask this source alone; without it, the first that can answers."),
]


async def known_query(request: Request) -> None:
    """Refuse parameters that the route does not have, or that are given twice."""
    route = request.scope["route"]
    known = {
        field.alias
        for field in get_flat_params(route.dependant)
        if isinstance(field.field_info, QueryParam)
    }
    counts = Counter(name for name, _ in request.query_params.multi_items())
    errors = tuple(
        InvalidPart(pointer=f"query/{name}", detail=_complaint(name, known))
        for name, count in counts.items()
        if name not in known or count > 1
    )
    if errors:
        raise InvalidRequest(errors)


def _complaint(name: str, known: set[str]) -> str:
    if name in known:
        return "This parameter is given more than once."
    if not known:
        return "There is no such parameter; this address takes none."
    return f"There is no such parameter; known are {', '.join(sorted(known))}."


def separate(text: str) -> list[str]:
    """The parts of a comma list, spaces trimmed."""
    return [part.strip() for part in text.split(",") if part.strip()]
