"""`make openapi`: write the OpenAPI document to a file, so that a change of the contract shows."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from api.app import create_app
from api.settings import Settings


def snapshot() -> str:
    """The document of an API with no settings at all, as it is committed."""
    document = create_app(Settings(_env_file=None)).openapi()
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(snapshot(), encoding="utf-8")
