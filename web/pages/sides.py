"""The sides of a comparison, asked about.

All songs are asked about in one call for their names and one for their numbers. One source speaks
for all sides where one can; where none has all of them, each side says who speaks for it.
"""

from __future__ import annotations

import asyncio
from asyncio import Task
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from pydantic import BaseModel

from api.schemas.analysis import AudioAnalysis
from api.schemas.artist import Image
from api.schemas.features import AudioFeatures
from api.schemas.lists import Batch
from api.schemas.playlist import Playlist, PlaylistProfile
from api.schemas.provenance import SourceName
from api.schemas.track import Track, TrackList
from web.client import ApiCall, ApiProblem, ApiResponse, JobPending
from web.pages.jobs import job_path
from web.pages.side_names import NamedSide, SideKind
from web.request import PageRequest
from web.text import formatting
from web.text.labels import NAMELESS
from web.text.provenance import trouble
from web.text.sounds import SideSound, of_brand, of_list, of_song, of_songs

NOT_FOUND = 404
OWN_BASIS = "earprint-v1"  # our analyser’s, whose confidences mean what they say

M = TypeVar("M", bound=BaseModel)
Answers = Mapping[str, ApiResponse[M] | ApiProblem]


@dataclass(frozen=True, slots=True)
class Side:
    """One side. `note`: why it has no numbers; `way_on`: what helps then, its address and words.

    `artist`: whose song it is, as far as that has an id; `songs`: an artist’s that were heard;
    `url`: where it is at its source.
    """

    named: NamedSide
    name: str
    about: str
    picture: Image | None
    sound: SideSound | None = None
    note: str | None = None
    way_on: tuple[str, str] | None = None
    artist: str | None = None
    songs: tuple[str, ...] = ()
    call: ApiCall | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True)
class _Songs:
    """The songs among the sides, being asked about."""

    tracks: Task[Answers[Track]]
    features: Task[Answers[AudioFeatures]]


async def ask(request: PageRequest, named: Sequence[NamedSide]) -> tuple[Side | ApiProblem, ...]:
    """All that is known of each, by one source if one knows all; or why there is no such side."""
    idents = [one.ident for one in named if one.kind is SideKind.SONG]
    client = request.client
    async with asyncio.TaskGroup() as group:
        songs = _Songs(
            group.create_task(answers_of(client.tracks_of, idents)),
            group.create_task(answers_of(client.features_of, idents)),
        )
        asked = [group.create_task(_tried(_side(request, one, songs))) for one in named]
    return await _by_one_source(request, [one.result() for one in asked])


async def answers_of(
    ask: Callable[[Sequence[str]], Awaitable[ApiResponse[Batch[M]]]], idents: Sequence[str]
) -> Answers[M]:
    """An answer or a problem for each id."""
    if not idents:
        return {}
    try:
        answer = await ask(idents)
    except ApiProblem as problem:
        return dict.fromkeys(idents, problem)
    found: dict[str, ApiResponse[M] | ApiProblem] = {}
    for item in answer.value.items:
        if item.value is not None:
            found[item.id] = ApiResponse(item.value, answer.call)
        elif item.problem is not None:
            found[item.id] = ApiProblem(item.problem, answer.call)
    return found


async def _tried(one: Awaitable[Side]) -> Side | ApiProblem:
    try:
        return await one
    except ApiProblem as problem:
        return problem


async def _side(request: PageRequest, named: NamedSide, songs: _Songs) -> Side:
    if named.kind is SideKind.ARTIST:
        return await _artist(request, named)
    if named.kind is SideKind.LIST:
        return await _list(request, named)
    if named.kind is SideKind.BRAND:
        return await _brand(request, named)
    try:
        return await _song(request, named, songs)
    except ApiProblem as problem:
        if not named.bare or problem.problem.status != NOT_FOUND:
            raise
        return await _of_another_kind(request, named, problem)


async def _of_another_kind(request: PageRequest, named: NamedSide, problem: ApiProblem) -> Side:
    """The artist or list of a bare id that is no song’s. Raises the problem with the song."""
    artist, listed = (replace(named, kind=kind) for kind in (SideKind.ARTIST, SideKind.LIST))
    found = await asyncio.gather(_tried(_artist(request, artist)), _tried(_list(request, listed)))
    side = next((one for one in found if isinstance(one, Side)), None)
    if side is None:
        raise problem
    return side


async def _song(request: PageRequest, named: NamedSide, songs: _Songs) -> Side:
    analysis = await _tried_quietly(request.client.analysis(named.ident, "track"))
    told = (await songs.tracks).get(named.ident)
    if isinstance(told, ApiProblem):
        raise told
    track = None if told is None else told.value
    side = Side(
        named=named,
        name=named.ident if track is None else track.name or NAMELESS,
        about="" if track is None else formatting.listed([each.name for each in track.artists]),
        picture=request.site.picture(track.album.images if track and track.album else ()),
        artist=next((each.id for each in track.artists if each.id), None) if track else None,
        url=None if track is None else track.url,
    )
    told_of_sound = (await songs.features).get(named.ident)
    return _sounding(request, side, told_of_sound, analysis=analysis)


