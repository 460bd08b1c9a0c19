"""Who is whom: nobody is joined silently, an outage is no answer, and a person's word wins."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.problems.refusals import Limited, SourceError, Unknown, Unreachable
from api.schemas.identity import IdScheme
from api.schemas.provenance import SourceName
from api.schemas.reference import Kind
from api.services.identity import Identities, chosen
from api.sources.base import BY_SPOTIFY_IDS, Link
from api.sources.registry import Registry
from tests.cache.making import Hands
from tests.services.listening import identities_of

MB, WD = SourceName.MUSICBRAINZ, SourceName.WIKIDATA
ASKER = SourceName.LISTENBRAINZ
DAY_S = 86_400
ALL = frozenset(IdScheme)


class Linking:
    """A source that states these links, by the id that it is asked about."""

    version = 1
    market: str | None = None
    at_home = False
    asked_by = BY_SPOTIFY_IDS

    def __init__(
        self, name: SourceName, stated: Mapping[str, Sequence[str]] | None = None, **more: Any
    ) -> None:
        self.name = name
        self.links_at_once: int = more.get("at_once", 50)
        self.links_from = {kind: dict.fromkeys(IdScheme, ALL) for kind in Kind}
        self.asked: list[Sequence[str]] = []
        self.refusal: SourceError | None = more.get("refusal")
        self.waits: asyncio.Event | None = more.get("waits")
        self._stated = stated or {}
        self._scheme: IdScheme = more.get("scheme", IdScheme.MBID)

    def report(self) -> tuple[()]:
        """Nothing of it."""
        return ()

    async def close(self) -> None:
        """Hang up."""

    async def links(
        self, _kind: Kind, _scheme: IdScheme, idents: Sequence[str]
    ) -> dict[str, tuple[Link, ...]]:
        """What it states of each that it knows."""
        self.asked.append(idents)
        if self.waits is not None:
            await self.waits.wait()
        if self.refusal is not None:
            raise self.refusal
        return {
            ident: tuple(Link(self._scheme, target) for target in self._stated[ident])
            for ident in idents
            if ident in self._stated
        }


@asynccontextmanager
async def asking(
    folder: Path, *sources: Linking, clock: Hands | None = None
) -> AsyncIterator[Identities]:
    """Identities of what these say."""
    async with identities_of(Registry(sources), folder, clock or Hands()) as identities:
        yield identities


async def mbid(identities: Identities, ident: str = "a") -> str:
    """Under which MusicBrainz id the artist is asked about."""
    return (await identities.native(ident, Kind.ARTIST, IdScheme.MBID, asker=ASKER)).ident


async def test_what_a_source_states_is_found_and_kept(tmp_path):
    """Asked once in thirty days; the words say who states it."""
    clock, source = Hands(), Linking(MB, {"a": ["m1"]})
    async with asking(tmp_path, source, clock=clock) as identities:
        native = await identities.native("a", Kind.ARTIST, IdScheme.MBID, asker=ASKER)
        clock.pass_s(29 * DAY_S)
        await mbid(identities)
        assert len(source.asked) == 1
        clock.pass_s(2 * DAY_S)
        await mbid(identities)

    assert native == ("m1", "Found by its MusicBrainz id m1, which MusicBrainz states.")
    assert len(source.asked) == 2


async def test_who_has_looked_too_early_asks_nobody_again(tmp_path, monkeypatch):
    """Another's question lands between the look at what is kept and one's own question."""
    source, looked, landed = Linking(MB, {"a": ["m1"]}), asyncio.Event(), asyncio.Event()
    async with asking(tmp_path, source) as identities:
        answers = identities._tables.answers

        async def late(*args: Any, **more: Any) -> Any:
            monkeypatch.undo()
            seen = await answers(*args, **more)
            looked.set()
            await landed.wait()
            return seen

        monkeypatch.setattr(identities._tables, "answers", late)
        early = asyncio.create_task(mbid(identities))
        await looked.wait()
        first = await mbid(identities)
        landed.set()
        second = await early

    assert first == second == "m1"
    assert len(source.asked) == 1


async def test_that_nobody_knows_any_is_kept_for_a_day(tmp_path):
    """It is a refusal in the name of who would have been asked by it."""
    clock, source = Hands(), Linking(MB)
    async with asking(tmp_path, source, clock=clock) as identities:
        for hours, asked in ((0, 1), (23, 1), (2, 2)):
            clock.pass_s(hours * 3_600)
            with pytest.raises(Unknown) as caught:
                await mbid(identities)
            assert len(source.asked) == asked

    assert caught.value.source is ASKER
    assert "MusicBrainz" in caught.value.detail


@pytest.mark.parametrize("refusal", [Unreachable(MB, "It is down."), Limited(MB, "Wait.")])
async def test_an_outage_is_never_kept_as_nothing_known(tmp_path, refusal):
    """It may be found later, so the refusal says that; then it is."""
    source = Linking(MB, {"a": ["m1"]}, refusal=refusal)
    async with asking(tmp_path, source) as identities:
        with pytest.raises(type(refusal)) as caught:
            await mbid(identities)
        source.refusal = None
        found = await mbid(identities)

    assert caught.value.source is ASKER
    assert caught.value.retry_at is not None
    assert found == "m1"


async def test_the_one_most_sources_state_is_taken_and_said_to_be_ambiguous(tmp_path):
    """Two of three against one of them; the words name the other."""
    sources = Linking(MB, {"a": ["m1", "m2"]}), Linking(WD, {"a": ["m1"]})
    async with asking(tmp_path, *sources) as identities:
        native = await identities.native("a", Kind.ARTIST, IdScheme.MBID, asker=ASKER)

    assert native.ident == "m1"
    assert "m2" in (native.says or "")
    assert "somebody else" in (native.says or "")


async def test_where_none_has_the_most_none_is_taken(tmp_path):
    """A coin is no way to find out who somebody is; all are listed, as ambiguous."""
    sources = Linking(MB, {"a": ["m1"]}), Linking(WD, {"a": ["m2"]})
    async with asking(tmp_path, *sources) as identities:
        with pytest.raises(Unknown, match="Several MusicBrainz ids"):
            await mbid(identities)
        identity = await identities.of(Kind.ARTIST, "a")

    assert {(link.id, link.ambiguous) for link in identity.links} == {("m1", True), ("m2", True)}


async def test_what_a_person_has_set_always_wins(tmp_path):
    """An id, or that none is right; forgotten, sources are believed again."""
    sources = Linking(MB, {"a": ["m1"]}), Linking(WD, {"a": ["m1"]})
    async with asking(tmp_path, *sources) as identities:
        await identities.correct(Kind.ARTIST, "a", {IdScheme.MBID: "m9"})
        right = await mbid(identities)
        identity = await identities.correct(Kind.ARTIST, "a", {IdScheme.MBID: None})
        with pytest.raises(Unknown, match="has set"):
            await mbid(identities)
        await identities.correct(Kind.ARTIST, "a", {})
        again = await mbid(identities)

    assert (right, again) == ("m9", "m1")
    assert identity.links == ()


async def test_many_are_asked_about_in_few_calls_and_one_that_fails_loses_its_own(tmp_path):
    """Each id is joined by itself, never by place."""
    stated = {f"a{n}": [f"m{n}"] for n in range(0, 120, 2)}
    source = Linking(MB, stated, at_once=50)
    async with asking(tmp_path, source) as identities:
        idents = [f"a{n}" for n in range(120)]
        found = await identities.heard_of_many(
            Kind.ARTIST, IdScheme.SPOTIFY, idents, wanted={IdScheme.MBID}
        )
        again = await identities.heard_of_many(
            Kind.ARTIST, IdScheme.SPOTIFY, idents, wanted={IdScheme.MBID}
        )

    targets = {ident: list(one.candidates(IdScheme.MBID)) for ident, one in found.items()}
    assert targets == {ident: stated.get(ident, []) for ident in idents}
    assert again.keys() == found.keys()
    assert sorted(map(len, source.asked)) == [20, 50, 50]


async def test_a_slow_source_costs_its_share_only(tmp_path, monkeypatch):
    """The others' word is taken; what it says in the end is kept for the next reader."""
    monkeypatch.setattr("api.services.identity.LONGER_S", 0.2)
    door = asyncio.Event()
    slow, quick = Linking(WD, {"a": ["m1"]}, waits=door), Linking(MB, {"a": ["m1"]})
    async with asking(tmp_path, slow, quick) as identities:
        found = await identities.native("a", Kind.ARTIST, IdScheme.MBID, asker=ASKER)
        door.set()
        await asyncio.sleep(0.2)
        later = await identities.native("a", Kind.ARTIST, IdScheme.MBID, asker=ASKER)

    assert "Wikidata" not in (found.says or "")
    assert "Wikidata" in (later.says or "")
    assert len(slow.asked) == 1


TARGETS = st.lists(st.sampled_from(["m1", "m2", "m3"]), max_size=3, unique=True)


@settings(max_examples=2_000, deadline=None)
@given(st.lists(TARGETS, min_size=1, max_size=4))
def test_no_world_has_two_joined_silently(stated):
    """Whatever sources state, one id is chosen only if more of them state it than any other."""
    candidates: dict[str, list[SourceName]] = {}
    for source, targets in zip(SourceName, stated, strict=False):
        for target in targets:
            candidates.setdefault(target, []).append(source)

    found = chosen(candidates)

    votes = Counter(target for targets in stated for target in targets)
    most = max(votes.values(), default=0)
    leaders = [target for target, count in votes.items() if count == most]
    assert found == (leaders[0] if len(leaders) == 1 else None)
