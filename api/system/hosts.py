"""Which host names are this server's own, and which sites' pages are.

A page of another site may have its own name lead to this machine (DNS rebinding): a browser then
takes what is here for that site's. What the page asks for still bears its name, so nothing is
answered to a name that is not ours. Numbers cannot be rebound: who asks by address is answered.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, MutableMapping
from ipaddress import ip_address
from typing import Any, NamedTuple

IN_PROCESS = "earprint.in_process"
"""Key of a scope that no socket brought: the pages ask the API in their own process."""

_AUTHORITY = re.compile(r"(?:\[([0-9a-f:.]+)\]|([a-z0-9_.-]+))(?::(\d{0,5}))?", re.IGNORECASE)
_LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)")
_LONGEST_NAME = 253
_USUAL_PORTS = {"http": 80, "https": 443}


class Authority(NamedTuple):
    """A host as it stands in a URL: the name or number, and the port if one is said."""

    host: str
    port: int | None

    @classmethod
    def of(cls, text: str) -> Authority | None:
        """`Example.com:8000`, `[::1]`; None of what is none, or holds more than that."""
        match = _AUTHORITY.fullmatch(text)
        if match is None:
            return None
        number, name, port = match.groups()
        return cls(plain(number or name), int(port) if port else None)


def plain(name: str) -> str:
    """A name as names are compared: lower case, without the root's full stop."""
    return name.lower().removesuffix(".")


def is_number(host: str) -> bool:
    """Whether it is an IP address."""
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def is_loopback(host: str) -> bool:
    """Whether it leads to this machine from this machine, whatever any name server says."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def host_name(text: str) -> str:
    """A host name of a setting, as browsers send it. Raises ValueError, saying what is wrong."""
    if "*" in text:
        message = f"names “{text}”: wildcards are not known, each name has to be written out"
        raise ValueError(message)
    if "/" in text or (":" in text and not is_number(text)):
        message = f"names “{text}”: only the name belongs there, without “http://” and without port"
        raise ValueError(message)
    if is_number(text):
        return text.lower()
    try:
        name = plain(text).encode("idna").decode("ascii")
    except UnicodeError:
        name = ""
    if len(name) > _LONGEST_NAME or not all(map(_LABEL.fullmatch, name.split("."))):
        message = f"names “{text}”, which is not the name of a host, such as earprint.example"
        raise ValueError(message)
    return name


class OwnHosts:
    """The names of this server: those of the settings, loopback names, and numbers."""

    def __init__(self, names: Iterable[str]) -> None:
        self._names = frozenset(map(plain, names))

    def __contains__(self, host: object) -> bool:
        """Whether a name is ours; it is plain."""
        return isinstance(host, str) and (
            host in self._names or is_loopback(host) or is_number(host)
        )

    def are_asked(self, scope: MutableMapping[str, Any]) -> bool:
        """Whether a request is meant for this server: it bears one host, which is ours."""
        if IN_PROCESS in scope:
            return True
        named = _hosts_in(scope)
        return len(named) == 1 and named[0] is not None and named[0].host in self

    def are_the_origin(self, origin: str, scope: MutableMapping[str, Any]) -> bool:
        """Whether a page of this `Origin` came from where the request goes.

        Compared without the scheme: a proxy may have taken TLS away.
        """
        scheme, _, authority = origin.partition("://")
        sent, named = Authority.of(authority), _hosts_in(scope)
        if sent is None or len(named) != 1 or named[0] is None:
            return False
        usual = _USUAL_PORTS.get(scheme)
        ports = sent.port or usual, named[0].port or usual
        return sent.host in self and sent.host == named[0].host and ports[0] == ports[1]


def _hosts_in(scope: MutableMapping[str, Any]) -> list[Authority | None]:
    """Every host that a request names."""
    return [
        Authority.of(value.decode("latin-1")) for name, value in scope["headers"] if name == b"host"
    ]
