"""The commands of the API: `python -m api serve | settings | purge SOURCE | openapi FILE`."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from api.app import create_app, tuned
from api.cache.purge import NAMES, purge
from api.http.server import server
from api.settings import Settings, describe, load_settings


def openapi() -> str:
    """The document of an API with no settings at all, as it is committed."""
    document = create_app(Settings(_env_file=None)).openapi()
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"


def main(arguments: Sequence[str]) -> None:
    """Do what is asked for; exit with 2 where it cannot be understood."""
    parser = argparse.ArgumentParser(prog="python -m api", description="The JSON API of Earprint.")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("serve", help="serve the JSON API alone; `python -m web` has the pages too")
    commands.add_parser("settings", help="print the settings in force, without secrets")
    cached = commands.add_parser("purge", help="forget everything cached from one source")
    cached.add_argument("source", choices=NAMES)
    written = commands.add_parser("openapi", help="write the OpenAPI document to a file")
    written.add_argument("file", metavar="FILE", type=Path)
    asked = parser.parse_args(arguments)
    match asked.command:
        case "serve":
            settings = load_settings()
            server(tuned(create_app(settings)), settings).run()
        case "settings":
            sys.stdout.write(describe(load_settings()) + "\n")
        case "purge":
            sys.stdout.write(asyncio.run(purge(asked.source)) + "\n")
        case "openapi":
            asked.file.write_text(openapi(), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
