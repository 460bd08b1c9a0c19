"""ReccoBeats as a source: many ids in a call, and each row of the answer goes by its own `href`."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from types import MappingProxyType
from typing import Generic, TypeVar

from api.cache.entry import Fetched
from api.music.ids import is_id, is_isrc, normalise_isrc
from api.problems.refusals import Garbled, SourceError, Unknown, again
from api.schemas.features import AudioFeatures
from api.schemas.identity import How, IdScheme
from api.schemas.provenance import Capability, SourceName
from api.schemas.reference import Kind
from api.schemas.track import Track
from api.sources.base import BY_SPOTIFY_IDS, Link
from api.sources.open_access import OpenClient, OpenSource, check_told
from api.sources.reccobeats import normalise, texts
from api.sources.reccobeats.wire import Rows, WireRow, WireTrackRow, WireTrackSound
from api.sources.resource import Origin
from api.sources.same_recording import Comparable, NumberedRecording, agreement
from api.sources.upstream.client import UpstreamRequest
from api.sources.wire import UNREADABLE, Unreadable, readable

NAME = SourceName.RECCOBEATS
MOST_AT_ONCE = 40
FEATURES = UpstreamRequest("/audio-features", family="features")
TRACKS = UpstreamRequest("/track", family="tracks")
REQUESTS = {Capability.TRACK: TRACKS, Capability.FEATURES: FEATURES}
R = TypeVar("R", bound=WireRow)
V = TypeVar("V")


class ReccoBeatsSource(OpenSource[OpenClient]):
    """What ReccoBeats tells of tracks, by Spotify's ids. Raises SourceError."""

    name = NAME
    asked_by = BY_SPOTIFY_IDS
    links_at_once = MOST_AT_ONCE
    features_at_once = MOST_AT_ONCE
    links_from: Mapping[Kind, Mapping[IdScheme, frozenset[IdScheme]]] = MappingProxyType(
        {
            Kind.TRACK: {
                IdScheme.SPOTIFY: frozenset({IdScheme.ISRC}),
                IdScheme.ISRC: frozenset({IdScheme.SPOTIFY}),
            }
        }
    )

    async def track(self, ident: str, *, market: str | None, known: str | None) -> Fetched[Track]:  # noqa: ARG002
        """The track, without its album."""
        return _one(ident, await self.tracks([ident], market=market), texts.UNKNOWN_TRACK)

    async def tracks(
        self,
        idents: Sequence[str],
        *,
        market: str | None,  # noqa: ARG002
    ) -> Mapping[str, Fetched[Track] | Garbled]:
        """Several tracks, forty in a call."""

        async def part(idents: Sequence[str]) -> dict[str, Fetched[Track] | Garbled]:
            rows = await self._rows(TRACKS, Rows[WireTrackRow], idents)
            known, refused = _joined(idents, rows)
            return {**self._reader.each(known, normalise.track), **refused}

        return await _in_parts(idents, part)

    async def features(self, ident: str, *, known: str | None) -> Fetched[AudioFeatures]:  # noqa: ARG002
        """The audio features."""
        return _one(ident, await self.features_of([ident]), texts.UNKNOWN_SOUND)

    async def features_of(
        self, idents: Sequence[str]
    ) -> Mapping[str, Fetched[AudioFeatures] | Garbled]:
        """Several tracks' features, forty in a call."""

        async def part(idents: Sequence[str]) -> dict[str, Fetched[AudioFeatures] | Garbled]:
            known, refused = _joined(
                idents, await self._rows(FEATURES, Rows[WireTrackSound], idents)
            )
            return {**self._reader.each(known, normalise.features), **refused}

        return await _in_parts(idents, part)

    async def features_by_isrc(self, isrc: str, like: Comparable | None) -> Fetched[AudioFeatures]:
        """The features of a recording, under the id of the Spotify track that has them there.

        One number may stand for several tracks, and some numbers are wrong: title, artist and
        length have to fit what is known of the track, as far as both tell them. Raises Unknown
        where nothing fits, and where nothing is known and the tracks are not alike.
        """
        found = (await self._by_numbers({isrc: (isrc, like)}))[isrc]
        if isinstance(found, SourceError):
            raise found
        return found

    async def features_by_isrcs(
        self, recordings: Mapping[str, NumberedRecording]
    ) -> dict[str, Fetched[AudioFeatures] | SourceError]:
        """The same of many, forty in a call; a call that fails costs those it asked about."""
        return await self._by_numbers({key: (one.isrc, one) for key, one in recordings.items()})

    async def _by_numbers(
        self, wanted: Mapping[str, tuple[str, Comparable | None]]
    ) -> dict[str, Fetched[AudioFeatures] | SourceError]:
        numbers = {key: normalise_isrc(isrc) for key, (isrc, _) in wanted.items()}
        answers: dict[str, Fetched[AudioFeatures] | SourceError] = {}
        fitting: dict[str, list[tuple[Track, tuple[str, ...]]]] = {}
        told = await self._told(TRACKS, Rows[WireTrackRow], filter(None, numbers.values()))
        for key, number in numbers.items():
            try:
                if number is None:
                    raise Unknown(NAME, texts.NO_ISRC)
                fitting[key] = _fitting(self._of_number(number, told), wanted[key][1])
            except SourceError as refusal:
                answers[key] = refusal
        idents = [track.id for fit in fitting.values() for track, _ in fit[:MOST_AT_ONCE]]
        sounds = await self._told(FEATURES, Rows[WireTrackSound], idents)
        for key, fit in fitting.items():
            answers[key] = self._first_heard(numbers[key] or "", fit, sounds)
        return answers

    async def _told(
        self, request: UpstreamRequest, model: type[Rows[R]], idents: Iterable[str]
    ) -> dict[str, _Told[R]]:
        """By id or number, what the call brought that asked about it, or why it brought none."""
        parts = _parts(tuple(dict.fromkeys(idents)))

        async def told(part: tuple[str, ...]) -> _Told[R]:
            try:
                return _Told(part, await self._rows(request, model, part))
            except SourceError as refusal:
                return _Told(part, (), refusal)

        answers = await asyncio.gather(*map(told, parts))
        return {ident: answer for answer in answers for ident in answer.asked}

    def _of_number(self, number: str, told: Mapping[str, _Told[WireTrackRow]]) -> tuple[Track, ...]:
        """The tracks that have this number. Raises SourceError where there is none."""
        answer = told[number]
        if answer.refusal is not None:
            raise again(answer.refusal)
        tracks = self._reader.made(lambda origin: _with_isrc(number, answer.rows, origin))
        if not tracks:
            strange = any(_number_of(row) not in answer.asked for row in answer.rows)
            raise Garbled(NAME, texts.ELSE) if strange else Unknown(NAME, texts.UNKNOWN_ISRC)
        return tracks

    def _first_heard(
        self,
        number: str,
        fitting: Sequence[tuple[Track, tuple[str, ...]]],
        sounds: Mapping[str, _Told[WireTrackSound]],
    ) -> Fetched[AudioFeatures] | SourceError:
        """The features of the first that has any, or why none has."""
        refusal: SourceError = Unknown(NAME, texts.UNKNOWN_SOUND)
        for track, agrees in fitting[:MOST_AT_ONCE]:
            answer = sounds[track.id]
            if answer.refusal is not None:
                return again(answer.refusal)
            known, refused = answer.joined
            if track.id in known:
                detail = normalise.by_isrc(number, track.id, agrees)
                make = partial(normalise.features, known[track.id], track.id, detail=detail)
                return Fetched(self._reader.made(make))
            refusal = refused.get(track.id, refusal)
        return refusal

    async def links(
        self, kind: Kind, scheme: IdScheme, idents: Sequence[str]
    ) -> Mapping[str, tuple[Link, ...]]:
        """The recordings' numbers (ISRC) of tracks, and the tracks of recordings."""
        if kind is not Kind.TRACK:
            return {}
        if scheme is IdScheme.SPOTIFY:
            return await self._isrcs_of(_askable(idents))
        return await self._tracks_with(idents) if scheme is IdScheme.ISRC else {}

    async def _isrcs_of(self, asked: tuple[str, ...]) -> dict[str, tuple[Link, ...]]:
        rows = await self._rows(TRACKS, Rows[WireTrackRow], asked) if asked else ()
        links: dict[str, tuple[Link, ...]] = {}
        for row in readable(rows):
            number = normalise_isrc(row.isrc or "")
            if row.track_id in asked:
                said = (Link(IdScheme.ISRC, number),) if number else ()
                links[row.track_id] = tuple(dict.fromkeys((*links.get(row.track_id, ()), *said)))
        for refusal in _unread(asked, rows, links.keys()).values():
            raise refusal
        return links

    async def _tracks_with(self, isrcs: Sequence[str]) -> dict[str, tuple[Link, ...]]:
        asked = [isrc for isrc in isrcs if is_isrc(isrc)]
        rows = await self._rows(TRACKS, Rows[WireTrackRow], asked) if asked else ()
        links: dict[str, tuple[Link, ...]] = {}
        for row in readable(rows):
            number = normalise_isrc(row.isrc or "")
            if number is not None and number in asked and row.track_id is not None:
                said = Link(IdScheme.SPOTIFY, row.track_id, How.BY_ISRC)
                links[number] = tuple(dict.fromkeys((*links.get(number, ()), said)))
        is_odd = len(readable(rows)) < len(rows)
        check_told(NAME, asked, links, rows=len(rows), is_odd=is_odd)
        return links

    async def _rows(
        self, request: UpstreamRequest, model: type[Rows[R]], idents: Sequence[str]
    ) -> tuple[R | Unreadable, ...]:
        """What one call brings about these ids, in any order; nothing where it knows none."""
        try:
            reply = await self._client.get(replace(request, params={"ids": ",".join(idents)}))
        except Unknown:
            return ()
        return (await self._reader.read(reply, model, None)).content


