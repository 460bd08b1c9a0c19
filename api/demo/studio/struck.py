"""Instruments that are struck or plucked and then left alone: strings, pianos, bars."""

from __future__ import annotations

import numpy as np
from scipy import signal

from api.demo.studio.tones import (
    RATE,
    Strike,
    Voice,
    Wave,
    band_pass,
    bump,
    clock,
    envelope,
    falling,
    high_pass,
    low_pass,
    noise,
    ring,
    wide,
)

_TOP_HZ = 11_000.0  # partials above add work, not sound


def string(
    *, t60_s: float = 3.0, dark: float = 0.25, place: float = 0.18, release_s: float = 0.08
) -> Voice:
    """A plucked string (Karplus and Strong 1983, tuned as in Jaffe and Smith 1983).

    `dark` (0-0.5) is how much each round trip softens; `place` is where along the string
    the finger stands; both depend on velocity and pitch as on a real one.
    """

    def play(strike: Strike) -> Wave:
        n = strike.n + round(release_s * RATE)
        burst = _burst(strike, n, place)
        out = _loop(burst, strike.hz, t60_s=t60_s * (220 / strike.hz) ** 0.35, dark=dark)
        out = high_pass(out, 0.6 * strike.hz, 1)
        level = strike.velocity * (0.6 / (np.abs(out[: RATE // 4]).max() + 1e-9))
        return np.asarray(out * level * envelope(strike.n, 0.001, release_s)[:n])

    return play


def _burst(strike: Strike, n: int, place: float) -> Wave:
    period = round(RATE / strike.hz)
    burst = np.zeros(n)
    filled = min(n, period)
    burst[:filled] = strike.rng.uniform(-1, 1, filled)
    burst = low_pass(burst, 1_200 + 7_000 * strike.velocity**1.5, 1)
    comb = np.zeros(n)
    behind = max(1, round(period * place))
    comb[behind:] = burst[: n - behind]
    return burst - 0.9 * comb


def _loop(burst: Wave, hz: float, *, t60_s: float, dark: float) -> Wave:
    """The round trip: delay, one zero that softens, one all-pass that tunes the rest."""
    delay = RATE / hz - dark
    whole = int(delay - 0.3)
    part = delay - whole
    tune = (1 - part) / (1 + part)
    gain = 10 ** (-3 / (t60_s * hz))
    path = np.convolve([1 - dark, dark], [tune, 1.0]) * gain
    back = np.zeros(whole + 3)
    back[:2] = 1.0, tune
    back[whole : whole + 3] -= path
    return np.asarray(signal.lfilter([1.0, tune], back, burst))


def guitar(*, steel: bool = False) -> Voice:
    """A nylon or steel string before a wooden body."""
    pluck = string(
        t60_s=4.5 if steel else 2.8, dark=0.12 if steel else 0.28, place=0.13 if steel else 0.22
    )

    def play(strike: Strike) -> Wave:
        out = bump(bump(pluck(strike), 110, 3.0, q=1.5), 230, 2.5, q=2.0)
        touch = band_pass(noise(out.size, strike.rng), 900, 4_500) * falling(out.size, 0.04)
        return out + 0.05 * strike.velocity * touch

    return play


def upright_bass() -> Voice:
    """A double bass, plucked with the flesh of the finger."""
    pluck = string(t60_s=2.2, dark=0.45, place=0.3, release_s=0.06)

    def play(strike: Strike) -> Wave:
        out = low_pass(pluck(strike), 1_400, 1)
        thump = low_pass(noise(out.size, strike.rng), 220) * falling(out.size, 0.09)
        return 2.4 * bump(out, 95, 4.0) + 0.4 * strike.velocity * thump

    return play


def electric_bass(*, bite: float = 0.3) -> Voice:
    """A bass guitar; `bite` (0-1) is how bright."""
    pluck = string(t60_s=3.5, dark=0.4 - 0.25 * bite, place=0.2, release_s=0.05)

    def play(strike: Strike) -> Wave:
        t = clock(strike.n + round(0.05 * RATE))
        sub = np.sin(2 * np.pi * strike.hz * t) * falling(t.size, 2.5)
        sub *= envelope(strike.n, 0.006, 0.05)[: t.size]
        out = low_pass(pluck(strike), 900 + 3_000 * bite, 1)
        return np.asarray(np.tanh(1.6 * (1.3 * out + 0.35 * strike.velocity * sub)))

    return play


def amp_string() -> Voice:
    """A string for an amplifier to distort; notes under 130 ms are muted with the palm."""
    open_string = string(t60_s=6.0, dark=0.18, place=0.1, release_s=0.03)
    muted = string(t60_s=0.45, dark=0.4, place=0.1, release_s=0.03)

    def play(strike: Strike) -> Wave:
        return (muted if strike.length_s < 0.13 else open_string)(strike)  # noqa: PLR2004

    return play


def piano(*, soft: bool = False) -> Voice:
    """A grand piano: stretched partials, two strings a hair apart, a hammer, two-stage decay."""

    def play(strike: Strike) -> Wave:
        release = round(0.16 * RATE)
        n = strike.n + release
        sides = [np.zeros(n), np.zeros(n)]
        for hz, loud, t60 in _piano_partials(strike, soft=soft):
            for side in range(2):
                apart = 2 ** ((side - 0.5) * 0.9 / 1200)
                phase = strike.rng.uniform(-0.6, 0.6)
                sides[side] += 0.72 * loud * ring(hz * apart, n, t60_s=0.4 * t60, phase=phase)
                sides[side] += 0.28 * loud * ring(hz / apart, n, t60_s=1.3 * t60, phase=phase)
        knock = band_pass(noise(n, strike.rng), 300, 2_500 if soft else 5_000)
        knock *= falling(n, 0.06) * 0.05 * strike.velocity**2
        lean = np.clip((np.log2(strike.hz / 262)) * 0.12, -0.3, 0.3)
        held = envelope(strike.n, 0.0015, 0.16)[:n] * 0.3 * strike.velocity**1.3
        return wide(held * (sides[0] + knock) * (1 - lean), held * (sides[1] + knock) * (1 + lean))

    return play


def _piano_partials(strike: Strike, *, soft: bool) -> list[tuple[float, float, float]]:
    stretch = 1.2e-4 * (strike.hz / 130) ** 1.1
    steep = 0.32 + 0.55 * (1 - strike.velocity) + (0.15 if soft else 0.0)
    longest = 9.0 * (130 / strike.hz) ** 0.55
    partials = []
    for number in range(1, 25):
        hz = strike.hz * number * np.sqrt(1 + stretch * number * number)
        if hz > _TOP_HZ:
            break
        loud = (0.15 + abs(np.sin(np.pi * number / 7.7))) * np.exp(-steep * (number - 1) ** 0.8)
        partials.append((float(hz), float(loud), longest / (1 + 0.22 * number)))
    return partials


def electric_piano(*, sway_hz: float = 4.6) -> Voice:
    """Tines and pickups by frequency modulation (Chowning 1973), swaying from side to side."""

    def play(strike: Strike) -> Wave:
        shape = envelope(strike.n, 0.002, 0.18)
        t = clock(shape.size)
        turn = 2 * np.pi * strike.hz * t
        index = (0.25 + 1.5 * strike.velocity**2) * np.exp(-2.5 * t)
        body = np.sin(turn + index * np.sin(turn))
        tine = 0.10 * strike.velocity * np.sin(14 * turn) * np.exp(-14 * t)
        out = (body + tine) * shape * np.exp(-0.9 * t) * 0.28 * strike.velocity
        sway = 0.35 * np.sin(2 * np.pi * sway_hz * t + strike.rng.uniform(0, 0.5))
        return wide(out * (1 + sway), out * (1 - sway))

    return play


def vibraphone() -> Voice:
    """Metal bars: partials at 1, 4 and 10, with a turning fan."""

    def play(strike: Strike) -> Wave:
        shape = envelope(strike.n, 0.002, 0.5)
        n = shape.size
        out = ring(strike.hz, n, t60_s=5.0) + 0.25 * ring(4 * strike.hz, n, t60_s=1.4)
        if 10 * strike.hz < _TOP_HZ:
            out += 0.1 * strike.velocity * ring(10 * strike.hz, n, t60_s=0.3)
        fan = 1 + 0.25 * np.sin(2 * np.pi * 5.6 * clock(n))
        return out * shape * fan * 0.3 * strike.velocity

    return play


def bell() -> Voice:
    """A glassy bell: partials that are no harmonics."""

    def play(strike: Strike) -> Wave:
        shape = envelope(strike.n, 0.004, 2.0)
        out = np.zeros(shape.size)
        for ratio, loud, t60 in ((1, 1, 6), (2.0, 0.4, 4), (2.76, 0.22, 2.4), (5.4, 0.1, 1.1)):
            if ratio * strike.hz < _TOP_HZ:
                out += loud * ring(ratio * strike.hz, shape.size, t60_s=t60)
        return out * shape * 0.22 * strike.velocity

    return play
