"""Settings from the environment or .env. A wrong value stops the start with one clear line."""

from __future__ import annotations

import hashlib
import re
from base64 import b64decode
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    ValidationInfo,
    field_validator,
)
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict, SettingsError
from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError

from api.music.markets import market
from api.schemas.provenance import SourceName
from api.system.hosts import host_name, is_loopback

SPOTIFY_API_HOST = "api.spotify.com"
SIGNED_IN = "/signed-in"
KEY_BYTES = 32
PREFIX = "EARPRINT_"
SOURCE_BLOCKS = (  # of settings that have their source’s name in front
    "spotify",
    "reccobeats",
    "musicbrainz",
    "wikidata",
    "listenbrainz",
    "deezer",
    "lastfm",
    "oembed",
)
MEBIBYTE = 1 << 20
Market = Annotated[str, AfterValidator(market)]


class Usage(StrEnum):
    """What this server is used for; some sources forbid commercial use."""

    PERSONAL = "personal"
    COMMERCIAL = "commercial"


def _base_url(value: str) -> str:
    """The address without a final slash. Raises ValueError."""
    if not _is_plain_address(value):
        message = "must be an address such as https://host/path, without user name and query"
        raise ValueError(message)
    parts = urlsplit(value)
    if parts.scheme == "http" and not is_loopback(parts.hostname or ""):
        message = "must be https, unless it is on this machine"
        raise ValueError(message)
    return value.rstrip("/")


def _is_plain_address(value: str) -> bool:
    try:
        parts = urlsplit(value)
        extra = parts.query or parts.fragment or "@" in parts.netloc or parts.port == 0
    except ValueError:
        return False
    host = re.fullmatch(r"[A-Za-z0-9.:_-]+", parts.hostname or "")
    return parts.scheme in {"http", "https"} and host is not None and not extra


BaseUrl = Annotated[str, AfterValidator(_base_url)]


def _redirect_url(value: str) -> str:
    """Where Spotify sends people back to after they have signed in. Raises ValueError."""
    parts = urlsplit(value) if _is_plain_address(value) else urlsplit("")
    by_address = parts.scheme == "http" and (parts.hostname or "") in {"127.0.0.1", "::1"}
    if parts.path != SIGNED_IN or not (by_address or parts.scheme == "https"):
        message = (
            f"must be https://…{SIGNED_IN}, or http://127.0.0.1:PORT{SIGNED_IN} on this machine "
            "(Spotify takes no localhost), letter by letter as it is registered at Spotify"
        )
        raise ValueError(message)
    return value


RedirectUrl = Annotated[str, AfterValidator(_redirect_url)]


class SpotifySettings(BaseModel):
    """What Spotify needs: SPOTIFY_CLIENT_ID and so on."""

    model_config = ConfigDict(frozen=True)

    client_id: str | None = None
    client_secret: SecretStr | None = None
    market: Market | None = None
    api_url: BaseUrl = f"https://{SPOTIFY_API_HOST}/v1"
    accounts_url: BaseUrl = "https://accounts.spotify.com"
    redirect_url: RedirectUrl | None = None

    @property
    def is_configured(self) -> bool:
        """Whether both halves of the credentials are here."""
        return bool(self.client_id and self.client_secret)

    @property
    def is_stand_in(self) -> bool:
        """Whether something else than Spotify itself answers at SPOTIFY_API_URL."""
        return urlsplit(self.api_url).hostname != SPOTIFY_API_HOST

    @property
    def credential(self) -> str:
        """A name for the credentials in our tables that does not reveal them."""
        return hashlib.sha256((self.client_id or "").encode()).hexdigest()[:12]


class OpenSettings(BaseModel):
    """Where a source is that answers everybody: RECCOBEATS_URL and so on."""

    model_config = ConfigDict(frozen=True)

    url: BaseUrl


class ListenBrainzSettings(OpenSettings):
    """What ListenBrainz needs: LISTENBRAINZ_URL, LISTENBRAINZ_LABS_URL, LISTENBRAINZ_TOKEN."""

    url: BaseUrl = "https://api.listenbrainz.org"
    labs_url: BaseUrl = "https://labs.api.listenbrainz.org"
    token: SecretStr | None = None


class LastFmSettings(OpenSettings):
    """What Last.fm needs: LASTFM_URL, LASTFM_API_KEY."""

    url: BaseUrl = "https://ws.audioscrobbler.com/2.0"
    api_key: SecretStr | None = None


def _block(name: str, default: BaseModel) -> Any:  # noqa: ANN401  # as pydantic types Field
    """A source's own settings, whose names in the environment begin with the source's."""
    return Field(default, validation_alias=name)


