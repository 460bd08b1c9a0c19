"""Who is whom: under which id another source knows an artist or track, and who says so.

Nobody is joined silently. What sources state is kept with its source; where they contradict one
another, the id that most of them state is taken and said to be ambiguous, and where none has the
most, none is taken. What a person has set always wins.
"""

from __future__ import annotations

import asyncio
import json
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from api.cache.singleflight import SingleFlight
from api.caller import caller
from api.clock import Clock, moment
from api.db.identities import IdentityTables
from api.db.library import LibraryTables
from api.db.models import IdentityAnswerRow, IdentityCorrectionRow, LibraryTrackRow
from api.music.ids import OWN_PREFIX
from api.problems.refusals import Limited, SourceError, Unknown, Unreachable
from api.schemas.identity import How, Identity, IdentityLink, IdScheme
from api.schemas.provenance import SOURCE_TITLES, SourceName
from api.schemas.reference import Kind
from api.schemas.track import Track
from api.sources.base import Link, LinkSource
from api.sources.registry import Registry
from api.sources.same_recording import agreement

HOUR_S, DAY_S = 3_600.0, 86_400.0
FOUND_FOR_S, NONE_FOR_S = 30 * DAY_S, DAY_S
SHARE_S = 1.5  # of a request, for all that are asked side by side
LONGER_S = 0.4  # for the others’ word on it, once one has stated a link
TITLES = {
    IdScheme.SPOTIFY: "Spotify",
    IdScheme.MBID: "MusicBrainz",
    IdScheme.WIKIDATA: "Wikidata",
    IdScheme.DEEZER: "Deezer",
    IdScheme.ISRC: "recording’s (ISRC)",
    IdScheme.OWN: "own",
}
PAGES = {
    (IdScheme.SPOTIFY, Kind.ARTIST): "https://open.spotify.com/artist/{}",
    (IdScheme.SPOTIFY, Kind.TRACK): "https://open.spotify.com/track/{}",
    (IdScheme.MBID, Kind.ARTIST): "https://musicbrainz.org/artist/{}",
    (IdScheme.MBID, Kind.TRACK): "https://musicbrainz.org/recording/{}",
    (IdScheme.WIKIDATA, Kind.ARTIST): "https://www.wikidata.org/wiki/{}",
    (IdScheme.WIKIDATA, Kind.TRACK): "https://www.wikidata.org/wiki/{}",
    (IdScheme.DEEZER, Kind.ARTIST): "https://www.deezer.com/artist/{}",
    (IdScheme.DEEZER, Kind.TRACK): "https://www.deezer.com/track/{}",
    (IdScheme.ISRC, Kind.TRACK): "https://isrcsearch.ifpi.org/?isrcCode={}",
}
USER: Literal["user"] = "user"
_LATE = "It did not answer in time."
_NONE = "Nobody who could be asked knows its {} id, by which this source is asked."
_SET_NONE = "Somebody has set here that none of the {} ids known for it is right."
_SEVERAL = (
    "Several {} ids are stated for it, none by more sources than another: {}. "
    "Set the right one at /v1/identities."
)
_LATER = "Its {} id, by which this source is asked, could not be looked up: {}"
_BY = "Found by its {} id {}, which {} states."
_BY_SEVERAL = "Found by its {} id {}, which {} state."
_BY_USER = "Found by its {} id {}, which was set by hand here."
_AMBIGUOUS = " Other ids are stated for it, too ({}), so it may be somebody else."


class NativeId(NamedTuple):
    """The id by which a source knows a thing, and how that was found out, in words."""

    ident: str
    says: str | None = None


class SpotifyIds(NamedTuple):
    """Ids at Spotify by those elsewhere, and who could not be asked for more of them."""

    by_ident: dict[str, str]
    failures: list[SourceError]


@dataclass(frozen=True, slots=True)
class StatedLink:
    """One source's word that two ids are the same thing."""

    source: SourceName
    link: Link
    found_at: float


Answer = dict[str, tuple[StatedLink, ...] | SourceError]
"""What one source says of each id, or why it could not be asked about it."""


