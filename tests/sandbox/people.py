"""Whoever may consent at the stand-in, by their user id: as invented as everything else."""

PEOPLE = {"sandbox-listener": "Sandbox Listener", "other-listener": "Other Listener"}
