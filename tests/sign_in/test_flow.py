"""Signing in and out, as a browser does it, at the stand-in for Spotify."""

import asyncio
import logging
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from api.http.session_cookie import SESSION, SIGN_IN
from api.sign_in.people import csrf_token_of
from tests.routes.product import DAY_S, MovableClock
from tests.sandbox import Sandbox
from tests.sandbox.ids import id_of
from tests.sandbox.landmarks import SECRET_PLAYLISTS
from tests.sandbox.playlists import playlists
from tests.sign_in.browser import HOST, KEY, NAVIGATION, OTHER_KEY, browser, opened

SECRET, OTHERS_SECRET = (f"/v1/playlists/{playlists()[n].id}" for n in SECRET_PLAYLISTS)
HALF_DAY_S = DAY_S / 2


@pytest.fixture
async def sandbox():
    """New apps are told least, and people most of what is theirs."""
    async with Sandbox(app_class="new-dev") as box:
        yield box


async def test_a_person_signs_in_and_out(sandbox, tmp_path):
    """Their lists and their private playlist are theirs alone, until they sign out."""
    async with opened(sandbox, tmp_path) as product:
        ada, nobody = browser(product), browser(product)
        done = await ada.sign_in("/me?range=long")
        me = (await ada.visit("/v1/me")).json()
        lists = await ada.visit("/v1/me/playlists?limit=50")
        tops = [await ada.visit(f"/v1/me/top/{kind}?range=short") for kind in ("artists", "tracks")]
        shown = [await ada.visit(SECRET), await ada.visit(f"{SECRET}/items")]
        refused = [await nobody.visit(path) for path in ("/v1/me", SECRET, f"{SECRET}/items")]
        out = await ada.post("/sign-out")
        after = [await ada.visit(path) for path in ("/v1/me", "/v1/me/playlists", SECRET)]

    assert (done.status_code, done.headers["location"]) == (303, "/me?range=long")
    assert (me["id"], me["name"]) == ("sandbox-listener", "Sandbox Listener")
    assert "playlist-read-private" in me["scopes"]
    assert {answer.status_code for answer in (lists, *tops, *shown)} == {200}
    for answer in (lists, *tops, *shown):
        assert answer.headers["cache-control"] == "private, no-store"
        assert "access-control-allow-origin" not in answer.headers
    names = [one["name"] for one in lists.json()["items"]]
    assert "Sleepless" in names
    assert "Rehearsal Nights" not in names
    assert "1 " in lists.json()["missing"][0]["detail"]  # the null among them
    assert [answer.status_code for answer in refused] == [401, 404, 404]
    assert {answer.headers["cache-control"] for answer in refused} == {"no-store"}
    assert (out.status_code, SESSION in ada.cookies) == (303, False)
    assert [answer.status_code for answer in after] == [401, 401, 404]


async def test_one_person_in_two_browsers_is_one_person(sandbox, tmp_path):
    """Both sign in at once; signing out in one ends both."""
    async with opened(sandbox, tmp_path) as product:
        home, phone = browser(product), browser(product)
        done = await asyncio.gather(home.sign_in(), phone.sign_in())
        seen = [await one.visit("/v1/me") for one in (home, phone)]
        people, _ = await product.app.state.parts.people._tables.all()
        await home.post("/sign-out")
        after = [await one.visit("/v1/me") for one in (home, phone)]

    assert [answer.status_code for answer in (*done, *seen, *after)] == [
        303,
        303,
        200,
        200,
        401,
        401,
    ]
    assert len(people) == 1


async def test_what_everybody_may_know_stays_everybodys(sandbox, tmp_path):
    """A track's bytes are the same with a session and without, and fetched once."""
    path = f"/v1/tracks/{id_of('track', 3)}"
    async with opened(sandbox, tmp_path) as product:
        ada, nobody = browser(product), browser(product)
        await ada.sign_in()
        with_session, without = await ada.visit(path), await nobody.visit(path)

    assert with_session.content == without.content
    assert with_session.headers["cache-control"] == without.headers["cache-control"]
    assert sandbox.calls["/v1/tracks/{id}"] == 1


