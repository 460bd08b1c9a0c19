"""A database, a folder and a worker's parts, without a worker process."""

import multiprocessing
import threading

import pytest

from api.library.audio_store import LocalAudioStore
from api.worker.job import Analyst
from tests.worker.rows import NOW, job, track


@pytest.fixture
def audio_store(tmp_path):
    """Where files lie."""
    return LocalAudioStore(tmp_path)


@pytest.fixture
def analyst(engine, audio_store):
    """Makes an analyst that hears in a given way; one job waits."""

    def made(hear, **more):
        analyst = Analyst(
            engine=engine,
            audio_store=audio_store,
            clock=lambda: NOW,
            context=multiprocessing.get_context("forkserver"),
            stopping=threading.Event(),
            hear=hear,
            **more,
        )
        analyst.jobs.open(job(), track=track(), most_waiting=8)
        return analyst

    return made
