"""The token endpoint: client credentials only, errors flat and always 400."""

import base64
import binascii
from urllib.parse import parse_qsl

from tests.sandbox.answers import NO_STORE, Answer, Request, of, token_error
from tests.sandbox.state import State


def token(request: Request, state: State) -> Answer:
    """Answer a new access token, or the recorded invalid_client body."""
    form = dict(parse_qsl(request.body.decode("utf-8", "replace")))
    client_id, secret = _credentials(request, form)
    refusal = _refusal(state, client_id, secret)
    if refusal is not None:
        return refusal
    if form.get("grant_type") != "client_credentials":
        return token_error("unsupported_grant_type", "grant_type must be client_credentials")
    return of(granted(state), cache=NO_STORE)


def granted(state: State) -> dict[str, object]:
    """Hand out a token in the body of a successful answer."""
    lifetime_s = state.switches.token_lifetime_s
    access = state.tokens.issue(lifetime_s)
    return {"access_token": access, "token_type": "Bearer", "expires_in": round(lifetime_s)}


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