@dataclass(frozen=True)
class _Told(Generic[R]):
    """What one call brought about those it asked for, or why it brought nothing."""

    asked: tuple[str, ...]
    rows: tuple[R | Unreadable, ...]
    refusal: SourceError | None = None

    @cached_property
    def joined(self) -> tuple[dict[str, R], dict[str, Garbled]]:
        """Once for all who were asked about together."""
        return _joined(self.asked, self.rows)


def _number_of(row: WireTrackRow | Unreadable) -> str | None:
    if isinstance(row, Unreadable) or row.track_id is None:
        return None
    return normalise_isrc(row.isrc or "")


def _one(ident: str, answer: Mapping[str, Fetched[V] | Garbled], unknown: str) -> Fetched[V]:
    """The only value that was asked for. Raises Garbled and Unknown."""
    if not is_id(ident):
        raise Unknown(NAME, texts.NO_ID)
    if ident not in answer:
        raise Unknown(NAME, unknown)
    one = answer[ident]
    if isinstance(one, Garbled):
        raise one
    return one


def _askable(idents: Sequence[str]) -> tuple[str, ...]:
    return tuple(ident for ident in dict.fromkeys(idents) if is_id(ident))


def _parts(idents: tuple[str, ...]) -> list[tuple[str, ...]]:
    """As many as one call takes, each."""
    return [idents[at : at + MOST_AT_ONCE] for at in range(0, len(idents), MOST_AT_ONCE)]


