"""One request to the agent and its answer back, as bytes, both ways at once."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from typing import Literal

from orchestrator.edge.gate import reply
from orchestrator.edge.gate.bounds import Bounds
from orchestrator.edge.gate.extent import Extent, NoBody, extent
from orchestrator.edge.gate.head import END, RequestHead, written
from orchestrator.edge.gate.line import Line
from orchestrator.edge.gate.reply import ReplyHead

# answered  the agent's whole answer went out       cut     it broke off in the middle
# silent    nothing of an answer came                gone    the client left before its end
Ending = Literal["answered", "cut", "silent", "gone"]
Touch = Callable[[], None]


async def exchange(client: Line, agent: Line, head: RequestHead, bounds: Bounds) -> Ending:
    """Writes the head to the agent before it waits for anything. The agent's line is over after
    it; the client's is still open, except after `cut`."""
    ending = await _Exchange(client, agent, head, bounds).run()
    if ending == "answered":
        agent.close()
    else:
        agent.abort()
    if ending == "cut":
        client.abort()  # an end in order would make half an answer look whole
    return ending


async def taken_in(client: Line, head: RequestHead, timeout_s: float) -> None:
    """Reads and throws away the body of a request that is answered without it: not longer than
    this. Who sends all of it before he reads would otherwise lose the answer to a reset."""
    if not head.has_body or head.get(b"expect"):
        return  # who asked before he sends anything is still waiting
    with contextlib.suppress(TimeoutError, NoBody):
        async with asyncio.timeout(timeout_s):
            await _pump(client, None, extent(head.body, chunked=head.chunked), lambda: None)


class _Exchange:
    def __init__(self, client: Line, agent: Line, head: RequestHead, bounds: Bounds) -> None:
        self._client = client
        self._agent = agent
        self._head = head
        self._bounds = bounds
        self._idle = asyncio.timeout(bounds.idle_s)
        self._started = False  # its answer
        self._asked_for = not head.get(b"expect")  # the body: who expects 100 waits for it
        self._taken: asyncio.Future[None] = (
            asyncio.get_running_loop().create_future()
        )  # the client's whole body

    async def run(self) -> Ending:
        sending, whole = None, False
        try:
            async with self._idle:
                await self._agent.write(written(self._head))
                sending = asyncio.create_task(self._send())
                whole = await self._receive()
        except (ConnectionError, TimeoutError, NoBody):
            self._agent.broken = True
        except asyncio.CancelledError:
            self._agent.abort()
            raise
        finally:
            if sending is not None:
                sending.cancel()
                await asyncio.wait({sending})
        return "answered" if whole else self._ending()

    def _ending(self) -> Ending:
        if self._client.gone.done():
            return "gone"
        if not self._started:
            return "silent"
        return "cut" if self._agent.broken else "answered"

    async def _receive(self) -> bool:
        """Heads of interim answers, the head of the answer, and then its body; whether all of that
        certainly came: without a length only the end of the connection tells, and how it ended."""
        while True:
            block = await self._agent.read_block(END, self._bounds.head_bytes)
            head = reply.parse(block) if block else None
            if head is None:
                return False
            self._touch()
            if not head.interim:
                break
            self._asked_for = True
            await self._client.write(head.passed_on)
        self._started = True
        await self._let_finish(head)
        await self._client.write(head.passed_on)
        body = 0 if self._head.method == "HEAD" else head.body
        reach = extent(body, chunked=head.chunked and self._head.method != "HEAD")
        whole = await _pump(self._agent, self._client, reach, self._touch)
        if not whole and (body is not None or head.chunked):
            self._agent.broken = True  # it ended in order, and too early
        return whole

    async def _let_finish(self, head: ReplyHead) -> None:
        """A refusal that comes before the body is through waits for it a moment: a client that
        sends first and reads then, and a proxy that closes with what it did not read, lose it."""
        if head.status >= 300 and self._head.has_body and self._asked_for:
            await asyncio.wait({self._taken}, timeout=self._bounds.linger_s)

    async def _send(self) -> None:
        """The body, and then the eye on a client who leaves: the agent is to notice it."""
        reach = extent(self._head.body, chunked=self._head.chunked)
        try:
            if await self._pass_on(reach):
                self._note_taken()
                await asyncio.wait({self._client.gone})
                self._agent.abort()
            else:
                self._agent.close()  # after what the client sent last
        except NoBody:
            self._agent.abort()
        except ConnectionError:
            return
        finally:
            self._note_taken()

    def _note_taken(self) -> None:
        if not self._taken.done():
            self._taken.set_result(None)

    async def _pass_on(self, reach: Extent) -> bool:
        try:
            return await _pump(self._client, self._agent, reach, self._touch)
        except ConnectionError:  # the agent takes no more; what it says to that is still read
            await _pump(self._client, None, reach, self._touch)
            raise

    def _touch(self) -> None:
        self._idle.reschedule(asyncio.get_running_loop().time() + self._bounds.idle_s)


async def _pump(source: Line, sink: Line | None, reach: Extent, touch: Touch) -> bool:
    """Bytes from source to sink, or to nowhere, as far as they reach; whether all of them came."""
    while not reach.done:
        data = await source.read()
        if not data:
            return False
        used = reach.take(data)
        if sink is not None:
            await sink.write(data[:used])
        touch()
    return True