async def test_cookies_are_bound_as_tightly_as_browsers_can(sandbox, tmp_path):
    """`__Host-`, Secure, HttpOnly, Lax; and the session is another one with each sign-in."""
    async with opened(sandbox, tmp_path) as product:
        ada = browser(product)
        begun = await ada.visit("/sign-in")
        done = await ada.visit(await ada.consent(begun), **NAVIGATION)
        first = ada.cookies[SESSION]
        await ada.sign_in()
        second = ada.cookies[SESSION]
        stolen = browser(product)
        stolen.cookies[SESSION] = first
        old = await stolen.visit("/v1/me")

    for line in (*begun.headers.get_list("set-cookie"), *done.headers.get_list("set-cookie")):
        assert line.startswith("__Host-")
        assert {"Secure", "HttpOnly", "SameSite=Lax", "Path=/"} <= set(line.split("; "))
    assert first != second
    assert old.status_code == 401


async def test_spotify_is_asked_as_rfc_7636_says(sandbox, tmp_path):
    """S256, an exact redirect, the fewest scopes; the verifier never leaves by a URL."""
    async with opened(sandbox, tmp_path) as product:
        ada = browser(product)
        begun = await ada.visit("/sign-in")

    query = parse_qs(urlsplit(begun.headers["location"]).query)
    assert (query["response_type"], query["code_challenge_method"]) == (["code"], ["S256"])
    assert len(query["code_challenge"][0]) == 43
    assert set(query["scope"][0].split()) == {
        "playlist-read-private",
        "playlist-read-collaborative",
        "user-top-read",
    }
    assert begun.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    "path", ["//evil.example", "https://evil.example", "/\\evil.example", "evil", "/a\r\nb", ""]
)
async def test_nobody_is_led_to_another_site(sandbox, tmp_path, path):
    """What `next` says is a path of this site, or the start."""
    async with opened(sandbox, tmp_path) as product:
        ada = browser(product)
        begun = await ada.visit(f"/sign-in?{httpx.QueryParams({'next': path})}")
        done = await ada.visit(await ada.consent(begun), **NAVIGATION)

    assert done.headers["location"] == "/"


async def test_a_sign_in_is_completed_once_in_its_browser_and_soon(sandbox, tmp_path):
    """Replayed, in another browser, too late, without a code: nobody is signed in, and told why."""
    clock = MovableClock()
    async with opened(sandbox, tmp_path, clock=clock) as product:
        ada, bo = browser(product), browser(product)
        begun = await ada.visit("/sign-in")
        kept = dict(ada.cookies)
        back = await ada.consent(begun)
        foreign = await bo.visit(back, **NAVIGATION)
        changed = await ada.visit(back.replace("state=", "state=x"), **NAVIGATION)
        first = await ada.visit(back, **NAVIGATION)
        bo.cookies.update(kept)
        replayed = await bo.visit(back, **NAVIGATION)
        begun = await bo.visit("/sign-in")
        back = await bo.consent(begun)
        clock.advance(601)
        late = await bo.visit(back, **NAVIGATION)

    assert first.status_code == 303
    for answer in (foreign, changed, replayed, late):
        assert answer.status_code == 400, answer.text
        assert answer.json()["type"] == "/problems/sign-in-failed"
    assert SESSION not in bo.cookies


async def test_whoever_allows_nothing_stays_as_they_were(sandbox, tmp_path):
    """A refusal at Spotify's page is told plainly, and signs nobody out."""
    async with opened(sandbox, tmp_path) as product:
        ada = browser(product)
        await ada.sign_in()
        sandbox.switches.consents = False
        refused = await ada.sign_in()
        still = await ada.visit("/v1/me")

    assert refused.status_code == 400
    assert "Nothing was allowed" in refused.json()["detail"]
    assert still.status_code == 200


@pytest.mark.parametrize("more", [{"secret": None}, {"offline": True}, {"usage": "commercial"}])
async def test_without_its_settings_nobody_signs_in(sandbox, tmp_path, more):
    """It says so, and everything else works."""
    async with opened(sandbox, tmp_path, **more) as product:
        ada = browser(product)
        answer = await ada.visit("/sign-in")

    assert answer.status_code == 404
    assert answer.json()["type"] == "/problems/sign-in-unavailable"


async def test_a_sign_in_begins_where_spotify_leads_back_to(sandbox, tmp_path):
    """Cookies of localhost are not there at 127.0.0.1, and another host's are nowhere."""
    async with opened(sandbox, tmp_path, hosts=("earprint.example",)) as product:
        ada = browser(product)
        here = await ada.http.get("/sign-in?next=/me", headers={"host": "localhost:8000"})
        afar = await ada.http.get("/sign-in", headers={"host": "earprint.example"})

    assert here.headers["location"] == f"http://{HOST}:8000/sign-in?next=/me"
    assert "set-cookie" not in here.headers
    assert (afar.status_code, f"http://{HOST}:8000" in afar.json()["detail"]) == (404, True)


