"""Find things: what a pasted text refers to, and search by name."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from api.http.examples import INVENTED
from api.http.openapi import REFERENCE_PATTERN, responses
from api.http.stored_answer import StoredAnswer
from api.music import ids, references
from api.paging import FURTHEST_HIT, Window
from api.routes.dependencies import CatalogDep, separate
from api.schemas.lists import SearchResults
from api.schemas.reference import Reference
from api.sources.base import Query as SearchQuery
from api.text import one_line

router = APIRouter(prefix="/v1", tags=["lookup"])
TYPES = ("artist", "track", "playlist")
_TYPE = "|".join(TYPES)


@router.get(
    "/resolve",
    operation_id="resolve",
    response_model=Reference,
    responses=responses("bad-reference"),
)
async def resolve(
    request: Request,
    q: Annotated[
        str,
        Query(
            description="A Spotify link, URI or id, an own address or id, or an ISRC; other words "
            "may stand around it.",
            examples=[INVENTED.link],
            json_schema_extra={"pattern": REFERENCE_PATTERN},
        ),
    ],
) -> Reference:
    """What a pasted link, URI, id or ISRC refers to. Nobody is asked and nothing is fetched.

    A text that names exactly one thing refers to it; of one that names several, the answer counts
    them. Short links cannot be read without following them: it says what to paste instead.
    """
    return references.read(q, ours=request.app.state.hosts)


@router.get(
    "/search",
    operation_id="search",
    response_model=SearchResults,
    responses=responses("search-unavailable"),
)
async def search(
    catalog: CatalogDep,
    *,
    q: Annotated[
        str,
        Query(
            pattern=r"[^\s\ufeff\u0000-\u001f\u007f-\u009f]",
            max_length=200,
            description="Words to look for; `isrc:…`, `artist:…` and the like narrow it down.",
            examples=[INVENTED.words],
        ),
    ],
    type: Annotated[  # noqa: A002  # the contract's name
        str,
        Query(pattern=f"^({_TYPE})(,({_TYPE}))*$", description="Kinds of thing, by commas."),
    ] = ",".join(TYPES),
    limit: Annotated[int, Query(ge=1, le=10, description="How many of each kind.")] = 10,
    offset: Annotated[int, Query(ge=0, le=FURTHEST_HIT, description="How many to skip.")] = 0,
) -> Response:
    """Artists, tracks and playlists by name, from every source that can search.

    `artists`, `tracks` and `playlists` are those of the first that answered; `by_source` has all.
    """
    kinds = tuple(kind for kind in TYPES if kind in separate(type))
    isrc = ids.normalise_isrc(q)  # sources know it by its filter, and without its hyphens
    words = f"isrc:{isrc}" if isrc else one_line(q)
    served = await catalog.search(SearchQuery(words, kinds, Window(limit, offset)))
    return StoredAnswer(served, known_to_edge=False)  # own files may fit better any moment
