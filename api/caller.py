"""Who asks. It goes from the edge into every question, every cache key and a source's credential.

The caller stands in a context variable: what a request starts asks for whoever asked first, also
in a task of its own, and no signature between the edge and a source has to hand it on.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Protocol

PUBLIC = "public"


class Caller(Protocol):
    """Somebody who asks."""

    @property
    def principal(self) -> str:
        """In whose name sources are asked; answers are kept apart by it. `public`: in nobody's."""
        ...

    @property
    def sees_own_music(self) -> bool:
        """Whether what lies on this machine may have a say in the answer."""
        ...


@dataclass(frozen=True, slots=True)
class Anybody:
    """Whoever reaches this server, as far as it can tell."""

    principal: str = PUBLIC
    sees_own_music: bool = True


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who has signed in with Spotify, in one of their browsers."""

    principal: str
    name: str
    csrf_token: str = field(repr=False)
    """What forms of this browser's pages have to send back."""
    session_hash: str = field(repr=False)
    sees_own_music: bool = True


ANYBODY = Anybody()
ANOTHER_SITE = Anybody(sees_own_music=False)
"""Whoever asks by way of another web site, where neither they nor own music have a say.

A song that somebody keeps here answers for its number at Spotify, too. Were another site told
something else for that, it would learn which songs its visitor keeps.
"""
_CALLER: ContextVar[Caller] = ContextVar("caller", default=ANYBODY)


def caller() -> Caller:
    """Who asked for what is being answered."""
    return _CALLER.get()


@contextmanager
def asked_by(who: Caller) -> Iterator[None]:
    """Answer one request of theirs."""
    token = _CALLER.set(who)
    try:
        yield
    finally:
        _CALLER.reset(token)


def in_nobodys_name(who: Caller) -> Anybody:
    """The same caller, asking for what everybody may know."""
    return Anybody(sees_own_music=who.sees_own_music)
