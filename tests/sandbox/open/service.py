"""What the sandbox has to know of a service that it stands in for, beside Spotify."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from tests.sandbox.answers import Answer, Request


@dataclass(frozen=True, slots=True)
class OpenService:
    """One service. All of its paths begin with its name.

    `settings`: the paths that the product's settings name, by setting. `templates`: the paths it
    answers, `{id}` for any part. `answer`: the answer to a request, with the base of the sandbox's
    own addresses. `lie`: an answer's JSON, turned into one that is about somebody else.
    """

    name: str
    settings: Mapping[str, str]
    templates: tuple[str, ...]
    answer: Callable[[Request, str], Answer]
    lie: Callable[[Any], Any]

    @property
    def pattern(self) -> str:
        """All of its paths, as faults are put on paths."""
        return f"/{self.name}*"

    def owns(self, path: str) -> bool:
        """Tell whether a path is its own."""
        return path.strip("/").split("/")[0] == self.name

    def fits(self, template: str, path: str) -> bool:
        """Tell whether a path is one of a template's."""
        pattern, parts = template.strip("/").split("/"), path.strip("/").split("/")
        return len(pattern) == len(parts) and all(
            wanted in (part, "{id}") for wanted, part in zip(pattern, parts, strict=True)
        )


def below(path: str, answer: Callable[[Request], Answer]) -> Callable[[Request, str], Answer]:
    """Answer as this function does, which knows the paths below the service's own address."""

    def answered(request: Request, _base_url: str) -> Answer:
        return answer(replace(request, path=request.path.removeprefix(path)))

    return answered
