"""Drums from sweeping sines and filtered noise; a stroke's pitch tunes a drum, 60 is as built."""

from __future__ import annotations

import numpy as np

from api.demo.studio.tones import (
    RATE,
    Strike,
    Voice,
    Wave,
    band_pass,
    clock,
    falling,
    high_pass,
    low_pass,
    noise,
    ring,
    wide,
)

_MIDDLE_C_HZ = 261.6256
_METAL = (205.3, 304.4, 369.6, 522.7, 540.0, 800.0)  # a cymbal's unrelated tones, in hertz


def _n(seconds: float) -> int:
    return round(seconds * RATE)


def _shift(strike: Strike) -> float:
    return strike.hz / _MIDDLE_C_HZ


def kick(*, hz: float = 50.0, length_s: float = 0.4, click: float = 0.4) -> Voice:
    """A bass drum: a sine that falls into place, and the beater."""

    def play(strike: Strike) -> Wave:
        n = _n(length_s)
        t = clock(n)
        turn = 2 * np.pi * np.cumsum(hz * (1 + 3.2 * np.exp(-t / 0.018))) / RATE
        body = np.sin(turn) * falling(n, length_s) * np.clip((length_s - t) / 0.02, 0, 1)
        beater = band_pass(noise(n, strike.rng), 1_500, 6_000) * falling(n, 0.025)
        return np.asarray(np.tanh(1.5 * body + click * beater) * 0.8 * strike.velocity)

    return play


def snare(*, hz: float = 190.0, rattle: float = 0.7, length_s: float = 0.28) -> Voice:
    """A snare drum: two skins' tones and the wires below."""

    def play(strike: Strike) -> Wave:
        n = _n(length_s)
        skin = ring(hz, n, t60_s=0.18) + 0.6 * ring(hz * 1.72, n, t60_s=0.12)
        wires = band_pass(noise(n, strike.rng), 1_200 + 900 * strike.velocity, 9_500)
        out = 0.5 * skin + rattle * wires * falling(n, length_s)
        fade = np.clip((length_s - clock(n)) / 0.03, 0, 1)
        return out * fade * 0.75 * strike.velocity

    return play


def brush() -> Voice:
    """Wire brushes on a snare: a swish."""

    def play(strike: Strike) -> Wave:
        n = _n(0.22)
        swell = np.clip(clock(n) / 0.02, 0, 1) * falling(n, 0.2)
        return band_pass(noise(n, strike.rng), 1_500, 7_000) * swell * 1.2 * strike.velocity

    return play


def rim() -> Voice:
    """A stick across the rim: short and woody."""

    def play(strike: Strike) -> Wave:
        n = _n(0.09)
        wood = ring(1_650, n, t60_s=0.05) + 0.7 * ring(830, n, t60_s=0.06)
        tick = high_pass(noise(n, strike.rng), 2_500) * falling(n, 0.012)
        return (0.6 * wood + 0.5 * tick) * 0.55 * strike.velocity

    return play


def clap() -> Voice:
    """Hands: three short bursts and the room's answer."""

    def play(strike: Strike) -> Wave:
        n = _n(0.3)
        t = clock(n)
        shape = 0.7 * falling(n, 0.24)
        for late in (0.0, 0.011, 0.021):
            shape += np.where(t >= late, np.exp(-np.clip(t - late, 0, None) / 0.004), 0)
        sides = [band_pass(noise(n, strike.rng), 900, 6_500) for _ in range(2)]
        mono = 0.7 * (sides[0] + sides[1])
        fade = np.clip((0.3 - t) / 0.03, 0, 1) * shape * 0.42 * strike.velocity
        return wide((mono + 0.3 * sides[0]) * fade, (mono + 0.3 * sides[1]) * fade)

    return play


def hat(*, t60_s: float = 0.09, edge_hz: float = 6_500) -> Voice:
    """A hi-hat, shut or (with a long `t60_s`) open."""

    def play(strike: Strike) -> Wave:
        n = _n(t60_s * 1.1)
        out = high_pass(noise(n, strike.rng) + 0.5 * _metal(n, 8.0), edge_hz, 3)
        return out * falling(n, t60_s) * 0.55 * strike.velocity

    return play


