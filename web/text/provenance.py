"""What every panel says of its numbers: who says so, how old it is, what is absent, which call.

Also how a refusal of the API reads on a page.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TypeVar

from api.schemas.problem import Attempt, InvalidPart, Problem
from api.schemas.provenance import Missing, Provenance, Reason, SourceName
from web.client import ApiCall, ApiProblem, is_own
from web.text import formatting, versions
from web.text import labels as words

SETTING = re.compile(r"\b[A-Z]{3,}_[A-Z_]+\b")
BAD_REFERENCE = "/problems/bad-reference"
PASSING = (429, 500, 502, 503, 504)  # a later answer may be another one
CLOSED, UNKNOWN_LIST = "-unavailable", "/problems/playlist-not-found"
FOR_PROGRAMS = ("/v1/", "Retry-After")
SHARE_HINT = (
    "Paste the link that Spotify’s “Share → Copy link” gives, or type a name to search for it."
)
SHOWN_PLACES = 12
UNSHOWN = {  # no page shows them as facts
    *("is_playable", "linked_from", "url", "job", "truth", "public", "tempo_confidence"),
    *("time_signature_confidence", "key_confidence", "mode_confidence"),
}
OWN_FILE = re.compile(r"/v1/tracks/(own_\w+)", re.ASCII)
DEMO = "shipped"  # in the terms of what nobody here may rename
OF_TRACK = re.compile(  # one track, also where several could be asked for
    r"/v1/tracks/([^/?]+)|/v1/(?:tracks|features|library/nearest)\?(?:ids|track)=(\w+)(?:&|\Z)",
    re.ASCII,
)
ASKED_OF_OTHERS = ("/v1/tracks", "/v1/artists", "/v1/playlists", "/v1/features", "/v1/search")
IN_TAGS = ("name", "title", "artists", "artist", "album", "genres", "isrc")  # of an own file


@dataclass(frozen=True, slots=True)
class Badge:
    """One source's share: its name, how it knows, since when, under which terms."""

    label: str
    how: str
    when: str
    age: str
    fields: str
    url: str | None
    licence: str | None
    detail: str | None


@dataclass(frozen=True, slots=True)
class Absence:
    """One thing that is not there: the reason in a sentence, and a way on."""

    label: str
    why: str
    href: str
    way_on: str


@dataclass(frozen=True, slots=True)
class CallShown:
    """The API call behind a panel, to be repeated by hand."""

    path: str
    curl: str
    python: str
    cache_status: str


@dataclass(frozen=True, slots=True)
class Head:
    """The frame of a panel: sources, age, what is absent, the call, a line to be read aloud.

    `line`: who says it and since when, in one line. `sure`: how far that can be trusted.
    `versions`: that several versions of the analyser have measured what stands here, if they have.
    """

    line: str
    badges: tuple[Badge, ...]
    age: str
    stale: str | None
    sure: str
    versions: str | None
    absences: tuple[Absence, ...]
    call: CallShown
    announce: str


@dataclass(frozen=True, slots=True)
class AttemptNotice:
    """One source that was asked in vain, and why it gave nothing."""

    label: str
    why: str
    again: str | None
    href: str
    way_on: str


@dataclass(frozen=True, slots=True)
class ProblemNotice:
    """A refusal in words: what it means, what to do, who was asked, how to find the log line."""

    title: str
    detail: str
    hint: str | None
    request_id: str
    status: int
    type: str | None
    parts: tuple[str, ...] = ()
    asked: tuple[AttemptNotice, ...] = ()
    again: str | None = None
    retry_after: int | None = None
    call: CallShown | None = None
    way_on: tuple[str, str] | None = None
    """The one thing that helps here: its address and what it is."""
    elsewhere: tuple[str, str] | None = None
    """Where others say the same, or who they are."""

    @property
    def passing(self) -> bool:
        """Whether asking again may help."""
        return self.status in PASSING


Told = TypeVar("Told", Absence, AttemptNotice)


def head(
    title: str,
    call: ApiCall,
    *,
    provenance: Sequence[Provenance] = (),
    missing: Iterable[Missing] = (),
    now: float,
    base: str,
) -> Head:
    """The frame of a panel called `title` at the moment `now` (unix seconds)."""
    badges = tuple(_badge(each, now) for each in provenance)
    age = _age(call, provenance, now)
    said = formatting.listed(list(dict.fromkeys(badge.label for badge in badges)))
    return Head(
        line=line(provenance, now),
        badges=badges,
        age=age,
        stale=_stale(call),
        versions=versions.mixed(provenance),
        sure=" ".join(dict.fromkeys(words.SURENESS[each.method] for each in provenance)),
        absences=absences(missing, of=_own_file(call.path, provenance)),
        call=shown(call, base),
        announce=", ".join(part for part in (f"{title} loaded", said, age) if part),
    )


