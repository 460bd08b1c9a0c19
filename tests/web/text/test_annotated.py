"""A body whose fields are explained where they first stand."""

import json

from web.text.annotated import annotated

TOLD = {
    "name": "What it is called.",
    "artists": "Who made it.",
    "artists[].name": "What they are called.",
    "album.name": "What it is on.",
}


def explained(body):
    """Each key that is, with what is said of it."""
    pieces = annotated(json.dumps(body, indent=2), TOLD)
    assert "".join(piece.text for piece in pieces) == json.dumps(body, indent=2)
    return {piece.number: (piece.text, piece.about) for piece in pieces if piece.number}


def test_fields_of_different_places_are_told_apart():
    """A name within a list, within an object and of the whole each means what it means there."""
    body = {"name": "a", "artists": [{"name": "b"}, {"name": "c"}], "album": {"name": "d"}}

    assert explained(body) == {
        number: (f'"{path.rpartition(".")[2]}"', about)
        for number, (path, about) in enumerate(TOLD.items(), 1)
    }


def test_each_field_is_told_once():
    """A list of fifty does not stop whoever goes through it by keyboard fifty times."""
    assert len(explained({"artists": [{"name": str(n)} for n in range(50)]})) == 2


def test_values_that_look_like_keys_are_none():
    """Whatever stands in a text of theirs."""
    assert explained({"other": '"name": 1', "list": ["name", '\n"name": ']}) == {}


def test_what_is_no_json_comes_back_whole():
    """Nothing is lost of it."""
    assert "".join(piece.text for piece in annotated("{[not json", TOLD)) == "{[not json"
