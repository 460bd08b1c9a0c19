"""What every source must keep, whoever it is: the test of a new source runs TRIALS over it.

A source's test opens a Case: the source, ids that it knows and ids that nobody has, and a StandIn
for the service that it asks, unless its answers lie on this machine.
"""

import inspect
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, cast

import httpx
import pytest
from sqlmodel import Session, select

from api.cache.entry import Fetched, TtlClass
from api.cache.sqlite_store import EntryRow
from api.paging import Window
from api.problems.errors import ApiError
from api.problems.refusals import Garbled, Limited, SourceError, Unknown, Unreachable
from api.schemas.provenance import Capability, Resource, SourceName
from api.schemas.sources import State
from api.services.cascade import Cascade, Lookup
from api.sources.base import BATCH_PROTOCOLS, PROTOCOLS, Query, Source
from api.sources.registry import Registry
from tests.sandbox.answers import Answer, Request, error
from tests.sandbox.server import OnLoopback

Question = Callable[[], Awaitable[Any]]
ERROR = {"status": 500, "message": "Something went wrong"}
OWN = "own_" + "0" * 22
DAY_S = 86_400
WINDOW = Window(10, 0)
C = Capability
Ask = Callable[[Any, Mapping[str, str]], Awaitable[Any]]
QUESTIONS: dict[Capability, Ask] = {
    C.ARTIST: lambda source, ids: source.artist(ids["artist"], known=None),
    C.RELATED: lambda source, ids: source.related(ids["artist"], known=None),
    C.TOP_TRACKS: lambda source, ids: source.top_tracks(ids["artist"], market=None, known=None),
    C.ALBUMS: lambda source, ids: source.albums(ids["artist"], WINDOW, market=None),
    C.TRACK: lambda source, ids: source.track(ids["track"], market=None, known=None),
    C.FEATURES: lambda source, ids: source.features(ids["track"], known=None),
    C.ANALYSIS: lambda source, ids: source.analysis(ids["track"], known=None),
    C.PLAYLIST: lambda source, ids: source.playlist(ids["playlist"], known=None),
    C.SEARCH: lambda source, ids: source.search(
        Query(ids["words"], ("artist", "track", "playlist"), WINDOW), known=None
    ),
}
BATCHES: dict[Capability, Ask] = {
    C.TRACK: lambda source, ids: source.tracks(list(ids.values()), market=None),
    C.FEATURES: lambda source, ids: source.features_of(list(ids.values())),
}


class StandIn(OnLoopback):
    """The service that a source asks, on loopback: as it is, until it `sends` something else."""

    def __init__(self, answer: Callable[[Request], Awaitable[Answer]], sign_in: str = "") -> None:
        self.sends: Answer | None = None
        self.asked: list[str] = []
        self._answer = answer
        self._sign_in = sign_in
        super().__init__(self._handle)

    async def _handle(self, request: Request) -> Answer:
        if request.path == self._sign_in:
            return await self._answer(request)
        self.asked.append(request.path)
        return self.sends or await self._answer(request)


@dataclass(frozen=True)
class Case:
    """A source, and by kind (artist, track, playlist, words) what it knows and what nobody has.

    `says_none`: bodies by which it says that it knows none. `hosts`: how many it asks, each of
    which may be down alone.
    `tells_entries`: whether it tells what is in a playlist; if not, it has a test that says so.
    """

    source: Source
    known: Mapping[str, str]
    absent: Mapping[str, str]
    stand_in: StandIn | None = None
    says_none: frozenset[bytes] = frozenset()
    hosts: int = 1
    tells_entries: bool = True

    def questions(
        self, ids: Mapping[str, str], *, but: Capability | None = None
    ) -> Iterator[Question]:
        """Everything that it can be asked, each about one of these ids."""
        for capability in capabilities(self.source):
            if capability is not but:
                yield partial(QUESTIONS[capability], self.source, ids)
        if self.tells_entries and C.PLAYLIST in capabilities(self.source):
            yield partial(cast("Any", self.source).playlist_items, ids["playlist"], WINDOW)