def line(provenance: Sequence[Provenance], now: float) -> str:
    """`Own analysis, measured and estimated 22 Nov; Spotify, asked 28 Nov`."""
    this_year = datetime.fromtimestamp(now, UTC).year
    said: dict[tuple[str, str], list[str]] = {}
    for each in provenance:
        who = words.speaker(each.source, each.method)
        day = formatting.day(each.retrieved_at, this_year)
        verbs = said.setdefault((who, day), [])
        if (verb := words.DONE[each.method]) not in verbs:
            verbs.append(verb)
    return "; ".join(
        f"{who}, {formatting.listed(verbs)} {day}" for (who, day), verbs in said.items()
    )


def shown(call: ApiCall, base: str) -> CallShown:
    """The call with a curl line against `base`, the address this server is reached at."""
    address = f"{base}{call.path.replace(chr(39), '%27')}"
    return CallShown(
        path=call.path,
        curl=f"curl '{address}'",
        python=f"httpx.get({address!r}).json()",
        cache_status=call.cache_status or "not cached",
    )


def absences(missing: Iterable[Missing], of: str | None = None) -> tuple[Absence, ...]:
    """Each absent value with its reason; what goes by one name is said once.

    `of`: the own file that they are absent from, or empty of several: nobody else can say them.
    """
    shown = (each for each in missing if each.field.rsplit(".", 1)[-1] not in UNSHOWN)
    found = {words.field_name(each.field): each for each in shown}
    return tuple(_absence(label, each, of) for label, each in found.items())


def gathered(found: Iterable[Told]) -> tuple[Told, ...]:
    """The same reason said once for all that lack for it."""
    alike: dict[Told, list[str]] = {}
    for each in found:
        alike.setdefault(replace(each, label=""), []).append(each.label)
    return tuple(replace(one, label=formatting.listed(labels)) for one, labels in alike.items())


def _absence(label: str, missing: Missing, of: str | None) -> Absence:
    href, way_on = words.WAYS_ON[missing.reason]
    if of is not None:
        said = of and missing.field.partition(".")[0] in IN_TAGS
        href, way_on = (f"/library/{of}/edit", words.WRITE_IT) if said else words.ABOUT_DATA
    return Absence(label, _sentence(missing.detail, missing.reason), href, way_on)


def _own_file(path: str, provenance: Sequence[Provenance]) -> str | None:
    """The id of the own file that an answer is about, empty of several; None of anything else."""
    if not provenance or any(each.source is not SourceName.LIBRARY for each in provenance):
        return None
    found = OWN_FILE.match(path)
    return found[1] if found and DEMO not in (provenance[0].licence or "") else ""


def _sentence(detail: str, reason: Reason) -> str:
    """What the API says; where that is nothing, or the name of a setting, the reason in general.

    Settings are an affair of whoever runs the server: Sources alone speaks of them.
    """
    plain = "" if SETTING.search(detail) else detail
    return plain or f"{words.REASONS[reason].capitalize()}."


def _badge(provenance: Provenance, now: float) -> Badge:
    return Badge(
        label=words.speaker(provenance.source, provenance.method),
        how=words.METHODS[provenance.method],
        when=formatting.moment(provenance.retrieved_at),
        age=formatting.age(now - _seconds(provenance.retrieved_at)),
        fields=formatting.listed(
            list(dict.fromkeys(words.field_name(field).lower() for field in provenance.fields))
        ),
        url=formatting.safe_url(provenance.url),
        licence=provenance.licence,
        detail=provenance.detail,
    )


def _age(call: ApiCall, provenance: Sequence[Provenance], now: float) -> str:
    known = [_seconds(each.retrieved_at) for each in provenance]
    seconds = now - min(known) if known else call.age_s
    if seconds is None:
        return ""
    if provenance and all(each.source is SourceName.LIBRARY for each in provenance):
        return formatting.since(seconds)  # nothing of our own is fetched
    left = call.fresh_for_s
    ending = f", refreshes in {formatting.span(left)}" if left is not None and left > 0 else ""
    return formatting.age(seconds) + ending


