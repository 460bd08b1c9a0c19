"""Every fault of the catalogue happens as described, and the sandbox can be switched."""

import asyncio
import json
import math
import sys
from email.utils import parsedate_to_datetime

import httpx
import pytest

from tests.sandbox import CLIENT_ID, CLIENT_SECRET, FAULTS, Sandbox, id_of

ARTIST, TRACK = id_of("artist", 0), id_of("track", 0)
FEATURES, ALBUMS = f"/v1/audio-features/{TRACK}", f"/v1/artists/{ARTIST}/albums?limit=1"
RELATED, ANALYSIS = f"/v1/artists/{ARTIST}/related-artists", f"/v1/audio-analysis/{TRACK}"
TOKEN = "/api/token"
PATHS = {
    "F15": RELATED,
    "F28": RELATED,
    "F39": ALBUMS,
    "F44": ANALYSIS,
    "F46": ALBUMS,
    "F50": TOKEN,
    "F51": TOKEN,
    "F52": TOKEN,
}
OPTIONS = {"F06": {"interval_s": 0.03}}
BROKEN: dict[str, type[Exception] | tuple[type[Exception], ...]] = {
    "F01": httpx.ConnectError,
    "F04": httpx.ReadTimeout,
    "F05": (httpx.ReadError, httpx.RemoteProtocolError),
    "F06": TimeoutError,
    "F07": httpx.RemoteProtocolError,
    "F47": httpx.RemoteProtocolError,
}


def told(response):
    """The status and message of an error answer."""
    return response.status_code, response.json()["error"].get("message")


def limit_of(response):
    """The status and Retry-After of an answer."""
    return response.status_code, response.headers.get("retry-after")


def unreadable(response):
    """Whether 200 came with a body that is no JSON."""
    try:
        response.json()
    except ValueError:
        return response.status_code == 200
    return False


LIMITED = "API rate limit exceeded"
ANSWERED = {
    "F08": lambda r: unreadable(r) and r.text.startswith('{"danceability"'),
    "F09": lambda r: unreadable(r) and r.headers["content-type"].startswith("text/html"),
    "F10": lambda r: (r.status_code, r.content) == (200, b""),
    "F11": lambda r: r.headers["content-type"] == "text/html" and r.json()["id"] == TRACK,
    "F12": lambda r: "utf-16" in r.headers["content-type"] and json.loads(r.content)["id"] == TRACK,
    "F13": lambda r: r.content.startswith(b"\xef\xbb\xbf{"),
    "F14": lambda r: len(r.content) > 10_000_000 and len(r.json()["name"]) == 10 * 2**20,
    "F15": lambda r: len(r.json()["artists"]) == 100_000,
    "F16": lambda r: "danceability" not in r.json() and r.json()["energy"] is None,
    "F17": lambda r: isinstance(r.json()["tempo"], str),
    "F18": lambda r: math.isnan(r.json()["danceability"]) and math.isinf(r.json()["energy"]),
    "F19": lambda r: r.text.count('"tempo"') == 2 and r.json()["id"] == TRACK,
    "F20": lambda r: told(r) == (401, "The access token expired"),
    "F21": lambda r: told(r) == (401, "The access token expired"),
    "F22": lambda r: told(r) == (401, "The access token expired"),
    "F23": lambda r: r.json() == {"error": {"status": 403}},
    "F24": lambda r: told(r) == (403, "Forbidden"),
    "F25": lambda r: told(r)[1].startswith("Active premium subscription required"),
    "F26": lambda r: told(r) == (403, "User not registered in the Developer Dashboard"),
    "F27": lambda r: told(r) == (403, "Insufficient client scope"),
    "F28": lambda r: told(r) == (404, "Not Found"),
    "F29": lambda r: told(r) == (404, "Resource not found"),
    "F30": lambda r: told(r) == (404, "analysis not found"),
    "F31": lambda r: limit_of(r) == (429, None) and told(r)[1] == LIMITED,
    "F32": lambda r: limit_of(r) == (429, "0"),
    "F33": lambda r: limit_of(r) == (429, "1"),
    "F34": lambda r: limit_of(r) == (429, "86400"),
    "F35": lambda r: limit_of(r)[1].endswith("GMT"),
    "F36": lambda r: limit_of(r) == (429, "abc"),
    "F37": lambda r: limit_of(r) == (429, "-5"),
    "F38": lambda r: (r.status_code, r.content) == (429, b""),
    "F39": lambda r: r.status_code == 429 and r.json()["error"]["reason"] == "QUOTA_EXCEEDED",
    "F40": lambda r: limit_of(r) == (429, "30"),
    "F41": lambda r: told(r)[0] == 500,
    "F42": lambda r: r.status_code == 502 and "<html" in r.text,
    "F43": lambda r: told(r)[0] == 503,
    "F44": lambda r: (r.status_code, r.headers["content-type"]) == (504, "text/plain"),
    "F45": lambda r: r.status_code == 302 and "169.254.169.254" in r.headers["location"],
    "F46": lambda r: r.json()["next"].startswith("https://elsewhere.invalid"),
    "F48": lambda r: len(r.headers["x-padding"]) == 65_536 and r.json()["id"] == TRACK,
    "F49": lambda r: r.status_code == 200 and "date" in r.headers,
    "F50": lambda r: (r.status_code, r.json()["error"]) == (400, "invalid_grant"),
    "F51": lambda r: "access_token" in r.json() and "refresh_token" not in r.json(),
    "F52": lambda r: r.json()["refresh_token"].startswith("AQ-rotated-"),
    "F56": lambda r: (r.status_code, r.content) == (304, b""),
    "F57": lambda r: r.headers["etag"].startswith('"MC-') and r.json()["id"] == TRACK,
    "F58": lambda r: r.json() == {"error": {"status": 403}},
}


