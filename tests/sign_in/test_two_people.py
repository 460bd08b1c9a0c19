"""Two people at one server, in random order: nobody ever reads what is the other's."""

import asyncio
import json
import tempfile
from contextlib import AsyncExitStack
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from api.caller import PUBLIC
from tests.routes.product import MovableClock
from tests.sampling import WHOLE
from tests.sandbox import Sandbox
from tests.sandbox.playlists import LISTENER, OTHER_LISTENER, playlists
from tests.sign_in.browser import browser, opened

PEOPLE = (LISTENER, OTHER_LISTENER)
SECRETS = {row.owner: row for row in playlists() if row.secret}
PUBLIC_PATHS = tuple(f"/v1/playlists/{row.id}" for row in playlists()[:5])
WAITS_S = (1.0, 120.0, 4_000.0, 40_000.0)
EXAMPLES, STEPS = 20 if WHOLE else 4, 100  # two thousand steps in all


class TwoPeople(RuleBasedStateMachine):
    """Each has a browser, a third has none to sign in with; the clock moves, tokens die."""

    def __init__(self):
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.run(self._open())

    def run(self, work):
        """Do it, in this machine's own loop."""
        return self.loop.run_until_complete(work)

    async def _open(self):
        self.stack = AsyncExitStack()
        self.folder = Path(self.stack.enter_context(tempfile.TemporaryDirectory()))
        self.clock = MovableClock()
        self.sandbox = await self.stack.enter_async_context(Sandbox(app_class="new-dev"))
        running = opened(self.sandbox, self.folder, clock=self.clock)
        self.product = await self.stack.enter_async_context(running)
        self.browsers = {person: browser(self.product) for person in (*PEOPLE, None)}
        self.signed_in = dict.fromkeys(self.browsers, False)

    def teardown(self):
        """Close what was opened; nothing private or secret may be left on the disk."""
        secrets = [*self.sandbox.state.tokens.deaths, *self.sandbox.state.consents.refresh_tokens]
        self.run(self._look_and_close(secrets))
        self.loop.close()

    async def _look_and_close(self, secrets):
        disk = b"".join(path.read_bytes() for path in self.folder.rglob("*") if path.is_file())
        assert not any(secret.encode() in disk for secret in secrets)
        assert not any(row.name.encode() in disk for row in SECRETS.values())
        await self.stack.aclose()

    @rule(person=st.sampled_from(PEOPLE))
    def sign_in(self, person):
        self.sandbox.switches.listener = person
        done = self.run(self.browsers[person].sign_in())
        assert done.status_code == 303
        self.signed_in[person] = True

    @precondition(lambda self: any(self.signed_in.values()))
    @rule(person=st.sampled_from(PEOPLE))
    def sign_out(self, person):
        if self.signed_in[person]:
            assert self.run(self.browsers[person].post("/sign-out")).status_code == 303
            self.signed_in[person] = False

    @rule(seconds=st.sampled_from(WAITS_S))
    def wait(self, seconds):
        self.clock.advance(seconds)
        if seconds > 20_000:
            self._notice_the_end()

    def _notice_the_end(self):
        for person in PEOPLE:
            answer = self.run(self.browsers[person].visit("/v1/me"))
            self.signed_in[person] = answer.status_code == 200

    @rule()
    def let_tokens_die(self):
        self.sandbox.expire_tokens()

    @rule(person=st.sampled_from(PEOPLE))
    def take_consent_back(self, person):
        self.sandbox.revoke(person)
        self.sandbox.expire_tokens()
        self.clock.advance(120)
        self.run(self.browsers[person].visit("/v1/me/playlists?limit=7"))
        self._notice_the_end()

    @rule(reader=st.sampled_from((*PEOPLE, None)), owner=st.sampled_from(PEOPLE))
    def read_a_private_playlist(self, reader, owner):
        path = f"/v1/playlists/{SECRETS[owner].id}"
        answer = self.run(self.browsers[reader].visit(path))
        if reader == owner and self.signed_in[reader]:
            assert (answer.status_code, answer.json()["name"]) == (200, SECRETS[owner].name)
            assert answer.headers["cache-control"] == "private, no-store"
        else:
            assert answer.status_code == 404
            assert SECRETS[owner].name not in answer.text

    @rule(reader=st.sampled_from((*PEOPLE, None)))
    def read_own_lists(self, reader):
        answer = self.run(self.browsers[reader].visit("/v1/me/playlists?limit=50"))
        if self.signed_in[reader]:
            owners = {one["owner"]["id"] for one in answer.json()["items"]}
            assert owners == {reader}
        else:
            assert answer.status_code == 401

    @rule(reader=st.sampled_from((*PEOPLE, None)))
    def read_who_one_is(self, reader):
        answer = self.run(self.browsers[reader].visit("/v1/me"))
        assert (answer.status_code == 200) is self.signed_in[reader]
        assert not self.signed_in[reader] or answer.json()["id"] == reader

    @rule(reader=st.sampled_from((*PEOPLE, None)), path=st.sampled_from(PUBLIC_PATHS))
    def read_what_is_public(self, reader, path):
        mine = self.run(self.browsers[reader].visit(path))
        anybodys = self.run(self.browsers[None].visit(path))
        if anybodys.status_code == 200:
            assert json.loads(mine.content) == json.loads(anybodys.content)

    @invariant()
    def nothing_private_is_shared(self):
        memory = self.product.app.state.tiers.memory._entries
        for key, entry in memory.items():
            if key.principal == PUBLIC:
                assert not any(row.name.encode() in entry.body for row in SECRETS.values())


TestTwoPeople = TwoPeople.TestCase
TestTwoPeople.settings = settings(
    max_examples=EXAMPLES,
    stateful_step_count=STEPS,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
