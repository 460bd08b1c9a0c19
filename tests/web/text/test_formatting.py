from datetime import UTC, datetime

import pytest

from web.text import formatting as f


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (f.count(1234567), "1,234,567"),
        (f.counted(1, "section"), "one section"),
        (f.counted(12, "section"), "12 sections"),
        (f.decimal(-0.001), "0.00"),
        (f.decimal(-9.81, 1), "−9.8"),
        (f.bpm(120.03), "120 BPM"),
        (f.bpm(91.64), "91.6 BPM"),
        (f.decibels(-9.81), "−9.8 dB"),
        (f.length(225.4), "3:45"),
        (f.length(3725), "1:02:05"),
        (f.span(11_000), "3 h"),
        (f.span(86_400), "1 day"),
        (f.span(2 * 86_400), "2 days"),
        (f.span(60), "1 min"),
        (f.span(-5), "0 s"),
        (f.age(11_000), "3 h old"),
        (f.age(2), "just fetched"),
        (f.since(11_000), "3 h old"),
        (f.since(2), "new"),
        (f.size(5_242_880), "5.0 MB"),
        (f.size(2_048), "2 kB"),
        (f.moment(datetime(2026, 1, 2, 3, 4, tzinfo=UTC)), "2 Jan 2026, 03:04 UTC"),
        (f.release("2024-05-17"), "17 May 2024"),
        (f.release("2024-05"), "May 2024"),
        (f.release("1999"), "1999"),
        (f.release("0000-00-00"), "0000-00-00"),
        (f.release("soon"), "soon"),
        (f.release(None), None),
        (f.key(8, 0), "G♯ minor"),
        (f.key(0, None), "C"),
        (f.key(8, None), "G♯/A♭"),
        (f.key(None, 1), None),
        (f.metre(5), "5 beats"),
        (f.metre(6), "6 beats"),
        (f.listed(("a", "b", "c")), "a, b and c"),
        (f.listed(("a",)), "a"),
        (f.listed(()), ""),
    ],
)
def test_numbers_read_like_words(said, expected):
    """What people see is written the way people write it."""
    assert said == expected


@pytest.mark.parametrize(
    "url",
    ["javascript:alert(1)", "data:text/html,x", "//evil.example/x", "http:", "http://[", None, ""],
)
def test_only_web_addresses_become_links(url):
    """A link from a stranger is http(s) or no link."""
    assert f.safe_url(url) is None
    assert f.safe_url("https://open.spotify.com/x") == "https://open.spotify.com/x"


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("https://open.spotify.com/artist/x", "in Spotify"),
        ("https://musicbrainz.org/artist/x", "at MusicBrainz"),
        ("https://open.spotify.com.example/x", "its page"),
        ("https:///x", "its page"),
    ],
)
def test_a_link_says_where_it_leads(url, words):
    """By the whole name of the host: a neighbour may be known at one place only."""
    assert f.place(url) == words