@dataclass(slots=True)
class Statements:
    """What all that could be asked said of one id, and who could not be asked."""

    links: list[StatedLink] = field(default_factory=list)
    failures: list[SourceError] = field(default_factory=list)

    def candidates(self, scheme: IdScheme) -> dict[str, list[SourceName]]:
        """The ids stated in a numbering, with who states each; most often stated first."""
        stated: dict[str, list[SourceName]] = defaultdict(list)
        for one in self.links:
            if one.link.scheme is scheme and one.source not in stated[one.link.ident]:
                stated[one.link.ident].append(one.source)
        return dict(sorted(stated.items(), key=lambda pair: (-len(pair[1]), pair[0])))


def chosen(candidates: Mapping[str, Sequence[SourceName]]) -> str | None:
    """The one id that more sources state than any other; None if there is no such."""
    ranked = sorted(candidates.items(), key=lambda pair: -len(pair[1]))
    if not ranked:
        return None
    if len(ranked) > 1 and len(ranked[0][1]) == len(ranked[1][1]):
        return None
    return ranked[0][0]


class Identities:
    """Ids of artists and tracks across sources. Raises SourceError.

    `own`: the files here. `track_of`: what is known of a track by its id, also an own one; None
    where nothing is.
    """

    def __init__(
        self,
        registry: Registry,
        tables: IdentityTables,
        *,
        clock: Clock,
        isrc_of: Callable[[str], Awaitable[str | None]],
        own: LibraryTables,
        track_of: Callable[[str], Awaitable[Track | None]],
        on_correction: Callable[[], None] = lambda: None,
    ) -> None:
        self._registry = registry
        self._tables = tables
        self._clock = clock
        self._isrc_of = isrc_of
        self._own = own
        self._track_of = track_of
        self._on_correction = on_correction
        self._flights: SingleFlight[Answer] = SingleFlight()

    async def native(
        self, ident: str, kind: Kind, scheme: IdScheme, *, asker: SourceName
    ) -> NativeId:
        """The id in this numbering of what Spotify numbers `ident`, for a source to be asked by.

        Raises Unknown where there is none or nobody can tell which, Limited or Unreachable where
        one may be found later; all in the name of who would have been asked.
        """
        for row in await self._tables.corrections(kind, ident):
            if row.scheme == scheme:
                return _as_set(asker, scheme, row)
        heard = await self.heard(kind, IdScheme.SPOTIFY, ident, wanted={scheme})
        candidates = heard.candidates(scheme)
        if not candidates and scheme not in {IdScheme.MBID, IdScheme.ISRC}:
            candidates = await self._by_mbid(kind, ident, scheme, heard=heard)
        return _decided(candidates, scheme, asker=asker, failures=heard.failures, now=self._clock())

    async def heard(
        self, kind: Kind, scheme: IdScheme, ident: str, *, wanted: Iterable[IdScheme]
    ) -> Statements:
        """What every source that may know says of this id, asked side by side."""
        by_ident = await self.heard_of_many(kind, scheme, [ident], wanted=wanted)
        return by_ident[ident]

    async def heard_of_many(
        self, kind: Kind, scheme: IdScheme, idents: Sequence[str], *, wanted: Iterable[IdScheme]
    ) -> dict[str, Statements]:
        """The same for several ids, in as few calls as the sources allow."""
        heard = {ident: Statements() for ident in idents}
        looked_for = frozenset(wanted)
        sources = [
            source
            for source in self._registry.able_to_link()
            if source.links_from.get(kind, {}).get(scheme, frozenset()) & looked_for
        ]
        kept = await self._kept(kind, scheme, idents)
        asked = {
            source.name: asyncio.create_task(
                self._of_source(source, kind, scheme, idents=idents, kept=kept)
            )
            for source in sources
        }
        try:
            await _settled(asked.values())
            done = {name: task.result() for name, task in asked.items() if task.done()}
        finally:
            for task in asked.values():
                task.cancel()  # its wait only: what it says is kept for the next reader
        for name in asked:
            late = Unreachable(name, _LATE)
            answer = done.get(name) or dict.fromkeys(idents, late)
            for ident, said in answer.items():
                if isinstance(said, SourceError):
                    heard[ident].failures.append(said)
                else:
                    heard[ident].links.extend(said)
        if kind is Kind.TRACK and scheme is IdScheme.SPOTIFY and IdScheme.ISRC in looked_for:
            for ident in idents:
                if not ident.startswith(OWN_PREFIX):
                    await self._hear_isrc(ident, heard[ident])
        return heard

    async def spotify_ids(self, scheme: IdScheme, idents: Sequence[str]) -> SpotifyIds:
        """The one Spotify id of each of these artists, numbered elsewhere, that has one."""
        heard = await self.heard_of_many(Kind.ARTIST, scheme, idents, wanted={IdScheme.SPOTIFY})
        set_by_hand = {
            row.target: row.ident
            for row in await self._tables.corrected(Kind.ARTIST)
            if row.scheme == scheme and row.target
        }
        found = {ident: chosen(one.candidates(IdScheme.SPOTIFY)) for ident, one in heard.items()}
        ids = {ident: spotify for ident, spotify in found.items() if spotify} | {
            ident: set_by_hand[ident] for ident in idents if ident in set_by_hand
        }
        return SpotifyIds(ids, [failure for one in heard.values() for failure in one.failures])

    async def of(self, kind: Kind, ident: str) -> Identity:
        """Every id that is stated or set for this artist or track, with who says so."""
        if ident.startswith(OWN_PREFIX):
            return await self._of_own(kind, ident)
        wanted = frozenset(IdScheme) - {IdScheme.SPOTIFY, IdScheme.OWN}
        heard = await self.heard(kind, IdScheme.SPOTIFY, ident, wanted=wanted)
        mbid = chosen(heard.candidates(IdScheme.MBID))
        if mbid is not None:
            more = await self.heard(kind, IdScheme.MBID, mbid, wanted=wanted - {IdScheme.MBID})
            heard.links += [one for one in more.links if one.link.scheme in wanted]
        if kind is Kind.TRACK:
            heard.links += await self._own_files(ident, list(heard.candidates(IdScheme.ISRC)))
        corrections = await self._tables.corrections(kind, ident)
        if not caller().sees_own_music:
            corrections = [row for row in corrections if row.scheme != IdScheme.OWN]
        return Identity(id=ident, kind=kind.value, links=_links(kind, heard, corrections))  # type: ignore[arg-type]

    async def _own_files(self, ident: str, isrcs: Sequence[str]) -> list[StatedLink]:
        """The files here that their owner has linked to a track, or that have its number and fit.

        One that is linked to another track is that.
        """
        if not caller().sees_own_music:
            return []
        rows = await self._own.standing_for(ident, isrcs)
        linked = [row for row in rows if row.spotify_id == ident]
        unlinked = [row for row in rows if row.spotify_id is None]
        track = await self._track_of(ident) if unlinked else None
        fitting = [row for row in unlinked if await self._fits(row, track)]
        return [
            StatedLink(SourceName.LIBRARY, Link(IdScheme.OWN, row.id, how), row.added_at)
            for how, those in ((How.STATED, linked), (How.BY_ISRC, fitting))
            for row in those
        ]

    async def _fits(self, row: LibraryTrackRow, track: Track | None) -> bool:
        """Whether nothing that is known of the two speaks against their being one recording."""
        own = await self._track_of(row.id)
        return track is None or own is None or agreement(own, track) is not None

    async def _of_own(self, kind: Kind, ident: str) -> Identity:
        """What a file here states of itself, and what was set by hand; nobody outside is asked."""
        if not caller().sees_own_music:
            return Identity(id=ident, kind=kind.value, links=())  # type: ignore[arg-type]
        row = await self._own.track(ident) if kind is Kind.TRACK else None
        corrected = await self._tables.corrected(kind)
        owners = {one.ident: one for one in corrected if one.scheme == IdScheme.OWN}
        heard = Statements()
        if row is not None and row.spotify_id not in {None, *owners}:
            heard.links.append(_own_word(row, IdScheme.SPOTIFY, row.spotify_id))
        if row is not None and row.isrc is not None:
            heard.links.append(_own_word(row, IdScheme.ISRC, row.isrc))
        by_hand = tuple(
            _link(kind, Link(IdScheme.SPOTIFY, one.ident), USER, since=one.set_at)
            for one in owners.values()
            if one.target == ident
        )
        corrections = [one for one in corrected if one.ident == ident]
        links = (*by_hand, *_links(kind, heard, corrections))
        return Identity(id=ident, kind=kind.value, links=links)  # type: ignore[arg-type]

    async def correct(
        self, kind: Kind, ident: str, links: Mapping[IdScheme, str | None]
    ) -> Identity:
        """Set what a person knows better, or forget all that was set."""
        targets = {str(scheme): target for scheme, target in links.items()}
        await self._tables.correct(kind, ident, targets, now=self._clock())
        self._on_correction()
        return await self.of(kind, ident)

    async def kind_of(self, ident: str) -> Kind:
        """What this id is known as here; an artist if nobody has asked yet."""
        if ident.startswith(OWN_PREFIX) and await self._own.track(ident) is not None:
            return Kind.TRACK
        known = await self._tables.kind_of(ident)
        return Kind.ARTIST if known is None else Kind(known)

    async def close(self) -> None:
        """Let flights land."""
        await self._flights.close()

    async def _by_mbid(
        self, kind: Kind, ident: str, scheme: IdScheme, *, heard: Statements
    ) -> dict[str, list[SourceName]]:
        """Through MusicBrainz's id, where no source links the two ids themselves."""
        mbids = (
            await self.heard(kind, IdScheme.SPOTIFY, ident, wanted={IdScheme.MBID})
        ).candidates(IdScheme.MBID)
        mbid = chosen(mbids)
        if mbid is None:
            return {}
        further = await self.heard(kind, IdScheme.MBID, mbid, wanted={scheme})
        heard.failures += further.failures
        return further.candidates(scheme)

    async def _hear_isrc(self, ident: str, heard: Statements) -> None:
        """What Spotify says of a track’s ISRC, which it tells with the track."""
        try:
            async with asyncio.timeout(SHARE_S):
                isrc = await self._isrc_of(ident)
        except SourceError as refusal:
            heard.failures.append(refusal)
            return
        except TimeoutError:
            heard.failures.append(Unreachable(SourceName.SPOTIFY, _LATE))
            return
        if isrc is not None:
            link = Link(IdScheme.ISRC, isrc)
            heard.links.append(StatedLink(SourceName.SPOTIFY, link, self._clock()))

    async def _kept(
        self, kind: Kind, scheme: IdScheme, idents: Sequence[str]
    ) -> dict[tuple[str, str], tuple[StatedLink, ...]]:
        rows = await self._tables.answers(kind, scheme, idents, now=self._clock())
        return {(row.source, row.ident): _read(row) for row in rows}

    async def _of_source(
        self,
        source: LinkSource,
        kind: Kind,
        scheme: IdScheme,
        *,
        idents: Sequence[str],
        kept: Mapping[tuple[str, str], tuple[StatedLink, ...]],
    ) -> Answer:
        """What one source says of each: what is kept, and what it has to be asked for."""
        known = {i: kept[source.name, i] for i in idents if (source.name, i) in kept}
        unknown = sorted(i for i in idents if i not in known and not i.startswith(OWN_PREFIX))
        parts = [
            tuple(unknown[start : start + source.links_at_once])
            for start in range(0, len(unknown), source.links_at_once)
        ]

        async def ask(part: tuple[str, ...]) -> Answer:
            flight = (source.name, kind, scheme, part)
            return await self._flights.join(
                flight, lambda: self._ask(source, kind, scheme, part=part)
            )

        answers = await asyncio.gather(*map(ask, parts))
        return {**known, **{i: said for answer in answers for i, said in answer.items()}}

    async def _ask(
        self, source: LinkSource, kind: Kind, scheme: IdScheme, *, part: Sequence[str]
    ) -> Answer:
        """One call, and what it says is kept; that it could not be asked is not."""
        kept = await self._kept(kind, scheme, part)  # by a flight that has landed since
        if all((source.name, ident) in kept for ident in part):
            return {ident: kept[source.name, ident] for ident in part}
        try:
            answer = await source.links(kind, scheme, part)
        except Unknown:
            answer = {}
        except SourceError as refusal:
            return dict.fromkeys(part, refusal)
        now = self._clock()
        said = {
            ident: tuple(StatedLink(source.name, link, now) for link in answer.get(ident, ()))
            for ident in part
        }
        await self._tables.keep(
            _row((kind, scheme, ident), source.name, links, now=now)
            for ident, links in said.items()
        )
        return dict(said)