@dataclass(frozen=True)
class Operation:
    """An address of ours, and the answer of the source that it is made of.

    `others`: what else a liar could send there: about another thing, or of another kind.
    `beside`: kinds of other answers that are asked for on the way, and kept by right.
    """

    ours: str
    theirs: str
    answer: dict[str, Any]
    others: dict[str, Any] = field(default_factory=dict)
    beside: frozenset[str] = frozenset()

    def lies(self) -> dict[str, Any]:
        """What is sent with a 200 and is no answer, by what is wrong with it."""
        return {
            "an error inside": {"error": ERROR},
            "an error in words": {"error": "server_error", "error_description": "x"},
            "an error beside it": {**self.answer, "error": ERROR},
            "errors": {"errors": [ERROR]},
            "nothing": {},
            "null": None,
            "nulls": dict.fromkeys(self.answer),
            "a list of it": [self.answer],
            "a text": "ok",
            **self.others,
        }


async def keeps_nothing_of(api: httpx.AsyncClient, operation: Operation) -> None:
    """R-27: a lie ends in a problem, 502 or 404, each of a batch too, and is kept nowhere."""
    answer = await api.get(operation.ours)

    told = answer.json()
    if answer.status_code == 200:
        assert [item["problem"]["status"] for item in told["items"]] == [502] * len(told["items"])
    else:
        assert answer.status_code in {502, 404}, answer.text
        assert answer.headers["content-type"] == "application/problem+json"
    tiers = api._transport.app.state.parts.tiers  # type: ignore[attr-defined]
    with Session(tiers.store._engine) as session:
        kinds = {key.split("|")[1] for key in session.exec(select(EntryRow.key))}
    assert kinds <= operation.beside
    assert {key.kind for key in tiers.memory._entries} <= operation.beside


async def keeps_form_and_report(case: Case) -> None:
    """Before it is asked anything."""
    keeps_its_form(case.source)
    reports_every_capability(case.source)


async def answers_what_it_knows(case: Case) -> None:
    """One by one and in batches, in which each is under its id and nobody else is."""
    for ask in case.questions(case.known):
        await answers_with_provenance(case.source, ask)
    for capability, ask_all in BATCHES.items():
        if not isinstance(case.source, BATCH_PROTOCOLS[capability]):
            continue
        ident = case.known["track"]
        batch = {"known": ident, "absent": case.absent["track"]}
        answers = await ask_all(case.source, batch)
        assert set(answers) == {ident}
        assert answers[ident].value.id == ident
    reports_every_capability(case.source)


async def refuses_what_nobody_has(case: Case) -> None:
    """Nothing is made up for it, and the refusal is a sentence. A search may find nothing."""
    for ask in case.questions(case.absent, but=C.SEARCH):
        refusal = await refuses_in_kind(case.source, ask)
        assert isinstance(refusal, Unknown)
        assert refusal.detail.endswith(".")


async def calls_what_is_no_answer_garbled(case: Case) -> None:
    """With a status of 200, whatever is asked."""
    assert case.stand_in is not None
    for body in (b"", b"<html>", b"null", b"[]", b'"ok"', b'{"error": {"status": 500}}'):
        case.stand_in.sends = Answer(body=body)
        meant = Unknown if body in case.says_none else Garbled
        for ask in case.questions(case.known):
            assert isinstance(await refuses_in_kind(case.source, ask), meant), body


async def is_unreachable_while_it_fails(case: Case) -> None:
    """It is tried again only now and then, and the report says since when."""
    assert case.stand_in is not None
    case.stand_in.sends = error(503, "Service unavailable")
    for _ in range(10):
        for ask in case.questions(case.known):
            assert isinstance(await refuses_in_kind(case.source, ask), Unreachable)
    assert len(case.stand_in.asked) < 10 * case.hosts
    reports_every_capability(case.source)
    assert {one.state for one in case.source.report()} == {State.UNREACHABLE}


async def obeys_a_wait(case: Case) -> None:
    """What it asks for is kept to, and reported."""
    assert case.stand_in is not None
    case.stand_in.sends = error(429, "Too many requests").but(retry_after=str(DAY_S))
    for _ in range(2):
        for ask in case.questions(case.known):
            refusal = await refuses_in_kind(case.source, ask)
            assert isinstance(refusal, Limited)
            assert refusal.retry_at is not None
            assert refusal.retry_at > time.time() + DAY_S / 2
    asked = case.stand_in.asked
    assert len(asked) == len(set(asked))
    assert {one.state for one in case.source.report()} == {State.LIMITED}


