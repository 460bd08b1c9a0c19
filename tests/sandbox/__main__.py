"""Run the sandbox by hand: `python -m tests.sandbox --port 8790 --app-class new-dev`."""

import argparse
import asyncio
import signal
import sys
from typing import get_args

from tests.sandbox import FAULTS, Sandbox
from tests.sandbox.rules import AppClass
from tests.sandbox.state import CLIENT_ID, CLIENT_SECRET


def main() -> None:
    """Read the command line; list the faults, or serve until interrupted."""
    arguments = _parser().parse_args()
    if arguments.list_faults:
        sys.stdout.writelines(f"{line}\n" for line in fault_lines())
        return
    asyncio.run(_serve(arguments))


def fault_lines() -> list[str]:
    """Write the fault catalogue, a line each."""
    return [
        f"{fault.id}  {fault.name:<28}{fault.sentence}"
        + ("" if fault.server_side else f" Made by {fault.made_by}.")
        for fault in FAULTS
    ]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m tests.sandbox", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0 picks a free one")
    parser.add_argument("--app-class", choices=get_args(AppClass), default="extended")
    parser.add_argument("--latency-ms", type=float, default=0)
    parser.add_argument("--fault", nargs="+", default=[], metavar="NAME", help="ids or names")
    parser.add_argument("--list-faults", action="store_true")
    return parser


async def _serve(arguments: argparse.Namespace) -> None:
    stopped = asyncio.Event()
    for wanted in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(wanted, stopped.set)
    box = Sandbox(
        app_class=arguments.app_class, latency_ms=arguments.latency_ms, port=arguments.port
    )
    async with box as sandbox:
        for name in arguments.fault:
            sandbox.fault(name)
        sys.stdout.write(_welcome(sandbox) + "\n")
        sys.stdout.flush()
        await stopped.wait()


def _welcome(sandbox: Sandbox) -> str:
    return (
        f"sandbox ({sandbox.app_class}): api {sandbox.api_url} accounts {sandbox.accounts_url} "
        f"control {sandbox.accounts_url}/__sandbox/state client {CLIENT_ID}:{CLIENT_SECRET} "
        + " ".join(f"{setting}={url}" for setting, url in sandbox.urls().items())
    )


if __name__ == "__main__":
    main()
