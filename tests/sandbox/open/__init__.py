"""Stand-ins for the sources that answer anybody, over the same invented world as Spotify's."""