def _sounding(
    request: PageRequest,
    side: Side,
    told: ApiResponse[AudioFeatures] | ApiProblem | None,
    *,
    analysis: AudioAnalysis | None = None,
) -> Side:
    """The song with its numbers, or with why it has none."""
    if isinstance(told, ApiProblem):
        return _without(request, side, told, path=f"/v1/tracks/{side.named.ident}/features")
    if told is None:
        return replace(side, note="No source here has numbers for it.")
    features = told.value
    ours = analysis and analysis.timbre_basis == OWN_BASIS and _first(analysis) is _first(features)
    sound = of_song(features, analysis.track if analysis and ours else None)
    return replace(side, sound=sound, call=told.call)


def _first(said: AudioAnalysis | AudioFeatures) -> SourceName | None:
    return next((each.source for each in said.provenance), None)


async def _artist(request: PageRequest, named: NamedSide) -> Side:
    client = request.client
    answer, tops = await asyncio.gather(
        client.artist(named.ident), _tried_quietly(client.top_tracks(named.ident))
    )
    side = Side(
        named=named,
        name=answer.value.name or NAMELESS,
        about="artist",
        picture=request.site.picture(answer.value.images),
        artist=named.ident,
        songs=_idents(tops),
        url=answer.value.url,
    )
    heard = await _average(request, side)
    return heard or replace(side, note="No source here has numbers for songs by this artist.")


def _idents(tops: TrackList | None) -> tuple[str, ...]:
    return tuple(track.id for track in tops.items) if tops else ()


async def _average(
    request: PageRequest, side: Side, source: SourceName | None = None
) -> Side | None:
    """The artist with the average of the top tracks; None where nobody has a number for any."""
    answers = await answers_of(
        lambda idents: request.client.features_of(idents, source), side.songs
    )
    found = [one for one in answers.values() if not isinstance(one, ApiProblem)]
    sound = of_songs([one.value for one in found], len(side.songs))
    return replace(side, sound=sound, call=found[0].call) if sound else None


async def _list(request: PageRequest, named: NamedSide) -> Side:
    client = request.client
    answer, profile = await asyncio.gather(
        client.playlist(named.ident), _profile(client.playlist_profile(named.ident))
    )
    found: Playlist = answer.value
    side = Side(
        named=named,
        name=found.name or NAMELESS,
        about="playlist" if found.owner.name is None else f"playlist by {found.owner.name}",
        picture=request.site.picture(found.images),
        url=found.url,
    )
    if isinstance(profile, JobPending):
        note = f"It is being read, {profile.job.percent:.0f} % so far. Come back in a moment."
        return replace(side, note=note, way_on=(job_path(profile.job), "Watch it being read"))
    if isinstance(profile, ApiProblem):
        return _without(request, side, profile, path=profile.call.path)
    return replace(side, sound=of_list(profile.value), call=profile.call)


async def _brand(request: PageRequest, named: NamedSide) -> Side:
    answer = await request.client.brands.one(named.ident)
    brand = answer.value
    return Side(
        named=named,
        name=brand.name,
        about="what you aim at",
        picture=None,
        sound=of_brand(brand),
        call=answer.call,
    )


async def _profile(
    answer: Awaitable[ApiResponse[PlaylistProfile]],
) -> ApiResponse[PlaylistProfile] | JobPending | ApiProblem:
    try:
        return await answer
    except (ApiProblem, JobPending) as none:
        return none


async def _tried_quietly(answer: Awaitable[ApiResponse[M]]) -> M | None:
    """What is welcome where it is known, and not missed where it is not."""
    try:
        return (await answer).value
    except (ApiProblem, JobPending):
        return None


def _without(request: PageRequest, side: Side, problem: ApiProblem, *, path: str) -> Side:
    """The side with the reason why it has no numbers, and what helps."""
    told = trouble(
        ApiProblem(problem.problem, replace(problem.call, path=path), problem.retry_after),
        request.base,
    )
    return replace(side, note=" ".join(filter(None, (told.detail, told.again))), way_on=told.way_on)


async def _by_one_source(
    request: PageRequest, found: Sequence[Side | ApiProblem]
) -> tuple[Side | ApiProblem, ...]:
    """All by one of the sources that have answered, if one of them knows all; else as they are."""
    heard = [one for one in found if isinstance(one, Side) and one.sound]
    speakers = Counter(side.sound.source for side in heard if side.sound and side.sound.source)
    if len(speakers) > 1:
        for source, _ in speakers.most_common():
            again = await asyncio.gather(*(_said_by(request, one, source) for one in found))
            if all(again):
                return tuple(one for one in again if one)
    return tuple(found)


async def _said_by(
    request: PageRequest, side: Side | ApiProblem, source: SourceName
) -> Side | ApiProblem | None:
    """The same side by this source; None where it does not know it. No list is read twice."""
    if isinstance(side, ApiProblem) or not side.sound or side.sound.source in {source, None}:
        return side
    if side.named.kind is SideKind.ARTIST:
        return await _average(request, side, source)
    if side.named.kind is not SideKind.SONG:
        return None
    try:
        told = await request.client.features(side.named.ident, source)
    except (ApiProblem, JobPending):
        return None
    return _sounding(request, side, told)
