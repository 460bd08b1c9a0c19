"""Whom several sources name is one artist: by id, or else by name."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.music.names import exactly, loosely
from api.schemas.artist import RelatedArtists, Relation
from api.schemas.provenance import Missing, Reason, SourceName
from api.services.related import merge
from tests.cache.making import OTHER
from tests.services.listening import NEAR, related, relation

THIRD = SourceName.DEEZER


def told(*names: str, **who: Any) -> RelatedArtists:
    """What a source says: names in order, each with its id where one is given."""
    ids, source = who, who.pop("source", NEAR)
    each = (relation(name, 0.5, ident=ids.get(name), source=source) for name in names)
    return related(*each, source=source)


def found(*lists: RelatedArtists) -> list[tuple[str | None, str, int]]:
    """What becomes of the lists."""
    merged = merge(list(lists))
    return [(item.artist.id, item.artist.name, item.agreement) for item in merged.items]


@pytest.mark.parametrize("turned", [False, True], ids=["with-id-first", "without-id-first"])
@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Solo", "SOLO"),
        ("Sólo", "SO\u0301LO"),  # the accent as a letter of its own
        ("Two Words", " two\u00a0  words "),
        ("\uff21\uff22\uff22\uff21", "Abba"),
        ("Strasse", "Straße"),
        ("Sigur Rós", "Sigur Ros"),
        ("Guns N' Roses", "Guns N’ Roses"),
        ("Ёлка", "Елка"),
    ],
)
def test_one_without_an_id_joins_the_one_with_it(name, said, turned):
    """Whoever is asked first; what is shown is what the one with the id says."""
    lists = [told(name, **{name: "1"}), told(said, source=OTHER)]

    assert found(*(reversed(lists) if turned else lists)) == [("1", name, 2)]


@pytest.mark.parametrize(
    ("one", "other"),
    [("ガ", "カ"), ("हिन्दी", "हन्दी"), ("Solo", "Solos"), ("", ""), (" ", "")],
)
def test_names_that_differ_are_two(one, other):
    """Marks that make another letter of it are no accents, and nothing is no name."""
    assert len(found(told(one), told(other, source=OTHER))) == 2


def test_two_ids_are_two_artists():
    """Though they have one name; one without an id that fits both stays by itself."""
    one, two = told("Nirvana", Nirvana="1"), told("nirvana", source=OTHER, nirvana="2")
    third, fourth = told("NIRVANA", source=THIRD), told("Nirvana", source=SourceName.LASTFM)

    merged = {ident: agreement for ident, _, agreement in found(one, two, third, fourth)}

    assert merged == {"1": 1, "2": 1, None: 2}


def test_one_id_is_one_artist_whatever_the_names():
    """Sources spell them each in their own way."""
    one, two = told("Prince", Prince="1"), told("The Artist", source=OTHER, **{"The Artist": "1"})

    assert found(one, two) == [("1", "Prince", 2)]
    assert found(one, two, told("the artist", source=THIRD)) == [("1", "Prince", 3)]


def test_a_source_that_names_two_means_two():
    """Names that differ by an accent alone are joined across sources, not within one."""
    assert len(found(told("Ana", "Aná"), told("Bo", source=OTHER))) == 3


def test_a_source_has_one_vote_for_an_artist():
    """Its best; agreement counts sources, not how often one of them says it."""
    twice = related(
        relation("A", 0.2, ident="1"), relation("a", 1.0), relation("A", 0.8, ident="1")
    )
    merged = merge([twice, told("A", source=OTHER)])

    (item,) = merged.items
    assert (item.agreement, [vote.source for vote in item.sources]) == (2, [NEAR, OTHER])


def test_what_is_not_said_of_an_artist_goes_with_it():
    """The gaps of the one that is shown, at its new place; not those of the others."""
    gaps = tuple(
        Missing(field=f"items[{n}].artist.genres", reason=Reason.NOT_KNOWN, detail=str(n))
        for n in range(2)
    )
    one = told("B", "A", A="1").model_copy(update={"missing": gaps})
    two = related(relation("a", 1.0, source=OTHER), source=OTHER)
    silent = Missing(field="items[0].artist.genres", reason=Reason.CLOSED, detail="other")

    merged = merge([two.model_copy(update={"missing": (silent,)}), one])

    assert [item.artist.name for item in merged.items] == ["A", "B"]
    assert [(gap.field, gap.detail) for gap in merged.missing if gap.field != "spotify"] == [
        ("items[0].artist.genres", "1"),
        ("items[1].artist.genres", "0"),
    ]


NAMES = st.sampled_from(["Ana", "ANA", "Aná", "Bo", "bo ", ""])
NAMINGS = st.lists(st.tuples(NAMES, st.sampled_from([None, "1", "2"])), max_size=5)


@given(st.lists(NAMINGS, min_size=1, max_size=3))
def test_nobody_is_lost_and_no_two_ids_are_joined(lists):
    """Every id is there once; whoever was named is there, by id or by a name like it."""
    sources = (NEAR, OTHER, THIRD)
    said = [
        related(*(relation(n, 0.5, ident=i, source=source) for n, i in names), source=source)
        for names, source in zip(lists, sources, strict=False)
    ]

    items: tuple[Relation, ...] = merge(said).items

    ids = [item.artist.id for item in items if item.artist.id]
    named = [pair for names in lists for pair in names]
    assert sorted(ids) == sorted({ident for _, ident in named if ident})
    without = [exactly(item.artist.name) for item in items if not item.artist.id]
    assert len(set(without) - {""}) == len([name for name in without if name])
    there = {loosely(name) for name in (*without, *(name for name, ident in named if ident))}
    assert all(loosely(name) in there for name, ident in named if ident is None)
    assert all(item.agreement == len({v.source for v in item.sources}) for item in items)
