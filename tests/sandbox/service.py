"""The Web API without a socket: a request and the state in, an answer out."""

from dataclasses import replace

from tests.sandbox import accounts, routes, rules
from tests.sandbox.answers import PUBLIC, Answer, Refusal, Request, error, etag_of, unauthorised
from tests.sandbox.asking import Ask
from tests.sandbox.state import State, Switches

# Texts of both 403s are known from bug reports only.
PREMIUM = (
    "Active premium subscription required for the owner of the app. When the subscription status "
    "changes, it can take a few hours before requests are allowed again."
)
NOT_REGISTERED = "User not registered in the Developer Dashboard"
RATE_LIMITED = "API rate limit exceeded"


def answer(request: Request, state: State, base_url: str) -> Answer:
    """Answer one call as the real service would; never raises."""
    try:
        return _conditional(request, state.switches, _answer(request, state, base_url))
    except Refusal as refusal:
        return refusal.answer


def _answer(request: Request, state: State, base_url: str) -> Answer:
    if request.path == routes.TOKEN_PATH:
        return _token(request, state)
    if request.path == routes.CONSENT_PATH:
        return accounts.authorize(request, state)
    found = routes.match(request.path)
    if found is None or request.method not in {"GET", "HEAD"}:
        return error(404, "Service not found")
    token = _authorised(request, state)
    _allowed(state)
    switches = state.switches
    _open(switches, found.route.family)
    ask = Ask(
        request=request,
        base_url=base_url,
        rules=switches.rules,
        genres=switches.genres,
        person=state.tokens.people.get(token),
        scopes=frozenset(state.tokens.scopes.get(token, ())),
        path_id=found.path_id,
    )
    return found.route.answer(ask)


def _token(request: Request, state: State) -> Answer:
    if request.method != "POST":
        return error(405, "Method not allowed")
    return accounts.token(request, state)


def _authorised(request: Request, state: State) -> str:
    """Read the bearer token; raises Refusal(401) with the recorded texts."""
    header = request.headers.get("authorization", "")
    scheme, _, token = header.partition(" ")
    if not header:
        raise Refusal(unauthorised("No token provided", "missing_token"))
    if scheme.lower() != "bearer" or token not in state.tokens.deaths:
        raise Refusal(unauthorised("Invalid access token"))
    if state.tokens.is_dead(token):
        raise Refusal(unauthorised("The access token expired"))
    return token


def _allowed(state: State) -> None:
    """Stop calls that the app as a whole may not make; raises Refusal 403 or 429."""
    if state.switches.premium_missing:
        raise Refusal(error(403, PREMIUM))
    if state.switches.not_registered:
        raise Refusal(error(403, NOT_REGISTERED))
    wait_s = state.limiter.wait_s(state.switches)
    if wait_s > 0:
        raise Refusal(error(429, RATE_LIMITED).but(retry_after=str(max(1, round(wait_s)))))


def _open(switches: Switches, family: str) -> None:
    """Refuse what is closed to the app class; raises Refusal 403 or 404."""
    closed = switches.rules.closed.get(family)
    if closed is None:
        return
    if closed == rules.NOT_FOUND:
        raise Refusal(error(404, "Not Found"))
    raise Refusal(error(403, "Forbidden" if closed == rules.FORBIDDEN else None))


def _conditional(request: Request, switches: Switches, full: Answer) -> Answer:
    """Put the ETag on public answers; a matching If-None-Match makes it a 304 without a body."""
    if full.status != 200 or full.headers.get("cache-control") != PUBLIC or not switches.etag:
        return full
    etag = etag_of(full.body)
    tagged = full.but(etag=etag)
    known = [tag.strip() for tag in request.headers.get("if-none-match", "").split(",")]
    if etag in known:
        return replace(tagged.without("content-type"), status=304, body=b"")
    return tagged
