"""The sandbox as tests hold it: a running server, its switches, its counters, its faults."""

import asyncio
import time
from collections import Counter
from collections.abc import Callable
from typing import Any, Self

from tests.sandbox import control, pictures, routes, service
from tests.sandbox import open as open_services
from tests.sandbox.accounts import SCOPES
from tests.sandbox.answers import Answer, Request
from tests.sandbox.catalogue import catalogue
from tests.sandbox.faults import producible
from tests.sandbox.injection import Call, Injections
from tests.sandbox.open.troubles import TROUBLES
from tests.sandbox.playlists import playlists
from tests.sandbox.rules import AppClass
from tests.sandbox.server import OnLoopback
from tests.sandbox.state import State, Switches


class Sandbox(OnLoopback):
    """Speaks the Web API on a loopback port for as long as the context lasts."""

    def __init__(
        self,
        *,
        app_class: AppClass = "extended",
        latency_ms: float = 0,
        port: int = 0,
        clock: Callable[[], float] = time.monotonic,
    ):
        self.state = State(clock, Switches(app_class=app_class, latency_ms=latency_ms))
        super().__init__(self._handle, port=port)
        self._injections = Injections()

    async def __aenter__(self) -> Self:
        catalogue()  # built once, before the first call is timed
        playlists()
        return await super().__aenter__()

    @property
    def calls(self) -> Counter[str]:
        """Calls so far by path template, `/v1/tracks/{id}` or `/api/token`."""
        return self.state.counters.calls

    @property
    def calls_during_429(self) -> Counter[str]:
        """Calls made although a 429's Retry-After had not run out."""
        return self.state.counters.calls_during_429

    @property
    def switches(self) -> Switches:
        """Everything that may be changed while running."""
        return self.state.switches

    @property
    def app_class(self) -> AppClass:
        """The class of the one client id."""
        return self.switches.app_class

    @app_class.setter
    def app_class(self, app_class: AppClass) -> None:
        self.switches.app_class = app_class

    @property
    def latency_ms(self) -> float:
        """How long every API answer waits."""
        return self.switches.latency_ms

    @latency_ms.setter
    def latency_ms(self, latency_ms: float) -> None:
        self.switches.latency_ms = latency_ms

    def fault(
        self, name: str, *, path: str | None = None, times: int | None = None, **options: Any
    ) -> None:
        """Inject a fault by id or name on a path pattern, for some calls or until cleared.

        Options are read by the fault itself, its docstring names them. Raises LookupError for an
        unknown name, ValueError for a fault that no server can make.
        """
        fault = producible(name)
        self._injections.add(fault, path=path, times=times, options=options)
        if fault.shuts:
            self._shut_for(options.get("seconds"))

    def trouble(
        self, service_name: str, how: str, *, times: int | None = None, **options: Any
    ) -> None:
        """Let one open source be down, slow, limited or lying, for some calls or until cleared.

        Raises LookupError for a service or trouble that there is not.
        """
        pattern = open_services.named(service_name).pattern
        self._injections.add(TROUBLES[how], path=pattern, times=times, options=options)

    def urls(self) -> dict[str, str]:
        """Answer the addresses of the open sources, by setting: RECCOBEATS_URL and so on."""
        return open_services.urls(self.accounts_url)

    def clear_faults(self) -> None:
        """Take all faults out; listen again if one had stopped that."""
        if self._injections.clear():
            self._server.reopen()

    def issue_token(self, *, user: bool = False) -> str:
        """Hand out an access token without the token endpoint; a user's opens playlist items."""
        person = self.switches.listener if user else None
        lifetime_s = self.switches.token_lifetime_s
        return self.state.tokens.issue(lifetime_s, person=person, scopes=SCOPES if user else ())

    def register(self, redirect_url: str) -> None:
        """Let people be led back to this address after they have consented."""
        self.state.redirect_uris.add(redirect_url)

    def revoke(self, person: str) -> None:
        """Let whatever this person has allowed be allowed no more."""
        self.state.consents.revoke(person)

    def expire_tokens(self) -> None:
        """Let every token handed out so far answer 401."""
        self.state.tokens.expire()

    async def stop_listening(self) -> None:
        """Refuse connections, on a port that stays ours to come back to."""
        self._server.shut()
        await asyncio.sleep(0)

    async def listen_again(self) -> None:
        """Accept connections on the same port as before."""
        self._server.reopen()
        await asyncio.sleep(0)

    def described(self) -> dict[str, Any]:
        """Describe switches, faults and counters as JSON-able values."""
        switches = {name: getattr(self.switches, name) for name in Switches.__slots__}
        return switches | {
            "faults": self._injections.described(),
            "calls": dict(self.calls),
            "calls_during_429": dict(self.calls_during_429),
        }

    def _shut_for(self, seconds: float | None) -> None:
        """Refuse connections until clear_faults, or for some seconds."""
        self._server.shut()
        if seconds is not None:
            asyncio.get_running_loop().call_later(seconds, self._server.reopen)

    async def _handle(self, request: Request) -> Answer:
        if request.path.startswith(control.PREFIX):
            return control.answer(self, request)
        if request.path.startswith("/image/"):
            return pictures.picture(request.path)
        return await self._counted(request)

    async def _counted(self, request: Request) -> Answer:
        stand_in = open_services.service_of(request.path)
        template = (
            routes.template_of(request.path)
            if stand_in is None
            else open_services.template_of(stand_in, request.path)
        )
        self.state.counters.count(template)
        if self.switches.latency_ms:
            await asyncio.sleep(self.switches.latency_ms / 1000)
        answer = self._injections.answer(Call(request, template, self.state, self._plain))
        if answer.status == 429:
            self.state.counters.note_wait(template, answer.headers.get("retry-after"))
        return answer

    def _plain(self, request: Request) -> Answer:
        stand_in = open_services.service_of(request.path)
        if stand_in is not None:
            return stand_in.answer(request, self.accounts_url)
        return service.answer(request, self.state, self.accounts_url)
