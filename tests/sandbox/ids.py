"""Base62 ids as Spotify writes them, and the invented ones of this catalogue."""

import hashlib

ALPHABET = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
LENGTH = 22
CEILING = 2**128  # 62**22 is larger: an id of the right length can still overflow


def id_of(kind: str, n: int) -> str:
    """Answer the id of the n-th artist, track, album, playlist, … (n counts from 0)."""
    digest = hashlib.sha256(f"earprint-sandbox:{kind}:{n}".encode()).digest()
    return encode(int.from_bytes(digest[:16], "big"))


def encode(value: int) -> str:
    """Write a 128-bit value in base 62, zero-padded to 22 characters."""
    digits = []
    for _ in range(LENGTH):
        value, digit = divmod(value, len(ALPHABET))
        digits.append(ALPHABET[digit])
    return "".join(reversed(digits))


def is_id(text: str) -> bool:
    """Tell whether a text is a real id: 22 base62 characters below 2**128."""
    if len(text) != LENGTH or not all(character in ALPHABET for character in text):
        return False
    value = 0
    for character in text:
        value = value * len(ALPHABET) + ALPHABET.index(character)
    return value < CEILING
