"""Spreadsheets keep what every source must keep, and say whose numbers they are."""

import json

import pytest

from api.db.models import ImportedFeaturesRow
from api.library.sheet import read
from api.problems.refusals import Unknown
from api.schemas.provenance import Capability, Method, Reason
from api.sources.exportify import ExportifySource
from api.sources.exportify.normalise import can_be
from tests.library.sheets import TRACK, newest
from tests.sandbox import id_of
from tests.sources import contract
from tests.sources.contract import Case

NOBODY = id_of("nothing", 0)
IMPORTED_AT = 1_763_800_000.0


class Kept:
    """The rows of one spreadsheet, without a database."""

    def __init__(self, **values):
        said = dict(read(newest()).rows[0].features) | values
        self.rows = {
            TRACK: ImportedFeaturesRow(
                track_id=TRACK,
                values=json.dumps({**said, "duration_ms": 417_533}),
                file="night.csv",
                imported_at=IMPORTED_AT,
            )
        }

    async def imported(self, track_ids):
        return {ident: row for ident, row in self.rows.items() if ident in track_ids}


async def asked(**values):
    """The features of the one track, with these values in place of its own."""
    return (await ExportifySource(Kept(**values)).features(TRACK, known=None)).value


@pytest.mark.parametrize("trial", contract.TRIALS_AT_HOME)
async def test_it_keeps_the_contract(trial):
    """Features alone; open, in plain words."""
    source = ExportifySource(Kept())

    await trial(Case(source, {"track": TRACK}, {"track": NOBODY}))

    assert contract.capabilities(source) == [Capability.FEATURES]
    assert source.at_home
    await source.close()


async def test_it_names_where_it_has_looked():
    """For a track that is in no spreadsheet."""
    with pytest.raises(Unknown, match="spreadsheets"):
        await ExportifySource(Kept()).features(NOBODY, known=None)


async def test_it_says_which_file_and_whose_numbers():
    """Reported, not measured; and what its 0 dB is."""
    features = await asked()

    (said,) = features.provenance
    assert said.method is Method.REPORTED
    assert said.detail == (
        "From your spreadsheet night.csv, imported 2025-11-22; Exportify copies Spotify’s "
        "numbers. Loudness is dBFS-like."
    )
    assert (features.key_name, features.camelot) == ("C minor", "5A")
    assert (features.tempo, features.duration_ms) == (117.481, 417_533)


@pytest.mark.parametrize(
    ("values", "absent"),
    [
        ({"key": -1}, {"key", "key_name", "camelot"}),
        ({"tempo": 0}, {"tempo"}),
        ({"time_signature": 1}, {"time_signature"}),
    ],
)
async def test_what_spotify_did_not_find_is_not_detected(values, absent):
    """Its -1 and 0 are answers, and no values."""
    features = await asked(**values)

    gaps = {gap.field: gap.reason for gap in features.missing}
    assert gaps == dict.fromkeys(absent, Reason.NOT_DETECTED)


@pytest.mark.parametrize(
    ("name", "value", "possible"),
    [
        ("energy", 1.2, False),
        ("valence", 0.5, True),
        ("key", 12, False),
        ("key", -1, True),
        ("mode", 0.5, False),
        ("tempo", 0, True),
        ("time_signature", 0, True),
        ("loudness", -300, False),
    ],
)
def test_a_feature_has_bounds(name, value, possible):
    """A column may be anything; -1 and 0 stay where Spotify means “none” by them."""
    assert can_be(name, value) is possible


async def test_a_missing_column_is_not_known():
    """Nobody said it, which is another thing than not finding it."""
    kept = Kept()
    kept.rows[TRACK].values = json.dumps({"energy": 0.5})

    features = (await ExportifySource(kept).features_of([TRACK]))[TRACK].value
    assert features is not None

    reasons = {gap.field: gap.reason for gap in features.missing}
    assert reasons["valence"] is Reason.NOT_KNOWN
    assert reasons["key"] is Reason.NOT_KNOWN
