"""Faults of the body: answers that look right from afar. All of them are invented."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from tests.sandbox.answers import Answer, dump, etag_of
from tests.sandbox.injection import Call

HTML = b"<!doctype html><html><body><h1>It works</h1></body></html>"
HUGE = 100_000
KEPT = {"id", "type", "uri", "items", "artists", "tracks", "albums", "playlists", "audio_features"}
INFINITE = "@@1e999@@"  # json.dumps has no way to write 1e999
ELSEWHERE = "https://elsewhere.invalid"

Json = Any
Visit = Callable[[int, Json], Json]


def truncated_json(call: Call) -> Answer:
    """Answer 200 with half of the JSON, and a Content-Length that fits it."""
    full = call.full()
    return replace(full, body=full.body[: len(full.body) // 2])


def html_200(call: Call) -> Answer:
    """Answer 200 with a web page, as captive portals and proxies do."""
    return replace(call.full(), body=HTML).but(content_type="text/html; charset=utf-8")


def empty_200(call: Call) -> Answer:
    """Answer 200 without a body."""
    return replace(call.full(), body=b"")


def wrong_content_type(call: Call) -> Answer:
    """Call the right JSON a web page."""
    return call.full().but(content_type="text/html")


def wrong_charset(call: Call) -> Answer:
    """Call UTF-8 JSON UTF-16."""
    return call.full().but(content_type="application/json; charset=utf-16")


def bom(call: Call) -> Answer:
    """Put a byte order mark before the JSON."""
    full = call.full()
    return replace(full, body=b"\xef\xbb\xbf" + full.body)


def huge_array(call: Call) -> Answer:
    """Stretch the answer's first list to 100,000 members; option count."""
    value, count = call.full().json(), call.option("count", HUGE)
    name = next((name for name in value if isinstance(value[name], list)), "items")
    member = (value.get(name) or [value])[0]
    if isinstance(member, dict):
        member = {key: member.get(key) for key in ("id", "name", "type", "uri")}
    members = b",".join([dump(member)] * count)  # writing them one by one would take a second
    return _said(call, dump(value | {name: [HUGE]}).replace(dump([HUGE]), b"[" + members + b"]"))


def odd_fields(call: Call) -> Answer:
    """Leave fields out, set others to null and add unknown ones; what says which stays."""
    return _said(call, dump(_odd(call.full().json())))


def numbers_as_strings(call: Call) -> Answer:
    """Write every number as a string."""
    return _said(call, dump(_numbers(call.full().json(), lambda _, number: str(number))))


def non_finite_numbers(call: Call) -> Answer:
    """Write every number as NaN or 1e999 in turns, which no JSON may hold."""

    def spoil(place: int, _number: Json) -> Json:
        return INFINITE if place % 2 else float("nan")

    text = json.dumps(_numbers(call.full().json(), spoil), separators=(",", ":"))
    return _said(call, text.replace(f'"{INFINITE}"', "1e999").encode())


def duplicate_keys(call: Call) -> Answer:
    """Write every key of the outermost object twice, null first: the last one is right."""
    full = call.full()
    nulls = dump(dict.fromkeys(full.json()))
    return replace(full, body=nulls[:-1] + b"," + full.body[1:])


def foreign_next(call: Call) -> Answer:
    """Let every page link to another host; option host."""
    return _said(call, dump(_relinked(call.full().json(), call.option("host", ELSEWHERE))))


def not_modified(_call: Call) -> Answer:
    """Answer 304 whether or not the caller named an ETag."""
    return Answer(304, headers={"etag": etag_of(b"never sent"), "cache-control": "public"})


def etag_churn(call: Call) -> Answer:
    """Answer the same body under another ETag each time, never 304."""
    return call.full().but(etag=etag_of(f"call {call.hit}".encode()))


def class_flips(call: Call) -> Answer:
    """Answer as if the app had another class; option app_class."""
    switches = call.state.switches
    before = switches.app_class
    switches.app_class = call.option("app_class", "new-dev")
    try:
        return call.proceed()
    finally:
        switches.app_class = before


def _said(call: Call, body: bytes) -> Answer:
    return replace(call.full(), body=body)


def _odd(value: Json) -> Json:
    """Spoil every object: of the fields that may vary, a third goes and a third is null."""
    if isinstance(value, list):
        return [_odd(member) for member in value]
    if not isinstance(value, dict):
        return value
    varying = [name for name in value if name not in KEPT]
    gone, void = set(varying[::3]), set(varying[1::3])
    kept = {name: None if name in void else _odd(value[name]) for name in value if name not in gone}
    return kept | {"x_unknown": {"added": [1, "two", None]}}


def _numbers(value: Json, visit: Visit) -> Json:
    place = -1

    def walk(inner: Json) -> Json:
        nonlocal place
        if isinstance(inner, dict):
            return {name: walk(member) for name, member in inner.items()}
        if isinstance(inner, list):
            return [walk(member) for member in inner]
        if isinstance(inner, bool) or not isinstance(inner, int | float):
            return inner
        place += 1
        return visit(place, inner)

    return walk(value)


def _relinked(value: Json, host: str) -> Json:
    """Set next and previous of every page, null ones too."""
    if isinstance(value, list):
        return [_relinked(member, host) for member in value]
    if not isinstance(value, dict):
        return value
    written = {name: _relinked(member, host) for name, member in value.items()}
    links = {name: f"{host}/v1/page" for name in ("next", "previous") if name in value}
    return written | links
