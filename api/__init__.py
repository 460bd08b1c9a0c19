"""Earprint: what machines hear in music, who says so, and how sure they are."""

__version__ = "0.1.0"
