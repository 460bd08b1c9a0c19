"""Signing in with Spotify and out again: addresses that lead a browser on, and set its cookies."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from starlette.datastructures import URL

from api.caller import Person, caller
from api.http.session_cookie import SESSION, SIGN_IN, in_cookies, kept
from api.problems.errors import Refused
from api.routes.dependencies import PeopleDep, SignInDep
from api.settings import SIGNED_IN
from api.sign_in.flow import VALID_S, SignInReturn
from api.sign_in.people import LONGEST_S
from api.system.hosts import is_loopback

SEE_OTHER = 303
_NO_STORE = {"Cache-Control": "no-store"}
_ELSEWHERE = "Signing in works at {} alone, where Spotify leads people back to."
_REGISTER = "Open Earprint there, or set SPOTIFY_REDIRECT_URL to the https address used here."
router = APIRouter(include_in_schema=False)


@router.get("/sign-in")
async def sign_in(request: Request, sign_in: SignInDep) -> Response:
    """Lead to Spotify's consent page, from the very host that Spotify leads back to."""
    path = request.query_params.get("next", "/")
    started = sign_in.start(path)
    if elsewhere := _at_the_right_host(request, sign_in.redirect_url):
        return RedirectResponse(elsewhere, SEE_OTHER, _NO_STORE)
    response = RedirectResponse(started.consent_url, SEE_OTHER, _NO_STORE)
    response.headers.append("Set-Cookie", kept(SIGN_IN, started.cookie, for_s=VALID_S))
    return response


@router.get(SIGNED_IN)
async def signed_in(request: Request, sign_in: SignInDep) -> Response:
    """Where Spotify leads back to: begin a session, and lead on to where the person was."""
    asked, who = request.query_params, caller()
    back = SignInReturn(
        cookie=in_cookies(request.scope, SIGN_IN),
        state=asked.get("state", ""),
        code=asked.get("code", ""),
        error=asked.get("error", ""),
    )
    done = await sign_in.complete(back, who=who if isinstance(who, Person) else None)
    response = RedirectResponse(done.path, SEE_OTHER, _NO_STORE)
    response.headers.append("Set-Cookie", kept(SIGN_IN, "", for_s=0))
    response.headers.append("Set-Cookie", kept(SESSION, done.secret, for_s=LONGEST_S))
    return response


@router.post("/sign-out")
async def sign_out(people: PeopleDep) -> Response:
    """Delete the person's tokens and what was fetched with them, in every browser of theirs."""
    who = caller()
    if isinstance(who, Person):
        await people.sign_out(who)
    response = RedirectResponse("/", SEE_OTHER, _NO_STORE)
    response.headers.append("Set-Cookie", kept(SESSION, "", for_s=0))
    return response


def _at_the_right_host(request: Request, redirect_url: str) -> str | None:
    """Where to begin, if cookies set here would not be there when Spotify leads back.

    Of this machine's own names only one is registered. Raises Refused where a name of another
    machine is asked for, and Spotify would lead back to this one.
    """
    back, here = URL(redirect_url), request.url.hostname or ""
    if not is_loopback(back.hostname or "") or here == back.hostname:
        return None
    if is_loopback(here):
        return str(back.replace(path="/sign-in", query=request.url.query))
    raise Refused("sign-in-unavailable", _ELSEWHERE.format(back.replace(path="")), hint=_REGISTER)