def _stale(call: ApiCall) -> str | None:
    if not call.stale:
        return None
    if "fwd=stale" in (call.cache_status or ""):
        return "This is an older answer: the source could not be asked again just now."
    return "This is past its time; a fresh answer is being fetched. Reload in a moment to see it."


def _seconds(when: datetime) -> float:
    return (when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp()


def trouble(problem: ApiProblem, base: str) -> ProblemNotice:
    """A refusal of the API, in words."""
    told = problem.problem
    return ProblemNotice(
        title=told.title,
        detail=told.detail,
        hint=_for_people(told),
        parts=_parts(told.errors or ()),
        asked=tuple(attempted(attempt) for attempt in told.attempts or ()),
        request_id=told.request_id,
        again=_again(problem.retry_after),
        retry_after=problem.retry_after,
        status=told.status,
        type=_type(told),
        call=shown(problem.call, base),
        way_on=_way_on(told, problem.call.path),
        elsewhere=_elsewhere(told, problem.call.path),
    )


def _is_wanting(told: Problem) -> bool:
    """Whether it is the sources that are wanting, and not what was asked."""
    return told.type.endswith(CLOSED) or told.status in PASSING


def _way_on(told: Problem, path: str) -> tuple[str, str] | None:
    """What helps where nobody who is asked can: the artist's own file, or the list itself."""
    if not _is_wanting(told) and told.type != UNKNOWN_LIST:
        return None
    if (one := OF_TRACK.match(path)) is not None:
        return own_file_of((one[1] or one[2]).rpartition(":")[2])
    return next((way for kind, way in words.INSTEAD_OF.items() if path.startswith(kind)), None)


def own_file_of(ident: str) -> tuple[str, str]:
    """Where a file of a track is sent, linked to it already, and what that is called."""
    linked = "" if is_own(ident) else f"?spotify_id={ident}"
    return f"/upload{linked}", words.OWN_FILE


def _elsewhere(told: Problem, path: str) -> tuple[str, str] | None:
    """Where another source can be asked."""
    if not _is_wanting(told) or not path.startswith(ASKED_OF_OTHERS):
        return None
    return words.WHO_ELSE


def _for_people(problem: Problem) -> str | None:
    """The hint, unless it speaks to programs: links and waits stand on the page anyway."""
    hint = problem.hint
    if hint is None or not any(word in hint for word in FOR_PROGRAMS):
        return hint
    return SHARE_HINT if problem.type == BAD_REFERENCE else None


def _parts(errors: Iterable[InvalidPart]) -> tuple[str, ...]:
    """What is wrong, once for all lines it is wrong of; of a form's field with its name."""
    lines: dict[str, list[str]] = {}
    said: dict[str, None] = {}
    for error in errors:
        root, _, place = error.pointer.partition("/")
        if root == "line":
            lines.setdefault(error.detail, []).append(place)
        elif root == "body" and place in words.FIELDS:
            said[f"{words.FIELDS[place]}: {error.detail[:1].lower()}{error.detail[1:]}"] = None
        else:
            said[error.detail] = None
    for detail, places in lines.items():
        said[f"{'Line' if len(places) == 1 else 'Lines'} {_few(places)}: {detail}"] = None
    return tuple(said)


def _few(places: Sequence[str]) -> str:
    """The first numbers, and how many more."""
    if len(places) <= SHOWN_PLACES:
        return formatting.listed(list(places))
    more = formatting.count(len(places) - SHOWN_PLACES)
    return f"{', '.join(places[:SHOWN_PLACES])} and {more} more"


def _type(problem: Problem) -> str | None:
    return problem.type if problem.type.startswith("/problems/") else None


def _again(seconds: int | None) -> str | None:
    return None if seconds is None else f"Ask again in {formatting.span(seconds)}."


def attempted(attempt: Attempt) -> AttemptNotice:
    """One source that gave nothing, and why."""
    seconds = attempt.retry_after
    again = None if seconds is None else formatting.span(seconds)
    href, way_on = words.WAYS_ON[attempt.reason]
    if attempt.reason is Reason.NOT_KNOWN:
        href, way_on = words.BROUGHT_BY_YOU.get(attempt.source, (href, way_on))
    return AttemptNotice(
        label=words.SOURCES[attempt.source],
        why=_sentence(attempt.detail, attempt.reason),
        again=again and f"It is asked again in {again} at the soonest.",
        href=href,
        way_on=way_on,
    )
