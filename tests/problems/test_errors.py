"""Both error trees: what sources say, what callers are told, and that neither loses anything."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.problems import errors, refusals
from api.problems.errors import (
    ApiError,
    BadReference,
    BadUpstreamAnswer,
    ChangedMeanwhile,
    Internal,
    InvalidRequest,
    NotFound,
    NotSignedIn,
    PlainHttp,
    Refused,
    StillWorking,
    TryLater,
    Unavailable,
)
from api.problems.refusals import (
    InProgress,
    NothingFound,
    SourceError,
    again,
    from_record,
    to_record,
    whole_seconds,
)
from api.problems.types import SLUGS, SUBJECTS, subject_slug
from api.schemas.library import Job, JobKind, JobState
from api.schemas.problem import Attempt, InvalidPart
from api.schemas.provenance import Reason, Resource, SourceName
from api.settings import Settings, Usage
from api.sources.registry import make_registry
from api.sources.upstream.gates import StoredGates
from tests.cache.making import NOW, SPOTIFY
from tests.contract.repository import ROOT
from tests.sources.upstream.upstream import RowsInMemory

NEVER_KEPT = {SourceError, InProgress, NothingFound}  # what is at home is asked anew each time
KINDS = [
    kind
    for kind in vars(refusals).values()
    if isinstance(kind, type) and issubclass(kind, SourceError) and kind not in NEVER_KEPT
]


def attempt(retry_after=None, reason=Reason.LIMITED):
    """One source that was asked."""
    return Attempt(source=SPOTIFY, reason=reason, detail="…", retry_after=retry_after)


REFUSALS = (
    *("unsupported-format", "file-too-large", "bad-audio", "too-short", "no-signal"),
    *("analysis-failed", "job-not-found", "conflict", "queue-full", "collection-refused"),
    *("cross-site", "range-not-satisfiable", "busy", "no-room", "wrong-host", "unsandboxed"),
    *("no-decoder", "sign-in-failed", "sign-in-unavailable", "brand-not-found"),
    *("worksheet-not-found", "link-needed", "precondition-required"),
)
JOB = Job(
    id="job",
    kind=JobKind.ANALYSIS,
    href="/v1/jobs/job",
    state=JobState.QUEUED,
    stage=None,
    percent=0,
    queue_place=1,
    seconds_left=None,
    tries=0,
    track_id="own_x",
    playlist_id=None,
    result=None,
    problem=None,
    created_at=datetime(2026, 11, 22, tzinfo=UTC),
    started_at=None,
    finished_at=None,
)


def samples() -> list[ApiError]:
    """One of each kind."""
    part = InvalidPart(pointer="query/x", detail="…")
    return [
        BadReference("what?", hint="…"),
        InvalidRequest((part,)),
        InvalidRequest((part, part)),
        PlainHttp(404),
        PlainHttp(405),
        PlainHttp(400, "torn"),
        Internal(),
        BadUpstreamAnswer((attempt(),)),
        TryLater((attempt(7),)),
        NotSignedIn(),
        StillWorking(JOB, retry_after=1),
        ChangedMeanwhile(attempt(7), etag='"now"'),
        StillWorking(JOB.model_copy(update={"kind": JobKind.PROFILE}), retry_after=1),
        *(Refused(slug, "…") for slug in REFUSALS),
        *(NotFound(subject, (attempt(),)) for subject in ("artist", "track", "playlist")),
        *(Unavailable(subject, (attempt(),), hint="…") for subject in SUBJECTS),
    ]


@pytest.mark.parametrize("error", samples(), ids=lambda error: error.slug)
def test_every_problem_is_explained(error):
    """Its type has a page, with the same status and title."""
    told = error.problem(instance="/v1/x", request_id="id")

    assert told.type == f"/problems/{error.slug}"
    assert told.title == SLUGS[error.slug].title
    assert told.status == error.status
    assert told.status == SLUGS[error.slug].status
    assert None not in told.model_dump().values()


def test_no_slug_is_explained_for_nothing():
    """The table has what can be raised, and no more."""
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type)]
    leaves = {kind for kind in kinds if issubclass(kind, ApiError) and kind is not ApiError}

    assert {error.slug for error in samples()} == set(SLUGS)
    assert {type(error) for error in samples()} == leaves


def test_every_subject_that_is_asked_for_has_its_slug():
    """A service cannot name a subject that the table lacks."""
    text = "".join(path.read_text(encoding="utf-8") for path in Path(ROOT, "api").rglob("*.py"))
    named = set(re.findall(r'subject="([^"]+)"', text))

    assert named
    assert all(subject_slug(subject, "unavailable") in SLUGS for subject in named)


@pytest.mark.parametrize(
    ("attempts", "seconds"),
    [((), 5), ((attempt(),), 5), ((attempt(90), attempt(7), attempt()), 7)],
)
def test_the_soonest_attempt_decides_when_to_come_back(attempts, seconds):
    """And where none says, five seconds."""
    assert TryLater(attempts).retry_after == seconds


@pytest.mark.parametrize(
    ("attempts", "seconds"),
    [
        ((), 0),
        ((attempt(),), 0),
        ((attempt(9),), 9),
        ((attempt(9), attempt(3)), 3),
        ((attempt(86_400),), 600),
    ],
)
def test_unavailable_is_kept_as_long_as_it_holds(attempts, seconds):
    """But no longer than ten minutes: the owner may connect a source any time."""
    assert Unavailable("track", attempts, hint="…").fresh_s == seconds
    assert NotFound("track", attempts).fresh_s == 600


@given(
    st.sampled_from(KINDS),
    st.sampled_from(SourceName),
    st.text(),
    st.none() | st.integers(100, 599),
    st.none() | st.floats(0, 1e10),
)
def test_a_refusal_survives_the_store(kind, source, detail, status, retry_at):
    """Nothing is lost on the way, and a copy carries no traceback."""
    first = kind(source, detail, status=status, retry_at=retry_at)

    for copy in (from_record(to_record(first)), again(first)):
        assert type(copy) is kind
        assert to_record(copy) == to_record(first)
        assert copy.__traceback__ is None
    assert str(first) == f"{source}: {detail}"


@pytest.mark.parametrize(
    ("seconds", "whole"), [(-5, 1), (0, 1), (0.2, 1), (1, 1), (1.01, 2), (86_400, 86_400)]
)
def test_retry_after_is_whole_seconds_of_at_least_one(seconds, whole):
    """Rounded up: nobody is to come too early."""
    assert whole_seconds(seconds) == whole


def test_an_attempt_says_how_long():
    """From the moment of asking on; nothing where the source does not say."""
    limited = refusals.Limited(SPOTIFY, "wait", retry_at=NOW + 1.5)

    assert limited.attempt(NOW).retry_after == 2
    assert refusals.Unknown(SPOTIFY, "no").attempt(NOW).retry_after is None


APP = {"client_id": "a", "client_secret": "b"}


@pytest.mark.parametrize(
    ("source", "changes", "detail"),
    [
        ("spotify", {}, "SPOTIFY_CLIENT_ID"),
        ("spotify", {"spotify": {"client_id": "a"}}, "SPOTIFY_CLIENT_ID"),
        ("spotify", {"usage": Usage.COMMERCIAL}, "commercial"),
        ("spotify", {"spotify": APP, "offline": True}, "EARPRINT_OFFLINE"),
        ("wikidata", {}, "EARPRINT_CONTACT"),
        ("lastfm", {}, "LASTFM_API_KEY"),
        ("lastfm", {"lastfm": {"api_key": "a"}, "usage": Usage.COMMERCIAL}, "commercial"),
        ("deezer", {"usage": Usage.COMMERCIAL}, "commercial"),
        ("deezer", {"offline": True}, "EARPRINT_OFFLINE"),
    ],
)
def test_a_source_that_may_not_be_asked_says_why(source, changes, detail):
    """Nothing to ask with, terms that forbid it, or a switch that leaves all outside alone."""
    settings = Settings(_env_file=None, **changes)
    gates = StoredGates(RowsInMemory(), lambda: NOW)

    report = make_registry(settings, gates, clock=lambda: NOW, chance=lambda: 0.5).report()

    (asked,) = [one for one in report.sources if one.source == source]
    assert not asked.configured
    assert {detail in one.detail for one in asked.capabilities} == {True}
    assert len(report.sources) == len(SourceName)


def test_a_resource_without_provenance_is_refused():
    """Nobody adds a shape that does not say who said it."""
    with pytest.raises(TypeError, match="provenance"):
        type("Rumour", (Resource,), {"__annotations__": {"id": str}})
