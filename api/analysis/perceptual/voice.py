"""Hear whether somebody sings: the network musicnn, in numpy, asked one question.

J. Pons & X. Serra, "musicnn: pre-trained convolutional neural networks for music audio tagging"
(2019), trained on MagnaTagATune; its weights, folded and in half precision, lie beside this module
with their licence. It listens to three seconds at a time: filters over frequency for timbre, over
time for rhythm, three layers over both, and the mean and the maximum over time of all of them.
"""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy import fft

from api.analysis.frames import hann
from api.analysis.sound import RATE
from api.analysis.spectra import Pass, mel_filters

Arrays = Mapping[str, NDArray[np.float32]]
Frames = NDArray[np.float32]

PATH = Path(__file__).with_name("voice.npz")

NET_RATE = 16_000
BANDS = Pass(512, 256, 96)
FRAMES = 187
LOUDER = 10_000.0  # times a band's power, plus one, before its logarithm is taken
PERIODS = 151  # 441 samples at RATE are 320 at NET_RATE; so many hold FRAMES
PATCH = PERIODS * 441
TRUSTED, LAST = 90, 4  # bands below 6.8 kHz: what lies above follows the encoder, so the mean of
# the last few stands for it. A low-pass moved the answer by .12 to .16, and moves it by .03 to .04.
TIMBRE, TEMPO = ("timbre_40", "timbre_70"), ("tempo_128", "tempo_64", "tempo_32")
PLACES, STEPS = 4, 17  # bands and frames that one product hears side by side; 17 divides FRAMES
AROUND = 3  # frames on either side of one that a layer over time sees


def voice(samples: NDArray[np.float32]) -> float:
    """How much a voice is heard in (PATCH,) mono samples at 22,050 Hz, as log-odds.

    The mean of the network's eight tags for voices less that of its three for none. Fewer samples
    are repeated.
    """
    net = _net()
    bands = _bands(np.resize(samples, PATCH)) * net["entry"][0] + net["entry"][1]
    wide = np.pad(bands, ((AROUND, AROUND), (0, 0)))
    heard = [_timbre(wide, net, name) for name in TIMBRE]
    heard += [_tempo(bands, net, name) for name in TEMPO]
    front = np.concatenate(heard, axis=1)
    first = _over_time(front, net, "middle_1")
    second = first + _over_time(first, net, "middle_2")
    third = second + _over_time(second, net, "middle_3")
    everything = np.concatenate([front, first, second, third], axis=1)
    pooled = np.stack([everything.max(axis=0), everything.mean(axis=0)], axis=1).ravel()
    hidden = np.maximum(pooled @ net["dense.kernel"] + net["dense.bias"], 0.0)
    return float(hidden @ net["voice.kernel"] + net["voice.bias"])


@cache
def _net() -> Arrays:
    """The weights; of the first layers also with each kernel `laid` on places side by side.

    So neighbours become one product, with a kernel's sign as its scale's: the largest is wanted.
    """
    with np.load(PATH) as file:
        net = {name: file[name].astype(np.float32) for name in file.files}
    for names, count, over_time in ((TIMBRE, PLACES, False), (TEMPO, STEPS, True)):
        for name in names:
            kernel = net[f"{name}.kernel"] * np.sign(net[f"{name}.scale"])
            net[f"{name}.laid"] = _laid(kernel.swapaxes(0, 1) if over_time else kernel, count)
    return net


def _laid(kernel: Frames, count: int) -> Frames:
    """(a, b, filters) on so many places, (a, b + count - 1, count x filters)."""
    first, second, filters = kernel.shape
    laid = np.zeros((first, second + count - 1, count, filters), np.float32)
    for place in range(count):
        laid[:, place : place + second, place] = kernel
    return laid.reshape(first, second + count - 1, -1)


def _bands(samples: NDArray[np.float32]) -> Frames:
    """(FRAMES, 96) logarithms of the power in mel bands, as the network was taught."""
    bins = fft.rfft(samples)[: PERIODS * 160 + 1]
    slower = fft.irfft(bins, PERIODS * 320) * np.float32(NET_RATE / RATE)
    frames = np.lib.stride_tricks.sliding_window_view(slower, BANDS.window)[:: BANDS.hop][:FRAMES]
    power = np.abs(fft.rfft(frames * hann(BANDS.window), axis=1)) ** 2
    bands = np.log10(LOUDER * power @ mel_filters(BANDS, NET_RATE) + 1.0)
    bands[:, TRUSTED:] = bands[:, TRUSTED - LAST : TRUSTED].mean(axis=1, keepdims=True)
    return np.asarray(bands)


def _timbre(wide: Frames, net: Arrays, name: str) -> Frames:
    """The best place over frequency of filters seven frames long."""
    laid = net[f"{name}.laid"]
    last = wide.shape[1] - laid.shape[1]
    firsts = np.append(np.arange(0, last, PLACES), last)  # some places may be looked at twice
    seen = np.lib.stride_tricks.sliding_window_view(wide, laid.shape[:2])[:, firsts]
    heard = np.tensordot(seen, laid, 2)
    return _best(heard.reshape(FRAMES, PLACES * len(firsts), -1).max(axis=1), net, name)


def _tempo(bands: Frames, net: Arrays, name: str) -> Frames:
    """The best band for filters over time alone; bands that are equal count as one."""
    laid = net[f"{name}.laid"][0]
    spare = len(laid) - STEPS
    padded = np.pad(bands[:, : TRUSTED + 1], ((spare // 2, spare - spare // 2), (0, 0)))
    seen = np.lib.stride_tricks.sliding_window_view(padded, len(laid), axis=0)[::STEPS]
    heard = np.tensordot(seen, laid, 1)
    return _best(heard.max(axis=1).reshape(FRAMES, -1), net, name)


def _best(turned: Frames, net: Arrays, name: str) -> Frames:
    """The largest of what was heard where a scale is positive, else the least."""
    return _normalised(turned * np.sign(net[f"{name}.scale"]), net, name)


def _over_time(frames: Frames, net: Arrays, name: str) -> Frames:
    kernel = net[f"{name}.kernel"]
    wide = np.pad(frames, ((AROUND, AROUND), (0, 0)))
    steps = [wide[step : step + len(frames)] @ part for step, part in enumerate(kernel)]
    return _normalised(np.sum(steps, axis=0), net, name)


def _normalised(heard: Frames, net: Arrays, name: str) -> Frames:
    rectified = np.maximum(heard + net[f"{name}.bias"], 0.0)
    return np.asarray(rectified * net[f"{name}.scale"] + net[f"{name}.shift"])
