"""Geometry of the server-drawn charts: typed values in, positions out. No markup, no I/O."""
