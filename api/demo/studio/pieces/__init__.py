"""The pieces of the demo label, one module each, and the order of their release."""

from __future__ import annotations

from collections.abc import Callable

from api.demo.studio.piece import Composition
from api.demo.studio.pieces import (
    ambient,
    ballad,
    bossa,
    chorale,
    drum_and_bass,
    five,
    half_time,
    house,
    jig,
    lo_fi,
    metal,
    punk,
    seven,
    swing,
    waltz,
)

ALL: tuple[Callable[[], Composition], ...] = (
    jig.piece,
    waltz.piece,
    ballad.piece,
    chorale.piece,
    five.piece,
    house.piece,
    drum_and_bass.piece,
    half_time.piece,
    lo_fi.piece,
    ambient.piece,
    metal.piece,
    seven.piece,
    punk.piece,
    bossa.piece,
    swing.piece,
)
