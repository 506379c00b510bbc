"""One question sent on, and its answer streamed back; its tokens are booked however it ends."""

from __future__ import annotations

import asyncio
import logging

import httpx

from orchestrator.core.llm_usage import GatewayTenant
from orchestrator.edge.llm_gateway.body import Question
from orchestrator.edge.llm_gateway.books import Account, Books, Used
from orchestrator.edge.llm_gateway.credentials import Access, read_access, unusable_access
from orchestrator.edge.llm_gateway.kinds import refusal
from orchestrator.edge.llm_gateway.meter import Meter
from orchestrator.edge.llm_gateway.redactor import Redactor
from orchestrator.edge.llm_gateway.reply import Headers, Reply
from orchestrator.edge.llm_gateway.scribe import Scribe
from orchestrator.edge.llm_gateway.upstream import Upstream
from orchestrator.errors import LlmError

WHOLE_MAX = 8 * 1024 * 1024  # bytes of an answer that is no stream
STREAM_MAX = 32 * 1024 * 1024
REFUSAL_MAX = 64 * 1024
LAST_WORDS_S = 5.0  # for an agent that has stopped to read
PASSED_ON = ("content-type", "retry-after", "request-id", "x-request-id")
PROBLEM_TYPE = "application/problem+json"
NOTHING = Used(0, 0, estimated=False)

log = logging.getLogger(__name__)


class Exchange:
    """Asks the endpoint in the name of a tenant."""

    def __init__(self, upstream: Upstream, books: Books, scribe: Scribe) -> None:
        self._upstream = upstream
        self._books = books
        self._scribe = scribe

    async def run(self, tenant: GatewayTenant, question: Question, reply: Reply) -> None:
        """Until the answer has been passed on, or the deadline. LlmError before it has begun."""
        account = Account(self._books, self._books.open(tenant, question.input_tokens))
        talk = _Talk(self._upstream, question, reply, account)
        try:
            await self._scribe.write_first()
            await self._bounded(talk)
        except LlmError as error:
            log.warning("%s got no answer of the LLM: %s", tenant.tenant, error)
            if not reply.begun:
                raise
            async with asyncio.timeout(LAST_WORDS_S):
                await reply.fail(error)
        finally:
            account.settle(talk.used())

    async def _bounded(self, talk: _Talk) -> None:
        """Foreign errors end here. Of most, only the kind is told: their texts may hold headers."""
        deadline_s = self._upstream.settings.deadline_s
        try:
            async with asyncio.timeout(deadline_s):
                await talk.run()
        except (TimeoutError, httpx.ReadTimeout, httpx.WriteTimeout) as error:
            sentence = f"The LLM took longer than {deadline_s} seconds."
            raise refusal("deadline", sentence) from error
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            talk.heard = False
            log.warning("the LLM endpoint cannot be reached: %s", error or type(error).__name__)
            sentence = "The LLM endpoint cannot be reached."
            raise refusal("unreachable", sentence, retry_after_s=10) from error
        except (httpx.LocalProtocolError, httpx.InvalidURL):
            talk.heard = False
            log.warning("the LLM cannot be asked: its key or a header is none that can be sent")
            raise unusable_access() from None  # the foreign error's text holds it
        except httpx.HTTPError as error:
            log.warning("the LLM endpoint broke off: %s", type(error).__name__)
            raise refusal("cut_off", "The LLM endpoint broke off in its answer.") from error


class _Talk:
    """The way there and back. `heard`: the endpoint may have worked on the question."""

    def __init__(
        self, upstream: Upstream, question: Question, reply: Reply, account: Account
    ) -> None:
        self._upstream = upstream
        self._account = account
        self._question = question
        self._reply = reply
        self._meter = Meter(question.input_tokens)
        self.heard = False

    def used(self) -> Used:
        return self._meter.used() if self.heard else NOTHING

    async def run(self) -> None:
        access = read_access(self._upstream.settings)
        self.heard = True
        async with self._upstream.answer(self._question, access) as response:
            if not response.is_success:
                self.heard = False
                await self._refused(response, access)
            elif response.headers.get("content-type", "").startswith("text/event-stream"):
                await self._stream(response, access)
            else:
                body = await _read(response, WHOLE_MAX)
                self._meter.whole(body)
                answer = access.redacted(body)
                await self._reply.whole(response.status_code, _headers(response, access), answer)

    async def _stream(self, response: httpx.Response, access: Access) -> None:
        await self._reply.begin(response.status_code, _headers(response, access))
        size, redactor = 0, Redactor(access.secrets)
        async for chunk in response.aiter_bytes():
            size += len(chunk)
            if size > STREAM_MAX:
                raise _too_long()
            self._meter.feed(chunk)
            self._account.settle(self.used())  # as far as it is known, should this process end now
            await self._reply.piece(redactor.feed(chunk))
        await self._reply.end(redactor.rest())

    async def _refused(self, response: httpx.Response, access: Access) -> None:
        """Its refusal is passed on, but not what concerns the operator alone."""
        status = response.status_code
        if status in (401, 403):
            sentence = f"The LLM endpoint refuses the operator's key ({status})."
            raise refusal("key_refused", sentence)
        if status < 400:
            sentence = f"The LLM endpoint answers {status}, which is no answer of an LLM."
            raise refusal("moved", sentence)
        log.warning("the LLM endpoint answers %s", status)
        body = access.redacted(await _read(response, REFUSAL_MAX))
        await self._reply.whole(status, _headers(response, access), body)


async def _read(response: httpx.Response, most: int) -> bytes:
    body = bytearray()
    async for chunk in response.aiter_bytes():
        body += chunk
        if len(body) > most:
            raise _too_long()
    return bytes(body)


def _headers(response: httpx.Response, access: Access) -> Headers:
    found = [(name, response.headers[name]) for name in PASSED_ON if name in response.headers]
    return [(name, access.redacted(_not_ours(value).encode()).decode()) for name, value in found]


def _not_ours(value: str) -> str:
    """Problem documents are the gateway's own: an agent believes them."""
    return "application/json" if value.lower().startswith(PROBLEM_TYPE) else value


def _too_long() -> LlmError:
    return refusal("too_long", "The LLM's answer is too long.")
