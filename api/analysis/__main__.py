"""`python -m api.analysis FILE…`; what it does is in `cli`."""

from __future__ import annotations

import os
import sys

ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS")


def main() -> int:
    """Run on one thread: numpy's would mostly wait for one another, and burn a core at that."""
    for name in ONE_THREAD:
        os.environ.setdefault(name, "1")  # read when numpy is first imported
    from api.analysis import cli  # noqa: PLC0415

    return cli.main(sys.argv[1:])


if __name__ == "__main__":
    raise SystemExit(main())
