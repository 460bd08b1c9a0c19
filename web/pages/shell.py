"""What surrounds every page, and what every page's data have in common."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class Shell:
    """What the layout shows around every page. `asked`: the text kept in the paste box.

    `upload_mb`: what an own file may have, wherever one can be sent.
    """

    stand_in: bool
    version: str
    asked: str = ""
    upload_mb: int = 60


@dataclass(frozen=True, kw_only=True)
class Data:
    """A template's variables."""

    template: ClassVar[str]

    shell: Shell
