"""Start what is compared: the product on uvicorn and granian, an ordinary app, nginx."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import httpx

from tests.sandbox import CLIENT_ID, CLIENT_SECRET, id_of

HOST = "127.0.0.1"
START_S = 20.0
TRACK = id_of("track", 9)  # twelve minutes long: its analysis is the largest there is
PATHS = {
    "features": f"/v1/tracks/{TRACK}/features",
    "analysis": f"/v1/tracks/{TRACK}/analysis",
}
NGINX_CONF = """
worker_processes 1; daemon off; pid {folder}/nginx.pid; error_log {folder}/nginx.err;
events {{ worker_connections 512; }}
http {{
  access_log off; default_type application/json; keepalive_requests 100000000;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
  proxy_cache_path {folder}/cache keys_zone=bench:16m;
  server {{
    listen {host}:{port};
    location / {{ proxy_pass http://{host}:{behind}; proxy_cache bench; proxy_cache_valid 200 1h;
                  proxy_ignore_headers Cache-Control; add_header X-Cache $upstream_cache_status; }}
  }}
}}
"""


@dataclass(frozen=True, slots=True)
class Server:
    """Something that answers the same paths."""

    name: str
    port: int

    def url(self, path: str) -> str:
        """The address of a path there."""
        return f"http://{HOST}:{self.port}{path}"


def free_port() -> int:
    """A loopback port that nobody uses at the moment."""
    with socket.create_server((HOST, 0)) as listener:
        return int(listener.getsockname()[1])


@contextmanager
def process(arguments: list[str], port: int, **environment: str) -> Iterator[None]:
    """A server process, up when the context begins and gone when it ends."""
    child = subprocess.Popen(arguments, env={**os.environ, **environment})  # noqa: S603
    try:
        _wait_for(port, child)
        yield
    finally:
        child.terminate()
        try:
            child.wait(10)
        except subprocess.TimeoutExpired:
            child.kill()


def _wait_for(port: int, child: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline and child.poll() is None:
        try:
            socket.create_connection((HOST, port), 0.2).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    message = f"the server on port {port} did not start"
    raise RuntimeError(message)


def python(*arguments: str) -> list[str]:
    """A command of this very Python."""
    return [sys.executable, "-m", *arguments]


@contextmanager
def product(folder: Path) -> Iterator[list[Server]]:
    """Every server that can run here, each with its caches warm."""
    with ExitStack() as stack:
        sandbox = free_port()
        stack.enter_context(process(python("tests.sandbox", "--port", str(sandbox)), sandbox))
        settings = {
            "SPOTIFY_CLIENT_ID": CLIENT_ID,
            "SPOTIFY_CLIENT_SECRET": CLIENT_SECRET,
            "SPOTIFY_API_URL": f"http://{HOST}:{sandbox}/v1",
            "SPOTIFY_ACCOUNTS_URL": f"http://{HOST}:{sandbox}",
            "EARPRINT_DATA_DIR": str(folder / "data"),
        }
        servers = [_uvicorn(stack, "Earprint, uvicorn", "api.app:app", settings)]
        if find_spec("granian"):
            servers.append(_granian(stack, settings))
        _save_answers(servers[0], folder)
        ordinary = {"BENCH_FOLDER": str(folder)}
        servers.append(
            _uvicorn(stack, "ordinary route, uvicorn", "tests.bench.ordinary:app", ordinary)
        )
        if nginx := shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin"):
            servers.append(_nginx(stack, nginx, folder, behind=servers[0].port))
        yield servers


def _uvicorn(stack: ExitStack, name: str, app: str, environment: dict[str, str]) -> Server:
    port = free_port()
    options = ("--host", HOST, "--port", str(port), "--no-access-log", "--log-level", "warning")
    stack.enter_context(process(python("uvicorn", app, *options), port, **environment))
    return Server(name, port)


def _granian(stack: ExitStack, settings: dict[str, str]) -> Server:
    port = free_port()
    options = ("--interface", "asgi", "--host", HOST, "--port", str(port), "--log-level", "warning")
    own = settings | {"EARPRINT_DATA_DIR": settings["EARPRINT_DATA_DIR"] + "-granian"}
    stack.enter_context(process(python("granian", *options, "api.app:app"), port, **own))
    return Server("Earprint, granian", port)


def _nginx(stack: ExitStack, program: str, folder: Path, *, behind: int) -> Server:
    port = free_port()
    conf = folder / "nginx.conf"
    text = NGINX_CONF.format(folder=folder, host=HOST, port=port, behind=behind)
    conf.write_text(text, encoding="utf-8")
    stack.enter_context(process([program, "-c", str(conf), "-p", str(folder)], port))
    return Server("nginx proxy_cache", port)


def _save_answers(server: Server, folder: Path) -> None:
    """Keep the answers for the ordinary app, which has no source of its own."""
    for name, path in PATHS.items():
        answer = httpx.get(server.url(path), timeout=30)
        answer.raise_for_status()
        (folder / f"{name}.json").write_bytes(answer.content)
