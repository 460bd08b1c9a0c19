"""`make bench-audio`: how right, how sure, how fast and how large the analyser is."""
