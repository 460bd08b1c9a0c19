"""What surrounds every page, and what every page's data have in common."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class Shell:
    """What the layout shows around every page. `asked`: the text kept in the paste box."""

    stand_in: bool
    version: str
    asked: str = ""


@dataclass(frozen=True, kw_only=True)
class Data:
    """A template's variables."""

    template: ClassVar[str]

    shell: Shell