async def _settled(tasks: Iterable[asyncio.Task[Answer]]) -> None:
    """Wait for all within the share; once one has stated a link, only a little longer."""
    loop = asyncio.get_running_loop()
    end, waiting = loop.time() + SHARE_S, set(tasks)
    while waiting and (left := end - loop.time()) > 0:
        done, waiting = await asyncio.wait(
            waiting, timeout=left, return_when=asyncio.FIRST_COMPLETED
        )
        if any(_states_something(task.result()) for task in done):
            end = min(end, loop.time() + LONGER_S)


def _states_something(answer: Answer) -> bool:
    return any(said for said in answer.values() if not isinstance(said, SourceError))


def _row(
    about: tuple[Kind, IdScheme, str],
    source: SourceName,
    links: Sequence[StatedLink],
    *,
    now: float,
) -> IdentityAnswerRow:
    kind, scheme, ident = about
    said = [[one.link.scheme, one.link.ident, one.link.how] for one in links]
    return IdentityAnswerRow(
        kind=kind,
        scheme=scheme,
        ident=ident,
        source=source,
        links=json.dumps(said),
        found_at=now,
        until=now + (FOUND_FOR_S if links else NONE_FOR_S),
    )


def _read(row: IdentityAnswerRow) -> tuple[StatedLink, ...]:
    return tuple(
        StatedLink(SourceName(row.source), Link(IdScheme(scheme), ident, How(how)), row.found_at)
        for scheme, ident, how in json.loads(row.links)
    )


