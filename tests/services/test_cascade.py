"""Whom a question goes to, and what a caller is told when nobody answers."""

import asyncio
import time

import pytest

from api.problems.errors import ApiError, BadUpstreamAnswer, NotFound, TryLater, Unavailable
from api.problems.refusals import (
    BadQuestion,
    Closed,
    DoesNotExist,
    Garbled,
    Limited,
    NotConfigured,
    Unknown,
    Unreachable,
)
from api.schemas.features import FeatureComparison
from api.schemas.provenance import Capability, SourceName
from api.services import batch, cascade
from api.services.batch import by_text
from api.services.features import Features
from api.services.related import Related, merge
from api.sources.registry import Absent, Registry
from tests.cache.making import NOW, OTHER, SPOTIFY
from tests.services.listening import NEAR, Played, cascade_of, related, relation

OWN = "own_" + "0" * 22
IDS = [f"{n:022d}" for n in range(60)]


async def problem(folder, *members, ident="a", only=None):
    """What a caller is told."""
    async with cascade_of(folder, *members) as asking:
        with pytest.raises(ApiError) as caught:
            await Features(asking).of(ident, only)
    return caught.value


async def test_the_first_that_can_answers_and_the_next_is_not_asked(tmp_path):
    """The owner's order decides; who refuses is passed over."""
    first = Played(SPOTIFY, other=Closed(SPOTIFY, "no"))
    second, third = Played(OTHER), Played(SourceName.DEEZER)

    async with cascade_of(tmp_path, first, second, third) as asking:
        served = await Features(asking).of("a")

    assert served.entry.key.source is OTHER
    assert (first.asked, second.asked, third.asked) == (["a"], ["a"], [])


async def test_one_source_can_be_asked_alone(tmp_path):
    """Then no other is, whatever it says."""
    first, second = Played(SPOTIFY), Played(OTHER, other=Unknown(OTHER, "no"))

    told = await problem(tmp_path, first, second, only=OTHER)

    assert isinstance(told, Unavailable)
    assert [attempt.source for attempt in told.attempts] == [OTHER]
    assert first.asked == []


@pytest.mark.parametrize(
    ("refusals", "kind"),
    [
        ([DoesNotExist, Limited, Garbled], NotFound),
        ([Limited, Garbled], TryLater),
        ([Unreachable, Closed], TryLater),
        ([Garbled, Closed], BadUpstreamAnswer),
        ([BadQuestion], BadUpstreamAnswer),
        ([Closed, Unknown, NotConfigured], Unavailable),
        ([], Unavailable),
    ],
)
async def test_many_refusals_become_one_problem(tmp_path, refusals, kind):
    """The most useful of them decides; each is named in `attempts`."""
    names = list(SourceName)
    members = [
        Played(name, other=no(name, "no")) for name, no in zip(names, refusals, strict=False)
    ]

    told = await problem(tmp_path, *members)

    assert type(told) is kind
    assert len(told.attempts) == len(refusals)


async def test_the_soonest_time_is_the_one_to_come_back(tmp_path):
    """Of several that may answer later."""
    first = Played(SPOTIFY, other=Limited(SPOTIFY, "wait", retry_at=NOW + 90))
    second = Played(OTHER, other=Limited(OTHER, "wait", retry_at=NOW + 7.2))

    assert (await problem(tmp_path, first, second)).retry_after == 8


async def test_those_who_are_not_here_are_named_too(tmp_path):
    """A source without credentials, one that cannot do this, one that is switched off."""
    silent = Absent(SourceName.RECCOBEATS, "not yet")
    cannot = Absent(SourceName.WIKIDATA, "not yet")

    told = await problem(tmp_path, silent, cannot)
    off = await problem(tmp_path, silent, only=SourceName.SPOTIFY)

    assert [attempt.source for attempt in told.attempts] == [SourceName.RECCOBEATS]
    assert [attempt.detail for attempt in off.attempts] == [
        "This server’s settings (EARPRINT_SOURCES) leave this source out."
    ]


