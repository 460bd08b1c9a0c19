"""The fault catalogue: everything that can go wrong between us and the service, as one table.

`sandbox.fault("F31")` or `sandbox.fault("429-no-retry-after")` lets one stand. Rows that no server
can produce are listed too, with who does, so that a test can walk the whole catalogue.
"""

from tests.sandbox import breakages, refusals, service, spoilings
from tests.sandbox.injection import Fault

TOKEN = "/api/token"

FAULTS: tuple[Fault, ...] = (
    Fault("F01", "connect-refused", "The port refuses connections.", shuts=True),
    Fault(
        "F02", "dns-failure", "The host name does not resolve.", made_by="a base URL under .invalid"
    ),
    Fault(
        "F03",
        "tls-failure",
        "The TLS handshake fails.",
        made_by="an https base URL that points at this plain port",
    ),
    Fault(
        "F04",
        "silence-after-accept",
        "The connection is accepted, the request read, nothing answered.",
        act=breakages.silence,
    ),
    Fault(
        "F05",
        "reset-mid-body",
        "The connection is reset half-way through the body.",
        act=breakages.reset_mid_body,
    ),
    Fault("F06", "drip", "The body arrives at one byte a second.", act=breakages.drip),
    Fault(
        "F07",
        "truncated-chunks",
        "The chunked body ends inside a chunk.",
        act=breakages.truncated_chunks,
    ),
    Fault("F08", "truncated-json", "200 with half of the JSON.", act=spoilings.truncated_json),
    Fault("F09", "html-200", "200 with a web page.", act=spoilings.html_200),
    Fault("F10", "empty-200", "200 without a body.", act=spoilings.empty_200),
    Fault(
        "F11",
        "wrong-content-type",
        "200 with the right JSON, called text/html.",
        act=spoilings.wrong_content_type,
    ),
    Fault(
        "F12", "wrong-charset", "200 with UTF-8 JSON, called UTF-16.", act=spoilings.wrong_charset
    ),
    Fault("F13", "bom", "200 with a byte order mark before the JSON.", act=spoilings.bom),
    Fault(
        "F14",
        "gzip-bomb",
        "Some KB of gzip that unpack to 10 MB and more.",
        act=breakages.gzip_bomb,
    ),
    Fault("F15", "huge-array", "A list of 100,000 items.", act=spoilings.huge_array),
    Fault(
        "F16",
        "odd-fields",
        "Fields are missing, null, and unknown ones are added.",
        act=spoilings.odd_fields,
    ),
    Fault(
        "F17", "numbers-as-strings", "Every number is a string.", act=spoilings.numbers_as_strings
    ),
    Fault(
        "F18",
        "non-finite-numbers",
        "Every number is NaN or 1e999.",
        act=spoilings.non_finite_numbers,
    ),
    Fault(
        "F19",
        "duplicate-keys",
        "Keys occur twice, the wrong value first.",
        act=spoilings.duplicate_keys,
    ),
    Fault("F20", "401-once", "401 once, then the truth.", act=refusals.expired, times=1),
    Fault("F21", "401-forever", "401 however often the token is refreshed.", act=refusals.expired),
    Fault(
        "F22",
        "401-storm",
        "All tokens expire at once, under many concurrent calls.",
        act=refusals.storm,
    ),
    Fault(
        "F23",
        "403-silent",
        "403 without a message, as on closed features.",
        act=refusals.refused(403),
    ),
    Fault(
        "F24",
        "403-forbidden",
        "403 Forbidden, as on closed endpoints and others' playlists.",
        act=refusals.refused(403, "Forbidden"),
    ),
    Fault(
        "F25",
        "403-premium",
        "403: the app's owner has no Premium.",
        act=refusals.refused(403, service.PREMIUM),
    ),
    Fault(
        "F26",
        "403-not-registered",
        "403: the user is not on the app's list.",
        act=refusals.refused(403, service.NOT_REGISTERED),
    ),
    Fault(
        "F27",
        "403-scope",
        "403: the token lacks a scope.",
        act=refusals.refused(403, "Insufficient client scope"),
    ),
    Fault(
        "F28",
        "related-404",
        "Related artists answer 404 while the artist is there.",
        act=refusals.refused(404, "Not Found"),
        path="/v1/artists/*/related-artists",
    ),
    Fault(
        "F29",
        "404-unknown",
        "404 as for an unknown id.",
        act=refusals.refused(404, "Resource not found"),
    ),
    Fault(
        "F30",
        "analysis-404",
        "404 analysis not found: the item has none.",
        act=refusals.refused(404, "analysis not found"),
        path="/v1/audio-*",
    ),
    Fault("F31", "429-no-retry-after", "429 without Retry-After.", act=refusals.limited(None)),
    Fault("F32", "429-zero", "429 with Retry-After: 0.", act=refusals.limited("0")),
    Fault("F33", "429-one", "429 with Retry-After: 1, once.", act=refusals.limited("1"), times=1),
    Fault("F34", "429-day", "429 with Retry-After: 86400.", act=refusals.limited("86400")),
    Fault("F35", "429-date", "429 with an HTTP date as Retry-After.", act=refusals.limited_until),
    Fault("F36", "429-word", "429 with Retry-After: abc.", act=refusals.limited("abc")),
    Fault("F37", "429-negative", "429 with Retry-After: -5.", act=refusals.limited("-5")),
    Fault("F38", "429-empty", "429 with an empty body.", act=refusals.limited_empty),
    Fault(
        "F39",
        "quota-bucket",
        "429 QUOTA_EXCEEDED on one bucket, other buckets work.",
        act=refusals.quota,
        path="/v1/artists/*/albums",
    ),
    Fault(
        "F40",
        "rate-limit-app",
        "429 on every path with Retry-After: 30.",
        act=refusals.limited("30"),
    ),
    Fault(
        "F41", "500", "500 with an error body.", act=refusals.refused(500, "Internal server error")
    ),
    Fault("F42", "502-html", "502 with a web page.", act=refusals.html(502)),
    Fault("F43", "503-flapping", "503 on every other call.", act=refusals.flapping),
    Fault(
        "F44",
        "504-analysis",
        "504 in plain text on analyses.",
        act=refusals.gateway_timeout,
        path="/v1/audio-analysis/*",
    ),
    Fault("F45", "redirect-metadata", "302 to 169.254.169.254.", act=refusals.redirect),
    Fault("F46", "foreign-next", "The next page is on another host.", act=spoilings.foreign_next),
    Fault(
        "F47",
        "duplicate-content-length",
        "Two Content-Length headers that differ.",
        act=breakages.duplicate_content_length,
    ),
    Fault("F48", "huge-header", "A header of 64 KB.", act=breakages.huge_header),
    Fault(
        "F49",
        "clock-skew",
        "The Date is an hour ahead or behind.",
        act=breakages.clock_skew,
        path="*",
    ),
    Fault(
        "F50",
        "invalid-grant",
        "The refresh token is revoked.",
        act=refusals.invalid_grant,
        path=TOKEN,
    ),
    Fault(
        "F51",
        "refresh-keeps-token",
        "A refresh answers no new refresh token.",
        act=refusals.refreshing(rotate=False),
        path=TOKEN,
    ),
    Fault(
        "F52",
        "refresh-new-token",
        "A refresh answers a new refresh token.",
        act=refusals.refreshing(rotate=True),
        path=TOKEN,
    ),
    Fault("F53", "refresh-race", "Two refreshes happen at once.", made_by="two callers at once"),
    Fault(
        "F54",
        "leader-leaves",
        "The first of 100 callers of one key leaves.",
        made_by="a caller that is cancelled",
    ),
    Fault(
        "F55",
        "leader-fails",
        "The first of 100 callers of one key fails.",
        made_by="100 callers under F41",
    ),
    Fault(
        "F56", "304-without-body", "304 to a caller who keeps no body.", act=spoilings.not_modified
    ),
    Fault(
        "F57", "etag-churn", "A new ETag for the same body on every call.", act=spoilings.etag_churn
    ),
    Fault(
        "F58", "class-flips", "The app turns from extended into new-dev.", act=spoilings.class_flips
    ),
)


def by_name(name: str) -> Fault:
    """Find a fault by id or name; raises LookupError."""
    for fault in FAULTS:
        if name in {fault.id, fault.name}:
            return fault
    raise LookupError(f"no fault is called {name}")


def producible(name: str) -> Fault:
    """Find a fault the sandbox can make; raises LookupError, ValueError for somebody else's."""
    fault = by_name(name)
    if not fault.server_side:
        raise ValueError(f"{fault.id} is not the sandbox's to make: {fault.made_by} does")
    return fault
