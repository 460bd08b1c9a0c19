"""What the layers of the product tell one another, in an ASGI scope or message."""

from __future__ import annotations

SHARED = "/shared/"
"""Below it the rest of a path is a secret."""

REQUEST_ID = "earprint.request_id"
"""In a scope: what finds this request's log lines."""

ASKED_METHOD = "earprint.method"
"""In a scope: the method that was asked for; inside, HEAD is GET."""

CACHE_KEY = "earprint.cache_key"
"""In the start of an answer: the key of the entry that it was made from, for the edge to learn."""


def told_path(path: str) -> str:
    """A path as it may be logged and told: without the one secret that may stand in a path."""
    before, shared, _ = path.partition(SHARED)
    return f"{before}{shared}…" if shared else path
