"""The endpoint that the operator has chosen, over a pool of connections."""

from __future__ import annotations

import logging
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx

from orchestrator.edge.llm_gateway.body import Question
from orchestrator.edge.llm_gateway.credentials import Access
from orchestrator.errors import Refused
from orchestrator.llm_settings import LlmSettings

CONNECT_S = 10.0
ANTHROPIC_VERSION = "2023-06-01"  # https://docs.anthropic.com/en/api/versioning
DOES_NOT_FIT = (400, 422)
HEADERS_IN_DEBUG = ("httpcore.http11", "httpcore.connection")  # their lines hold keys and words
SPARE_CONNECTIONS = 2  # for looking whether it is there


class Upstream:
    """Asks, and streams the answer. Refused when ca.pem cannot be used."""

    def __init__(self, settings: LlmSettings) -> None:
        self.settings = settings
        for name in HEADERS_IN_DEBUG:
            logging.getLogger(name).disabled = True
        most = settings.concurrency_total + SPARE_CONNECTIONS
        self._http = httpx.AsyncClient(
            timeout=httpx.Timeout(settings.deadline_s, connect=CONNECT_S),
            limits=httpx.Limits(max_connections=most, max_keepalive_connections=most),
            verify=_trust(settings),
            trust_env=False,
        )
        self._knows_options = True

    @property
    def path(self) -> str:
        """Where questions go, below the base URL; the gateway has them at the same place."""
        return "/messages" if self.settings.provider == "anthropic" else "/chat/completions"

    async def close(self) -> None:
        await self._http.aclose()

    @asynccontextmanager
    async def answer(self, question: Question, access: Access) -> AsyncIterator[httpx.Response]:
        """The beginning of the answer; the rest is to be streamed. httpx.HTTPError.

        An endpoint that refuses a stream with `stream_options` and takes it without is asked
        without them from then on.
        """
        plain = question.without_options
        with_options = plain is None or self._knows_options
        response = await self._send(question.body if with_options else plain or b"", access)
        if plain and with_options and response.status_code in DOES_NOT_FIT:
            await response.aclose()
            response = await self._send(plain, access)
            self._knows_options = not response.is_success
        try:
            yield response
        finally:
            await response.aclose()

    async def models(self, access: Access) -> int:
        """How the endpoint answers the question for its models, which costs nothing."""
        url = f"{self.settings.base_url}/models"
        response = await self._http.get(url, headers=self._headers(access), timeout=CONNECT_S)
        return response.status_code

    async def _send(self, body: bytes, access: Access) -> httpx.Response:
        url = f"{self.settings.base_url}{self.path}"
        headers = self._headers(access)
        request = self._http.build_request("POST", url, content=body, headers=headers)
        return await self._http.send(request, stream=True)

    def _headers(self, access: Access) -> dict[str, str]:
        own = {"content-type": "application/json", "accept-encoding": "identity"}
        if self.settings.provider == "anthropic":
            own["anthropic-version"] = ANTHROPIC_VERSION
        return {**own, **access.headers}


def _trust(settings: LlmSettings) -> ssl.SSLContext:
    """What the system trusts, and the operator's own authority."""
    context = ssl.create_default_context()
    if settings.ca_file.exists():
        try:
            context.load_verify_locations(settings.ca_file)
        except OSError as error:
            raise Refused(
                f"{settings.ca_file} cannot be used",
                mend="It must hold certificates in PEM, and be readable for group 65532.",
            ) from error
    return context