async def test_the_time_of_a_request_is_shared_by_all_sources(tmp_path, monkeypatch):
    """Who did not answer in time is named, and what the next has kept is still served."""
    monkeypatch.setattr(cascade, "REQUEST_BUDGET_S", 0.02)
    never = asyncio.Event()
    slow, quick = Played(SPOTIFY, other=never.wait), Played(OTHER, other=never.wait)

    async with cascade_of(tmp_path, slow, quick) as asking:
        with pytest.raises(TryLater) as caught:
            await Features(asking).of("a")
        never.set()

    assert [attempt.source for attempt in caught.value.attempts] == [SPOTIFY, OTHER]
    assert {a.detail for a in caught.value.attempts} == {"The time for this request is up."}


async def test_no_share_outlasts_the_request(tmp_path, monkeypatch):
    """Whoever is asked late has what is left of the time, however large a share would be."""
    monkeypatch.setattr(cascade, "REQUEST_BUDGET_S", 0.02)
    started, never = time.monotonic(), asyncio.Event()
    slow, last = Played(SPOTIFY, other=never.wait), Played(OTHER, other=never.wait)

    async with cascade_of(tmp_path, slow, last) as asking:
        with pytest.raises(TryLater):
            await Features(asking).of("a")
        took_s = time.monotonic() - started
        never.set()

    assert took_s < cascade.SHARE_S / 2


async def test_the_next_is_asked_beside_one_that_takes_longer_than_its_share(tmp_path, monkeypatch):
    """And what the slow one says later is kept: the next read has it."""
    share_s = cascade.SHARE_S
    monkeypatch.setattr(cascade, "SHARE_S", 0.05)
    started, late = time.monotonic(), asyncio.Event()
    slow, quick = Played(SPOTIFY, other=late.wait), Played(OTHER)

    async with cascade_of(tmp_path, slow, quick) as asking:
        served = await Features(asking).of("a")
        took_s = time.monotonic() - started
        late.set()
        again = await Features(asking).of("a", SPOTIFY)

    assert served.entry.key.source is OTHER
    assert 0.05 <= took_s < 1
    assert share_s < 2
    assert again.entry.key.source is SPOTIFY
    assert slow.asked == ["a"]


@pytest.mark.parametrize("other", [None, "refuses", "hangs"])
async def test_a_slow_answer_holds_where_no_other_has_one(tmp_path, monkeypatch, other):
    """Alone a source has all of the time; before one that refuses or hangs, too."""
    monkeypatch.setattr(cascade, "SHARE_S", 0.02)
    never = asyncio.Event()
    slow = Played(SPOTIFY, other=lambda: asyncio.sleep(0.1))
    refusing, hanging = Played(OTHER, other=Unknown(OTHER, "no")), Played(OTHER, other=never.wait)
    rest = {None: (), "refuses": (refusing,), "hangs": (hanging,)}[other]

    async with cascade_of(tmp_path, slow, *rest) as asking:
        served = await Features(asking).of("a")
        never.set()

    assert served.entry.key.source is SPOTIFY
    assert [one.asked for one in rest] == [["a"]] * len(rest)


async def test_the_time_of_a_request_holds_for_what_lies_at_home_and_for_merging(
    tmp_path, monkeypatch
):
    """No fetch of the cache's bounds these; the request itself does."""
    monkeypatch.setattr(cascade, "REQUEST_BUDGET_S", 0.02)
    never = asyncio.Event()
    home = Played(SourceName.LIBRARY, other=never.wait)
    home.at_home = True

    async with cascade_of(tmp_path, home, Played(SPOTIFY)) as asking:
        alone = asyncio.create_task(Features(asking).of("a", SourceName.LIBRARY))
        _, late = await asyncio.wait([alone], timeout=5)
        assert not late
        assert isinstance(alone.exception(), TryLater)
        monkeypatch.setattr(cascade, "REQUEST_BUDGET_S", 1.0)
        served = await Features(asking).compare("a")
        never.set()

    assert FeatureComparison.model_validate_json(served.entry.body).sources == (SPOTIFY,)


