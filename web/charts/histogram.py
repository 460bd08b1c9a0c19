"""A histogram: how many tracks lie where on a feature's scale."""

from __future__ import annotations

from dataclasses import dataclass

from api.schemas.playlist import Distribution, Histogram

HEIGHT = 100.0
GAP = 0.6  # percent of the width between two bars
SLIM = 0.5


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar in percent of width and height; `label` says the same in words."""

    x: float
    y: float
    width: float
    height: float
    label: str


@dataclass(frozen=True, slots=True)
class Bars:
    """The bars, and where the median and the middle half lie, in percent of the width."""

    bars: tuple[Bar, ...]
    median: float
    box_from: float
    box_width: float
    low: float
    high: float


def bars(distribution: Distribution) -> Bars:
    """Draw a distribution over the span of its own edges."""
    edges = distribution.histogram.edges
    low, high = edges[0], edges[-1]
    width = (high - low) or 1.0

    def place(value: float) -> float:
        return round(max(0.0, min(100.0, (value - low) / width * 100)), 2)

    box = place(distribution.p25)
    return Bars(
        bars=tuple(_bars(distribution.histogram)),
        median=place(distribution.median),
        box_from=box,
        box_width=round(max(place(distribution.p75) - box, SLIM), 2),
        low=low,
        high=high,
    )


def _bars(histogram: Histogram) -> list[Bar]:
    tallest = max(histogram.counts, default=0) or 1
    step = 100 / max(1, len(histogram.counts))
    return [
        Bar(
            x=round(place * step + GAP / 2, 2),
            y=round(HEIGHT - number / tallest * HEIGHT, 2),
            width=round(step - GAP, 2),
            height=round(number / tallest * HEIGHT, 2),
            label=f"{_edge(histogram.edges[place])} to {_edge(histogram.edges[place + 1])}",
        )
        for place, number in enumerate(histogram.counts)
    ]


def _edge(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".").replace("-", "\N{MINUS SIGN}")
