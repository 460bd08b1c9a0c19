"""Instruments that sound for as long as they are fed: bows, breath, reeds, synthesisers."""

from __future__ import annotations

import numpy as np

from api.demo.studio.tones import (
    RATE,
    Strike,
    Voice,
    Wave,
    band_pass,
    bump,
    clock,
    envelope,
    gliding_low_pass,
    high_pass,
    low_pass,
    noise,
    pulse,
    saw,
    steady,
    vibrato,
    wide,
)


def strings(
    *, players: int = 5, attack_s: float = 0.14, release_s: float = 0.4, bright: float = 1.0
) -> Voice:
    """A section of bowed strings: each desk a little out of tune and out of step."""

    def play(strike: Strike) -> Wave:
        shape = envelope(strike.n, attack_s, release_s)
        n = shape.size
        sides = np.zeros((n, 2))
        for _ in range(players):
            apart = 2 ** (strike.rng.normal(0, 6) / 1200)
            hz = vibrato(strike.hz * apart, n, strike.rng, cents=9, after_s=0.2)
            place = strike.rng.uniform(0.15, 0.85)
            sides += np.outer(saw(hz, strike.rng), [1 - place, place])
        edge = (900 + 4_000 * strike.velocity + 1.5 * strike.hz) * bright
        out = bump(bump(low_pass(sides, edge), 300, 2.0), 1_100, -3.0)
        out = high_pass(out, 0.7 * strike.hz, 1)
        level = 0.5 * strike.velocity / np.sqrt(players)
        return np.asarray(out * shape[:, None] * level)

    return play


def fiddle() -> Voice:
    """One violin, bowed with a light hand: a saw through the resonances of a box."""

    def play(strike: Strike) -> Wave:
        shape = envelope(strike.n, 0.025, 0.06, sustain=0.8, decay_s=0.12)
        n = shape.size
        hz = vibrato(strike.hz, n, strike.rng, cents=14, after_s=0.18)
        scoop = 1 - 0.012 * np.exp(-clock(n) / 0.02)
        out = saw(hz * scoop, strike.rng) + 0.06 * noise(n, strike.rng)
        for centre, gain in ((290, 4.0), (480, 5.0), (1_050, -4.0), (2_600, 5.0)):
            out = bump(out, centre, gain, q=2.0)
        out = low_pass(high_pass(out, 180), 3_500 + 2_500 * strike.velocity, 2)
        return out * shape * 0.14 * strike.velocity

    return play


def whistle(*, breath: float = 0.5) -> Voice:
    """A whistle or flute: nearly a sine, with air around it."""

    def play(strike: Strike) -> Wave:
        shape = envelope(strike.n, 0.03, 0.07, sustain=0.85)
        n = shape.size
        hz = vibrato(strike.hz, n, strike.rng, cents=10, after_s=0.22)
        turn = 2 * np.pi * np.cumsum(hz * (1 - 0.02 * np.exp(-clock(n) / 0.015))) / RATE
        tone = np.sin(turn) + 0.22 * np.sin(2 * turn) + 0.08 * np.sin(3 * turn)
        air = band_pass(noise(n, strike.rng), 0.9 * strike.hz, min(3 * strike.hz, 9_000))
        return (tone + 0.25 * breath * air) * shape * 0.24 * strike.velocity

    return play


def accordion() -> Voice:
    """Three free reeds a few cents apart, and the bellows."""

    def play(strike: Strike) -> Wave:
        shape = envelope(strike.n, 0.035, 0.06)
        n = shape.size
        out = np.zeros((n, 2))
        for cents, place in ((-8, 0.3), (0, 0.5), (9, 0.7)):
            reed = pulse(steady(strike.hz * 2 ** (cents / 1200), n), strike.rng, width=0.28)
            out += np.outer(reed, [1 - place, place])
        out = bump(low_pass(out, 2_600 + 1_800 * strike.velocity), 900, 3.0)
        return high_pass(out, 150) * shape[:, None] * 0.13 * strike.velocity

    return play


def organ() -> Voice:
    """Sine drawbars through a slowly turning horn."""

    def play(strike: Strike) -> Wave:
        shape = envelope(strike.n, 0.012, 0.08)
        t = clock(shape.size)
        out = np.zeros(shape.size)
        for ratio, loud in ((0.5, 0.5), (1, 1), (1.5, 0.4), (2, 0.6), (3, 0.3), (4, 0.25)):
            out += loud * np.sin(2 * np.pi * ratio * strike.hz * t)
        turn = 0.25 * np.sin(2 * np.pi * 6.1 * t)
        out *= shape * 0.1 * strike.velocity
        return wide(out * (1 + turn), out * (1 - turn))

    return play


