"""Invented answers of /v1 about the owner's own files."""

from __future__ import annotations

import io
import math
import struct
import wave
from typing import Any

from api.schemas.library import (
    Collection,
    Collections,
    ComposerSection,
    ComposersTruth,
    Job,
    JobKind,
    JobProblem,
    JobState,
    KeptAnalysis,
    LibraryTrack,
    LibraryTracks,
    RefusedLine,
    Renewal,
    Stage,
    UnreadPart,
)
from api.schemas.nearest import NearestTracks, NearTrack, Rank
from api.schemas.provenance import Method, Missing, Provenance, Reason, SourceName
from tests.web import music, sound

OWN, DEMO, LIST = (
    "own_" + ending
    for ending in ("0LcJLqbBmaGUft1e9Mm8HV", "11dFghVXANMlKmJXsNCbNl", "37i9dQZF1DXcBWIGoYBM5M")
)
JOB, FAILED, MAKER = (
    "3CkaJF2BkFeNgnXzm1BUlQ",
    "4CkaJF2BkFeNgnXzm1BUlQ",
    "own_1dFghVXANMlKmJXsNCbNl0",
)


def tone(seconds: float = 2.0, rate: int = 8_000) -> bytes:
    """A WAV file of clicks at 120 BPM over a low tone: something to play, and to find a beat in."""
    beat = rate // 2
    loud = [math.exp(-(n % beat) / (rate / 40)) for n in range(int(seconds * rate))]
    wave_form = [0.2 * math.sin(n * 0.17) + 0.6 * each for n, each in enumerate(loud)]
    file = io.BytesIO()
    with wave.open(file, "wb") as written:
        written.setnchannels(1)
        written.setsampwidth(2)
        written.setframerate(rate)
        written.writeframes(b"".join(struct.pack("<h", int(30_000 * each)) for each in wave_form))
    return file.getvalue()


def job(state: JobState = JobState.DONE, **more: Any) -> Job:
    """An analysis; a running one is at its beats."""
    running = state is JobState.RUNNING
    given: dict[str, Any] = {
        "id": JOB,
        "kind": JobKind.ANALYSIS,
        "href": f"/v1/jobs/{JOB}",
        "state": state,
        "stage": Stage.SEGMENTS if running else None,
        "percent": 43.4 if running else 0,
        "queue_place": 2 if state is JobState.QUEUED else None,
        "seconds_left": 12.3 if running else None,
        "tries": 1,
        "track_id": OWN,
        "playlist_id": None,
        "result": None,
        "problem": None,
        "created_at": music.THEN,
        "started_at": music.THEN,
        "finished_at": None,
    }
    return Job(**given | more)


def silence() -> JobProblem:
    """Why nothing could be heard."""
    return JobProblem(
        type="/problems/no-signal",
        title="Nothing can be heard in the file",
        status=422,
        detail="Its loudness is −74.2 LUFS from beginning to end.",
    )


def failed() -> Job:
    """An analysis of silence."""
    return job(JobState.FAILED, stage=Stage.DECODE, problem=silence())


def file(ident: str = OWN, **more: Any) -> LibraryTrack:
    """A file that was analysed."""
    given: dict[str, Any] = {
        "id": ident,
        "uri": f"earprint:track:{ident}",
        "title": "Harbour Lights",
        "artist": "Marble Harbour",
        "artist_id": MAKER,
        "album": None,
        "genres": None,
        "isrc": None,
        "spotify_id": None,
        "format": "flac",
        "size_bytes": 5_242_880,
        "sha256": "0" * 64,
        "duration_ms": 225_400,
        "added_at": music.THEN,
        "demo": False,
        "truth": None,
        "job": job(),
        "features": f"/v1/tracks/{ident}/features",
        "analysis": f"/v1/tracks/{ident}/analysis",
        "audio": f"/v1/library/tracks/{ident}/audio",
        "analyser": 3,
        "analyser_now": 3,
        "analyses": (kept(ident, 3),),
        "cover": None,
        "provenance": music.said(SourceName.LIBRARY),
    }
    return LibraryTrack(**given | more)


def kept(ident: str, analyser: int) -> KeptAnalysis:
    """What a version of the analyser heard."""
    at = f"/v1/library/tracks/{ident}/analyses/{analyser}"
    return KeptAnalysis(
        analyser=analyser,
        made_at=music.THEN,
        features=f"{at}/features",
        analysis=f"{at}/analysis",
    )


def outdated(**more: Any) -> LibraryTrack:
    """A file that version 2 has heard, where version 3 is here."""
    given: dict[str, Any] = {"analyser": 2, "analyses": (kept(OWN, 2),)}
    return file(**given | more)


