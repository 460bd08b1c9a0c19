"""The judge's own programs beside the repository, used as they are: ../shared/tools."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from types import ModuleType

TOOLS = Path(__file__).resolve().parents[4] / "shared" / "tools"
RENDERED, RECORDED = "audio_truth", "real_truth"


class NoTruth(Exception):
    """There is nothing to compare with on this machine, or what makes it is not there."""


def tool(name: str, of: str = RENDERED) -> ModuleType:
    """One of their modules, which know one another by bare names. Raises NoTruth."""
    folder = TOOLS / of
    if not (folder / f"{name}.py").is_file():
        raise NoTruth(f"../shared/tools/{of} is absent")
    if str(folder) not in sys.path:
        sys.path.append(str(folder))
    return importlib.import_module(name)
