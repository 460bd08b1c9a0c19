"""What Spotify tells a person who has signed in about themselves. Theirs alone: never shared."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response

from api.caller import Person, caller
from api.http.openapi import responses
from api.http.stored_answer import StoredAnswer
from api.paging import Window
from api.problems.errors import NotSignedIn
from api.routes.dependencies import Offset, PeopleDep, PersonalListsDep
from api.schemas.artist import Artist
from api.schemas.lists import Page
from api.schemas.me import Me, Stretch
from api.schemas.playlist import Playlist
from api.schemas.track import Track
from api.sources.spotify.person_tokens import ENDED

Range = Annotated[
    Stretch, Query(alias="range", description="The last four weeks, six months, or year.")
]


async def _signed_in(people: PeopleDep) -> Me:
    """Whoever has signed in in this browser. Raises NotSignedIn."""
    who = caller()
    if not isinstance(who, Person):
        raise NotSignedIn
    me = people.me(who)
    if me is None:
        raise NotSignedIn(ENDED)
    return me


async def _window(
    *,
    limit: Annotated[int, Query(ge=1, le=50, description="How many at most.")] = 20,
    offset: Offset = 0,
) -> Window:
    return Window(limit, offset)


SignedInDep = Annotated[Me, Depends(_signed_in)]
WindowDep = Annotated[Window, Depends(_window)]
router = APIRouter(
    prefix="/v1/me",
    tags=["me"],
    dependencies=[Depends(_signed_in)],
    responses=responses("not-signed-in", "cross-site"),
)


@router.get("", operation_id="get_me", response_model=Me)
async def get_me(me: SignedInDep) -> Response:
    """Who is signed in with Spotify in this browser, and until when Spotify’s consent lasts."""
    headers = {"Cache-Control": "private, no-store"}
    return Response(me.model_dump_json(), 200, headers, "application/json")


@router.get("/playlists", operation_id="get_my_playlists", response_model=Page[Playlist])
async def get_playlists(lists: PersonalListsDep, window: WindowDep) -> Response:
    """The playlists that the person made or follows, private ones included."""
    return StoredAnswer(await lists.playlists(window), known_to_edge=False)


@router.get("/top/artists", operation_id="get_my_top_artists", response_model=Page[Artist])
async def get_top_artists(
    lists: PersonalListsDep, window: WindowDep, stretch: Range = Stretch.MEDIUM
) -> Response:
    """The artists that the person played most, in Spotify’s order."""
    return StoredAnswer(await lists.top_artists(window, stretch), known_to_edge=False)


@router.get("/top/tracks", operation_id="get_my_top_tracks", response_model=Page[Track])
async def get_top_tracks(
    lists: PersonalListsDep, window: WindowDep, stretch: Range = Stretch.MEDIUM
) -> Response:
    """The tracks that the person played most, in Spotify’s order."""
    return StoredAnswer(await lists.top_tracks(window, stretch), known_to_edge=False)