def pad(*, attack_s: float = 0.6, release_s: float = 1.2, edge_hz: float = 1_800) -> Voice:
    """Six saws spread wide, opening and closing slowly."""

    def play(strike: Strike) -> Wave:
        shape = envelope(strike.n, attack_s, release_s)
        n = shape.size
        out = np.zeros((n, 2))
        for index in range(6):
            apart = 2 ** ((index - 2.5) * 4.5 / 1200)
            place = 0.1 + 0.16 * index
            out += np.outer(saw(steady(strike.hz * apart, n), strike.rng), [1 - place, place])
        move = edge_hz * (0.6 + 0.4 * np.sin(np.pi * np.linspace(0, 1, n)))
        cut = [gliding_low_pass(out[:, side], move) for side in range(2)]
        return high_pass(wide(cut[0], cut[1]), 90) * shape[:, None] * 0.22 * strike.velocity

    return play


def hollow() -> Voice:
    """A dark swell of sines and air, for music that hangs still."""

    def play(strike: Strike) -> Wave:
        shape = envelope(strike.n, min(2.5, 0.4 * strike.length_s), 3.0)
        n = shape.size
        t = clock(n)
        out = np.zeros((n, 2))
        for ratio, loud in ((1, 1.0), (2, 0.35), (3, 0.16), (5, 0.05)):
            for side in range(2):
                apart = 1 + 0.0012 * strike.rng.standard_normal()
                beat = 1 + 0.3 * np.sin(2 * np.pi * strike.rng.uniform(0.1, 0.35) * t)
                start = strike.rng.uniform(0, 2 * np.pi)
                out[:, side] += (
                    loud * beat * np.sin(2 * np.pi * strike.hz * ratio * apart * t + start)
                )
        air = band_pass(noise(n, strike.rng), 0.95 * strike.hz, 1.05 * strike.hz)
        return (out + 0.8 * air[:, None]) * shape[:, None] * 0.13 * strike.velocity

    return play


def synth(
    *,
    open_hz: float = 5_000,
    shut_hz: float = 400,
    close_s: float = 0.18,
    detune: float = 8.0,
    release_s: float = 0.12,
    resonance_db: float = 5.0,
) -> Voice:
    """Three saws under a filter that opens with the stroke and shuts again."""

    def play(strike: Strike) -> Wave:
        shape = envelope(strike.n, 0.003, release_s, sustain=0.7, decay_s=2 * close_s)
        n = shape.size
        edge = shut_hz + open_hz * strike.velocity**1.5 * np.exp(-clock(n) / close_s)
        parts = [
            saw(steady(strike.hz * 2 ** (cents / 1200), n), strike.rng)
            for cents in (-detune, 0.0, detune)
        ]
        left = gliding_low_pass(parts[0] + 0.6 * parts[1], edge, resonance_db=resonance_db)
        right = gliding_low_pass(parts[2] + 0.6 * parts[1], edge, resonance_db=resonance_db)
        return wide(left, right) * shape[:, None] * 0.14 * strike.velocity

    return play


def deep_bass(*, drive: float = 1.5) -> Voice:
    """A sine for the floor, warmed until small loudspeakers hear it too."""

    def play(strike: Strike) -> Wave:
        shape = envelope(strike.n, 0.005, 0.05)
        dive = 1 + 0.5 * np.exp(-clock(shape.size) / 0.012)
        tone = np.sin(2 * np.pi * np.cumsum(strike.hz * dive) / RATE)
        return np.asarray(np.tanh(drive * tone) * shape * 0.5 * strike.velocity)

    return play


def growl(*, sweep_hz: float = 1.2) -> Voice:
    """Two saws beating against one another under a moving filter, over a clean sine."""

    def play(strike: Strike) -> Wave:
        shape = envelope(strike.n, 0.01, 0.06)
        n = shape.size
        t = clock(n)
        both = sum(saw(steady(strike.hz * 2 ** (c / 1200), n), strike.rng) for c in (-14, 14))
        edge = 350 + 500 * (1 + np.sin(2 * np.pi * sweep_hz * t + strike.rng.uniform(0, 6)))
        mid = high_pass(gliding_low_pass(np.asarray(both), edge, resonance_db=6.0), 100)
        out = np.tanh(1.8 * mid) * 0.5 + 0.6 * np.sin(2 * np.pi * strike.hz * t)
        return np.asarray(out * shape * 0.42 * strike.velocity)

    return play
