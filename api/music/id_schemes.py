"""What an id looks like in each numbering. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from api.music.ids import is_deezer_id, is_id, is_isrc, is_mbid, is_qid
from api.schemas.identity import IdScheme

ID_CHECKS: Mapping[IdScheme, Callable[[str], bool]] = MappingProxyType(
    {
        IdScheme.SPOTIFY: is_id,
        IdScheme.MBID: is_mbid,
        IdScheme.WIKIDATA: is_qid,
        IdScheme.DEEZER: is_deezer_id,
        IdScheme.ISRC: is_isrc,
    }
)