@pytest.fixture
async def sandbox():
    """A sandbox of its own for every test."""
    async with Sandbox() as sandbox:
        yield sandbox


@pytest.fixture
async def api(sandbox):
    """An impatient client with a token; its base is the root."""
    headers = {"authorization": f"Bearer {sandbox.issue_token()}"}
    async with httpx.AsyncClient(
        base_url=sandbox.accounts_url, headers=headers, timeout=0.25
    ) as client:
        yield client


async def ask(api, fault_id):
    """Call where a fault stands, and give up after half a second."""
    path = PATHS.get(fault_id, FEATURES)
    async with asyncio.timeout(5 if fault_id in {"F14", "F15"} else 0.5):
        if path == TOKEN:
            return await api.post(path, data={"grant_type": "refresh_token", "refresh_token": "A"})
        return await api.get(path)


def test_the_catalogue_of_faults_is_whole():
    """Every number has a row, each row a name; who makes the others is said."""
    assert [fault.id for fault in FAULTS] == [f"F{n:02d}" for n in range(1, 59)]
    assert len({fault.name for fault in FAULTS}) == len(FAULTS)
    assert {fault.id for fault in FAULTS if fault.server_side} == set(ANSWERED) | set(BROKEN)
    assert all(fault.made_by != "the sandbox" for fault in FAULTS if not fault.server_side)


@pytest.mark.parametrize("fault", [f for f in FAULTS if f.server_side], ids=lambda f: f.name)
async def test_a_fault_happens_as_described_and_ends(sandbox, api, fault):
    """While it stands the answer is wrong in its own way; cleared, the truth is back."""
    sandbox.fault(fault.id, **OPTIONS.get(fault.id, {}))
    if fault.id in BROKEN:
        with pytest.raises(BROKEN[fault.id]):
            await ask(api, fault.id)
    else:
        assert ANSWERED[fault.id](await ask(api, fault.id))

    sandbox.clear_faults()
    fresh = {"authorization": f"Bearer {sandbox.issue_token()}"}
    assert (await api.get(FEATURES, headers=fresh, timeout=2)).json()["id"] == TRACK


@pytest.mark.parametrize("fault", [f for f in FAULTS if not f.server_side], ids=lambda f: f.name)
async def test_a_fault_of_somebody_else_is_refused(sandbox, fault):
    """The sandbox does not pretend to make what callers or settings make."""
    with pytest.raises(ValueError, match=fault.id):
        sandbox.fault(fault.name)


async def test_a_fault_keeps_to_its_path_and_its_number_of_calls(sandbox, api):
    """times=2 spoils two calls; another path is not touched; names work like ids."""
    sandbox.fault("500", path="/v1/audio-features/*", times=2)
    there = [(await api.get(FEATURES)).status_code for _ in range(3)]

    assert there == [500, 500, 200]
    assert (await api.get(RELATED)).status_code == 200
    with pytest.raises(LookupError):
        sandbox.fault("no-such-fault")