@pytest.mark.parametrize("only", [None, SPOTIFY])
async def test_an_own_files_id_never_leaves(tmp_path, only):
    """Not alone, not in a batch, and not where one source is named."""
    abroad = Played(SPOTIFY)
    async with cascade_of(tmp_path, abroad) as asking:
        with pytest.raises(Unavailable):
            await Features(asking).of(OWN, only)
        with pytest.raises(Unavailable):
            await Features(asking).compare(OWN)
        outcomes = await Features(asking).of_many([OWN, *IDS[:2]], only)

    assert isinstance(outcomes[0], Unavailable)
    assert OWN not in str([abroad.asked, abroad.batches])
    assert abroad.batches == [IDS[:2]]


async def test_a_batch_is_one_call_for_all_that_is_missing(tmp_path):
    """Answers come in the order asked, twice where asked twice, each wrong one for itself."""
    source = Played(SPOTIFY, **{IDS[5]: None})
    async with cascade_of(tmp_path, source) as asking:
        await Features(asking).of(IDS[0])
        texts = [IDS[2], "nonsense", IDS[0], IDS[5], IDS[2]]
        outcomes = await by_text(texts, Features(asking).of_many)
        nothing = await by_text(["nonsense"], Features(asking).of_many)

    slugs = [getattr(one, "slug", None) for _, one in outcomes]
    assert [text for text, _ in outcomes] == texts
    assert slugs == [None, "bad-reference", None, "features-unavailable", None]
    assert outcomes[0][1] is not outcomes[2][1]
    assert source.batches == [[IDS[2], IDS[5]]]
    assert source.asked == [IDS[0]]
    assert len(nothing) == 1


@pytest.mark.parametrize("no", [Closed, BadQuestion])
async def test_where_the_batch_is_closed_few_are_asked_at_once(tmp_path, no):
    """Single calls, four at a time."""
    inside, most = 0, []

    async def one():
        nonlocal inside
        inside += 1
        most.append(inside)
        await asyncio.sleep(0.001)
        inside -= 1

    source = Played(SPOTIFY, batch=no(SPOTIFY, "no"), other=one)
    async with cascade_of(tmp_path, source) as asking:
        outcomes = await Features(asking).of_many(IDS[:20])

    assert not any(isinstance(outcome, ApiError) for outcome in outcomes)
    assert sorted(source.asked) == IDS[:20]
    assert (len(source.batches), max(most)) == (1, batch.FAN_OUT)


async def test_a_failing_batch_is_a_problem_for_each(tmp_path):
    """And the next source is asked for all of them."""
    down = Played(SPOTIFY, batch=Unreachable(SPOTIFY, "down"))
    async with cascade_of(tmp_path, down) as asking:
        outcomes = await Features(asking).of_many(IDS[:3])
    other = Played(OTHER)
    async with cascade_of(
        tmp_path, Played(SPOTIFY, batch=Closed(SPOTIFY, "no"), other=Closed(SPOTIFY, "no")), other
    ) as asking:
        answers = await Features(asking).of_many(IDS[3:6])

    assert {type(outcome) for outcome in outcomes} == {TryLater}
    assert not any(isinstance(answer, ApiError) for answer in answers)
    assert other.batches == [IDS[3:6]]


async def test_a_batch_ends_in_the_time_of_a_request(tmp_path, monkeypatch):
    """Who is late has a problem of its own; the rest is answered."""
    monkeypatch.setattr(batch, "REQUEST_BUDGET_S", 2.0)
    never = asyncio.Event()
    source = Played(SPOTIFY, batch=Closed(SPOTIFY, "no"), **{IDS[1]: never.wait})
    async with cascade_of(tmp_path, source) as asking:
        outcomes = await Features(asking).of_many(IDS[:3])
        never.set()

    assert [isinstance(outcome, TryLater) for outcome in outcomes] == [False, True, False]


