"""A small API with every kind of parameter and answer, for the playground to show."""

from typing import Annotated, Literal

from fastapi import FastAPI, Header, Path, Query
from pydantic import BaseModel, Field

from api.http.docs.routes import router

TRACK = "4uLU6hMCjMI75M1A2tKUQC"
ABOUT = """
# Heading

A `word`, a [link](/openapi.json) and a table.

| a | b |
|---|---|
| 1 | 2 |
"""

TrackId = Annotated[str, Path(examples=[TRACK], min_length=22)]


class Problem(BaseModel):
    """What went wrong."""

    status: int = Field(examples=[404])


class Section(BaseModel):
    """A part of a track."""

    start_s: float = Field(ge=0, examples=[0.5])
    mode: Literal["major", "minor"] | None = None


class Echo(BaseModel):
    """What came in."""

    track_id: str = Field(examples=[TRACK])
    tempo: float | None = Field(default=None, ge=0, le=300, examples=[120.5])
    sections: list[Section] = []


def create_app() -> FastAPI:
    """The playground over operations of all methods."""
    app = FastAPI(title="Sample", description=ABOUT, docs_url=None, redoc_url=None)
    app.include_router(router)
    app.get("/v1/echo/{track_id}", tags=["echo"], responses={404: {"model": Problem}})(get_echo)
    app.post("/v1/echo", tags=["echo"])(post_echo)
    for add in (app.put, app.patch, app.delete):
        add("/v1/echo/{track_id}", tags=["others"])(change_echo)
    app.get("/v1/old/{track_id}", tags=["others"], deprecated=True)(change_echo)
    return app


def get_echo(
    track_id: TrackId,
    mode: Literal["major", "minor"] = "major",
    loud: Annotated[bool, Query(description="Whether to *shout*.")] = False,  # noqa: FBT002
    tags: Annotated[list[str], Query()] = ["one"],  # noqa: B006 - a default that FastAPI copies
    limit: Annotated[int, Query(ge=1, le=50)] = 5,
    old: Annotated[str | None, Query(deprecated=True)] = None,
    x_note: Annotated[str | None, Header()] = None,
) -> Echo:
    """Say **again** what came in."""
    return Echo(track_id=track_id, tempo=120.5, sections=[Section(start_s=0.5, mode=mode)])


def post_echo(echo: Echo) -> Echo:
    """Say what was sent."""
    return echo


def change_echo(track_id: TrackId) -> str:
    """Do nothing in particular."""
    return track_id
