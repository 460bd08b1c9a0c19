"""The commands of the API: `python -m api serve`, and others; see --help."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import sys
import time
from base64 import b64encode
from collections.abc import Sequence
from pathlib import Path

from api.app import create_app, tuned
from api.cache.purge import NAMES, purge
from api.http.server import server
from api.schemas.doctor import Checkup
from api.services.doctor import Doctor, in_words
from api.settings import KEY_BYTES, Settings, describe, load_settings
from api.wiring import assemble, opened_to_ask


def openapi() -> str:
    """The document of an API with no settings at all, as it is committed."""
    document = create_app(Settings(_env_file=None)).openapi()
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"


async def examine(settings: Settings) -> Checkup:
    """What the sources outside answer, now."""
    parts = assemble(settings, clock=time.time, chance=random.random)  # noqa: S311  # jitter, not secrets
    async with opened_to_ask(parts):
        return await Doctor(parts.registry, time.time).checkup()


def main(arguments: Sequence[str]) -> None:
    """Do what is asked for; exit with 2 where it cannot be understood."""
    parser = argparse.ArgumentParser(prog="python -m api", description="The JSON API of Earprint.")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("serve", help="serve the JSON API alone; `python -m web` has the pages too")
    commands.add_parser("settings", help="print the settings in force, without secrets")
    commands.add_parser("secret", help="print a new key for EARPRINT_SECRET")
    checked = commands.add_parser("doctor", help="ask every source outside one of each question")
    checked.add_argument("--json", action="store_true", help="as JSON, to be pasted into a report")
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
        case "secret":
            sys.stdout.write(f"EARPRINT_SECRET={b64encode(os.urandom(KEY_BYTES)).decode()}\n")
        case "doctor":
            checkup = asyncio.run(examine(load_settings()))
            words = checkup.model_dump_json(indent=1) if asked.json else in_words(checkup)
            sys.stdout.write(f"{words}\n")
        case "purge":
            sys.stdout.write(asyncio.run(purge(asked.source)) + "\n")
        case "openapi":
            asked.file.write_text(openapi(), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
