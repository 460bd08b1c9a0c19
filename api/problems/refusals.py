"""What a source says when it gives nothing. Raised below services, never seen by a caller as it is.

```
SourceError
├─ Closed            answers this to others than us
├─ NotConfigured     cannot be asked with the settings of this server
│  └─ SignInEnded    can be asked in a person's name once they sign in again
├─ Limited           asked us to wait until a time
│  └─ InProgress     is working on it: a job of ours, which can be followed
├─ Unreachable       did not answer, or answered that it is broken
├─ Unknown           answers, and does not know this
│  ├─ UnknownId      does not know it by this id; nobody has looked for it under another
│  ├─ DoesNotExist   answers, and says that there is no such thing
│  └─ NothingFound   looked, and found nothing that fits: an answer, if it is the only one
└─ Garbled           answered something that cannot be read
   └─ BadQuestion    calls our question malformed
```
"""

from __future__ import annotations

import math
from typing import Any, ClassVar

from api.schemas.base import Model
from api.schemas.library import Job
from api.schemas.problem import Attempt
from api.schemas.provenance import Reason, SourceName


class SourceError(Exception):
    """A source could not answer. `retry_at`: unix seconds. `status`: the HTTP status it sent."""

    reason: ClassVar[Reason]

    def __init__(
        self,
        source: SourceName,
        detail: str,
        *,
        status: int | None = None,
        retry_at: float | None = None,
    ) -> None:
        super().__init__(f"{source}: {detail}")
        self.source = source
        self.detail = detail
        self.status = status
        self.retry_at = retry_at

    def attempt(self, now: float) -> Attempt:
        """How this refusal reads in a problem's `attempts`."""
        return Attempt(
            source=self.source,
            reason=self.reason,
            detail=self.detail,
            retry_after=None if self.retry_at is None else whole_seconds(self.retry_at - now),
        )


class Closed(SourceError):
    """The source answers this to others, not to us; `retry_at` is when we shall ask again."""

    reason = Reason.CLOSED


class NotConfigured(SourceError):
    """This server's settings do not let it ask the source, or the source refuses them."""

    reason = Reason.NOT_CONFIGURED


class SignInEnded(NotConfigured):
    """The source takes what it is asked in this person's name only after they sign in again."""


class Limited(SourceError):
    """The source asked us to wait until `retry_at`."""

    reason = Reason.LIMITED


class InProgress(Limited):
    """An own file is being analysed; `job` is where to follow it."""

    def __init__(self, source: SourceName, detail: str, *, job: Job, retry_at: float) -> None:
        super().__init__(source, detail, retry_at=retry_at)
        self.job = job


class Unreachable(SourceError):
    """No answer, or an answer that says the source is broken."""

    reason = Reason.UNREACHABLE


class Unknown(SourceError):
    """The source answers, and has no such value for this thing."""

    reason = Reason.NOT_KNOWN


class UnknownId(Unknown):
    """The source does not know it by this id; nobody has looked for it under another one."""


class DoesNotExist(Unknown):
    """The source answers, and says that the thing itself does not exist."""


class NothingFound(Unknown):
    """The source looked, and nothing fits; `value` says so, for when nobody else was asked."""

    def __init__(self, source: SourceName, detail: str, *, value: Model) -> None:
        super().__init__(source, detail)
        self.value = value


class Garbled(SourceError):
    """The source answered something that cannot be read; it counts as no answer at all."""

    reason = Reason.UNREACHABLE


class BadQuestion(Garbled):
    """The source calls our question malformed; perhaps we asked for more than we may at once."""


_BY_NAME = {
    kind.__name__: kind
    for kind in (
        Closed,
        NotConfigured,
        SignInEnded,
        Limited,
        Unreachable,
        Unknown,
        UnknownId,
        DoesNotExist,
        Garbled,
        BadQuestion,
    )
}


def to_record(refusal: SourceError) -> dict[str, Any]:
    """The refusal as plain values, for the store."""
    return {
        "kind": type(refusal).__name__,
        "source": refusal.source,
        "detail": refusal.detail,
        "status": refusal.status,
        "retry_at": refusal.retry_at,
    }


def from_record(record: dict[str, Any]) -> SourceError:
    """The refusal that `to_record` was given."""
    kind = _BY_NAME[record["kind"]]
    return kind(
        SourceName(record["source"]),
        record["detail"],
        status=record["status"],
        retry_at=record["retry_at"],
    )


def again(refusal: SourceError) -> SourceError:
    """A fresh copy to raise: an exception that is kept must not collect tracebacks."""
    return from_record(to_record(refusal))


def whole_seconds(seconds: float) -> int:
    """Round up to whole seconds, at least 1, as Retry-After promises."""
    return max(1, math.ceil(seconds))
