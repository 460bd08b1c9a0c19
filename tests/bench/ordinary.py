"""The same answers by an ordinary FastAPI route, validated and encoded each time."""

from __future__ import annotations

import os
from pathlib import Path

from fastapi import FastAPI
from starlette.middleware.gzip import GZipMiddleware

from api.schemas.analysis import AudioAnalysis
from api.schemas.features import AudioFeatures


def create_app(folder: Path) -> FastAPI:
    """Two routes with a response_model, reading their values once at the start."""
    app = FastAPI()
    app.add_middleware(GZipMiddleware, minimum_size=1_000)
    features = AudioFeatures.model_validate_json((folder / "features.json").read_bytes())
    analysis = AudioAnalysis.model_validate_json((folder / "analysis.json").read_bytes())

    @app.get("/v1/tracks/{track_id}/features", response_model=AudioFeatures)
    async def get_features(track_id: str) -> AudioFeatures:
        return features

    @app.get("/v1/tracks/{track_id}/analysis", response_model=AudioAnalysis)
    async def get_analysis(track_id: str) -> AudioAnalysis:
        return analysis

    return app


def __getattr__(name: str) -> FastAPI:
    """`tests.bench.ordinary:app`, from the folder in BENCH_FOLDER."""
    if name == "app":
        return create_app(Path(os.environ["BENCH_FOLDER"]))
    raise AttributeError(name)
