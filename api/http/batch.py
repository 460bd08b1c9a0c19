"""Turn the outcomes of a batch into one response: an answer or a problem for each id."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fastapi import Request, Response

from api.cache.tiers import Served, as_served, composed, joint_key
from api.caller import PUBLIC
from api.http.responses import request_id
from api.http.stored_answer import StoredAnswer
from api.problems.errors import ApiError, StillWorking
from api.schemas.base import Model
from api.schemas.lists import Batch, BatchItem


def batch(
    request: Request, value: type[Model], outcomes: Sequence[tuple[str, Served | ApiError]]
) -> Response:
    """Answers and problems in the order asked; kept only where none of them is a problem."""
    items = tuple(_item(request, value, outcome) for outcome in outcomes)
    body = Batch[value](items=items).model_dump_json().encode()  # type: ignore[valid-type]
    served = [one for _, one in outcomes if isinstance(one, Served)]
    if not served or len(served) < len(outcomes):
        kept = "private, no-store" if any(_is_own(one) for _, one in outcomes) else "no-store"
        return Response(body, media_type="application/json", headers={"Cache-Control": kept})
    entry = composed(joint_key(served, "batch"), served, body)
    return StoredAnswer(as_served(entry, served), known_to_edge=False)


def told(
    request: Request, value: type[Model], outcomes: Sequence[tuple[str, Any | ApiError]]
) -> Batch[Any]:
    """Values that were worked out here and problems, in the order asked."""
    return Batch[value](  # type: ignore[valid-type]
        items=tuple(
            _refused(request, value, ident=ident, error=one)
            if isinstance(one, ApiError)
            else BatchItem[value](id=ident, ok=True, value=one, problem=None)  # type: ignore[valid-type]
            for ident, one in outcomes
        )
    )


def _is_own(one: Served | ApiError) -> bool:
    """Whether it tells of what lies on this machine."""
    if isinstance(one, ApiError):
        return isinstance(one, StillWorking)
    return one.entry.key.principal != PUBLIC


def _item(
    request: Request, value: type[Model], outcome: tuple[str, Served | ApiError]
) -> BatchItem[Any]:
    ident, one = outcome
    if isinstance(one, ApiError):
        return _refused(request, value, ident=ident, error=one)
    parsed = value.model_validate_json(one.entry.body)
    return BatchItem[value](id=ident, ok=True, value=parsed, problem=None)  # type: ignore[valid-type]


def _refused(
    request: Request, value: type[Model], *, ident: str, error: ApiError
) -> BatchItem[Any]:
    problem = error.problem(instance=request.scope["path"], request_id=request_id(request))
    return BatchItem[value](id=ident, ok=False, value=None, problem=problem)  # type: ignore[valid-type]
