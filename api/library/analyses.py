"""Have own files heard again by a newer version of the analyser, and read what older ones heard.

What an older version heard counts until the newer one is done, and is kept beside it afterwards.
All files at once go through the same queue as uploads, and take half of it at most: whoever brings
a file meanwhile finds room, and waits for a few songs rather than for the whole library.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from api.clock import Clock, moment
from api.db.analyses import AnalysisTables
from api.db.jobs import ACTIVE
from api.db.library import LibraryTables, analysis_json
from api.db.models import LibraryAnalysisRow, LibraryTrackRow, PastAnalysisRow
from api.library.audio_store import AudioStore
from api.library.jobs import Jobs
from api.library.tracks import NO_FILE, OwnTracks, not_here
from api.problems.errors import Refused
from api.problems.jobs import JobGone
from api.schemas.analysis import AudioAnalysis
from api.schemas.features import AudioFeatures
from api.schemas.library import Job, LibraryTrack, Renewal
from api.sources.library.normalise import Own, heard_under

NOT_KEPT = "Version {} of the analyser has not heard this file, or what it heard was not kept."
LOST = (
    "The file is not on this server’s disk any more, so it cannot be heard again. Send the same "
    "file to put it back; what version {} of the analyser heard in it stays until then."
)


@dataclass(frozen=True, slots=True)
class Renewed:
    """The file as it is now, and the job that hears it again, if there is need of one."""

    track: LibraryTrack
    job: Job | None


class OwnAnalyses:
    """Analyses of own files by version; `analyser` is here now. Raises NotFound, Refused."""

    def __init__(
        self,
        library: OwnTracks,
        jobs: Jobs,
        versions: AnalysisTables,
        *,
        analyser: int,
        tables: LibraryTables,
        audio_store: AudioStore,
        clock: Clock,
        most_waiting: int,
    ) -> None:
        self._library = library
        self._jobs = jobs
        self._versions = versions
        self._analyser = analyser
        self._tables = tables
        self._audio_store = audio_store
        self._clock = clock
        self._at_once = max(1, most_waiting // 2)

    async def features(self, ident: str, analyser: int) -> AudioFeatures:
        """The features that this version heard."""
        own, row = await self._kept(ident, analyser)
        said = AudioFeatures.model_validate_json(row.features)
        return heard_under(said, own, by=analyser, now=self._analyser)

    async def analysis(self, ident: str, analyser: int) -> AudioAnalysis:
        """The analysis that this version made, read off the loop: it is a megabyte."""
        own, row = await self._kept(ident, analyser)
        return await asyncio.to_thread(
            lambda: heard_under(
                AudioAnalysis.model_validate_json(analysis_json(row)),
                own,
                by=analyser,
                now=self._analyser,
            )
        )

    async def renew(self, ident: str) -> Renewed:
        """Have a file heard again, unless the version that is here has heard it already."""
        row = await self._row(ident)
        latest = await self._jobs.of_track(ident)
        if latest is None or latest.state not in ACTIVE:
            heard = await self._tables.analysis(ident)
            if heard is not None and heard.analyser >= self._analyser:
                return Renewed(await self._library.track(ident), None)
            if not await self._is_here(row):
                raise Refused("conflict", LOST.format(heard.analyser if heard else "no"))
        try:
            job = await self._jobs.once(ident)
        except JobGone as error:
            raise not_here(NO_FILE) from error
        return Renewed(await self._library.track(ident), job)

    async def standing(self) -> Renewal:
        """How many files an older version has heard, and since when they are to be heard again."""
        here, gone = await self._outdated()
        asked = await self._versions.asked_at()
        return Renewal(
            analyser=self._analyser,
            outdated=len(here),
            gone=gone,
            asked_at=None if asked is None else moment(asked),
        )

    async def renew_all(self) -> Renewal:
        """Have all such files heard again, a few at a time."""
        if await self._versions.asked_at() is None:
            await self._versions.ask(self._clock())
        await self.go_on()
        return await self.standing()

    async def stop(self) -> None:
        """Begin no more of them; those that wait already are jobs like any other."""
        await self._versions.ask(None)

    async def go_on(self) -> None:
        """Put as many more into the queue as may wait there; once none is left, that is over.

        A file whose job has ended badly since then is not tried again for ever.
        """
        asked = await self._versions.asked_at()
        if asked is None:
            return
        here, _ = await self._outdated()
        jobs = await self._jobs.of_tracks([row.id for row in here])
        left = [row for row in here if _is_open(jobs.get(row.id), asked)]
        if not left:
            await self.stop()
            return
        waiting = (await self._jobs.figures()).waiting
        fresh = [row for row in left if row.id not in jobs or jobs[row.id].state not in ACTIVE]
        for row in fresh[: max(0, self._at_once - waiting)]:
            try:
                await self._jobs.once(row.id)
            except (JobGone, Refused):  # deleted meanwhile, or others were quicker
                continue

    async def _outdated(self) -> tuple[list[LibraryTrackRow], int]:
        """Those whose file is here, and how many others there are."""
        rows = await self._versions.outdated(self._analyser)
        here = await asyncio.to_thread(lambda: [row for row in rows if self._audio_store.has(row)])
        return here, len(rows) - len(here)

    async def _row(self, ident: str) -> LibraryTrackRow:
        row = await self._tables.track(ident)
        if row is None:
            raise not_here(NO_FILE)
        return row

    async def _is_here(self, row: LibraryTrackRow) -> bool:
        return await asyncio.to_thread(self._audio_store.has, row)

    async def _kept(
        self, ident: str, analyser: int
    ) -> tuple[Own, LibraryAnalysisRow | PastAnalysisRow]:
        row = await self._row(ident)
        heard = await self._versions.of_version(ident, analyser)
        if heard is None:
            not_kept = NOT_KEPT.format(analyser)
            raise not_here(not_kept, says=not_kept)
        return Own(row, ident), heard


def _is_open(job: Job | None, asked: float) -> bool:
    """Whether a file is still to be heard: it is at it, or had no job since all were asked for."""
    return job is None or job.state in ACTIVE or job.created_at < moment(asked)