async def test_whoever_has_signed_in_changes_things_from_their_own_pages_alone(sandbox, tmp_path):
    """Without the session's token, with another's, from another site: 403, and nothing happens."""
    async with opened(sandbox, tmp_path) as product:
        ada, bo = browser(product), browser(product)
        await ada.sign_in()
        sandbox.switches.listener = "other-listener"
        await bo.sign_in()
        others = csrf_token_of(bo.cookies[SESSION])
        unsafe = [
            (method, path)
            for path, operations in product.app.openapi()["paths"].items()
            for method in operations
            if method not in {"get", "head"}
        ]
        for method, path in (*unsafe, ("post", "/sign-out")):
            address = path.replace("{", "").replace("}", "")
            for token in (None, others, "x"):
                answer = await ada.post(address, method=method, csrf=token, content=b"")
                assert answer.status_code == 403, (method, path, token)
        form = {"csrf_token": csrf_token_of(ada.cookies[SESSION])}
        cookie = {"cookie": f"{SESSION}={ada.cookies[SESSION]}"}
        foreign = await ada.http.post(
            "/sign-out", data=form, headers=cookie | {"sec-fetch-site": "cross-site"}
        )
        inside = await ada.visit("/v1/me")
        by_form = await ada.http.post(
            "/sign-out", data=form, headers=cookie | {"sec-fetch-site": "same-origin"}
        )
        after = await ada.visit("/v1/me")

    assert foreign.status_code == 403
    assert (inside.status_code, by_form.status_code, after.status_code) == (200, 303, 401)


async def test_a_form_with_a_file_bears_its_token_along(sandbox, tmp_path):
    """The token is looked for in the beginning of the body, which is then read as ever."""
    async with opened(sandbox, tmp_path) as product:
        ada = browser(product)
        await ada.sign_in()
        token = csrf_token_of(ada.cookies[SESSION])
        lines = "\n".join(f"spotify:track:{playlists()[0].id}" for _ in range(2_000))
        headers = {
            "cookie": f"{SESSION}={ada.cookies[SESSION]}",
            "sec-fetch-site": "same-origin",
        }
        made = await ada.http.post(
            "/v1/collections",
            data={"csrf_token": token, "name": "Mine"},
            files={"file": ("list.txt", lines)},
            headers=headers,
        )
        refused = await ada.http.post(
            "/v1/collections",
            data={"name": "Mine"},
            files={"file": ("list.txt", lines)},
            headers=headers,
        )

    assert (made.status_code, made.json()["items_total"]) == (201, 2_000)
    assert refused.status_code == 403


async def test_sessions_end_by_themselves(sandbox, tmp_path):
    """After half a day unused, and after thirty days in all; a person without any is forgotten."""
    clock = MovableClock()
    async with opened(sandbox, tmp_path, clock=clock) as product:
        ada = browser(product)
        await ada.sign_in()
        for _ in range(62):
            clock.advance(HALF_DAY_S - 60)
            if (await ada.visit("/v1/me")).status_code != 200:
                break
        used_daily_for_s = clock.ahead_s
        await ada.sign_in()
        clock.advance(HALF_DAY_S + 60)
        unused = await ada.visit("/v1/me")
        await product.app.state.parts.people.sweep()
        rows, sessions = await product.app.state.parts.people._tables.all()

    assert 29 * DAY_S < used_daily_for_s <= 31 * DAY_S
    assert unused.status_code == 401
    assert (rows, sessions) == ([], [])


async def test_a_sign_in_survives_a_restart_and_another_key(sandbox, tmp_path):
    """The old key still opens, the new one seals; without the old one people sign in again."""
    async with opened(sandbox, tmp_path) as product:
        ada = browser(product)
        await ada.sign_in()
    async with opened(sandbox, tmp_path, secret=f"{OTHER_KEY},{KEY}") as product:
        again = browser(product)
        again.cookies.update(ada.cookies)
        with_both = await again.visit("/v1/me/playlists")
    async with opened(sandbox, tmp_path, secret=OTHER_KEY) as product:
        again = browser(product)
        again.cookies.update(ada.cookies)
        with_new = await again.visit("/v1/me/playlists")
    async with opened(sandbox, tmp_path, secret=KEY) as product:
        again = browser(product)
        again.cookies.update(ada.cookies)
        with_old = await again.visit("/v1/me")

    assert (with_both.status_code, with_new.status_code, with_old.status_code) == (200, 200, 401)


