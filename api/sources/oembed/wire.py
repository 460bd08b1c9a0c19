"""What Spotify's link preview sends: a title, a picture, and a frame to be shown, which is not."""

from __future__ import annotations

import re
from typing import Any

from api.sources.wire import About, Count, Ident, Text, Wire

_NAMED = re.compile(r"/([a-z]+)/([0-9A-Za-z]{22})(?![0-9A-Za-z])")


class WirePreview(Wire):
    """How a page of Spotify's is shown elsewhere."""

    kinds = frozenset({"rich"})

    title: Ident
    thumbnail_url: Text | None = None
    thumbnail_width: Count | None = None
    thumbnail_height: Count | None = None
    iframe_url: Text | None = None
    html: Any = None
    width: Any = None
    height: Any = None
    version: Any = None
    type: Any = None
    provider_name: Any = None
    provider_url: Any = None

    def is_about(self, asked: About) -> bool:
        """`artist/{id}` and so on: by the frame's address, where it is sent and names anything."""
        named = {"/".join(found) for found in _NAMED.findall(self.iframe_url or "")}
        return not named or asked.ident in named
