"""The analyser's version: one more whenever any number it gives can change."""

ANALYSER_VERSION = 3
ANALYSER = f"Earprint analyser v{ANALYSER_VERSION}"