@pytest.mark.parametrize("rotates", [False, True])
async def test_expired_tokens_of_many_calls_cause_one_refresh(sandbox, tmp_path, rotates):
    """With a new refresh token in the answer or without, everybody is answered."""
    sandbox.switches.rotates = rotates
    async with opened(sandbox, tmp_path) as product:
        ada = browser(product)
        await ada.sign_in()
        await ada.visit("/v1/me/playlists?limit=1")
        for turn in range(2):
            sandbox.expire_tokens()
            before = sandbox.calls["/api/token"]
            paths = [f"/v1/me/playlists?limit={n + 1}&offset={turn}" for n in range(20)]
            answers = await asyncio.gather(*map(ada.visit, paths))
            refreshes = sandbox.calls["/api/token"] - before
            assert {answer.status_code for answer in answers} == {200}
            assert refreshes == 1


async def test_a_consent_that_was_taken_back_asks_for_a_new_sign_in(sandbox, tmp_path):
    """One POST, then 401 without any; what was kept is gone, and a new sign-in mends it."""
    async with opened(sandbox, tmp_path) as product:
        ada = browser(product)
        await ada.sign_in()
        await ada.visit(SECRET)
        sandbox.revoke("sandbox-listener")
        sandbox.expire_tokens()
        before = sandbox.calls["/api/token"]
        lists = [await ada.visit("/v1/me/playlists?limit=3") for _ in range(3)]
        posts = sandbox.calls["/api/token"] - before
        me = await ada.visit("/v1/me")
        private = await ada.visit(SECRET)
        await ada.sign_in()
        again = [await ada.visit("/v1/me/playlists") for _ in range(2)]

    assert [answer.status_code for answer in lists] == [401] * 3
    assert posts == 1
    assert (me.status_code, me.json()["type"]) == (401, "/problems/not-signed-in")
    assert "six months" in me.json()["detail"]
    assert private.status_code == 404
    assert [answer.status_code for answer in again] == [200, 200]
    assert "hit" in again[1].headers["cache-status"]


@pytest.mark.parametrize("fault", ["F42", "F08"])
async def test_an_incident_signs_nobody_out(sandbox, tmp_path, fault):
    """While Spotify's accounts are down people wait; afterwards they are still signed in."""
    clock = MovableClock()
    async with opened(sandbox, tmp_path, clock=clock) as product:
        ada = browser(product)
        await ada.sign_in()
        sandbox.expire_tokens()
        sandbox.fault(fault, path="/api/token")
        down = await ada.visit("/v1/me/playlists")
        me = await ada.visit("/v1/me")
        sandbox.clear_faults()
        clock.advance(60)
        up = await ada.visit("/v1/me/playlists")

    assert (me.status_code, up.status_code) == (200, 200)
    assert down.status_code in {502, 503}


async def test_nothing_secret_is_in_logs_rows_or_answers(sandbox, tmp_path, caplog):
    """Tokens, codes, verifiers and sessions show nowhere in clear, nor does a private name."""
    caplog.set_level(logging.DEBUG)
    async with opened(sandbox, tmp_path) as product:
        ada = browser(product)
        begun = await ada.visit("/sign-in")
        sign_in_cookie = ada.cookies[SIGN_IN]
        back = await ada.consent(begun)
        done = await ada.visit(back, **NAVIGATION)
        bodies = [await ada.visit(path) for path in ("/v1/me", "/v1/me/playlists", SECRET)]
        session = ada.cookies[SESSION]
    code = parse_qs(urlsplit(back).query)["code"][0]
    secrets = [*sandbox.state.tokens.deaths, *sandbox.state.consents.refresh_tokens]
    secrets += [code, session, sign_in_cookie, KEY]

    own = [line for line in caplog.text.splitlines() if f"http://{HOST}:8000" not in line]
    told = "\n".join(own) + done.text + "".join(answer.text for answer in bodies)
    disk = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    for secret in secrets:
        assert secret not in told
        assert secret.encode() not in disk
    assert b"Sleepless" not in disk
