"""What the analyser has to reach, by the kind of music and the name of the figure."""

from __future__ import annotations

from tests.bench.audio.table import Bound

RENDERED = {
    "tempo acc1 (4 %)": Bound(97),
    "beat F 70 ms": Bound(97),
    "downbeat F 70 ms": Bound(95),
    "key exact": Bound(96),
    "metre": Bound(98),
    "sections F 0.5 s": Bound(93),
    "sections F 3 s": Bound(95),
}
SCORES = {
    "tempo acc1 (4 %)": Bound(88),
    "beat F 70 ms": Bound(80),
    "downbeat F 70 ms": Bound(50),
    "key exact": Bound(88),
}
RECORDED = {
    "gtzan": {
        "tempo acc1": Bound(77),
        "tempo acc2": Bound(93),
        "beat F": Bound(82),
        "downbeat F": Bound(52),
        "key exact": Bound(59),
        "key MIREX": Bound(66),
        "metre": Bound(93),
    },
    "game music": {"tempo acc1": Bound(88), "tempo acc2": Bound(100), "downbeat F": Bound(80)},
    "asap": {"beat F": Bound(58), "tempo acc2": Bound(55)},
}
UNCHANGED = {
    "lead 1 s": dict.fromkeys(("tempo", "key", "metre", "bar phase"), Bound(100)),
    "cut 1.7 s": {
        "tempo": Bound(93),
        "key": Bound(96),
        "metre": Bound(93),
        "bar phase": Bound(88),
    },
}
WITHIN_UNCERTAINTY = Bound(95)
INSTRUMENTALNESS_MOVES = Bound(0.05, at_most=True)
SUNG_AGAINST_PLAYED = Bound(0.95)
HELD_OUT = {
    "energy": Bound(0.83),
    "acousticness": Bound(0.87),
    "instrumentalness": Bound(0.55),
    "danceability": Bound(0.62),
    "valence": Bound(0.46),
    "speechiness": Bound(0.52),
}
DECILES_OUTSIDE = Bound(0, at_most=True)
CPU_S_PER_MIN = Bound(0.8, at_most=True)
FIRST_S = Bound(10, at_most=True)
PEAK_MB = Bound(500, at_most=True)
