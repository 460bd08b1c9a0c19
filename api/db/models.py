"""The tables of app.db: what must not be lost. Tables never leave api."""

from __future__ import annotations

from sqlmodel import Field, SQLModel


class VerdictRow(SQLModel, table=True):
    """What a credential was found to be allowed at a source. Times are unix seconds."""

    __tablename__ = "source_verdict"

    source: str = Field(primary_key=True)
    credential: str = Field(primary_key=True)
    family: str = Field(primary_key=True)
    state: str
    status: int | None = None
    detail: str
    decided_at: float
    until: float | None = None


class GateRow(SQLModel, table=True):
    """Until when a source asked not to be called, per bucket of its calls."""

    __tablename__ = "source_gate"

    source: str = Field(primary_key=True)
    credential: str = Field(primary_key=True)
    bucket: str = Field(primary_key=True)
    since: float
    until: float
    streak: int = 0
