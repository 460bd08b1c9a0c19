"""The owner's own files, and collections, as a source."""

from __future__ import annotations

from api.sources.library.queries import Holdings, IsrcOf
from api.sources.library.source import LibrarySource

__all__ = ["Holdings", "IsrcOf", "LibrarySource"]
