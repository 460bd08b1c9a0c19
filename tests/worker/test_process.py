"""What runs in the process of an analysis."""

import json
import multiprocessing

import pytest

from api.worker import process
from api.worker.process import Order, Progress, Result, Unheard
from tests.library.own_files import song
from tests.worker import hearings
from tests.worker.rows import NOW

OWN = "own_3CkaJF2BkFeNgnXzm1BUlQ"


@pytest.fixture
def order(tmp_path):
    """Eight seconds of a tone."""
    path = tmp_path / "song"
    path.write_bytes(song(8))
    return Order(path, OWN, f"earprint:track:{OWN}", NOW)


def test_a_file_is_heard(order):
    """Features and analysis under the id it goes by, and the stages on the way."""
    stages = []
    result = process.hear(order, lambda stage, percent: stages.append((str(stage), percent)))

    assert isinstance(result, Result)
    assert json.loads(result.features)["id"] == OWN
    assert json.loads(result.features)["duration_ms"] == 8000
    assert json.loads(result.analysis)["track"]["duration"] == 8
    assert [stage for stage, _ in stages][:3] == ["decode", "beats", "key"]
    assert [percent for _, percent in stages] == sorted(percent for _, percent in stages)


def test_what_is_wrong_with_it_is_said(order):
    """In the words of the decoder."""
    order.file.write_bytes(song(2))
    result = process.hear(order, lambda *_: None)

    assert isinstance(result, Unheard)
    assert result.problem["code"] == "too-short"


def test_progress_is_sent_before_the_result(order, monkeypatch):
    """One after the other, through the pipe."""
    confined = []
    monkeypatch.setattr(process, "confine", lambda: confined.append(1))
    ours, theirs = multiprocessing.Pipe(duplex=False)
    process.main(theirs, order, hearings.well)

    assert [ours.recv(), ours.recv()] == [Progress("beats", 10.0), hearings.RESULT]
    assert confined == [1]
