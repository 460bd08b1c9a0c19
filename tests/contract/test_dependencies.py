"""What may be installed: floors, pins and hashes, licences."""

import re
from importlib.metadata import distribution, distributions, version

import pytest
from packaging.requirements import Requirement
from packaging.version import Version

from tests.contract.repository import ROOT, project

FLOORS = {
    "starlette": "1.3.1",  # request.url poisoned by Host; quadratic Range; form limits
    "h11": "0.16",  # request smuggling through malformed chunks
    "jinja2": "3.1.6",  # sandbox break-outs
}
PINNED = re.compile(r"^(?P<name>[a-z0-9][a-z0-9._-]*)==(?P<version>\S+)( ; .+)? \\$")
HASH = re.compile(r"^    --hash=sha256:[0-9a-f]{64}( \\)?$")


def lines_of(lock: str) -> list[str]:
    """The lines of a lock without its comments."""
    text = (ROOT / "requirements" / lock).read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line and not line.lstrip().startswith("#")]


def pins_of(lock: str) -> dict[str, str]:
    """Name → version."""
    found = (PINNED.match(line) for line in lines_of(lock))
    return {match["name"]: match["version"] for match in found if match}


@pytest.mark.parametrize("name", FLOORS)
def test_known_holes_are_mended(name):
    """The installed release is not older than the one that closed the hole."""
    assert Version(version(name)) >= Version(FLOORS[name])


@pytest.mark.parametrize("lock", ["run.txt", "dev.txt", "lab.txt"])
def test_every_requirement_is_pinned_and_hashed(lock):
    """A lock holds pins and hashes, and no option that says where to fetch from."""
    lines = lines_of(lock)

    assert [line for line in lines if not PINNED.match(line) and not HASH.match(line)] == []
    after = zip(lines, [*lines[1:], ""], strict=True)
    assert [
        line for line, following in after if PINNED.match(line) and not HASH.match(following)
    ] == []


def test_development_runs_what_production_runs():
    """The dev and lab locks contain the run lock, pin for pin; the lab agrees with dev."""
    assert pins_of("run.txt").items() <= pins_of("dev.txt").items()
    assert pins_of("run.txt").items() <= pins_of("lab.txt").items()
    shared = pins_of("dev.txt").keys() & pins_of("lab.txt").keys()
    assert {pins_of("dev.txt")[name] for name in shared} == {
        pins_of("lab.txt")[name] for name in shared
    }


def test_the_packaged_ranges_admit_what_is_locked():
    """pyproject.toml and run.in name the same packages; the locked releases are in range."""
    requirements = [Requirement(text) for text in project()["project"]["dependencies"]]
    asked = (ROOT / "requirements/run.in").read_text(encoding="utf-8").splitlines()
    direct = {Requirement(line.split("#")[0]).name for line in asked if line.split("#")[0].strip()}
    pins = pins_of("run.txt")

    assert {requirement.name for requirement in requirements} == direct
    for requirement in requirements:
        assert requirement.specifier.contains(pins[requirement.name.replace(".", "-")])


def test_nothing_installed_is_copyleft():
    """No package of the environment names the GPL as its licence."""
    assert [found.name for found in distributions() if "GPL" in licence(found.name)] == []


def licence(name: str) -> str:
    """What a package says of its licence, expression first."""
    about = distribution(name).metadata
    classifiers = [text for text in about.get_all("Classifier", []) if "License" in text]
    expressions = about.get_all("License-Expression", [])
    return " ".join(expressions or classifiers)
