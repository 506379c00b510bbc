"""The controller as the edge uses it: reads, and LLM usage. The gate has its own: `quick`."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import asdict
from http import HTTPStatus
from pathlib import Path

import httpx

from orchestrator.client import wire
from orchestrator.client.answers import (
    Booked,
    Diagnosis,
    History,
    Hosts,
    PlanReport,
    Validation,
)
from orchestrator.client.decode import Value, decode
from orchestrator.core.llm_usage import Booking, GatewayTenants, UsageReport
from orchestrator.core.report import StatusReport

CONNECTIONS = 20  # a stream of logs holds one for as long as somebody looks at it


class AsyncController:
    """One controller behind its edge socket. Errors as in `blocking.Controller`."""

    def __init__(self, socket_path: Path, timeout_s: float = wire.READ_TIMEOUT_S) -> None:
        self._socket = socket_path
        self._http = httpx.AsyncClient(
            transport=httpx.AsyncHTTPTransport(
                uds=str(socket_path),
                verify=False,
                limits=httpx.Limits(max_connections=CONNECTIONS),
            ),
            base_url="http://controller",
            timeout=timeout_s,
            trust_env=False,
        )
        self._llm_tenants = GatewayTenants("", {})
        self._llm_tag = ""

    async def close(self) -> None:
        await self._http.aclose()

    async def status(self) -> StatusReport:
        return await self._ask(StatusReport, "GET", "/v1/status")

    async def hosts(self) -> Hosts:
        return await self._ask(Hosts, "GET", "/v1/hosts")

    async def validate(self) -> Validation:
        return await self._ask(Validation, "POST", "/v1/validate")

    async def plan(self) -> PlanReport:
        return await self._ask(PlanReport, "GET", "/v1/plan")

    async def doctor(self) -> Diagnosis:
        return await self._ask(Diagnosis, "GET", "/v1/doctor")

    async def events(self, tenant: str | None, limit: int) -> History:
        path = wire.with_query("/v1/events", tenant=tenant, limit=limit)
        return await self._ask(History, "GET", path)

    async def usage(self, tenant: str | None, days: int) -> UsageReport:
        path = wire.with_query("/v1/usage", tenant=tenant, days=days)
        return await self._ask(UsageReport, "GET", path)

    async def llm_tenants(self) -> GatewayTenants:
        """The very same value again as long as nothing changed."""
        known = {"If-None-Match": self._llm_tag}
        request = self._http.build_request("GET", "/v1/llm/tenants", headers=known)
        response = await self._send(request)
        if response.status_code != HTTPStatus.NOT_MODIFIED:
            self._llm_tenants = await self._value(GatewayTenants, response)
            self._llm_tag = response.headers.get("ETag", "")
        else:
            await response.aclose()
        return self._llm_tenants

    async def book(self, bookings: Sequence[Booking]) -> None:
        """Durable when it returns. Refused when they do not fit: trying again would not help."""
        body = {"bookings": [asdict(one) for one in bookings]}
        await self._ask(Booked, "POST", "/v1/llm/usage", body)

    async def logs(self, tenant: str, tail: int, *, follow: bool) -> AsyncIterator[bytes]:
        """The log's bytes as they come. What cannot be had is raised before this returns."""
        path = wire.with_query(wire.tenant_path(tenant, "logs"), tail=tail, follow=int(follow))
        request = self._http.build_request("GET", path)
        if follow:
            request.extensions["timeout"]["read"] = None  # a quiet tenant is no failure
        response = await self._send(request)
        return self._chunks(response)

    async def _chunks(self, response: httpx.Response) -> AsyncIterator[bytes]:
        try:
            async for chunk in response.aiter_bytes():
                yield chunk
        except httpx.HTTPError:
            return  # the controller went away in mid-stream: what came was given out
        finally:
            await response.aclose()

    async def _ask(self, kind: type[Value], verb: str, path: str, body: object = None) -> Value:
        response = await self._send(self._http.build_request(verb, path, json=body))
        return await self._value(kind, response)

    async def _value(self, kind: type[Value], response: httpx.Response) -> Value:
        try:
            return decode(kind, wire.parsed(await response.aread()))
        except httpx.HTTPError as error:
            raise wire.no_answer(self._socket, error) from error
        finally:
            await response.aclose()

    async def _send(self, request: httpx.Request) -> httpx.Response:
        try:
            response = await self._http.send(request, stream=True)
            if response.is_error:
                raise wire.error_from(response.status_code, await response.aread())
        except httpx.TimeoutException as error:
            raise wire.no_answer(self._socket, TimeoutError()) from error
        except httpx.HTTPError as error:
            raise wire.no_answer(self._socket, error) from error
        return response