async def test_faults_that_change_from_call_to_call(sandbox, api):
    """503 flaps, ETags differ, the clock is ahead and then behind."""
    sandbox.fault("F43")
    flapping = [(await api.get(FEATURES)).status_code for _ in range(4)]
    sandbox.clear_faults()
    sandbox.fault("F57")
    sandbox.fault("F49")
    answers = [await api.get(RELATED) for _ in range(2)]
    dates = [parsedate_to_datetime(answer.headers["date"]) for answer in answers]

    assert flapping == [503, 200, 503, 200]
    assert answers[0].headers["etag"] != answers[1].headers["etag"]
    assert 7190 <= (dates[0] - dates[1]).total_seconds() <= 7210


async def test_a_storm_of_401_ends_with_a_new_token(sandbox, api):
    """All calls with the old token fail, one with a new token does not."""
    sandbox.fault("F22")
    answers = await asyncio.gather(*(api.get(RELATED, timeout=3) for _ in range(50)))
    fresh = {"authorization": f"Bearer {sandbox.issue_token()}"}

    assert {answer.status_code for answer in answers} == {401}
    assert (await api.get(RELATED, headers=fresh)).status_code == 200


async def test_calls_during_a_429_are_counted(sandbox, api):
    """The first 429 announces the wait; two more calls did not obey it."""
    sandbox.fault("F34")
    for _ in range(3):
        await api.get(FEATURES)

    assert sandbox.calls["/v1/audio-features/{id}"] == 3
    assert sandbox.calls_during_429 == {"/v1/audio-features/{id}": 2}


async def test_the_rate_limiter_is_lengthened_by_calling_on(sandbox, api):
    """Two calls per window: the third waits, the fourth waits longer."""
    sandbox.switches.calls_per_window = 2
    answers = [await api.get(FEATURES) for _ in range(4)]

    assert [answer.status_code for answer in answers] == [200, 200, 429, 429]
    assert int(answers[3].headers["retry-after"]) > int(answers[2].headers["retry-after"]) >= 29


async def test_the_port_can_close_and_come_back(sandbox, api):
    """Stopped, it refuses even kept-alive callers; again, it is the same port."""
    port = sandbox.port
    await api.get(FEATURES)
    await sandbox.stop_listening()
    with pytest.raises(httpx.ConnectError):
        await api.get(FEATURES)
    await sandbox.listen_again()

    assert (await api.get(FEATURES)).status_code == 200
    assert sandbox.port == port


async def test_everything_can_be_switched_over_http(sandbox, api):
    """Class, faults, counters and tokens have their control paths; nonsense is refused."""
    await api.get(FEATURES)
    sent = {"app_class": "new-dev", "latency_ms": 1, "genres": "null"}
    state = (await api.post("/__sandbox/state", json=sent)).json()
    closed = (await api.get(FEATURES)).status_code
    await api.post("/__sandbox/faults", json={"fault": "F41", "times": 1})
    broken = (await api.get(f"/v1/artists/{ARTIST}")).status_code
    artist = (await api.get(f"/v1/artists/{ARTIST}")).json()
    reset = (await api.post("/__sandbox/reset")).json()
    user = (await api.post("/__sandbox/user-token")).json()["access_token"]
    wrong = [{"app_class": "none"}, {"no_switch": 1}]

    assert (state["app_class"], state["calls"]) == ("new-dev", {"/v1/audio-features/{id}": 1})
    assert (closed, broken, artist["genres"], reset["calls"]) == (403, 500, None, {})
    assert set(sandbox.state.tokens.people) == {user}
    assert [(await api.post("/__sandbox/state", json=w)).status_code for w in wrong] == [400, 400]
    assert len((await api.get("/__sandbox/faults")).json()) == len(FAULTS)


async def test_the_whole_app_can_be_stopped(sandbox, api):
    """An owner without Premium and a missing registration stop every call."""
    sandbox.switches.premium_missing = True
    assert told(await api.get(RELATED))[1].startswith("Active premium")
    sandbox.switches.premium_missing = False
    sandbox.switches.not_registered = True
    assert told(await api.get(RELATED))[1].startswith("User not registered")


async def test_it_runs_from_the_command_line():
    """One line says where it listens; SIGTERM ends it cleanly."""
    command = [sys.executable, "-m", "tests.sandbox", "--app-class", "old-dev", "--fault", "F41"]
    running = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    assert running.stdout is not None
    line = (await running.stdout.readline()).decode().split()
    async with httpx.AsyncClient() as client:
        granted = await client.post(
            line[line.index("accounts") + 1] + TOKEN,
            data={"grant_type": "client_credentials"},
            auth=(CLIENT_ID, CLIENT_SECRET),
        )
        broken = await client.get(line[line.index("api") + 1] + "/artists/" + ARTIST)
    running.terminate()

    assert (granted.status_code, broken.status_code) == (200, 500)
    assert await running.wait() == 0