def renewal(outdated: int = 0, gone: int = 0, **more: Any) -> Renewal:
    """How many files an older version has heard: none, as long as nothing else is said."""
    given: dict[str, Any] = {"asked_at": None}
    return Renewal(analyser=3, outdated=outdated, gone=gone, **given | more)


def truth(**more: Any) -> ComposersTruth:
    """A waltz in D minor; the analyser of `features` hears something else."""
    given: dict[str, Any] = {
        "tempo": 144.0,
        "key": 6,
        "mode": 0,
        "key_name": "F♯ minor",
        "time_signature": "3/4",
        "sections": (ComposerSection(start=0, label="A"), ComposerSection(start=24.0, label="B")),
    }
    return ComposersTruth(**given | more)


def demo(**more: Any) -> LibraryTrack:
    """A piece of the demo label."""
    given = {"title": "Slow Tide", "artist": "The Invented", "demo": True, "truth": truth()}
    return file(DEMO, **given | more)


def files(*items: LibraryTrack, total: int | None = None) -> LibraryTracks:
    """A file, one that waits, and a demo piece."""
    chosen = items or (
        file(),
        file(music.numbered(3), title=music.HOSTILE, duration_ms=None, job=job(JobState.RUNNING)),
        demo(),
    )
    return LibraryTracks(
        items=chosen, total=total or len(chosen), provenance=music.said(SourceName.LIBRARY)
    )


def none() -> LibraryTracks:
    """No file at all."""
    return LibraryTracks(items=(), total=0, provenance=music.said(SourceName.LIBRARY))


def near(ident: str = OWN, **more: Any) -> NearestTracks:
    """Two files nearest to a track, which stands fifth of fifteen in energy."""
    first = NearTrack(
        id=DEMO,
        name="Slow Tide",
        artists=("The Invented",),
        tempo=72.0,
        key_name="E minor",
        camelot="9A",
        distance=0.42,
        says="Alike in energy and valence; most apart in tempo (72 against 96 BPM).",
    )
    second = first.model_copy(update={"id": music.numbered(3), "name": music.HOSTILE})
    given: dict[str, Any] = {
        "id": ident,
        "compared": 14,
        "by": ("energy", "valence", "tempo"),
        "items": (first, second),
        "keys": {"11A": 2, "12A": 1},
        "ranks": {
            "energy": Rank(below=5, equal=0, of=14, values=(0.1, 0.3, 0.5, 0.9)),
            "valence": Rank(below=0, equal=1, of=14, values=(0.22, 0.4, 0.6)),
            "loudness": Rank(below=7, equal=0, of=14, values=(-20.0, -8.0)),
        },
        "provenance": music.said(SourceName.LIBRARY),
    }
    return NearestTracks(**given | more)


def collection(**more: Any) -> Collection:
    """A collection of which one line was refused."""
    given: dict[str, Any] = {
        "id": LIST,
        "name": "Night Drive",
        "description": None,
        "playlist": f"/v1/playlists/{LIST}",
        "items_total": 12,
        "snapshot_id": "0" * 32,
        "made_at": music.THEN,
        "demo": False,
        "features_imported": 11,
        "refused": (RefusedLine(line=4, text=music.HOSTILE, reason="This is an album."),),
        "unread": (
            UnreadPart(column="Energie", line=None, text=music.HOSTILE, reason="No scale."),
            UnreadPart(column="Dauer", line=7, text="x", reason="No length in it."),
            UnreadPart(column=None, line=9, text="y", reason="No end."),
            UnreadPart(column=None, line=None, text="", reason="12 more."),
        ),
    }
    return Collection(**given | more)


def collections() -> Collections:
    """One of the owner's, one of the demo's."""
    return Collections(items=(collection(), collection(name="Demo", demo=True)))


def features(ident: str = OWN, **more: Any) -> Any:
    """What our analyser says: measured and estimated, liveness neither."""
    how: dict[str, Any] = {"source": SourceName.LIBRARY, "retrieved_at": music.THEN}
    measured = Provenance(
        **how, method=Method.MEASURED, fields=("tempo", "key", "loudness"), detail="LUFS"
    )
    guessed = Provenance(**how, method=Method.ESTIMATED, fields=("energy", "valence"))
    missing = Missing(
        field="liveness",
        reason=Reason.NOT_CONFIGURED,
        detail="Not measured: whether an audience is there needs a model that Earprint has not.",
    )
    given: dict[str, Any] = {
        "uncertainty": {"energy": 0.11, "valence": 0.21},
        "provenance": (measured, guessed),
        "missing": (missing,),
    }
    return sound.features(ident, SourceName.LIBRARY, **given | more)
