"""Say in plain words what own files can be asked: always everything that is in them."""

from __future__ import annotations

from api.schemas.provenance import Capability
from api.schemas.sources import CapabilityReport, State
from api.sources.report import capability_report

_ANALYSED = "Measured on this server in your own files, once they are analysed."
OPEN: dict[Capability, str] = {
    Capability.ARTIST: "The artists of your own files.",
    Capability.RELATED: "Artists of your own files, nearest by sound as analysed on this server.",
    Capability.TOP_TRACKS: "An artist’s files in the order of adding; nobody counts plays here.",
    Capability.ALBUMS: "The albums that your own files name.",
    Capability.TRACK: "Your own files, also under the Spotify id or ISRC they are linked to.",
    Capability.FEATURES: _ANALYSED,
    Capability.ANALYSIS: _ANALYSED,
    Capability.PLAYLIST: "Your own collections.",
    Capability.SEARCH: "Your own files and collections, by words.",
}


_TROUBLE = " New files cannot be opened just now: {}."
_OF_NEW = {Capability.FEATURES, Capability.ANALYSIS}


def report(trouble: str | None = None) -> tuple[CapabilityReport, ...]:
    """Every capability, open. `trouble`: why no new file can be opened just now."""
    also = "" if trouble is None else _TROUBLE.format(trouble)
    return tuple(
        capability_report(
            capability, State.OPEN, OPEN[capability] + (also if capability in _OF_NEW else "")
        )
        for capability in Capability
    )
