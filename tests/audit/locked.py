"""The releases that a lock names, each with the hashes it admits."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.contract.repository import ROOT

RUN, DEV = ROOT / "requirements/run.txt", ROOT / "requirements/dev.txt"
_HASH = "--hash=sha256:"


@dataclass(frozen=True, slots=True)
class Locked:
    """One release."""

    requirement: Requirement
    hashes: frozenset[str]

    @property
    def name(self) -> str:
        """Its name, as indexes spell it."""
        return canonicalize_name(self.requirement.name)

    @property
    def version(self) -> str:
        """Its version."""
        (pin,) = self.requirement.specifier
        return pin.version

    @property
    def is_for_here(self) -> bool:
        """Whether this machine installs it."""
        return self.requirement.marker is None or self.requirement.marker.evaluate()


def read(lock: Path) -> list[Locked]:
    """What a lock names, for this machine and for others."""
    found: list[tuple[Requirement, set[str]]] = []
    for line in lock.read_text(encoding="utf-8").splitlines():
        text = line.removesuffix("\\").strip()
        if text.startswith(_HASH):
            found[-1][1].add(text.removeprefix(_HASH))
        elif text and not text.startswith("#"):
            found.append((Requirement(text), set()))
    return [Locked(requirement, frozenset(hashes)) for requirement, hashes in found]
