"""The ASGI application that agents ask; every refusal is made into an answer here."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from contextlib import suppress
from typing import Any

from orchestrator.core.llm_usage import GatewayTenant
from orchestrator.edge.llm_gateway.access import who
from orchestrator.edge.llm_gateway.body import Question, prepare
from orchestrator.edge.llm_gateway.books import Books
from orchestrator.edge.llm_gateway.exchange import Exchange
from orchestrator.edge.llm_gateway.kinds import refusal
from orchestrator.edge.llm_gateway.reply import Reply, Send
from orchestrator.edge.llm_gateway.scribe import Scribe
from orchestrator.edge.llm_gateway.slots import Slots
from orchestrator.edge.llm_gateway.upstream import Upstream
from orchestrator.errors import LlmError

BODY_MAX = 1024 * 1024  # bytes of a question
BODY_S = 10.0  # for all of it to arrive
TELL_EVERY_S = 60.0  # of the same stranger
STRANGERS_MAX = 1000

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]

log = logging.getLogger(__name__)


class Gateway:
    """`tenants` is who may ask, by address; the keeper replaces it. `upstream`: None for no LLM."""

    def __init__(self, upstream: Upstream | None, books: Books, scribe: Scribe) -> None:
        self.tenants: Mapping[str, GatewayTenant] = {}
        self._upstream = upstream
        self._books = books
        if upstream is not None:
            settings = upstream.settings
            self._slots = Slots(settings.concurrency, settings.concurrency_total)
            self._exchange = Exchange(upstream, books, scribe)
        self._strangers: dict[str, float] = {}  # address → when it was told of last

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        reply = Reply(send)
        try:
            await self._answer(scope, receive, reply)
        except LlmError as error:
            await reply.fail(error)
        except TimeoutError:
            pass  # the agent has stopped to read

    async def _answer(self, scope: Scope, receive: Receive, reply: Reply) -> None:
        tenant = self._who(scope)
        asked = (scope["method"], scope["path"])
        if asked == ("GET", "/v1/status"):
            await reply.json(self._status(tenant))
            return
        if self._upstream is None:
            raise refusal("not_configured", "No LLM is set up here.")
        if asked != ("POST", f"/v1{self._upstream.path}"):
            raise refusal("path", f"The LLM is asked with POST /v1{self._upstream.path}.")
        async with self._slots.taken(tenant.tenant):
            upstream = self._upstream.settings
            question = prepare(await _body(receive), upstream.provider, upstream.model)
            await self._until_the_agent_leaves(tenant, question, receive, reply)

    async def _until_the_agent_leaves(
        self, tenant: GatewayTenant, question: Question, receive: Receive, reply: Reply
    ) -> None:
        """Who stops asking should stop paying: then the endpoint's connection is closed."""
        work = asyncio.create_task(self._exchange.run(tenant, question, reply))
        left = asyncio.create_task(_left(receive))
        try:
            await asyncio.wait({work, left}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            unfinished = [task for task in (work, left) if task.cancel()]
            await asyncio.gather(*unfinished, return_exceptions=True)
        with suppress(asyncio.CancelledError):
            work.result()

    def _who(self, scope: Scope) -> GatewayTenant:
        source, local = scope["client"][0], scope["server"][0]
        authorization = dict(scope["headers"]).get(b"authorization", b"")
        found = who(self.tenants, source, local, authorization)
        if found is None:
            self._tell_of(source, local)
            raise refusal(
                "unknown",
                "Only a customer's agent may ask here, at its own address and with its own token.",
            )
        return found

    def _tell_of(self, source: str, local: str) -> None:
        now = time.monotonic()
        if now - self._strangers.get(source, float("-inf")) < TELL_EVERY_S:
            return
        if len(self._strangers) >= STRANGERS_MAX:
            self._strangers.clear()
        self._strangers[source] = now
        log.warning("refused %s, which asked at %s without being that customer", source, local)

    def _status(self, tenant: GatewayTenant) -> Mapping[str, object]:
        settings = self._upstream.settings if self._upstream else None
        return {
            "configured": settings is not None,
            "provider": settings.provider if settings else None,
            "model": settings.model if settings else None,
            "budget_tokens": tenant.tokens_per_day,
            "used_tokens": self._books.used(tenant.tenant),
        }


async def _body(receive: Receive) -> bytes:
    try:
        async with asyncio.timeout(BODY_S):
            return await _whole_body(receive)
    except TimeoutError as error:
        raise refusal("body", "The question did not arrive in time.", status=408) from error


async def _whole_body(receive: Receive) -> bytes:
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise refusal("left", "The agent left.")
        body += message.get("body", b"")
        if len(body) > BODY_MAX:
            sentence = f"A question may have at most {BODY_MAX // 1024} KiB."
            raise refusal("body", sentence, status=413)
        if not message.get("more_body"):
            return bytes(body)


async def _left(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
