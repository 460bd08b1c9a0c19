"""How one of several services fails while the others go on: down, slow, limited or lying."""

import asyncio
from dataclasses import replace

from tests.sandbox.answers import Answer, dump, error
from tests.sandbox.breakages import head
from tests.sandbox.injection import Call, Fault
from tests.sandbox.open import service_of
from tests.sandbox.server import Channel

SLOW_S = 3.0
WAIT_S = "30"


def _down(_call: Call) -> Answer:
    return error(503, "Service unavailable")


def _slow(call: Call) -> Answer:
    """Answer the truth, late; option seconds."""

    async def write(channel: Channel, answer: Answer) -> None:
        await asyncio.sleep(call.option("seconds", SLOW_S))
        await channel.send(head(answer) + answer.body)
        channel.writer.write_eof()

    return replace(call.full(), wire=write)


def _limited(call: Call) -> Answer:
    """Answer 429; option seconds."""
    return error(429, "Too many requests").but(retry_after=str(call.option("seconds", WAIT_S)))


def _lying(call: Call) -> Answer:
    """Answer 200 with the truth about somebody else; a refusal stays what it is."""
    full, service = call.full(), service_of(call.request.path)
    assert service is not None
    return full if full.status != 200 else replace(full, body=dump(service.lie(full.json())))


TROUBLES = {
    fault.name: fault
    for fault in (
        Fault("O1", "down", "It says that it is broken.", act=_down),
        Fault("O2", "slow", "It answers after three seconds.", act=_slow),
        Fault("O3", "limited", "It asks to wait half a minute.", act=_limited),
        Fault("O4", "lying", "It answers about somebody else.", act=_lying),
    )
}
