"""What is free goes back to the system, where the C library can do that."""

import ctypes

import pytest

from api.system import heap


class OtherLibrary:
    """A C library without glibc's own functions, as musl's."""

    def __getattr__(self, name):
        raise AttributeError(name)


@pytest.mark.parametrize("ask", [heap.keep_little, heap.give_back])
def test_another_c_library_is_not_asked(monkeypatch, ask):
    """Nor is one that cannot be opened, as on Windows."""
    for libc in (lambda _name: OtherLibrary(), ctypes.c_int):
        monkeypatch.setattr(ctypes, "CDLL", libc)
        ask()


def test_free_memory_goes_back():
    """Asked for by the names that glibc has, which it takes."""
    heap.give_back()
