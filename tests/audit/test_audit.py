"""`make audit` notices what it is there to notice, and time alone breaks nothing."""

import json
import os
import re
from pathlib import Path

import httpx
import pytest

from tests.audit import __main__ as audit
from tests.audit import bill_of_materials, code, holes, releases
from tests.audit.finding import Finding
from tests.audit.locked import RUN, read
from tests.contract.newer_index import digest, wheel
from tests.contract.repository import ROOT, project


class Index:
    """An index on this disk with one package, and a lock that names a release of it."""

    def __init__(self, folder: Path) -> None:
        self.lock, self._page = folder / "lock.txt", folder / "index/choir"
        self._page.mkdir(parents=True)
        self._wheels = folder / "wheels"
        self._wheels.mkdir()
        self.pip = {"PIP_CONFIG_FILE": os.devnull, "PIP_INDEX_URL": (folder / "index").as_uri()}

    def offer(self, version: str, attribute: str = "", *, names_its_hash: bool = False) -> str:
        """A release, with what its link says beside its address; its hash."""
        path = wheel(self._wheels, "choir", version)
        fragment = f"#{digest(path).replace(':', '=')}" if names_its_hash else ""
        link = f'<a href="{path.as_uri()}{fragment}" {attribute}>{path.name}</a>\n'
        with (self._page / "index.html").open("a") as page:
            page.write(link)
        return digest(path)

    def look(self, version: str, hashed: str) -> Finding:
        """What is said of a lock with this release."""
        self.lock.write_text(f"choir=={version} \\\n    --hash={hashed}\n")
        return releases.look(self.lock, self.pip)


@pytest.fixture
def index(tmp_path) -> Index:
    """An empty one."""
    return Index(tmp_path)


def test_a_newer_release_is_news_and_no_fault(index):
    """What we lock may grow old without breaking a run."""
    hashed = index.offer("1")
    index.offer("2")

    found = index.look("1", hashed)

    assert (found.wrong, found.to_know) == ((), ("choir 1, newest 2",))


def test_a_withdrawn_release_is_wrong(index):
    """With the reason that its makers give."""
    found = index.look("1", index.offer("1", 'data-yanked="eats files"'))

    assert re.search(r"withdrawn.*choir.*eats files", *found.wrong)


def test_a_release_that_is_gone_is_wrong(index):
    """Nobody could install us any more."""
    hashed = index.offer("2")

    assert "choir==1" in str(index.look("1", hashed).wrong)


def test_other_bytes_under_the_same_name_are_wrong(index):
    """The index's file has to be one that the lock admits."""
    index.offer("1", names_its_hash=True)

    assert "none that the lock admits" in str(index.look("1", "sha256:" + "0" * 64).wrong)


def test_an_index_that_cannot_be_asked_is_wrong(index, tmp_path):
    """It is never silently all right."""
    hashed = index.offer("1")
    index.pip["PIP_INDEX_URL"] = (tmp_path / "nowhere").as_uri()

    assert index.look("1", hashed).wrong


@pytest.mark.parametrize(
    "planted",
    [
        "import subprocess\nsubprocess.run('ls ' + input(), shell=True)\n",
        "import hashlib\nhashlib.md5(b'x')\n",
        "import pickle\npickle.loads(b'')\n",
        "import tempfile\ntempfile.mktemp()\n",
        "x = 1  # \u202e backwards\n",
        "def broken(:\n",
    ],
)
def test_a_hole_in_our_code_is_found(tmp_path, planted):
    """Also one whose line tells ruff to look away, and a file that cannot be read."""
    (tmp_path / "planted.py").write_text(planted.replace("\n", "  # noqa\n", 1))

    assert "planted.py" in str(code.look([tmp_path]).wrong)


def test_what_bandit_skips_ruff_holds():
    """No rule is off in both: of each that bandit skips, ruff has its own, or none is needed."""
    held = {"B101": "S101", "B105": "S105", "B603": "S603"}
    no_finding = {"B404", "B604"}
    lint = project()["tool"]["ruff"]["lint"]
    everywhere = [*lint["ignore"]]
    for pattern, ignored in lint["per-file-ignores"].items():
        everywhere += [] if pattern.startswith("tests") else ignored

    assert set(project()["tool"]["bandit"]["skips"]) == held.keys() | no_finding
    assert set(held.values()) & set(everywhere) == set()


