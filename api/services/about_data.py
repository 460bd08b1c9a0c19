"""What the analyser’s own files say of its errors, and each source’s module of its terms.

The figures are read, not imported: nothing that answers requests loads the analyser.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from types import MappingProxyType

import api
from api.schemas.about import AboutData, EstimateError, RightShare, SourceTerms
from api.schemas.provenance import SourceName
from api.sources.deezer import texts as deezer
from api.sources.exportify import normalise as exportify
from api.sources.lastfm import texts as lastfm
from api.sources.library import texts as library
from api.sources.listenbrainz import texts as listenbrainz
from api.sources.musicbrainz import texts as musicbrainz
from api.sources.oembed import texts as oembed
from api.sources.reccobeats import texts as reccobeats
from api.sources.spotify import texts as spotify
from api.sources.wikidata import texts as wikidata

ANALYSER = Path(api.__file__).parent / "analysis"
MODEL = ANALYSER / "perceptual" / "model.json"
CALIBRATION = ANALYSER / "contract" / "calibration.json"
TERMS = MappingProxyType(
    {
        SourceName.SPOTIFY: spotify.LICENCE,
        SourceName.RECCOBEATS: reccobeats.LICENCE,
        SourceName.MUSICBRAINZ: musicbrainz.LICENCE,
        SourceName.WIKIDATA: wikidata.LICENCE,
        SourceName.LISTENBRAINZ: listenbrainz.LICENCE,
        SourceName.DEEZER: deezer.LICENCE,
        SourceName.LASTFM: lastfm.LICENCE,
        SourceName.OEMBED: oembed.LICENCE,
        SourceName.EXPORTIFY: exportify.LICENCE,
        SourceName.LIBRARY: library.LICENCE,
    }
)


@cache
def about_data() -> AboutData:
    """All of it, the same for as long as the server runs."""
    model = json.loads(MODEL.read_text(encoding="utf-8"))
    tables = json.loads(CALIBRATION.read_text(encoding="utf-8"))["tables"]
    return AboutData(
        estimated=tuple(
            EstimateError(
                field=field,
                typical_error=found["mae"],
                unheard_error=found["constant_mae"],
                tracks=found["rows"],
            )
            for field, found in model["held_out"].items()
        ),
        measured=tuple(
            RightShare(
                name=name,
                right=table["right"],
                right_is=table["right_is"],
                answers=table["answers"],
                records=table.get("records"),
            )
            for name, table in tables.items()
        ),
        credit=model["credit"],
        caveat=model["caveat"],
        terms=tuple(SourceTerms(source=each, licence=terms) for each, terms in TERMS.items()),
    )