async def test_one_who_cannot_does_not_spoil_a_comparison(tmp_path):
    """The others are compared; it is made once."""
    members = Played(SPOTIFY, other=Closed(SPOTIFY, "no")), Played(OTHER), Played(SourceName.DEEZER)
    async with cascade_of(tmp_path, *members) as asking:
        first = await Features(asking).compare("a")
        again = await Features(asking).compare("a")

    made = FeatureComparison.model_validate_json(first.entry.body)
    assert made.sources == (OTHER, SourceName.DEEZER)
    assert again.entry is first.entry
    assert again.hit


def test_votes_for_the_same_artist_are_merged():
    """By id, or else by name in whatever case; agreement decides, then the mean score."""
    one = related(relation("A", 1.0, ident="1"), relation("Sólo", 0.4), relation("C", 0.5))
    two = related(
        relation("A", 0.5, ident="1", source=OTHER),
        relation("SÓLO", 0.8, source=OTHER),
        relation("B", 0.5, source=OTHER),
        source=OTHER,
    )

    merged = merge([one, two])

    assert [item.artist.name for item in merged.items] == ["A", "Sólo", "B", "C"]
    assert [item.score for item in merged.items] == [0.75, pytest.approx(0.6), 0.5, 0.5]
    assert [item.agreement for item in merged.items] == [2, 2, 1, 1]
    assert [said.source for said in merged.provenance] == [NEAR, OTHER]


def test_agreement_counts_sources_not_votes():
    """One that names an artist twice agrees with nobody but itself."""
    twice = related(relation("A", 1.0, ident="1"), relation("A", 0.5, ident="1"))
    other = related(relation("A", 0.6, ident="1", source=OTHER), source=OTHER)

    assert [item.agreement for item in merge([twice]).items] == [1]
    assert [item.agreement for item in merge([twice, other]).items] == [2]


async def test_related_artists_are_those_of_all_who_can_say(tmp_path):
    """Two are merged; one alone is the whole list; none is a problem."""
    lists = related(relation("A", 1.0)), related(relation("B", 0.5), source=OTHER)
    refusing = Played(SourceName.LASTFM, related=Closed(SourceName.LASTFM, "no"))
    both = Played(NEAR, related=lists[0]), Played(OTHER, related=lists[1])
    async with cascade_of(tmp_path / "a", refusing, *both) as asking:
        merged = await Related(asking).of("x")
    async with cascade_of(tmp_path / "b", refusing, both[0]) as asking:
        alone = await Related(asking).of("x")
    async with cascade_of(tmp_path / "c", refusing) as asking:
        with pytest.raises(Unavailable):
            await Related(asking).of("x")

    assert b'"A"' in merged.entry.body
    assert b'"B"' in merged.entry.body
    assert b'"answering":1' in alone.entry.body


async def test_the_registry_hangs_up_everywhere():
    """Those who are absent have nothing to close."""
    member = Played(SPOTIFY)
    registry = Registry((member, Absent(OTHER, "not yet")))

    await registry.close()
    report = registry.report()

    assert member.closed
    assert [(one.source, one.configured) for one in report.sources] == [
        (SPOTIFY, True),
        (OTHER, False),
    ]
    assert [one.capability for one in report.sources[1].capabilities] == [
        Capability.TRACK,
        Capability.FEATURES,
    ]


def test_every_capability_is_a_shape():
    """What a played source can be asked is seen by its methods."""
    registry = Registry((Played(SPOTIFY),))

    able = [one for one in Capability if list(registry.able(one))]

    assert able == [Capability.RELATED, Capability.FEATURES]
