"""Settings: where they come from, what is refused, and what is shown."""

import os
import subprocess
import sys

import pytest
from pydantic import SecretStr

from api.settings import Settings, SpotifySettings, describe, environment, load_settings
from tests.contract.repository import ROOT

NAMES = list(environment(Settings.model_construct()))
CREDENTIALS = {"SPOTIFY_CLIENT_ID": "abc", "SPOTIFY_CLIENT_SECRET": "hush-hush"}


@pytest.fixture(autouse=True)
def clean(monkeypatch, tmp_path):
    """No setting of whoever runs the tests, and no .env but the test's own."""
    monkeypatch.chdir(tmp_path)
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)


def complaint(monkeypatch, **environment):
    """What the start ends with."""
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(SystemExit) as ended:
        load_settings()
    return str(ended.value)


def test_the_defaults_are_those_of_the_contract():
    """Nothing has to be set."""
    settings = load_settings()

    assert (settings.host, settings.port, settings.cache_memory_mb) == ("127.0.0.1", 8000, 64)
    assert str(settings.app_database_url) == "sqlite:///var/app.db"
    assert str(settings.cache_database_url) == "sqlite:///var/cache.db"
    assert settings.cache_memory_bytes == 64 << 20
    assert settings.upstream_timeout_s == 5
    assert settings.spotify.api_url == "https://api.spotify.com/v1"
    assert [str(name) for name in settings.sources][:2] == ["spotify", "reccobeats"]
    assert not settings.spotify.is_configured
    assert not settings.spotify.is_stand_in