def test_every_line_that_bandit_may_not_see_says_why():
    """`nosec` names one rule and its reason."""
    lines = [
        line
        for folder in code.FOLDERS
        for path in folder.rglob("*.py")
        for line in path.read_text(encoding="utf-8").splitlines()
        if "nosec" in line
    ]

    assert [line for line in lines if not re.search(r"# nosec B\d{3}  # \w", line)] == []


def test_the_list_of_parts_is_whole(tmp_path):
    """It is CycloneDX 1.6 and names every locked package, htmx, Swagger UI and libsndfile."""
    found = bill_of_materials.look(tmp_path / "parts.json")
    document = json.loads((tmp_path / "parts.json").read_text(encoding="utf-8"))
    names = {each["name"]: each for each in document["components"]}
    asked = {one["ref"]: one.get("dependsOn", []) for one in document["dependencies"]}

    assert found.wrong == ()
    assert document["specVersion"] == "1.6"
    assert {"htmx.org", "swagger-ui-dist", "libsndfile"} <= names.keys()
    assert {one.name for one in read(RUN) if one.is_for_here} <= names.keys()
    assert names["fastapi"]["externalReferences"][0]["hashes"]
    assert names["starlette"]["bom-ref"] in asked[names["fastapi"]["bom-ref"]]
    assert names["fastapi"]["bom-ref"] in asked["earprint"]


def test_a_list_that_lacks_something_is_wrong(tmp_path):
    """A package, a licence, the schema: each is missed."""
    bill_of_materials.look(tmp_path / "parts.json")
    document = json.loads((tmp_path / "parts.json").read_text(encoding="utf-8"))
    locked = [one for one in read(RUN) if one.is_for_here]
    unlicensed = [each for each in document["components"] if each["name"] == "fastapi"]
    unlicensed[0].pop("licenses")
    spoilt = document | {
        "components": [each for each in document["components"] if each["name"] != "h11"],
        "surprise": 1,
    }

    said = "\n".join(bill_of_materials.faults(json.dumps(spoilt), locked))

    assert "not CycloneDX 1.6" in said
    assert "h11" in said
    assert "fastapi names no licence" in said


def osv(answer) -> httpx.MockTransport:
    """OSV that answers each query so."""

    def respond(request: httpx.Request) -> httpx.Response:
        queries = json.loads(request.content)["queries"]
        return httpx.Response(200, json={"results": [answer(one) for one in queries]})

    return httpx.MockTransport(respond)


def test_a_published_hole_in_what_is_shipped_is_wrong():
    """In a package or a browser file; one in a tool is told."""

    def answer(query):
        url = query["package"]["purl"]
        holed = ("pkg:pypi/starlette@", "pkg:npm/htmx", "pkg:pypi/mypy@")
        return {"vulns": [{"id": "GHSA-x"}]} if url.startswith(holed) else {}

    found = holes.look(osv(answer))

    assert [line.split("@")[0] for line in found.wrong] == [
        "pkg:pypi/starlette",
        "pkg:npm/htmx.org",
    ]
    assert "mypy" in str(found.to_know)


@pytest.mark.parametrize(
    "respond",
    [
        lambda _: httpx.Response(503),
        lambda _: httpx.Response(200, text="<html>"),
        lambda _: httpx.Response(200, json=[]),
        lambda _: httpx.Response(200, json={"results": []}),
        lambda _: httpx.Response(200, json={"results": None}),
    ],
)
def test_an_osv_that_does_not_answer_is_never_a_clean_bill(respond):
    """It is said that nothing was compared."""
    found = holes.look(httpx.MockTransport(respond))

    assert found.verdict == "NOT SEEN"
    assert "were not compared" in found.says


@pytest.mark.parametrize(("wrong", "passes"), [((), True), (("x",), False)])
def test_only_what_is_wrong_fails_the_run(monkeypatch, capsys, wrong, passes):
    """News and what could not be seen are printed."""
    found = Finding("a look", "it says", wrong, ("news",), "no way there")
    monkeypatch.setattr(audit, "LOOKS", (lambda: found,))

    assert audit.main() is passes
    assert "not seen: no way there" in capsys.readouterr().out


def test_the_run_of_a_change_includes_it():
    """`.ci/run` has it as a step."""
    assert "step make audit" in (ROOT / ".ci/run").read_text(encoding="utf-8")
