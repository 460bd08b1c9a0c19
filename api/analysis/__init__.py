"""Hear a recording: samples in, values out, without network, database or clock."""
