"""The error tree: what can go wrong, its status, its slug and the next step.

```
ApiError                    what a caller of the API is told (RFC 9457)
├─ BadReference 422 · InvalidRequest 422
├─ NotFound 404             a source that answers says it does not exist
├─ Unavailable 404          nobody here can ever give it; carries one Attempt per source
├─ BadUpstreamAnswer 502    every source answered, none intelligibly
├─ TryLater 503             somebody may give it later; carries attempts and the soonest retry
├─ StillWorking 202         no error: a job of ours is at it, and is carried
├─ ChangedMeanwhile 412     what was to be changed is not what was seen; carries what stands now
└─ Refused 4xx              an upload, job or collection that cannot be taken as it is
```

What a source says (SourceError) is another tree, drawn in api/problems/refusals.py; services turn
one into the other.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from api.problems.types import SLUGS, in_words, subject_slug
from api.schemas.base import Model
from api.schemas.library import Job, JobKind
from api.schemas.problem import Attempt, InvalidPart, Problem


class ApiError(Exception):
    """An answer that is not the asked-for thing. `fresh_s`: how long the answer may be kept."""

    status: ClassVar[int]

    def __init__(self, slug: str, detail: str, *, hint: str | None = None) -> None:
        super().__init__(detail)
        self.slug = slug
        self.detail = detail
        self.hint = hint
        self.attempts: tuple[Attempt, ...] = ()
        self.errors: tuple[InvalidPart, ...] = ()
        self.current: Model | None = None
        self.fresh_s = 0
        self.headers: dict[str, str] = {}

    @property
    def retry_after(self) -> int | None:
        """Whole seconds until asking again may help, or None."""
        return None

    def problem(self, *, instance: str, request_id: str) -> Problem:
        """The RFC 9457 document."""
        return Problem(
            type=f"/problems/{self.slug}",
            title=SLUGS[self.slug].title,
            status=self.status,
            detail=self.detail,
            instance=instance,
            request_id=request_id,
            hint=self.hint,
            errors=self.errors or None,
            attempts=self.attempts or None,
            current=None if self.current is None else self.current.model_dump(mode="json"),
        )


class BadReference(ApiError):
    """Not an id, link or URI we know; `hint` says how to mend it."""

    status = 422

    def __init__(self, detail: str, *, hint: str) -> None:
        super().__init__("bad-reference", detail, hint=hint)


class InvalidRequest(ApiError):
    """Parameters that do not fit, one entry in `errors` each."""

    status = 422

    def __init__(self, errors: tuple[InvalidPart, ...], *, hint: str | None = None) -> None:
        count = "One part" if len(errors) == 1 else f"{len(errors)} parts"
        super().__init__(
            "invalid-request", f"{count} of the request cannot be understood.", hint=hint
        )
        self.errors = errors


@dataclass(frozen=True, slots=True)
class _Plain:
    status: int
    slug: str
    detail: str


_PLAIN = {
    404: _Plain(404, "not-found", "There is nothing at this address."),
    405: _Plain(405, "method-not-allowed", "This address cannot be used with this method."),
}


class PlainHttp(ApiError):
    """What the router itself refuses: no such path, no such method."""

    def __init__(self, status: int, detail: str | None = None) -> None:
        plain = _PLAIN.get(status, _Plain(status, "http-error", "The request was refused."))
        super().__init__(plain.slug, detail or plain.detail)
        self.status = status  # type: ignore[misc]  # the one class whose status is the router's


class Internal(ApiError):
    """Our own mistake. Nothing of the inside leaks; the request id finds the log line."""

    status = 500

    def __init__(self) -> None:
        super().__init__(
            "internal",
            "Something went wrong in Earprint itself.",
            hint="Tell whoever runs this server the request id; it finds the log line.",
        )


class NotFound(ApiError):
    """A source that answers for this id says that it does not exist."""

    status = 404
    FRESH_S = 600
    HINT = "Check that the whole id was copied. Upper and lower case matter."
    ALSO: ClassVar[dict[str, str]] = {
        "playlist": " Spotify’s own playlists (editorial ones, mixes, Discover Weekly) and private "
        "ones look to apps as if they did not exist."
    }

    def __init__(self, subject: str, attempts: tuple[Attempt, ...]) -> None:
        super().__init__(
            subject_slug(subject, "not-found"),
            f"No {subject} with this id exists.",
            hint=self.HINT + self.ALSO.get(subject, ""),
        )
        self.attempts = attempts
        self.fresh_s = self.FRESH_S


class Unavailable(ApiError):
    """No source here can ever give it; `attempts` says why for each."""

    status = 404
    LONGEST_S = 600  # a verdict may hold for a day, but the owner may connect a source any time

    def __init__(self, subject: str, attempts: tuple[Attempt, ...], *, hint: str) -> None:
        super().__init__(
            subject_slug(subject, "unavailable"),
            f"No source on this server can give {in_words(subject)}.",
            hint=hint,
        )
        self.attempts = attempts
        waits = [attempt.retry_after for attempt in attempts if attempt.retry_after]
        self.fresh_s = min(*waits, self.LONGEST_S) if waits else 0


class BadUpstreamAnswer(ApiError):
    """Every source answered, none intelligibly."""

    status = 502

    def __init__(self, attempts: tuple[Attempt, ...]) -> None:
        super().__init__(
            "bad-upstream-answer",
            "The source answered, but not in a form that can be read.",
            hint="Nothing of it was kept. Ask again in a few seconds.",
        )
        self.attempts = attempts


class NotSignedIn(ApiError):
    """Only somebody who has signed in with Spotify is told this."""

    status = 401

    def __init__(self, detail: str = "Nobody is signed in with Spotify in this browser.") -> None:
        super().__init__(
            "not-signed-in", detail, hint="Sign in with Spotify at /sign-in, then ask again."
        )
        self.headers = {"WWW-Authenticate": 'Cookie realm="earprint", form-action="/sign-in"'}


class TryLater(ApiError):
    """At least one source might give it later."""

    status = 503
    SOONEST_S = 5

    def __init__(self, attempts: tuple[Attempt, ...]) -> None:
        super().__init__(
            "sources-unavailable",
            "No source can answer just now, but one may later.",
            hint="Ask again after the time in Retry-After; what is cached stays available.",
        )
        self.attempts = attempts

    @property
    def retry_after(self) -> int:
        """The soonest moment any source may answer."""
        waits = [a.retry_after for a in self.attempts if a.retry_after is not None]
        return min(waits, default=self.SOONEST_S)


class StillWorking(ApiError):
    """Not an error: a job here leads to the answer. What is answered is the job and its address."""

    status = 202
    AT_WORK: ClassVar[dict[JobKind, str]] = {
        JobKind.ANALYSIS: "This file is being analysed on this server.",
        JobKind.PROFILE: "This server is asking about the tracks of this playlist.",
    }

    def __init__(self, job: Job, *, retry_after: int) -> None:
        super().__init__(
            f"{job.kind}-in-progress",
            self.AT_WORK[job.kind],
            hint=f"Follow {job.href}; the answer will be at this same address.",
        )
        self.job = job
        self._retry_after = retry_after

    @property
    def retry_after(self) -> int:
        """When it is worth asking again."""
        return self._retry_after


class ChangedMeanwhile(ApiError):
    """What was to be changed is not what was seen; `current` is what stands now."""

    status = 412

    def __init__(self, current: Model, *, etag: str) -> None:
        super().__init__(
            "changed-meanwhile",
            "It was changed since you last saw it, so nothing of this was done.",
            hint="Look at what stands now, and make your change again.",
        )
        self.current = current
        self.headers = {"ETag": etag}


class Refused(ApiError):
    """What was sent or asked for cannot be taken as it is; the slug says why."""

    def __init__(
        self, slug: str, detail: str, *, hint: str | None = None, retry_after: int | None = None
    ) -> None:
        super().__init__(slug, detail, hint=hint)
        self.status = SLUGS[slug].status  # type: ignore[misc]  # as many statuses as slugs
        self._retry_after = retry_after

    @property
    def retry_after(self) -> int | None:
        """Where waiting helps."""
        return self._retry_after
