"""Which names are this server's own (R-25)."""

from typing import Any

import pytest

from api.settings import Settings
from api.system.hosts import IN_PROCESS, OwnHosts, host_name

HOSTS = OwnHosts(("ears.local", "Ears.example", "xn--mnchen-3ya.example"))


def asked(*named: bytes) -> dict[str, object]:
    """A scope that bears these hosts."""
    return {"headers": [(b"host", one) for one in named]}


@pytest.mark.parametrize(
    "host",
    [
        *("localhost", "LOCALHOST:8000", "localhost.", "a.localhost", "127.0.0.1", "127.9.9.9:1"),
        *("[::1]", "[::1]:8000", "192.168.1.5:8000", "[2001:db8::1]", "ears.example"),
        *("EARS.example:443", "ears.example.", "xn--mnchen-3ya.example", "ears.example:"),
    ],
)
def test_our_own_names_are_answered(host):
    """Loopback names, numbers, and those of the settings, however they are written."""
    assert HOSTS.are_asked(asked(host.encode()))


@pytest.mark.parametrize(
    "host",
    [
        *("evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "evil-localhost"),
        *("ears.example.evil", "notears.example", "sub.ears.example", "ears.example@evil.example"),
        *("", " ", "localhost evil.example", "localhost,evil.example", "evil.example#localhost"),
        *("evil.example/localhost", "[localhost]", "::1", "[::1", "127.1", "2130706433", "0x7f.1"),
        *("[::1]evil.example", "ears.example:80:80", "localhost:8a", "évil.example", "localhost\0"),
        *("localhost..", "*", "null", "earprint.internal", "http://localhost"),
    ],
)
def test_others_are_not(host):
    """Not what only looks like one of ours either."""
    assert not HOSTS.are_asked(asked(host.encode("latin-1")))


@pytest.mark.parametrize(
    "hosts",
    [(), (b"localhost", b"evil.example"), (b"evil.example", b"localhost"), (b"localhost",) * 2],
)
def test_a_request_names_one_host(hosts):
    """With none, or two, nobody can say which one was meant."""
    assert not HOSTS.are_asked(asked(*hosts))


def test_who_asks_in_the_same_process_needs_no_name():
    """No socket can mark a scope."""
    assert HOSTS.are_asked({"headers": [], IN_PROCESS: True})


@pytest.mark.parametrize(
    ("origin", "host", "own"),
    [
        ("http://localhost:8000", "localhost:8000", True),
        ("https://ears.example", "ears.example", True),
        ("https://ears.example:443", "EARS.example", True),
        ("http://[::1]:8000", "[::1]:8000", True),
        ("http://localhost:8001", "localhost:8000", False),
        ("http://localhost:8000", "127.0.0.1:8000", False),
        ("http://evil.example", "evil.example", False),
        ("null", "localhost", False),
        ("http://localhost/", "localhost", False),
        ("localhost", "localhost", False),
        ("", "localhost", False),
    ],
)
def test_an_origin_is_ours_where_the_request_goes(origin, host, own):
    """Another port is another site; the scheme may have been taken away by a proxy."""
    assert HOSTS.are_the_origin(origin, asked(host.encode())) is own


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("Ears.Example", "ears.example"),
        ("ears.example.", "ears.example"),
        ("münchen.example", "xn--mnchen-3ya.example"),
        ("my_app", "my_app"),
        ("2001:DB8::1", "2001:db8::1"),
    ],
)
def test_names_are_read_as_browsers_send_them(written, read):
    """Case, full stop and letters beyond ASCII."""
    assert host_name(written) == read


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("*.example", "wildcards"),
        ("https://ears.example", "only the name"),
        ("ears.example:8000", "without port"),
        ("ears example", "not the name of a host"),
        ("a..b", "not the name of a host"),
        ("-", "not the name of a host"),
        ("x" * 64, "not the name of a host"),
        (".".join(["x" * 60] * 5), "not the name of a host"),
    ],
)
def test_a_wrong_name_is_refused_in_words(written, said):
    """Somebody has to find the mistake in one line."""
    with pytest.raises(ValueError, match=said):
        host_name(written)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "ears.example"])  # noqa: S104
def test_an_open_server_has_to_know_its_names(host):
    """Else the start stops; of this machine alone none is needed."""
    with pytest.raises(ValueError, match="open to other machines"):
        Settings(_env_file=None, host=host)

    written: dict[str, Any] = {"hosts": "ears.example, EARS.example,b.example"}
    named = Settings(_env_file=None, host=host, **written)

    assert named.hosts == ("ears.example", "b.example")
    assert named.is_open


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("127.0.0.1", "http://127.0.0.1:80"),
        ("[::1]", "http://[::1]:80"),
        ("::1", "http://[::1]:80"),
        ("localhost", "http://localhost:80"),
    ],
)
def test_addresses_have_brackets_where_they_need_them(host, address):
    """Colons would be taken for the port's."""
    settings = Settings(_env_file=None, host=host)

    assert settings.address(80) == address
    assert not settings.is_open