async def hears_of_no_own_id(case: Case) -> None:
    """What is this server's own is not told to others."""
    assert case.stand_in is not None
    nothing: Any = None
    cascade = Cascade(Registry((case.source,)), nothing, nothing, clock=time.time)
    for capability in capabilities(case.source):
        with pytest.raises(ApiError):
            await cascade.first(_of_own_id(capability))
    assert case.stand_in.asked == []


def _of_own_id(capability: Capability) -> Lookup:
    ids = dict.fromkeys(("artist", "track", "playlist", "words"), OWN)
    return Lookup(
        capability=capability,
        subject="track",
        thing="track",
        kind="track",
        ident=OWN,
        ttl=TtlClass.CATALOGUE,
        ask=lambda source, _native, _known: QUESTIONS[capability](source, ids),
    )


TRIALS_AT_HOME: tuple[Callable[[Case], Awaitable[None]], ...] = (
    keeps_form_and_report,
    answers_what_it_knows,
    refuses_what_nobody_has,
)
TRIALS = (
    *TRIALS_AT_HOME,
    calls_what_is_no_answer_garbled,
    is_unreachable_while_it_fails,
    obeys_a_wait,
    hears_of_no_own_id,
)


def keeps_its_form(source: Source) -> None:
    """It has a name, a version, and only what the Protocols ask, as they ask it."""
    assert isinstance(source.name, SourceName)
    assert source.version >= 1
    for capability in capabilities(source):
        protocol = PROTOCOLS[capability]
        for name, method in inspect.getmembers(protocol, inspect.isfunction):
            if not name.startswith("_"):
                wanted = _parameters(method)[1:]  # without self
                assert _parameters(getattr(source, name)) == wanted, name


def reports_every_capability(source: Source) -> None:
    """Each thing it can be asked is in its report, once, in plain words, with a reason if shut."""
    report = source.report()

    assert [one.capability for one in report] == capabilities(source)
    for one in report:
        assert one.detail.endswith((".", "!", "?"))
        assert one.state is State.OPEN or one.since is not None
        assert one.until is None or one.until > (one.since or one.until)


async def answers_with_provenance(source: Source, ask: Question) -> Fetched[Any]:
    """A value says who said it and when; no null is without its reason."""
    found: Fetched[Any] = await ask()

    resources: list[Any] = list(_resources(found.value))
    assert resources
    for resource in resources:
        assert {said.source for said in resource.provenance} == {source.name}
        assert all(said.licence for said in resource.provenance)
        absent = {gap.field for gap in resource.missing}
        assert set(_nulls(resource)) <= absent
        assert all(gap.detail.endswith(".") for gap in resource.missing)
    return found


async def refuses_in_kind(source: Source, ask: Question) -> SourceError:
    """It raises a SourceError in its own name, which tells a caller what was tried."""
    with pytest.raises(SourceError) as raised:
        await ask()

    refusal = raised.value
    assert refusal.source is source.name
    assert refusal.attempt(0.0).detail == refusal.detail
    return refusal


async def answers_or_refuses(source: Source, ask: Question) -> None:
    """Either of the two, and nothing else: what must hold whatever breaks on the way."""
    refusal: SourceError | None = None
    try:
        await answers_with_provenance(source, ask)
    except SourceError as error:
        refusal = error
    assert refusal is None or refusal.source is source.name


def _parameters(method: Callable[..., Any]) -> list[tuple[str, Any]]:
    return [(one.name, one.kind) for one in inspect.signature(method).parameters.values()]


def capabilities(source: Source) -> list[Capability]:
    """What it can be asked, by the Protocols it keeps."""
    return [capability for capability in Capability if isinstance(source, PROTOCOLS[capability])]


def _resources(value: Any) -> Iterator[Resource]:
    if isinstance(value, Resource):
        yield value
    if hasattr(value, "model_fields_set"):
        value = tuple(value.__dict__.values())
    if isinstance(value, tuple):
        for part in value:
            yield from _resources(part)


def _nulls(resource: Resource) -> Iterator[str]:
    ends = {"next", "previous"} if hasattr(resource, "href") else set()
    return (name for name, value in resource if value is None and name not in ends)
