"""Which sources this server has, in the order in which it asks them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from api.caller import caller
from api.clock import Chance, Clock
from api.problems.refusals import NotConfigured
from api.schemas.provenance import Capability, SourceName
from api.schemas.sources import CapabilityReport, SourceReport, SourceStatus, State
from api.settings import Settings, Usage
from api.sources import (
    deezer,
    lastfm,
    listenbrainz,
    musicbrainz,
    oembed,
    reccobeats,
    spotify,
    wikidata,
)
from api.sources.base import BATCH_PROTOCOLS, PROTOCOLS, LinkSource, LocalSource, Source
from api.sources.report import capability_report
from api.sources.upstream.gates import Gates

C = Capability
COULD_ANSWER: dict[SourceName, tuple[Capability, ...]] = {
    SourceName.SPOTIFY: tuple(Capability),
    SourceName.RECCOBEATS: (C.TRACK, C.FEATURES),
    SourceName.MUSICBRAINZ: (C.ARTIST, C.TRACK),
    SourceName.WIKIDATA: (C.ARTIST,),
    SourceName.LISTENBRAINZ: (C.ARTIST, C.RELATED),
    SourceName.DEEZER: (C.RELATED, C.TOP_TRACKS, C.TRACK, C.SEARCH),
    SourceName.LASTFM: (C.ARTIST, C.RELATED, C.TOP_TRACKS),
    SourceName.OEMBED: (C.ARTIST, C.TRACK, C.PLAYLIST),
    SourceName.LIBRARY: tuple(C),
    SourceName.EXPORTIFY: (C.FEATURES,),
}
_NO_CREDENTIALS = "This server has no Spotify credentials: set SPOTIFY_CLIENT_ID and _SECRET."
_NO_CONTACT = (
    "Wikidata answers servers whose owner can be reached: set EARPRINT_CONTACT, such as to an "
    "e-mail address, which is sent along."
)
_NO_KEY = "Last.fm asks for a key, which is free: set LASTFM_API_KEY."
_COMMERCIAL = "EARPRINT_USAGE is commercial, which its terms forbid."
_NOT_FOR_MONEY = frozenset(
    {SourceName.SPOTIFY, SourceName.EXPORTIFY, SourceName.DEEZER, SourceName.LASTFM}
)
_NOT_YET = "This version of Earprint does not ask this source yet."
_OFFLINE = "Switched off: EARPRINT_OFFLINE is on, so nobody outside is asked."
_OFF = "This server’s settings (EARPRINT_SOURCES) leave this source out."


@dataclass(frozen=True, slots=True)
class Absent:
    """A source that is in the settings and cannot be asked, and why."""

    name: SourceName
    detail: str

    def report(self) -> tuple[CapabilityReport, ...]:
        """Everything it could answer, as not configured."""
        return tuple(
            capability_report(capability, State.NOT_CONFIGURED, self.detail)
            for capability in COULD_ANSWER[self.name]
        )


class Registry:
    """Sources and absent sources in the owner's order."""

    def __init__(self, members: tuple[Source | Absent, ...]) -> None:
        self.members = members
        self._able = _by_capability(members, PROTOCOLS)
        self._able_in_batches = _by_capability(members, BATCH_PROTOCOLS)
        self._able_to_link: tuple[LinkSource, ...] = tuple(
            member for member in members if isinstance(member, LinkSource)
        )

    def able(
        self, capability: Capability, only: SourceName | None = None, *, in_batches: bool = False
    ) -> Iterator[Any]:
        """Those that can be asked for this, in order; each has the capability's Protocol.

        What lies on this machine is not asked for another site.
        """
        table = self._able_in_batches if in_batches else self._able
        able = (one for one in table[capability] if only in {None, one.name})
        return able if caller().sees_own_music else (one for one in able if not one.at_home)

    def able_to_link(self) -> tuple[LinkSource, ...]:
        """Those that can say which ids are the same artist or track, in order."""
        return self._able_to_link

    def unable(self, capability: Capability, only: SourceName | None = None) -> list[NotConfigured]:
        """Those that could answer this elsewhere, and why not here."""
        refusals = [
            NotConfigured(member.name, member.detail)
            for member in self.members
            if isinstance(member, Absent)
            and capability in COULD_ANSWER[member.name]
            and only in {None, member.name}
        ]
        if only is not None and only not in {member.name for member in self.members}:
            refusals.append(NotConfigured(only, _OFF))
        return refusals

    async def revision(self) -> str | None:
        """Another one whenever anything on this machine has changed; None if nobody can tell."""
        homes = [member for member in self.members if isinstance(member, LocalSource)]
        return await homes[0].revision() if homes else None

    def report(self) -> SourceReport:
        """What each can be asked, now."""
        return SourceReport(
            sources=tuple(
                SourceStatus(
                    source=member.name,
                    configured=not isinstance(member, Absent),
                    capabilities=member.report(),
                )
                for member in self.members
            )
        )

    async def close(self) -> None:
        """Hang up everywhere."""
        for member in self.members:
            if not isinstance(member, Absent):
                await member.close()


def _by_capability(
    members: Sequence[Source | Absent], protocols: Mapping[Capability, type]
) -> dict[Capability, tuple[Any, ...]]:
    """Looked up once: an isinstance of a Protocol takes 20 us."""
    return {
        capability: tuple(member for member in members if isinstance(member, protocol))
        for capability, protocol in protocols.items()
    }


def make_registry(
    settings: Settings,
    gates: Gates,
    *,
    clock: Clock,
    chance: Chance,
    at_home: Mapping[SourceName, Source] | None = None,
    access: spotify.SpotifyAccess | None = None,
) -> Registry:
    """The sources named in the settings; those `at_home` are made elsewhere."""
    makers = _MAKERS | {SourceName.SPOTIFY: partial(spotify.make_source, access=access)}

    def member(name: SourceName) -> Source | Absent:
        if settings.usage is Usage.COMMERCIAL and name in _NOT_FOR_MONEY:
            return Absent(name, _COMMERCIAL)
        if at_home and name in at_home:
            return at_home[name]
        if settings.offline:
            return Absent(name, _OFFLINE)
        if name not in makers:
            return Absent(name, _NOT_YET)
        if lacking := _lacking(settings, name):
            return Absent(name, lacking)
        return makers[name](settings, gates, clock=clock, chance=chance)

    return Registry(tuple(member(name) for name in settings.sources))


def _lacking(settings: Settings, name: SourceName) -> str | None:
    """What the settings would have to say for this source to be asked; None if nothing."""
    lacks = {
        SourceName.SPOTIFY: (not settings.spotify.is_configured, _NO_CREDENTIALS),
        SourceName.WIKIDATA: (settings.contact is None, _NO_CONTACT),
        SourceName.LASTFM: (settings.lastfm.api_key is None, _NO_KEY),
    }
    is_lacking, words = lacks.get(name, (False, None))
    return words if is_lacking else None


_MAKERS: dict[SourceName, Callable[..., Source]] = {
    SourceName.RECCOBEATS: reccobeats.make_source,
    SourceName.MUSICBRAINZ: musicbrainz.make_source,
    SourceName.WIKIDATA: wikidata.make_source,
    SourceName.LISTENBRAINZ: listenbrainz.make_source,
    SourceName.DEEZER: deezer.make_source,
    SourceName.LASTFM: lastfm.make_source,
    SourceName.OEMBED: oembed.make_source,
}
