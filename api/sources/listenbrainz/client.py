"""The two hosts of ListenBrainz: its API, and its labs, which know who is listened to with whom."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from api.problems.refusals import BadQuestion, Closed, SourceError
from api.schemas.provenance import SourceName
from api.sources.listenbrainz import texts
from api.sources.open_access import BAD_REQUEST, OpenClient, Service
from api.sources.upstream.body import LARGE_BYTES
from api.sources.upstream.client import RESET_IN, UpstreamReply, UpstreamRequest

LISTENBRAINZ = SourceName.LISTENBRAINZ
PACE = (30, 10.0)  # what the headers of its answers have allowed
LONGEST_REST_S = 3_600.0
UNAUTHORISED = 401
ALGORITHMS = (  # the names of the data sets that answered in 2026, the larger first
    "session_based_days_7500_session_300_contribution_5_threshold_10_limit_100_filter_True_skip_30",
    "session_based_days_9000_session_300_contribution_5_threshold_15_limit_50_skip_30",
)
SIMILAR = UpstreamRequest("/similar-artists/json", family="similar-artists")
METADATA = UpstreamRequest("/1/metadata/artist/", family="metadata")
_ALGORITHM = re.compile(r"session_based_days_[0-9]{1,6}_[A-Za-z0-9_]{1,150}")
_SECONDS = re.compile(r"[0-9]{1,6}(\.[0-9]{1,9})?")


class OtherAlgorithms(BadQuestion):
    """The labs no longer have the data set that was asked for, and say which they have."""

    def __init__(self, algorithms: Sequence[str]) -> None:
        super().__init__(LISTENBRAINZ, texts.NO_ALGORITHM, status=BAD_REQUEST)
        self.algorithms = algorithms


def judge(reply: UpstreamReply, *, no_token: str) -> SourceError | None:
    """What a status means at ListenBrainz; of others see `by_status`."""
    if reply.status == UNAUTHORISED:
        return Closed(LISTENBRAINZ, no_token, status=reply.status)
    if reply.status == BAD_REQUEST and len(reply.body) <= LARGE_BYTES:
        algorithms = _ALGORITHM.findall(reply.body.decode("utf-8", "replace"))
        return OtherAlgorithms(algorithms) if algorithms else None
    return None


def rests_for_s(reply: UpstreamReply) -> float | None:
    """How long nothing more may be asked, where an answer says that it was the last for now."""
    wait = reply.headers.get(RESET_IN, "")
    if reply.headers.get("x-ratelimit-remaining") != "0" or not _SECONDS.fullmatch(wait):
        return None
    return min(float(wait), LONGEST_REST_S)


def site(token: str | None) -> Service:
    """The API, which may be asked with a token."""
    key = hashlib.sha256(token.encode()).hexdigest()[:12] if token else ""
    no_token = texts.TOKEN_REFUSED if token else texts.TOKEN_WANTED
    return Service(
        LISTENBRAINZ,
        "ListenBrainz",
        PACE,
        rests_for_s=rests_for_s,
        judge=partial(judge, no_token=no_token),
        key=f"api:{key}",
    )


LABS = Service(
    LISTENBRAINZ,
    "ListenBrainz Labs",
    PACE,
    rests_for_s=rests_for_s,
    judge=partial(judge, no_token=texts.TOKEN_WANTED_BY_LABS),
    key="labs",
)


def largest(algorithms: Sequence[str]) -> str:
    """Of data sets, one that is known here, or else that of the longest lists and most days."""
    known = [name for name in ALGORITHMS if name in algorithms]
    return known[0] if known else max(algorithms, key=lambda name: (_size(name), name))


def _size(algorithm: str) -> tuple[int, int]:
    parts = (re.search(rf"_{name}_([0-9]{{1,6}})", algorithm) for name in ("limit", "days"))
    most, days = (int(part[1]) if part else 0 for part in parts)
    return most, days


class ListenBrainzClient:
    """Asks both hosts; only the API is told the token. Raises SourceError."""

    def __init__(self, site: OpenClient, labs: OpenClient, *, token: str | None) -> None:
        self._site = site
        self._labs = labs
        self._headers = {"Authorization": f"Token {token}"} if token else {}
        self._algorithm = ALGORITHMS[0]

    async def get(self, request: UpstreamRequest) -> UpstreamReply:
        """The API's reply with its parsed JSON."""
        return await self._site.get(replace(request, headers=self._headers))

    async def similar(self, mbid: str) -> UpstreamReply:
        """The labs' reply on one artist; of several, they mix up whose a neighbour is."""
        try:
            return await self._similar(mbid)
        except OtherAlgorithms as refusal:
            self._algorithm = largest(refusal.algorithms)
        try:
            return await self._similar(mbid)
        except OtherAlgorithms as refusal:
            raise BadQuestion(LISTENBRAINZ, refusal.detail, status=refusal.status) from refusal

    async def _similar(self, mbid: str) -> UpstreamReply:
        params = {"artist_mbids": mbid, "algorithm": self._algorithm}
        return await self._labs.get(replace(SIMILAR, params=params))

    async def close(self) -> None:
        """Hang up."""
        await self._site.close()
        await self._labs.close()


def metadata_of(mbids: Sequence[str], *, with_tags: bool) -> UpstreamRequest:
    """The question who these artists are."""
    include = "artist tag" if with_tags else "artist"
    return replace(METADATA, params={"artist_mbids": ",".join(mbids), "inc": include})
