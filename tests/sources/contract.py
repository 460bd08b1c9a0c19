"""What every source must keep, whoever it is: the test of a new source calls these.

A source's test names one thing it knows, and hands over the source while a stand-in answers it.
"""

import inspect
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
from sqlmodel import Session, select

from api.cache.entry import Fetched
from api.cache.sqlite_store import EntryRow
from api.problems.refusals import SourceError
from api.schemas.provenance import Capability, Resource, SourceName
from api.schemas.sources import State
from api.sources.base import PROTOCOLS, Source

Question = Callable[[], Awaitable[Any]]
ERROR = {"status": 500, "message": "Something went wrong"}


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
