"""Whether another web site asks: what lies on this machine then has no say in the answer.

A song that somebody keeps here answers for its number at Spotify, too. Were another site told
something else for that, it would learn which songs its visitor keeps.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_ANOTHER_SITE: ContextVar[bool] = ContextVar("another_site", default=False)


def is_another_site() -> bool:
    """Whether the request that is being answered was made by another site's page."""
    return _ANOTHER_SITE.get()


@contextmanager
def answering(*, another_site: bool) -> Iterator[None]:
    """Answer one request; what it is passed on to asks for whoever asked first."""
    token = _ANOTHER_SITE.set(another_site)
    try:
        yield
    finally:
        _ANOTHER_SITE.reset(token)