def _as_set(asker: SourceName, scheme: IdScheme, row: IdentityCorrectionRow) -> NativeId:
    """What a person has set."""
    if row.target is None:
        raise Unknown(asker, _SET_NONE.format(TITLES[scheme]))
    return NativeId(row.target, _BY_USER.format(TITLES[scheme], row.target))


def _decided(
    candidates: Mapping[str, Sequence[SourceName]],
    scheme: IdScheme,
    *,
    asker: SourceName,
    failures: Sequence[SourceError],
    now: float,
) -> NativeId:
    title = TITLES[scheme]
    ident = chosen(candidates)
    if ident is not None:
        who = " and ".join(SOURCE_TITLES[source] for source in candidates[ident])
        words = _BY if len(candidates[ident]) == 1 else _BY_SEVERAL
        says = words.format(title, ident, who)
        others = [one for one in candidates if one != ident]
        return NativeId(ident, says + _AMBIGUOUS.format(", ".join(others)) if others else says)
    if candidates:
        raise Unknown(asker, _SEVERAL.format(title, ", ".join(candidates)))
    for failure in failures:
        if isinstance(failure, Limited | Unreachable):
            detail = _LATER.format(title, f"{SOURCE_TITLES[failure.source]}: {failure.detail}")
            raise type(failure)(asker, detail, retry_at=failure.retry_at or now + 5)
    raise Unknown(asker, _NONE.format(title))


