"""The repository is what README and the design promise."""

import re

from tests.contract.repository import ROOT, committed, project
from web.vendor import problems, read_lock

LAYOUT = {
    ".ci",
    ".gitignore",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "DECISIONS.md",
    "LICENSE",
    "Makefile",
    "README.md",
    "SECURITY.md",
    "alembic.ini",
    "api",
    "pyproject.toml",
    "requirements",
    "tests",
    "web",
}
# Patterns with a [letter] in brackets, or this file would be the one that names them.
FETCHED_FROM = [
    r"pypi[.]org",
    r"python[h]osted",
    r"npm[j]s[.]",
    r"yarn[p]kg[.]",
    r"deb[.]debian",
    r"js[d]elivr",
    r"un[p]kg[.]com",
    r"cdn[j]s[.]",
    r"--(extra-)?index[-]url",
    r"--find[-]links",
]
TEXT = {".css", ".html", ".in", ".ini", ".js", ".json", ".md", ".py", ".toml", ".txt", ".yml", ""}


def makefile() -> str:
    """The text of the Makefile."""
    return (ROOT / "Makefile").read_text(encoding="utf-8")


def test_the_top_level_is_as_promised():
    """A newcomer finds the names that the documents use, and no others."""
    assert {path.relative_to(ROOT).parts[0] for path in committed()} == LAYOUT


def test_no_committed_file_says_where_to_fetch_from():
    """Indexes and mirrors are the business of whoever installs."""
    named = [
        f"{path.relative_to(ROOT)}: {host}"
        for path in committed()
        if path.suffix in TEXT
        for host in FETCHED_FROM
        if re.search(host, path.read_text(encoding="utf-8"))
    ]
    assert named == []


def test_vendored_files_are_as_locked():
    """Every browser file that others wrote is the release it claims to be."""
    assert list(problems(ROOT)) == []


def test_vendored_names_carry_their_version():
    """A vendored file may be cached for ever, because another release has another name."""
    served = [
        (package.version, file.destination)
        for package in read_lock(ROOT)
        for file in package.files
        if "/static/" in file.destination
    ]
    assert served
    assert [name for version, name in served if version not in name] == []


def test_every_make_target_is_documented():
    """`make help` leaves nothing out."""
    phony = re.search(r"^\.PHONY:((?:.*\\\n)*.*)$", makefile(), re.MULTILINE)
    assert phony
    documented = re.findall(r"^([a-z][a-z-]*):.*## ", makefile(), re.MULTILINE)

    assert sorted(phony[1].replace("\\", "").split()) == sorted(documented)


def test_every_command_in_the_documents_exists():
    """A `make` line in a document is one that make knows."""
    documents = [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md")]
    text = "\n".join(path.read_text(encoding="utf-8") for path in documents)
    asked = set(re.findall(r"(?:^|`)make ([a-z][a-z-]*)", text, re.MULTILINE))

    assert {"run", "test"} <= asked
    assert [target for target in sorted(asked) if f"\n{target}:" not in makefile()] == []


def test_every_exception_to_a_lint_rule_has_a_reason():
    """Ignoring a rule is a decision, so it says why."""
    section = (ROOT / "pyproject.toml").read_text(encoding="utf-8").split("[tool.ruff.lint]")[1]
    section = section.split("[tool.mypy]")[0]
    codes = re.findall(r'^ {4}"[A-Z]+\d*",.*$', section, re.MULTILINE)

    assert len(codes) >= len(project()["tool"]["ruff"]["lint"]["ignore"])
    assert [line for line in codes if not re.search(r"# \w+", line)] == []


def test_every_place_that_the_documents_name_exists():
    """A reader who is sent to a file or folder finds it."""
    documents = ("README.md", "CONTRIBUTING.md", "DECISIONS.md", "SECURITY.md")
    text = "\n".join((ROOT / name).read_text(encoding="utf-8") for name in documents)
    named = set(re.findall(r"`((?:api|web|tests|requirements)/[\w./-]+)`", text))

    assert named
    assert [
        place for place in sorted(named) if "NAME" not in place and not (ROOT / place).exists()
    ] == []
