"""One request to the agent and its answer back, as bytes, both ways at once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Literal

from orchestrator.edge.gate import reply
from orchestrator.edge.gate.bounds import Bounds
from orchestrator.edge.gate.head import END, RequestHead, written
from orchestrator.edge.gate.line import Line

# answered  the agent's whole answer went out       cut     it broke off in the middle
# silent    nothing of an answer came                gone    the client left before its end
Ending = Literal["answered", "cut", "silent", "gone"]
Touch = Callable[[], None]


async def exchange(client: Line, agent: Line, head: RequestHead, bounds: Bounds) -> Ending:
    """Writes the head to the agent before it waits for anything. The agent's line is over after
    it; the client's is still open, except after `cut`."""
    loop = asyncio.get_running_loop()
    started = whole = False

    def has_started() -> None:
        nonlocal started
        started = True

    sending = None
    try:
        async with asyncio.timeout(bounds.idle_s) as idle:

            def touch() -> None:
                idle.reschedule(loop.time() + bounds.idle_s)

            await agent.write(written(head))
            sending = asyncio.create_task(_send(client, agent, head.body, touch))
            whole = await _receive(agent, client, head.method, bounds, touch, has_started)
    except (ConnectionError, TimeoutError):
        agent.broken = True
    except asyncio.CancelledError:
        agent.abort()
        raise
    finally:
        if sending is not None:
            sending.cancel()
            await asyncio.wait({sending})
    ending = "answered" if whole else _ending(client, agent, started=started)
    if ending == "answered":
        agent.close()
    else:
        agent.abort()
    if ending == "cut":
        client.abort()  # an end in order would make half an answer look whole
    return ending


def _ending(client: Line, agent: Line, *, started: bool) -> Ending:
    if client.gone.done():
        return "gone"
    if not started:
        return "silent"
    return "cut" if agent.broken else "answered"


async def _receive(
    agent: Line,
    client: Line,
    method: str,
    bounds: Bounds,
    touch: Touch,
    has_started: Callable[[], None],
) -> bool:
    """Heads of interim answers, the head of the answer, and then its body; whether all of that
    certainly came: without a length only the end of the connection tells, and how it ended."""
    while True:
        block = await agent.read_block(END, bounds.head_bytes)
        head = reply.parse(block) if block else None
        if head is None:
            return False
        touch()
        if not head.interim:
            has_started()
        await client.write(head.passed_on)
        if not head.interim:
            break
    body = 0 if method == "HEAD" else head.body
    whole = await _pump(agent, client, body, touch)
    if body is not None and not whole:
        agent.broken = True  # it ended in order, and too early
    return whole


async def _send(client: Line, agent: Line, body: int | None, touch: Touch) -> None:
    """The body, and then the eye on a client who leaves: the agent is to notice it."""
    try:
        if await _pump(client, agent, body, touch):
            await asyncio.wait({client.gone})
            agent.abort()
        else:
            agent.close()  # after what the client sent last
    except ConnectionError:
        return  # the agent takes no more; what it says to that is still read


async def _pump(source: Line, sink: Line, most: int | None, touch: Touch) -> bool:
    """Bytes from source to sink, so many or until it ends; whether all of them came."""
    left = most
    while left is None or left > 0:
        data = await (source.read() if left is None else source.read(left))
        if not data:
            return False
        await sink.write(data)
        touch()
        if left is not None:
            left -= len(data)
    return True