def _metal(n: int, up: float) -> Wave:
    t = clock(n)
    tones = [np.sign(np.sin(2 * np.pi * hz * up / 2 * t)) for hz in _METAL]
    return np.asarray(sum(tones)) / len(tones)


def ride() -> Voice:
    """A ride cymbal: a ping over a long wash."""

    def play(strike: Strike) -> Wave:
        n = _n(1.1)
        ping = sum(ring(hz * 7.1, n, t60_s=0.7) for hz in _METAL) / len(_METAL)
        wash = high_pass(noise(n, strike.rng), 5_000) * falling(n, 1.2)
        stick = high_pass(noise(n, strike.rng), 3_000) * falling(n, 0.02)
        fade = np.clip((1.1 - clock(n)) / 0.2, 0, 1)
        return (0.8 * np.asarray(ping) + 0.28 * wash + 0.4 * stick) * fade * 0.7 * strike.velocity

    return play


def crash() -> Voice:
    """A crash cymbal, two-sided."""

    def play(strike: Strike) -> Wave:
        n = _n(2.4)
        shape = falling(n, 2.4) * np.clip(clock(n) / 0.004, 0, 1)
        shape *= np.clip((2.4 - clock(n)) / 0.4, 0, 1) * 0.42 * strike.velocity
        metal = 0.25 * high_pass(_metal(n, 5.3), 3_000)
        sides = [(high_pass(noise(n, strike.rng), 3_200) + metal) * shape for _ in range(2)]
        return wide(sides[0], sides[1])

    return play


def tom(*, hz: float = 110.0, length_s: float = 0.5) -> Voice:
    """A tom-tom; MIDI pitches around 60 tune it."""

    def play(strike: Strike) -> Wave:
        n = _n(length_s)
        t = clock(n)
        fall = hz * _shift(strike) * (1 + 0.45 * np.exp(-t / 0.04))
        body = np.sin(2 * np.pi * np.cumsum(fall) / RATE) * falling(n, length_s)
        skin = band_pass(noise(n, strike.rng), 400, 3_000) * falling(n, 0.05)
        fade = np.clip((length_s - t) / 0.03, 0, 1)
        return (body + 0.3 * skin) * fade * 0.6 * strike.velocity

    return play


def shaker() -> Voice:
    """Seeds in a gourd."""

    def play(strike: Strike) -> Wave:
        n = _n(0.11)
        swell = np.clip(clock(n) / 0.025, 0, 1) * falling(n, 0.1)
        return band_pass(noise(n, strike.rng), 4_500, 11_000) * swell * 1.6 * strike.velocity

    return play


def frame_drum() -> Voice:
    """A bodhrán: soft skin, a knock of the tipper; low pitches press the skin less."""

    def play(strike: Strike) -> Wave:
        n = _n(0.35)
        tone = ring(88 * _shift(strike), n, t60_s=0.3) + 0.35 * ring(
            165 * _shift(strike), n, t60_s=0.16
        )
        knock = band_pass(noise(n, strike.rng), 500, 2_600) * falling(n, 0.035)
        fade = np.clip((0.35 - clock(n)) / 0.03, 0, 1)
        return (tone + 0.5 * knock) * fade * 0.55 * strike.velocity

    return play


def crackle() -> Voice:
    """The dust of an old record, for as long as the stroke lasts."""

    def play(strike: Strike) -> Wave:
        n = strike.n
        specks = (strike.rng.random(n) < 9 / RATE) * strike.rng.normal(0, 0.5, n)
        hiss = band_pass(noise(n, strike.rng), 400, 6_000) * 0.02
        out = band_pass(specks, 700, 7_000) + hiss
        return out * np.clip(np.minimum(clock(n), clock(n)[::-1]) / 0.3, 0, 1) * strike.velocity

    return play


def riser() -> Voice:
    """Noise that climbs towards a change."""

    def play(strike: Strike) -> Wave:
        n = strike.n
        up = np.linspace(0, 1, n)
        low = low_pass(noise(n, strike.rng), 2_500)
        high = high_pass(noise(n, strike.rng), 2_500)
        out = (low * (1 - up) + high * up) * up**2
        return out * np.clip((1 - up) / 0.01, 0, 1) * 0.5 * strike.velocity

    return play
