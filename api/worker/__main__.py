"""The worker process: `python -m api.worker`, started by the web process or by hand.

This module imports next to nothing: every analysis runs in a process of its own, and each of those
imports the main module again.
"""

from __future__ import annotations

import sys


def main(arguments: list[str]) -> None:
    """Run until the signal to end, or until standard input closes (with `--attached`)."""
    from api.worker.consume import run  # noqa: PLC0415  # see the module's docstring

    run(attached="--attached" in arguments)


if __name__ == "__main__":
    main(sys.argv[1:])
