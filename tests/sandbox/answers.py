"""What comes in and what goes out, as plain values; and the error bodies, word for word."""

import base64
import hashlib
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from typing import Any, Self

JSON_TYPE = "application/json; charset=utf-8"
PUBLIC, PRIVATE = "public, max-age=0", "private, max-age=0"
NO_STORE = "no-cache, no-store, must-revalidate"


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request; header names in lower case."""

    method: str
    path: str
    query: dict[str, str] = field(default_factory=dict)
    pairs: tuple[tuple[str, str], ...] = ()  # the same, where a name may come several times
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""

    def every(self, name: str) -> list[str]:
        """Read all values of a parameter that may be repeated."""
        return [value for key, value in self.pairs if key == name]


@dataclass(frozen=True, slots=True)
class Answer:
    """One HTTP answer. `wire`, when set, writes to the socket instead of the ordinary way."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    wire: "Callable[[Any, Answer], Awaitable[None]] | None" = None

    def but(self, **headers: str) -> Self:
        """Answer the same with more headers: `retry_after="1"` sets Retry-After."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return replace(self, headers=self.headers | named)

    def without(self, *names: str) -> Self:
        """Answer the same with some headers taken out."""
        kept = {name: value for name, value in self.headers.items() if name not in names}
        return replace(self, headers=kept)

    def json(self) -> Any:
        """Read the body."""
        return json.loads(self.body)


class Refusal(Exception):
    """Raised by an endpoint to answer something else than 200."""

    def __init__(self, answer: Answer):
        super().__init__(answer.status)
        self.answer = answer


def dump(value: object) -> bytes:
    """Write compact JSON in UTF-8, as the real service does."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()


def of(value: object, *, status: int = 200, cache: str = PUBLIC) -> Answer:
    """Answer a JSON value."""
    headers = {"content-type": JSON_TYPE, "cache-control": cache}
    return Answer(status, dump(value), headers)


def error(status: int, message: str | None = None, **more: str) -> Answer:
    """Answer the Web API's error body; without a message the key is absent, as seen on 403s."""
    told = {"message": message} if message is not None else {}
    return of({"error": {"status": status, **told, **more}}, status=status, cache=PRIVATE)


def token_error(code: str, description: str | None = None) -> Answer:
    """Answer the token endpoint's flat 400 body."""
    told = {"error_description": description} if description is not None else {}
    return of({"error": code, **told}, status=400, cache=NO_STORE)


def unauthorised(message: str, code: str = "invalid_token") -> Answer:
    """Answer 401 with the challenge header of the real service."""
    challenge = f'Bearer realm="spotify", error="{code}", error_description="{message}"'
    return error(401, message).but(www_authenticate=challenge)


def etag_of(body: bytes) -> str:
    """Write a strong validator in the form recorded since 2018."""
    digest = hashlib.md5(body, usedforsecurity=False).hexdigest()
    return f'"MC-{base64.b64encode(f"{chr(34)}{digest}{chr(34)}".encode()).decode()}"'
