"""What answers from this machine, wired: own files, collections, and spreadsheets of numbers."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Engine

from api.cache.entry import Key
from api.cache.tiers import Tiers
from api.clock import Clock
from api.db.collections import CollectionTables
from api.db.own_music import OwnMusic
from api.db.revision import Revision
from api.db.session import Offload
from api.library.collections import Collections
from api.library.demo import DemoLabel, genres_of, release_of
from api.own_files import OwnFiles
from api.schemas.provenance import SourceName
from api.sources.base import Source
from api.sources.exportify import ExportifySource
from api.sources.library import Holdings, IsrcOf, LibrarySource
from api.sources.spotify.source import SpotifySource


@dataclass(frozen=True, slots=True)
class OwnSources:
    """The sources that are at home, the service that makes collections, and the demo label."""

    collections: Collections
    demo: DemoLabel
    by_name: Mapping[SourceName, Source]


def make_own_sources(
    own: OwnFiles,
    tiers: Tiers,
    *,
    engine: Engine,
    offload: Offload,
    clock: Clock,
    market: str | None,
) -> OwnSources:
    """All of it; nothing is opened yet."""
    music = OwnMusic(engine, offload)
    lists = CollectionTables(engine, offload)

    held = Holdings(
        tables=own.tables,
        music=music,
        jobs=own.job_tables,
        collections=lists,
        revision=Revision(engine, offload),
        clock=clock,
        isrc_of=_isrc_of(tiers, market),
        genres_of=genres_of,
        release_of=release_of,
        trouble=lambda: own.look.trouble,
    )
    return OwnSources(
        collections=Collections(lists, music, clock),
        demo=DemoLabel(engine, offload, clock),
        by_name={
            SourceName.LIBRARY: LibrarySource(held),
            SourceName.EXPORTIFY: ExportifySource(lists),
        },
    )


def _isrc_of(tiers: Tiers, market: str | None) -> IsrcOf:
    """What Spotify said of a track's ISRC, if that is kept; nobody is asked."""

    async def isrc_of(ident: str) -> str | None:
        key = Key(SourceName.SPOTIFY, "track", ident, market or "", SpotifySource.version)
        entry = await tiers.peek(key)
        said = json.loads(entry.body) if entry is not None and entry.body else {}
        isrc: str | None = said.get("isrc")
        return isrc

    return isrc_of
