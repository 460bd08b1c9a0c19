"""Signing in with Spotify: who has, in which browsers, and what is kept of it."""
