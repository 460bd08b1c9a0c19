"""Tell notes from speech and noise: whether a recording has anything that could be in a key."""

import numpy as np

from api.analysis.harmony.chroma import Chroma

# Measured: steadiness x contrast is 0.000-0.003 for noise and read speech (up to 0.005 in 5 s of
# it), 0.03-0.3 for played and sung music, metal with drums included.
HALF = 0.008
LEAST_TONALITY = 0.25


def tonality(chroma: Chroma) -> float:
    """0 to 1: near 0 for speech, noise, silence and lone drums, near 1 where notes are played.

    Notes keep to a tuning (`steadiness`), and a piece prefers some of the twelve: the contrast, the
    standard deviation of its mean chroma over their mean. Below `LEAST_TONALITY` a key means
    nothing, and a tempo should be doubted unless drums mark it.
    """
    sounding = chroma.values[chroma.values.any(axis=1)]
    if len(sounding) == 0:
        return 0.0
    mean = sounding.mean(axis=0, dtype=np.float64)
    evidence = chroma.steadiness * float(mean.std() / mean.mean())
    return evidence**2 / (evidence**2 + HALF**2)
