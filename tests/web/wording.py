"""Put other words into every text of an answer: what a hostile source, file or person would say."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, get_args

from pydantic import BaseModel

# Words of the contract, and addresses that the API makes of its own ids: nobody else writes them.
OURS = {
    "about",
    "analysis",
    "audio",
    "cover",
    "data",
    "features",
    "field",
    "href",
    "loudness_reference",
    "next",
    "playlist",
    "previous",
    "prompt",
    "release_date_precision",
    "result",
    "time_signature",
    "timbre_basis",
    "type",
}
IDS = {"artist_id", "id", "isrc", "references", "spotify_id", "track_id", "uri"}
ADDRESSES = {"url"}


class Wording:
    """Words for every text of a model, another one at each place, those that are empty included.

    `turn` moves all of them on by one, so that after as many turns as there are texts each place
    has had each of them. `at_once` puts several into one place, but for addresses. Ids lead from
    page to page, and stay as they are unless `ids` says otherwise.
    """

    def __init__(
        self, texts: Sequence[str], *, turn: int = 0, at_once: int = 1, ids: bool = False
    ) -> None:
        self.texts = texts
        self.at_once = at_once
        self.kept = OURS if ids else OURS | IDS
        self.turn = turn
        self._place = 0

    def __call__(self, model: BaseModel) -> BaseModel:
        self._place = 0
        return self._model(model)

    def _model(self, model: BaseModel) -> BaseModel:
        fields = type(model).model_fields
        given = {name: self._filled(model, name) for name in fields}
        return model.model_copy(update={n: self._said(value, n) for n, value in given.items()})

    def _filled(self, model: BaseModel, name: str) -> Any:
        value = getattr(model, name)
        takes_text = str in get_args(type(model).model_fields[name].annotation)
        return "" if value is None and takes_text and name not in self.kept | IDS else value

    def _said(self, value: Any, name: str) -> Any:
        if isinstance(value, BaseModel):
            return self._model(value)
        if isinstance(value, tuple):
            return tuple(self._said(each, name) for each in value)
        if isinstance(value, dict):
            return {key: self._said(each, name) for key, each in value.items()}
        return self._text(name) if type(value) is str and name not in self.kept else value

    def _text(self, name: str) -> str:
        self._place += 1
        first = self.turn + self._place
        many = 1 if name in ADDRESSES | IDS else self.at_once
        return " ".join(self.texts[(first + each) % len(self.texts)] for each in range(many))
