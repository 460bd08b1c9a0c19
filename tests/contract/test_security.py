"""SECURITY.md says what is: settings, problems, bounds and the way behind a proxy."""

import re

import pytest

from api.problems.types import SLUGS
from api.settings import Settings, environment
from tests.browser.hostile_texts import TEXTS
from tests.contract.repository import ROOT

TEXT = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
PROXY = TEXT.split("```nginx\n")[1].split("```")[0]
SETTINGS = sorted(set(re.findall(r"\b(?:EARPRINT|SPOTIFY)_[A-Z_]+\b", TEXT)))
REFUSALS = sorted(set(re.findall(r"\b(\d{3}) `([a-z-]+)`", TEXT)))


@pytest.mark.parametrize("name", SETTINGS)
def test_every_setting_it_names_is_one(name):
    """Whoever follows it sets something that is read."""
    assert name in environment(Settings(_env_file=None))


@pytest.mark.parametrize(("status", "slug"), REFUSALS)
def test_every_refusal_it_names_is_one(status, slug):
    """With the status that it has."""
    assert SLUGS[slug].status == int(status)


def test_it_names_what_strangers_meet():
    """The refusals that stand between a stranger and the rest."""
    named = {slug for _, slug in REFUSALS}
    met = {"busy", "cross-site", "file-too-large", "no-room", "queue-full", "unsandboxed"}
    assert met | {"wrong-host"} <= named


def test_the_proxy_of_the_example_lets_in_what_the_defaults_take():
    """A file as large as may be sent fits through it, with its form, to where we listen."""
    usual = Settings(_env_file=None)
    body = re.search(r"client_max_body_size (\d+)m;", PROXY)
    buffers = re.search(r"large_client_header_buffers (\d+) (\d+)k;", PROXY)

    assert body
    assert buffers
    assert int(body[1]) == usual.upload_mb + 1
    assert int(buffers[1]) * int(buffers[2]) == 32
    assert f"proxy_pass http://{usual.host}:{usual.port};" in PROXY
    assert "proxy_set_header Host $http_host;" in PROXY


def test_what_it_says_of_the_house_is_so():
    """Its number of hostile texts, its commands and the folder of the data."""
    said = re.search(r"Over (\d+) hostile texts", TEXT)
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")

    assert said
    assert len(TEXTS) > int(said[1])
    assert f"(`{Settings(_env_file=None).data_dir}` unless" in TEXT
    assert [
        target for target in re.findall(r"`make ([a-z-]+)", TEXT) if f"\n{target}:" not in makefile
    ] == []


def test_the_readme_leads_to_it():
    """And it leads to files that exist."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")

    assert "[SECURITY.md](SECURITY.md)" in readme
    assert [
        name for name in re.findall(r"\]\((\w+\.md)\)", TEXT) if not (ROOT / name).is_file()
    ] == []


def test_it_invents_no_address():
    """Nobody is told to write where nobody reads."""
    assert "@" not in TEXT
