"""One kept answer: its bytes, its validator and the moments at which it ages."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from sys import getsizeof
from typing import Generic, NamedTuple, TypeVar

from api.caller import PUBLIC
from api.problems.refusals import SourceError
from api.schemas.provenance import SourceName

OVERHEAD_BYTES = 3_072  # what an entry and its address cost beside bodies: tests/load/memory.py
ORDINARY_TEXTS_BYTES = 640  # of them: key, validators and a refusal’s words, as they usually are
OWNER = "owner"  # what lies on this machine: asked for anew each time, kept by nobody else
T_co = TypeVar("T_co", covariant=True)


class Key(NamedTuple):
    """What an entry is about. `principal` is the caller’s in whose name it was fetched."""

    source: SourceName
    kind: str
    ident: str
    market: str = ""
    version: int = 1
    principal: str = PUBLIC

    def text(self) -> str:
        """The key as one string, for the store."""
        return "|".join(map(str, self))

    def variant(self, name: str) -> Key:
        """The key of something computed from this entry, and perhaps from those of others."""
        return self._replace(kind=f"{self.kind}+{name}")

    @property
    def is_derived(self) -> bool:
        """Whether it is the key of something computed."""
        return "+" in self.kind


class Ages(NamedTuple):
    """The moments at which an entry gets older, in unix seconds; see cache/policy.py."""

    fresh_until: float
    revalidate_until: float
    error_until: float
    delete_at: float


@dataclass(frozen=True, slots=True)
class Fetched(Generic[T_co]):
    """A value and what its source will recognise it by; no value: the known one still holds."""

    value: T_co | None
    validator: str | None = None
    calls: int = 1
    """How many calls it was put together from: what it is about may have changed in between."""


@dataclass(slots=True)
class Entry:
    """A value as canonical JSON bytes, or a source's refusal; times are unix seconds.

    Only `encodings` grows after the fact: a compressed form is made once, when first asked for.
    """

    key: Key
    body: bytes
    etag: str
    stored_at: float
    ages: Ages
    validator: str | None = None
    refusal: SourceError | None = None
    encodings: dict[str, bytes] = field(default_factory=dict)

    def size(self) -> int:
        """Bytes that this entry takes in memory, all that it keeps included."""
        bodies = len(self.body) + sum(map(len, self.encodings.values()))
        said = self.refusal.detail if self.refusal else ""
        texts = (self.key.kind, self.key.ident, self.key.principal, self.etag, said, self.validator)
        words = sum(map(getsizeof, texts))
        return OVERHEAD_BYTES + bodies + (words if words > ORDINARY_TEXTS_BYTES else 0)


def etag_of(body: bytes) -> str:
    """A strong validator of these bytes, without its quotes."""
    return hashlib.blake2b(body, digest_size=12).hexdigest()
