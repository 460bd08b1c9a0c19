"""Exportify: spreadsheets of playlists with Spotify's own numbers in them."""

from __future__ import annotations

from api.sources.exportify.source import ExportifySource

__all__ = ["ExportifySource"]
