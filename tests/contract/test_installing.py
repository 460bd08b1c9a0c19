"""The Makefile installs the locks, on any day and whatever came before.

The packages are invented, one for each that a lock names, and newer ones beside them; make, pip and
the Makefile's recipes are real. `.ci/run` does the same with the packages themselves.
"""

import os
import shutil
import subprocess
import sys
import zipfile
from importlib.metadata import distributions
from pathlib import Path

import pip
import pytest
from packaging.requirements import Requirement

from tests.contract.newer_index import askers, digest, make, requirements, wheel
from tests.contract.repository import ROOT

LOCKS = ("run", "dev", "lab")
SAMPLED = 8
"""Every eighth package with who asks for it: a third of each lock."""
# `python -m venv`, with the pip of these tests in place of a copy of its own: seconds less.
PYTHON = f"""#!/bin/sh
[ "$2" = venv ] || exec {sys.executable} "$@"
shift 2
{sys.executable} -m venv --without-pip "$@" || exit 1
for folder; do true; done
ln -s {Path(pip.__file__).parent} "$folder"/lib/python*/site-packages/
touch "$folder/bin/pip"
"""


CHOIR, SINGERS, HALL = map(Requirement, ("choir==1", "singers==2", "hall==3"))

Asked = tuple[str, Requirement]