def _own_word(row: LibraryTrackRow, scheme: IdScheme, ident: str | None) -> StatedLink:
    """What the owner of a file has said of it."""
    return StatedLink(SourceName.LIBRARY, Link(scheme, ident or ""), row.added_at)


def _links(
    kind: Kind, heard: Statements, corrections: Sequence[IdentityCorrectionRow]
) -> tuple[IdentityLink, ...]:
    """What a person has set first, then what sources state; who was overruled is left out.

    A source may have said the same of two ids of it, by which it was asked: that is one word.
    """
    overruled = {row.scheme for row in corrections}
    set_by_hand = [
        _link(kind, Link(IdScheme(row.scheme), row.target), USER, since=row.set_at)
        for row in corrections
        if row.target is not None
    ]
    targets: dict[IdScheme, set[str]] = defaultdict(set)
    words: dict[tuple[Link, SourceName], StatedLink] = {}
    for one in heard.links:
        targets[one.link.scheme].add(one.link.ident)
        words.setdefault((one.link, one.source), one)
    stated = [
        _link(
            kind,
            one.link,
            one.source,
            since=one.found_at,
            ambiguous=len(targets[one.link.scheme]) > 1,
        )
        for one in words.values()
        if one.link.scheme not in overruled
    ]
    order = list(IdScheme)
    stated.sort(key=lambda link: (order.index(link.to), link.id, link.source))
    return (*set_by_hand, *stated)


def _link(
    kind: Kind,
    link: Link,
    source: SourceName | Literal["user"],
    *,
    since: float,
    ambiguous: bool = False,
) -> IdentityLink:
    page = PAGES.get((link.scheme, kind))
    return IdentityLink(
        to=link.scheme,
        id=link.ident,
        url=None if page is None else page.format(link.ident),
        source=source,
        how=link.how,
        since=moment(since),
        ambiguous=ambiguous,
    )