async def _in_parts(
    idents: Sequence[str],
    ask: Callable[[Sequence[str]], Awaitable[dict[str, Fetched[V] | Garbled]]],
) -> dict[str, Fetched[V] | Garbled]:
    """All answers; a call that fails costs its own ids, unless all do. Raises SourceError."""
    parts = _parts(_askable(idents))
    failures: list[SourceError] = []

    async def part(idents: Sequence[str]) -> dict[str, Fetched[V] | Garbled]:
        try:
            return await ask(idents)
        except SourceError as error:
            failures.append(error)
            lost = Garbled(NAME, error.detail, status=error.status, retry_at=error.retry_at)
            return dict.fromkeys(idents, lost)

    answers = await asyncio.gather(*map(part, parts))
    if failures and len(failures) == len(parts):
        raise failures[0]
    return {ident: one for answer in answers for ident, one in answer.items()}


def _joined(
    idents: Sequence[str], rows: Sequence[R | Unreadable]
) -> tuple[dict[str, R], dict[str, Garbled]]:
    """The row of each id, by the page it names, and the ids of which nothing can be believed."""
    known: dict[str, R] = {}
    contradicted: dict[str, Garbled] = {}
    for row in readable(rows):
        ident = row.track_id
        if ident is None or ident not in idents or row.says_nothing():
            continue
        if not row.says_as(known.setdefault(ident, row)):
            contradicted[ident] = Garbled(NAME, texts.CONTRADICTS)
    unread = _unread(idents, rows, known)
    agreed = {ident: row for ident, row in known.items() if ident not in contradicted}
    return agreed, {**unread, **contradicted}


def _unread(
    idents: Sequence[str], rows: Sequence[R | Unreadable], known: Collection[str]
) -> dict[str, Garbled]:
    """The ids of which no row tells, where other rows do not say whom they are about.

    A list that leaves an id out and has nothing else in it says that the id is not known there.
    """
    others = [row for row in rows if isinstance(row, Unreadable) or row.track_id not in known]
    words = texts.UNREADABLE if UNREADABLE in others else texts.ELSE
    missing = [ident for ident in idents if ident not in known] if others else []
    return {ident: Garbled(NAME, words) for ident in missing}


def _with_isrc(
    number: str, rows: Sequence[WireTrackRow | Unreadable], origin: Origin
) -> tuple[Track, ...]:
    """The tracks that say that this is their number, and which tracks of Spotify's they are."""
    found = {
        row.track_id: row
        for row in readable(rows)
        if row.track_id is not None and _number_of(row) == number
    }
    return tuple(normalise.track(row, ident, origin) for ident, row in found.items())


def _fitting(
    tracks: Sequence[Track], like: Comparable | None
) -> list[tuple[Track, tuple[str, ...]]]:
    """Those that can be the recording, nearest in length first, and in what they agree with it.

    Raises Unknown.
    """
    model: Comparable = tracks[0] if like is None else like
    compared = [(track, agreement(track, model)) for track in tracks]
    fitting = [(track, agrees) for track, agrees in compared if agrees is not None]
    if like is None:
        if len(fitting) < len(tracks):
            raise Unknown(NAME, texts.SEVERAL)
        return [(track, ()) for track, _ in fitting]
    if not fitting:
        raise Unknown(NAME, texts.NONE_FITS)
    return sorted(fitting, key=lambda pair: (_apart_ms(pair[0], like), pair[0].id))


def _apart_ms(one: Track, other: Comparable) -> float:
    if one.duration_ms is None or other.duration_ms is None:
        return math.inf
    return abs(one.duration_ms - other.duration_ms)