def test_every_setting_is_in_the_documents():
    """A setting that nobody can read of is one that nobody uses."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")

    assert [name for name in NAMES if name not in readme] == []


def test_a_env_file_is_read_and_the_environment_wins(tmp_path, monkeypatch):
    """Empty values are as good as none."""
    text = "EARPRINT_PORT=9\nSPOTIFY_MARKET=GB\nEARPRINT_HOST=\nOTHER=1\n"
    (tmp_path / ".env").write_text(text, encoding="utf-8")
    monkeypatch.setenv("EARPRINT_PORT", "10")

    settings = load_settings()

    assert (settings.port, settings.spotify.market, settings.host) == (10, "GB", "127.0.0.1")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("EARPRINT_PORT", "secret-x"),
        ("EARPRINT_PORT", "70000"),
        ("EARPRINT_CACHE_MEMORY_MB", "0"),
        ("EARPRINT_SOURCES", "spotify,nobody-x"),
        ("EARPRINT_SOURCES", "spotify,spotify"),
        ("EARPRINT_USAGE", "secret-x"),
        ("EARPRINT_UPSTREAM_TIMEOUT_S", "nan"),
        ("EARPRINT_UPSTREAM_TIMEOUT_S", "0"),
        ("EARPRINT_CONTACT", "a\nb"),
        ("EARPRINT_CONTACT", "Bélasecret-x"),
        ("EARPRINT_DATABASE_URL", "secret-x"),
        ("EARPRINT_DATABASE_URL", "nonsense://secret-x@host/db"),
        ("EARPRINT_CACHE_URL", "redis://secret-x"),
        ("SPOTIFY_MARKET", "gb"),
        ("SPOTIFY_API_URL", "api.spotify.com/secret-x"),
        ("SPOTIFY_API_URL", "http://elsewhere.test/v1"),
        ("SPOTIFY_API_URL", "https://user:secret-x@host/v1"),
        ("SPOTIFY_API_URL", "https://:secret-x@host/v1"),
        ("SPOTIFY_API_URL", "https://host:99999/secret-x"),
        ("SPOTIFY_API_URL", "https://host/v1?key=secret-x"),
        ("SPOTIFY_API_URL", "https://ho st/v1"),
        ("SPOTIFY_ACCOUNTS_URL", "https://[broken"),
    ],
)
def test_a_wrong_value_ends_the_start_with_one_line(monkeypatch, name, value):
    """It names the setting and not the value, which may be a secret."""
    line = complaint(monkeypatch, **{name: value})

    assert line.startswith(f"Setting {name}: ")
    assert line.endswith(".")
    assert "\n" not in line
    assert "secret-x" not in line


@pytest.mark.parametrize("name", ["EARPRINT_DATABASE_URL", "EARPRINT_CACHE_URL"])
@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("postgresql+asyncpg://u:secret-x@h/d", "the asynchronous driver “asyncpg”"),
        ("postgresql+psycopg_async://u:secret-x@h/d", "the asynchronous driver “psycopg_async”"),
        ("sqlite+aiosqlite:///secret-x.db", "leave out “+aiosqlite”"),
        ("postgresql+pg8000://u:secret-x@h/d", "needs the driver “pg8000”"),
        ("sqlite+pysqlcipher://:secret-x@/a.db", "needs the driver “pysqlcipher”"),
        ("sqlite+nope:///secret-x", "the driver “nope”"),
        ("mysql://u:secret-x@h/d", "“mysql”"),
        ("mysql+aiomysql://u:secret-x@h/d", "“mysql”"),
        ("postgres://u:secret-x@h/d", "“postgres”"),
        ("redis://secret-x", "“redis”"),
        ("sqlite://", "names no file"),
        ("sqlite:///:memory:", "names no file"),
        ("sqlite:secret-x.db", "must be the address of a database"),
        ("postgresql://u:p@h:secret-x/d", "must be the address of a database"),
    ],
)
def test_an_address_of_a_database_that_cannot_be_used_says_why(monkeypatch, name, url, said):
    """One line that names the driver and what works instead, and no password."""
    line = complaint(monkeypatch, **{name: url})

    assert said in line
    assert f"sqlite:///var/{'app' if 'DATABASE' in name else 'cache'}.db" in line
    assert line.count("\n") == 0
    assert "secret-x" not in line


def test_a_driver_that_is_missing_is_named_with_its_package(monkeypatch):
    """Whether it is installed on the machine of the test or not."""
    monkeypatch.setitem(sys.modules, "psycopg", None)
    line = complaint(monkeypatch, EARPRINT_DATABASE_URL="postgresql://u:secret-x@h/d")

    assert "needs the driver “psycopg”, which is not installed here" in line
    assert "pip install psycopg[binary]" in line
    assert "secret-x" not in line


def test_each_wrong_value_has_its_own_line(monkeypatch):
    """All are mended in one go."""
    lines = complaint(monkeypatch, EARPRINT_PORT="x", SPOTIFY_MARKET="x").splitlines()

    assert [line.split(":")[0] for line in lines] == [
        "Setting EARPRINT_PORT",
        "Setting SPOTIFY_MARKET",
    ]


def test_a_name_that_lacks_its_second_half_is_told(monkeypatch):
    """Instead of a traceback, and without the value."""
    line = complaint(monkeypatch, SPOTIFY="secret-x")

    assert "spotify" in line
    assert "secret-x" not in line


def test_a_env_file_that_is_no_text_is_named(monkeypatch, tmp_path):
    """Instead of a traceback."""
    (tmp_path / ".env").write_bytes(b"EARPRINT_CONTACT=B\xe9la\n")

    assert complaint(monkeypatch) == "The file .env cannot be read (UnicodeDecodeError)."


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:8790/v1", "http://localhost:1/", "http://a.localhost", "http://[::1]"]
)
def test_plain_http_is_for_this_machine(url):
    """A stand-in on loopback needs no certificate; a final slash does not matter."""
    settings = Settings(_env_file=None, spotify=SpotifySettings(api_url=url))

    assert settings.spotify.api_url == url.rstrip("/")
    assert settings.spotify.is_stand_in


def test_credentials_have_a_name_that_does_not_reveal_them():
    """It is stable, and another id has another."""
    one, two = (SpotifySettings(client_id=name) for name in ("a", "b"))

    assert one.credential != two.credential
    assert len(one.credential) == 12
    assert not one.is_configured
    assert SpotifySettings(client_id="a", client_secret=SecretStr("b")).is_configured


def test_what_is_shown_has_no_secrets():
    """Every setting by the name it is set by; passwords and client secrets left out."""
    settings = Settings(
        _env_file=None,
        spotify=SpotifySettings(client_secret=SecretStr("hush-hush")),
        database_url="sqlite://user:hush-hush@/x.db",
        cache_url="sqlite:///x.db?password=hush-hush",
    )

    lines = describe(settings).splitlines()

    assert [line.split("=")[0] for line in lines] == NAMES
    assert "hush-hush" not in "\n".join(lines)
    assert "EARPRINT_DATABASE_URL=sqlite://…@/x.db" in lines
    assert "EARPRINT_CACHE_URL=sqlite:///x.db?…" in lines
    assert "SPOTIFY_CLIENT_ID=–" in lines
    assert "EARPRINT_SOURCES=" + ",".join(settings.sources) in lines


@pytest.mark.parametrize("wrong", [False, True])
def test_the_command_prints_the_settings(tmp_path, wrong):
    """`make settings`: the values in force, or one line and a failure."""
    environment = {**os.environ, **CREDENTIALS, "PYTHONPATH": str(ROOT)}
    if wrong:
        environment["EARPRINT_PORT"] = "x"

    done = subprocess.run(  # our own module
        [sys.executable, "-m", "api", "settings"],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env=environment,
        check=False,
    )

    assert done.returncode == int(wrong)
    assert "hush-hush" not in done.stdout + done.stderr
    assert ("SPOTIFY_CLIENT_ID=abc\n" in done.stdout) is not wrong
    assert len(done.stderr.splitlines()) == int(wrong)
