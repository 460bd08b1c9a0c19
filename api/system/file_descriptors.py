"""Whether this process may open anything more: what fails for want of that blames other things.

A database “cannot be opened”, a name is “not known”, migrations “are not there”: whoever is about
to say so asks here first.
"""

from __future__ import annotations

import errno
import os
import resource

_NONE_LEFT = frozenset({errno.EMFILE, errno.ENFILE})


def none_left(error: BaseException | None = None) -> bool:
    """Whether that is why something failed: it says so, or nothing can be opened now either."""
    if isinstance(error, OSError) and error.errno in _NONE_LEFT:
        return True
    try:
        os.close(os.open(os.devnull, os.O_RDONLY))
    except OSError as failure:
        return failure.errno in _NONE_LEFT
    return False


def in_words() -> str:
    """What is to be said then, and what can be done."""
    most, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return f"this process has all {most} files and connections open that it may (ulimit -n)"
