"""The accounts service: client credentials, and people who consent (RFC 6749, RFC 7636).

Errors of the token endpoint are flat and always 400.
"""

import base64
import binascii
import hashlib
from urllib.parse import parse_qsl, urlencode

from tests.sandbox.answers import NO_STORE, Answer, Request, error, of, token_error
from tests.sandbox.people import PEOPLE
from tests.sandbox.state import Consent, State

SCOPES = ("playlist-read-private", "playlist-read-collaborative", "user-top-read")


def token(request: Request, state: State) -> Answer:
    """Answer a new access token, or why there is none."""
    form = dict(parse_qsl(request.body.decode("utf-8", "replace")))
    client_id, secret = _credentials(request, form)
    refusal = _refusal(state, client_id, secret)
    if refusal is not None:
        return refusal
    match form.get("grant_type"):
        case "client_credentials":
            return of(granted(state), cache=NO_STORE)
        case "authorization_code":
            return _for_code(form, state)
        case "refresh_token":
            return _for_refresh_token(form, state)
    return token_error("unsupported_grant_type", "grant_type must be client_credentials")


def granted(
    state: State, person: str | None = None, scopes: tuple[str, ...] = ()
) -> dict[str, object]:
    """Hand out a token in the body of a successful answer."""
    lifetime_s = state.switches.token_lifetime_s
    access = state.tokens.issue(lifetime_s, person=person, scopes=scopes)
    return {"access_token": access, "token_type": "Bearer", "expires_in": round(lifetime_s)}


def authorize(request: Request, state: State) -> Answer:
    """Answer the consent page: whoever the switches name consents at once, or refuses."""
    asked = request.query
    if asked.get("client_id") not in state.credentials:
        return error(400, "INVALID_CLIENT: Invalid client")
    if asked.get("redirect_uri") not in state.redirect_uris:
        return error(400, "INVALID_CLIENT: Invalid redirect URI")
    back: dict[str, str] = {"state": asked.get("state", "")}
    challenge = asked.get("code_challenge", "")
    if asked.get("response_type") != "code":
        back |= {"error": "unsupported_response_type"}
    elif asked.get("code_challenge_method") != "S256" or len(challenge) != 43:
        back |= {"error": "invalid_request"}
    elif not set(scopes := tuple(asked.get("scope", "").split())) <= set(SCOPES):
        back |= {"error": "invalid_scope"}
    elif not state.switches.consents:
        back |= {"error": "access_denied"}
    else:
        person = state.switches.listener
        consent = Consent(person, scopes, asked["redirect_uri"], challenge, state.clock())
        back |= {"code": state.consents.code_for(consent)}
    return Answer(302, headers={"location": f"{asked['redirect_uri']}?{urlencode(back)}"})


def _for_code(form: dict[str, str], state: State) -> Answer:
    consent = state.consents.spent(form.get("code", ""))
    if consent is None:
        return token_error("invalid_grant", "Invalid authorization code")
    if form.get("redirect_uri") != consent.redirect_uri:
        return token_error("invalid_grant", "Invalid redirect URI")
    digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
    if base64.urlsafe_b64encode(digest).rstrip(b"=").decode() != consent.challenge:
        return token_error("invalid_grant", "code_verifier was incorrect")
    refresh = state.consents.refresh_token_for(consent)
    body = granted(state, consent.person, consent.scopes)
    told = {"refresh_token": refresh, "scope": " ".join(consent.scopes)}
    return of(body | told, cache=NO_STORE)


def _for_refresh_token(form: dict[str, str], state: State) -> Answer:
    held = form.get("refresh_token", "")
    consent = state.consents.of(held)
    if consent is None:
        return token_error("invalid_grant", "Invalid refresh token")
    if state.consents.is_dead(consent):
        return token_error("invalid_grant", "Refresh token revoked")
    body = granted(state, consent.person, consent.scopes)
    if state.switches.rotates:
        body |= {"refresh_token": state.consents.rotated(held)}
    return of(body, cache=NO_STORE)


def me(person: str) -> dict[str, object]:
    """Whoever a token speaks for, as new apps are told."""
    return {
        "account_id": f"account-of-{person}",
        "display_name": PEOPLE[person],
        "external_urls": {"spotify": f"https://open.spotify.com/user/{person}"},
        "href": f"https://api.spotify.com/v1/users/{person}",
        "id": person,
        "images": [],
        "type": "user",
        "uri": f"spotify:user:{person}",
    }


def _refusal(state: State, client_id: str | None, secret: str | None) -> Answer | None:
    if client_id is None:
        return token_error("invalid_client")
    if client_id not in state.credentials:
        return token_error("invalid_client", "Invalid client")
    if secret != state.credentials[client_id]:
        return token_error("invalid_client", "Invalid client secret")
    return None


def _credentials(request: Request, form: dict[str, str]) -> tuple[str | None, str | None]:
    """Read the Basic header, else the form."""
    scheme, _, coded = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return form.get("client_id"), form.get("client_secret")
    try:
        client_id, _, secret = base64.b64decode(coded, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return None, None
    return client_id, secret
