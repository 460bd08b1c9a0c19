"""What a server writes of each request, without the one secret that may stand in a path."""

from __future__ import annotations

import logging

from api.http.scope import told_path

PATH = 2  # of what uvicorn logs: client, method, path, HTTP version, status


class WithoutSecrets(logging.Filter):
    """Lets every line through, with its path as it may be told."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Change the line."""
        if isinstance(record.args, tuple) and len(record.args) > PATH:
            said = list(record.args)
            said[PATH] = told_path(str(said[PATH]))
            record.args = tuple(said)
        return True


_WITHOUT_SECRETS = WithoutSecrets()


def keep_secrets() -> None:
    """Have uvicorn write no secret, whoever has started it, and however often this is asked."""
    logging.getLogger("uvicorn.access").addFilter(_WITHOUT_SECRETS)