class Settings(BaseSettings):
    """Every setting of contract §6, with its default; each source has a block of its own."""

    model_config = SettingsConfigDict(
        env_file=".env",
        env_prefix=PREFIX,
        env_nested_delimiter="_",
        env_nested_max_split=1,
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
    )

    host: str = "127.0.0.1"
    hosts: Annotated[tuple[str, ...], NoDecode] = Field((), validate_default=True)
    port: int = Field(8000, ge=0, le=65535)
    data_dir: Path = Path("var")
    database_url: str | None = None
    cache_url: str | None = None
    cache_memory_mb: int = Field(64, ge=1, le=65_536)
    sources: Annotated[tuple[SourceName, ...], NoDecode] = tuple(SourceName)
    usage: Usage = Usage.PERSONAL
    contact: str | None = None
    upstream_timeout_s: float = Field(5, gt=0, le=8)

    upload_mb: int = Field(60, ge=1, le=4_096)
    queue: int = Field(8, ge=1, le=1_000)
    worker: bool = True
    unsandboxed: bool = False
    demo: bool = True

    offline: bool = False
    secret: SecretStr | None = None

    spotify: SpotifySettings = _block("spotify", SpotifySettings())
    reccobeats: OpenSettings = _block(
        "reccobeats", OpenSettings(url="https://api.reccobeats.com/v1")
    )
    musicbrainz: OpenSettings = _block(
        "musicbrainz", OpenSettings(url="https://musicbrainz.org/ws/2")
    )
    wikidata: OpenSettings = _block(
        "wikidata", OpenSettings(url="https://query.wikidata.org/sparql")
    )
    listenbrainz: ListenBrainzSettings = _block("listenbrainz", ListenBrainzSettings())
    deezer: OpenSettings = _block("deezer", OpenSettings(url="https://api.deezer.com"))
    lastfm: LastFmSettings = _block("lastfm", LastFmSettings())
    oembed: OpenSettings = _block("oembed", OpenSettings(url="https://open.spotify.com/oembed"))

    @field_validator("host")
    @classmethod
    def _one_host(cls, value: str) -> str:
        """An address may stand in brackets, as in a URL."""
        return host_name(value.removeprefix("[").removesuffix("]"))

    @field_validator("hosts")
    @classmethod
    def _named_hosts(cls, value: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        """Whoever can be reached by others has to know under which names: api/system/hosts.py."""
        served = info.data.get("host")
        if not value and served is not None and not is_loopback(served):
            message = (
                f"must name the host names under which Earprint is reached, such as "
                f"earprint.example, because EARPRINT_HOST is {served}, open to other machines"
            )
            raise ValueError(message)
        return tuple(dict.fromkeys(map(host_name, value)))

    @field_validator("sources", "hosts", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(name.strip() for name in value.split(",") if name.strip())
        return value

    @field_validator("sources")
    @classmethod
    def _each_once(cls, value: tuple[SourceName, ...]) -> tuple[SourceName, ...]:
        if len(set(value)) != len(value):
            message = "names a source twice"
            raise ValueError(message)
        return value

    @field_validator("contact")
    @classmethod
    def _fits_a_header(cls, value: str | None) -> str | None:
        if value is not None and not (value.isascii() and value.isprintable()):
            message = "must be one line of plain ASCII, such as an e-mail address"
            raise ValueError(message)
        return value

    @field_validator("secret")
    @classmethod
    def _keys(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not all(map(_key, value.get_secret_value().split(","))):
            message = (
                "must be 32 random bytes in base64, several separated by commas; “make secret” "
                "prints such a line"
            )
            raise ValueError(message)
        return value

    @field_validator("data_dir")
    @classmethod
    def _can_be_a_name(cls, value: Path) -> Path:
        if "\0" in str(value):
            message = "has a character in it that no folder’s name may have"
            raise ValueError(message)
        return value

    @field_validator("database_url", "cache_url")
    @classmethod
    def _database(cls, value: str | None, info: ValidationInfo) -> str | None:
        instead = f"sqlite:///var/{'cache' if info.field_name == 'cache_url' else 'app'}.db"
        trouble = None if value is None else _trouble_with_database(value, instead)
        if trouble is not None:
            raise ValueError(trouble)
        return value

    @property
    def is_open(self) -> bool:
        """Whether other machines can reach this server."""
        return not is_loopback(self.host)

    @property
    def secret_keys(self) -> tuple[bytes, ...]:
        """What seals the tokens of people who sign in: the first key; all of them open."""
        text = self.secret.get_secret_value() if self.secret else ""
        return tuple(key for part in text.split(",") if (key := _key(part)))

    @property
    def signs_in(self) -> bool:
        """Whether people can sign in with Spotify here."""
        asks_spotify = SourceName.SPOTIFY in self.sources and self.usage is Usage.PERSONAL
        return bool(
            self.secret and self.spotify.is_configured and asks_spotify and not self.offline
        )

    @property
    def redirect_url(self) -> str:
        """Where Spotify sends people back to; registered there letter by letter."""
        return self.spotify.redirect_url or f"http://127.0.0.1:{self.port}{SIGNED_IN}"

    def address(self, port: int) -> str:
        """Where a browser on this machine finds the server."""
        anywhere = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104  # nosec B104  # looked up
        host = anywhere.get(self.host, self.host)
        return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"

    @property
    def app_database_url(self) -> URL:
        """Where what must not be lost is kept: verdicts, gates, later own files and keys."""
        return make_url(self.database_url) if self.database_url else self._in_data_dir("app.db")

    @property
    def cache_database_url(self) -> URL:
        """Where what can be fetched again is kept."""
        return make_url(self.cache_url) if self.cache_url else self._in_data_dir("cache.db")

    def _in_data_dir(self, name: str) -> URL:
        """Never by way of a text: to one that is parsed, `?` and `%41` in a folder's name speak."""
        return URL.create("sqlite", database=str(self.data_dir / name))

    @property
    def cache_memory_bytes(self) -> int:
        """The bound of the in-process tier."""
        return self.cache_memory_mb * MEBIBYTE

    @property
    def shows_demo(self) -> bool:
        """Whether the demo label is in the library."""
        return self.demo and SourceName.LIBRARY in self.sources

    @property
    def upload_bytes(self) -> int:
        """The bound of an uploaded file."""
        return self.upload_mb * MEBIBYTE


def _key(text: str) -> bytes | None:
    """One key of EARPRINT_SECRET, in either alphabet of base64; None if it is none."""
    plain = text.strip().rstrip("=").replace("-", "+").replace("_", "/")
    try:
        key = b64decode(plain + "=" * (-len(plain) % 4), validate=True)
    except ValueError:
        return None
    return key if len(key) == KEY_BYTES else None


_PACKAGES = {"psycopg": "psycopg[binary]", "psycopg2": "psycopg2-binary"}


def _trouble_with_database(value: str, instead: str) -> str | None:
    """Why this address cannot be used, naming its driver and what works; None if it can be.

    Of the value nothing is told but what stands before `://`: the rest may be a secret.
    """
    try:
        url = make_url(value)
    except (ArgumentError, ValueError):
        return f"must be the address of a database, such as {instead}"
    kind = url.get_backend_name()
    if kind not in {"sqlite", "postgresql"}:
        return f"names “{kind}”, a kind of database Earprint cannot use: write {instead}"
    if kind == "sqlite" and url.database in {None, "", ":memory:"}:
        return f"names no file, so all would be lost at the end: write {instead}"
    return _trouble_with_driver(url, instead)


def _trouble_with_driver(url: URL, instead: str) -> str | None:
    named = url.drivername.partition("+")[2]
    try:
        dialect = url.get_dialect()()
        if dialect.is_async:
            return (
                f"names the asynchronous driver “{named}”, which Earprint cannot use: leave out "
                f"“+{named}”, or write {instead}"
            )
        dialect.import_dbapi()
    except NoSuchModuleError:
        return f"names the driver “{named}”, which nobody knows: write {instead}"
    except ImportError:
        package = _PACKAGES.get(dialect.driver, dialect.driver)
        return (
            f"needs the driver “{dialect.driver}”, which is not installed here: run "
            f"“.venv/bin/pip install {package}”, or write {instead}, which needs none and is the "
            "only kind that is tested"
        )
    return None


def load_settings() -> Settings:
    """The settings in force; ends the process with one line per wrong value."""
    try:
        return Settings()
    except ValidationError as error:
        raise SystemExit("\n".join(_complaints(error))) from None
    except SettingsError as error:  # such as SPOTIFY itself, without a name behind it
        raise SystemExit(f"The environment cannot be read: {error}.") from None
    except (OSError, UnicodeDecodeError) as error:
        raise SystemExit(f"The file .env cannot be read ({type(error).__name__}).") from None


def _complaints(error: ValidationError) -> list[str]:
    """One line per wrong setting. The value is left out: it may be a secret."""
    return [
        f"Setting {_name_in(part['loc'])}: {part['msg'].removeprefix('Value error, ')}."
        for part in error.errors(include_input=False, include_url=False)
    ]


def _name_in(loc: tuple[int | str, ...]) -> str:
    """The name in the environment of the setting at fault; that of a source has two parts."""
    names = [str(part) for part in loc]
    is_of_source = names[0] in SOURCE_BLOCKS
    return "_".join(names[:2]).upper() if is_of_source else f"{PREFIX}{names[0]}".upper()


def environment(settings: Settings) -> dict[str, object]:
    """Every setting in force under the name it has in the environment."""
    own = {name: value for name, value in settings if name not in SOURCE_BLOCKS}
    return {f"{PREFIX}{name}".upper(): value for name, value in own.items()} | {
        f"{block}_{name}".upper(): value
        for block in SOURCE_BLOCKS
        for name, value in getattr(settings, block)
    }


def _shown(value: object) -> str:
    if isinstance(value, tuple):
        return ",".join(value)
    text = "–" if value is None else str(value)
    return text if text.isprintable() else repr(text)


def describe(settings: Settings) -> str:
    """Every setting in force, one a line; secrets as asterisks, URLs without passwords."""
    lines = []
    for name, value in environment(settings).items():
        shown = _shown(value)
        if name.endswith("_URL") and "@" in shown:
            shown = f"{shown.split('://')[0]}://…@{shown.rsplit('@', 1)[1]}"
        if name.endswith("_URL") and "?" in shown:
            shown = f"{shown.split('?')[0]}?…"
        lines.append(f"{name}={shown}")
    return "\n".join(lines)
