"""Ask a model and get its text: the right dialect, streams, waits, and one deadline over all."""

from __future__ import annotations

import asyncio
import datetime as dt
import json
from collections.abc import Awaitable, Callable
from typing import TypeVar

from data_agent.errors import ModelFailed
from data_agent.llm.settings import LlmSettings
from data_agent.llm.text.problems import KINDS, OPERATOR
from data_agent.llm.text.prompt import Talk
from data_agent.llm.wire.access import GATEWAY, Access, Status, read_secret
from data_agent.llm.wire.address import address_of, messages_url
from data_agent.llm.wire.http import Reply, Request, sent
from data_agent.llm.wire.retry import platforms_refusal, refusal
from data_agent.llm.wire.shapes import (
    headers_for,
    request_body,
    text_of_event,
    text_of_whole,
)
from data_agent.llm.wire.sse import Events

MOST_TRIES = 3  # of one request, when the endpoint is busy or breaks off
MOST_TEXT = 64 * 1024  # characters of an answer; a plan has a few hundred
MOST_BYTES = 4 * 1024 * 1024  # of a stream, reasoning included
MOST_ERROR_BYTES = 64 * 1024
STATUS_CHANGED = ("path",)  # kinds that say that what the gateway told of itself is out of date
REFUSES_THE_FORM = (400, 415, 422, 501)  # what servers say of a field that they do not know
FAILS_AT_THE_FORM = 500  # as others do

Tell = Callable[[str], None]
T = TypeVar("T")


class ModelClient:
    """One endpoint. `ready` and `complete` are all that others need; both ask again, within one
    and the same deadline, where that may help."""

    def __init__(self, settings: LlmSettings, access: Access, now: Callable[[], float]) -> None:
        self._settings = settings
        self._access = access
        self._now = now
        self._bare = False  # the server refused a request with options, and took one without

    async def ready(self, *, until: float, tell: Tell) -> Status:
        """Whether there is a model, and which. `until`: loop time after which no further try
        begins; the caller holds the deadline itself. `tell` hears of waits. ModelFailed."""
        return await self._tried(self._status, until, tell)

    async def complete(self, talk: Talk, *, until: float, tell: Tell) -> str:
        """The model's text; as `ready`. ModelFailed."""
        return await self._tried(lambda: self._with_options_or_without(talk), until, tell)

    async def _tried(self, call: Callable[[], Awaitable[T]], until: float, tell: Tell) -> T:
        tries = 0
        while True:
            tries += 1
            try:
                return await call()
            except ModelFailed as error:
                wait = self._wait(error, tries)
                left = until - asyncio.get_running_loop().time()
                if not error.again or tries >= MOST_TRIES or wait >= left:
                    raise
                if error.kind in STATUS_CHANGED:
                    self._access.forget()
            if wait >= 1:
                tell(f"No answer of the language model yet; asking again in {wait:.0f} s…")
            await asyncio.sleep(wait)

    async def _status(self) -> Status:
        status = await self._access.status()
        if status.problem:
            raise ModelFailed(status.problem, again=status.passes)
        return status

    def _wait(self, error: ModelFailed, tries: int) -> float:
        if error.retry_after_s is not None:
            return error.retry_after_s
        return self._settings.backoff_s * float(2 ** (tries - 1))

    async def _with_options_or_without(self, talk: Talk) -> str:
        status = await self._status()
        if not status.configured:
            raise ModelFailed(str(KINDS["not_configured"]))
        if self._bare:
            return await self._once(talk, status, bare=True)
        try:
            return await self._once(talk, status, bare=False)
        except _FormRefused as refused:
            text = await self._once(talk, status, bare=True)
            self._bare = refused.surely
            return text

    async def _once(self, talk: Talk, status: Status, *, bare: bool) -> str:
        """_FormRefused only where there is something to leave out."""
        request = self._request(talk, status, bare=bare)
        async with sent(request, connect_s=self._settings.connect_s) as reply:
            if reply.status == 200:
                return await _text(reply)
            body = await reply.read(MOST_ERROR_BYTES)
            now = dt.datetime.fromtimestamp(self._now(), dt.UTC)
            own = platforms_refusal(reply.headers, body, now) if self._settings.gateway else None
            error = own or refusal(reply.status, reply.headers, now)
            surely = reply.status in REFUSES_THE_FORM
            if own is None and not bare and (surely or reply.status == FAILS_AT_THE_FORM):
                raise _FormRefused(str(error), surely=surely)
            raise error

    def _request(self, talk: Talk, status: Status, *, bare: bool) -> Request:
        settings = self._settings
        gateway = bool(settings.gateway)
        base = settings.gateway or settings.base_url
        key_file = settings.token_file if gateway else settings.key_file
        key = read_secret(key_file, "language model's key")
        headers = headers_for(status.provider, key, gateway=gateway)
        if not gateway:
            headers = _merged(headers, self._extra_headers())
        body = request_body(status.provider, status.model or "default", talk, bare=bare)
        url = messages_url(base, status.provider)
        return Request(address_of(url), headers, body, called=GATEWAY if gateway else "")

    def _extra_headers(self) -> dict[str, str]:
        text = read_secret(self._settings.headers_file, "language model's headers")
        if not text:
            return {}
        try:
            found = json.loads(text)
        except ValueError:
            found = None
        if not isinstance(found, dict) or not all(isinstance(v, str) for v in found.values()):
            raise ModelFailed(
                "The file with the language model's headers must hold a JSON object such as "
                '{"X-Team": "data"}. ' + OPERATOR
            )
        return found


class _FormRefused(ModelFailed):
    """The server may know a field of the request not, or `surely` does not."""

    def __init__(self, message: str, *, surely: bool) -> None:
        super().__init__(message)
        self.surely = surely


async def _text(reply: Reply) -> str:
    """The whole text, streamed or not."""
    if "text/event-stream" not in reply.headers.get("content-type", ""):
        return text_of_whole(await reply.read(MOST_BYTES))
    events, parts, size, length = Events(), list[str](), 0, 0
    async for piece in reply.pieces():
        size += len(piece)
        for data in events.feed(piece):
            text = text_of_event(data)
            length += len(text)
            parts.append(text)
        if size > MOST_BYTES or length > MOST_TEXT:
            raise ModelFailed(str(KINDS["too_long"]))
    parts += [text_of_event(data) for data in events.end()]
    return "".join(parts)


def _merged(own: dict[str, str], extra: dict[str, str]) -> dict[str, str]:
    """Extra headers win over ours, whatever their case; the frame of the request stays ours."""
    frame = {"host", "content-length", "transfer-encoding", "connection"}
    kept = {k: v for k, v in extra.items() if k.lower() not in frame}
    given = {name.lower() for name in kept}
    return {k: v for k, v in own.items() if k.lower() not in given} | kept