class Clone:
    """A clone whose locks name invented packages, on a day when all of them have newer releases."""

    def __init__(
        self, folder: Path, named: dict[str, list[Requirement]], asked: set[Asked]
    ) -> None:
        self.folder, self.index, self.wheels = folder / "clone", folder / "index", folder / "wheels"
        for made in (self.folder / "requirements", self.wheels):
            made.mkdir(parents=True)
        shutil.copy(ROOT / "Makefile", self.folder)
        shutil.copytree(ROOT / ".ci", self.folder / ".ci")
        (self.folder / "python").write_text(PYTHON)
        (self.folder / "python").chmod(0o755)
        for one in {one for lock in named.values() for one in lock}:
            others = [other for asker, other in asked if asker == one.name]
            wheel(self.wheels, one.name, version_of(one), asks=others)
        for lock, its in named.items():
            self.write(lock, its)
        make(self.index, self.wheels, [self.lock(lock) for lock in named])

    def lock(self, name: str) -> Path:
        """One of its locks."""
        return self.folder / f"requirements/{name}.txt"

    def write(self, lock: str, named: list[Requirement]) -> None:
        """Lock these, with the hashes of the invented wheels."""
        self.lock(lock).write_text(
            "".join(f"{one} \\\n    --hash={digest(self.wheel_of(one))}\n" for one in named)
        )

    def wheel_of(self, one: Requirement) -> Path:
        """The invented wheel that a lock means."""
        (path,) = self.wheels.glob(f"{one.name.replace('-', '_')}-{version_of(one)}-*.whl")
        return path

    def make(self, lock: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """What make says of installing a lock."""
        apart = {
            name: text
            for name, text in os.environ.items()
            if not name.startswith(("PIP_", "MAKE", "MFLAGS", "COV"))
        }
        ours = {"PIP_CONFIG_FILE": os.devnull, "PIP_INDEX_URL": self.index.as_uri()}
        return subprocess.run(  # noqa: S603  # fixed arguments
            ["make", f".venv/.{lock}", "PYTHON=./python"],  # noqa: S607  # wherever it is
            cwd=self.folder,
            env=apart | ours | environment,
            capture_output=True,
            text=True,
            check=False,
        )

    def installed(self) -> dict[str, str]:
        """Name → version of what its environment holds, pip aside."""
        found = distributions(path=[str(*self.folder.glob(".venv/lib/python*/site-packages"))])
        return {one.name: one.version for one in found}


def version_of(one: Requirement) -> str:
    """What a requirement is pinned to."""
    (pin,) = one.specifier
    return pin.version


def pins(lock: Path) -> dict[str, str]:
    """Name → version of what a lock names for this machine."""
    here = [one for one in requirements(lock) if one.marker is None or one.marker.evaluate()]
    return {one.name: version_of(one) for one in here}


@pytest.fixture
def clone(tmp_path: Path) -> Clone:
    """A fresh clone, nothing installed, and of each lock a sample of who asks for what."""
    locks = {name: ROOT / f"requirements/{name}.txt" for name in LOCKS}
    asked = {pair for lock in locks.values() for pair in askers(lock)[::SAMPLED]}
    names = {name for asker, one in asked for name in (asker, one.name)}
    named = {
        name: [one for one in requirements(lock) if one.name in names]
        for name, lock in locks.items()
    }
    return Clone(tmp_path, named, asked)


@pytest.fixture
def small(tmp_path: Path) -> Clone:
    """A clone whose locks name little: a choir, which asks for singers, and a hall."""
    return Clone(tmp_path, {lock: [CHOIR, SINGERS, HALL] for lock in LOCKS}, {("choir", SINGERS)})


def test_newer_releases_of_everything_change_nothing(clone):
    """Each of the three locks installs exactly what it names."""
    for lock, holds in [("run", ["run"]), ("dev", ["dev"]), ("lab", ["dev", "lab"])]:
        made = clone.make(lock)

        assert made.returncode == 0, made.stdout + made.stderr
        assert clone.installed() == {
            name: version for one in holds for name, version in pins(clone.lock(one)).items()
        }


@pytest.mark.parametrize("lock", LOCKS)
def test_resolving_would_fail_on_that_day(clone, lock):
    """What the recipe is for: pip that resolves meets a release which no lock names."""
    makefile = clone.folder / "Makefile"
    makefile.write_text(makefile.read_text().replace(" --no-deps", ""))

    made = clone.make(lock)

    assert made.returncode != 0
    assert "--require-hashes mode" in made.stderr


def test_a_lock_that_is_not_complete_fails_loudly(small):
    """What is missing and who wants it is said, and nothing counts as installed."""
    small.write("run", [CHOIR, HALL])

    made = small.make("run")

    assert made.returncode != 0
    assert "choir 1 requires singers, which is not installed" in made.stdout
    assert not (small.folder / ".venv/.run").exists()


def test_what_was_interrupted_is_taken_up_again(small):
    """An install that breaks off does not count, and the next one makes it whole."""
    lost = small.wheel_of(HALL)
    lost.rename(lost.with_suffix(".lost"))
    broken = small.make("run")
    lost.with_suffix(".lost").rename(lost)

    assert broken.returncode != 0
    assert small.make("run").returncode == 0
    assert small.installed() == pins(small.lock("run"))


def test_what_no_lock_names_any_more_goes(small):
    """A changed lock, be it of another target, begins a new environment."""
    assert small.make("dev").returncode == 0
    for lock in LOCKS:
        small.write(lock, [CHOIR, SINGERS])

    made = small.make("run")

    assert made.returncode == 0, made.stderr
    assert small.installed() == pins(small.lock("run"))
    assert not (small.folder / ".venv/.dev").exists()


def test_a_second_time_nothing_is_done(small):
    """What is installed is not installed again."""
    assert small.make("run").returncode == 0

    assert "is up to date" in small.make("run").stdout


def test_an_interpreter_that_went_away_is_replaced(small):
    """After an upgrade of the system the environment is made anew, without being asked to."""
    assert small.make("run").returncode == 0
    python = small.folder / ".venv/bin/python"
    python.unlink()
    python.symlink_to("/nonexistent/python")

    made = small.make("run")

    assert made.returncode == 0, made.stderr
    assert small.installed() == pins(small.lock("run"))


def test_packages_of_another_project_on_the_path_do_not_count(small, tmp_path):
    """PYTHONPATH, set for something else, neither satisfies a lock nor breaks the check."""
    with zipfile.ZipFile(wheel(tmp_path, "foreign", "1", asks=[Requirement("absent")])) as archive:
        archive.extractall(tmp_path / "foreign")
    with zipfile.ZipFile(small.wheel_of(HALL)) as archive:
        archive.extractall(tmp_path / "foreign")

    made = small.make("run", PYTHONPATH=str(tmp_path / "foreign"))

    assert made.returncode == 0, made.stdout
    assert small.installed() == pins(small.lock("run"))
