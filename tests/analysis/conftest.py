"""What the tests of the analyser share."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from api.analysis import pipeline
from api.analysis.decoding import decode
from api.analysis.pipeline import Heard
from api.analysis.sound import RATE, Sound
from tests.analysis import files, signals

Hearing = Callable[[bytes], Sound]


@pytest.fixture
def hear(tmp_path: Path) -> Hearing:
    """Decode these bytes, under a name that says nothing."""

    def decoded(content: bytes) -> Sound:
        path = tmp_path / "in"
        path.write_bytes(content)
        return decode.read(path)

    return decoded


@pytest.fixture(scope="session")
def piece(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """32 s: 16 s of clicks and held chords in C at 120 beats a minute, then 16 s softer in A."""
    path = tmp_path_factory.mktemp("piece") / "piece.wav"
    path.write_bytes(files.encoded(music(), RATE, "wav"))
    return path


@pytest.fixture(scope="session")
def sound(piece: Path) -> Sound:
    """The piece, decoded."""
    return decode.read(piece)


@pytest.fixture(scope="session")
def heard(sound: Sound) -> Heard:
    """The piece, analysed."""
    return pipeline.analyse(sound)


def music() -> signals.Samples:
    """The samples of the piece at RATE."""
    chords = [(48, "major"), (53, "major"), (55, "major"), (48, "major")]
    lower = [(45, "minor"), (50, "minor"), (52, "major"), (45, "minor")]
    held = [
        signals.chords(chords * 2, 2.0, rate=RATE),
        0.3 * signals.chords(lower * 2, 2.0, rate=RATE),
    ]
    clicks = signals.pulse(np.arange(0.25, 31.9, 0.5), 32, rate=RATE)
    clicks += signals.pulse(np.arange(0.25, 31.9, 2.0), 32, rate=RATE)
    return np.concatenate(held) + clicks
