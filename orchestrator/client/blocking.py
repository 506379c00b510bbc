"""The controller as tenantctl uses it: every verb, blocking, standard library only.

httpx would take 200 ms to import, which is more than most verbs take altogether.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from orchestrator.client import wire
from orchestrator.client.answers import (
    Credentials,
    Diagnosis,
    Edited,
    History,
    PlanReport,
    Progress,
    Purged,
    UpdateReport,
)
from orchestrator.client.decode import Value, decode
from orchestrator.client.unix_http import Answer, BadAnswer, asked
from orchestrator.core.llm_usage import UsageReport
from orchestrator.core.report import StatusReport


class Controller:
    """One controller behind a unix socket. Every method may raise ControllerUnavailable, and the
    error that the controller's refusal stands for. `timeout_s` bounds every read.
    """

    def __init__(self, socket_path: Path, timeout_s: float = wire.READ_TIMEOUT_S) -> None:
        self._socket = socket_path
        self._timeout_s = timeout_s

    def status(self) -> StatusReport:
        return self._ask(StatusReport, "GET", "/v1/status")

    def plan(self) -> PlanReport:
        return self._ask(PlanReport, "GET", "/v1/plan")

    def doctor(self) -> Diagnosis:
        return self._ask(Diagnosis, "GET", "/v1/doctor")

    def events(self, tenant: str | None, limit: int) -> History:
        return self._ask(History, "GET", wire.with_query("/v1/events", tenant=tenant, limit=limit))

    def usage(self, tenant: str | None, days: int) -> UsageReport:
        """What the LLM was used, over so many days."""
        return self._ask(UsageReport, "GET", wire.with_query("/v1/usage", tenant=tenant, days=days))

    def credentials(self, tenant: str) -> Credentials:
        """Refused while the tenant has not started yet."""
        return self._ask(Credentials, "GET", wire.tenant_path(tenant, "credentials"))

    def apply(self, confirm_retire: int | None = None, *, wait: bool = True) -> Iterator[Progress]:
        """Progress as it happens; ends with the `done` line. Refused before the first."""
        return self._work("/v1/apply", {"confirm_retire": confirm_retire, "wait": wait})

    def restart(self, tenant: str) -> Iterator[Progress]:
        """As `apply`."""
        return self._work(wire.tenant_path(tenant, "restart"), {})

    def sleep(self, tenant: str) -> Iterator[Progress]:
        """As `apply`: stopped until somebody asks for it. Refused for what must not sleep."""
        return self._work(wire.tenant_path(tenant, "sleep"), {})

    def wake(self, tenant: str) -> Iterator[Progress]:
        """As `apply`."""
        return self._work(wire.tenant_path(tenant, "wake"), {})

    def update(self, options: Mapping[str, object]) -> Iterator[Progress]:
        """As `apply`; `options` are those of `POST /v1/update`."""
        return self._work("/v1/update", options)

    def rollback(self, options: Mapping[str, object]) -> Iterator[Progress]:
        """As `apply`: back to what ran before the last update."""
        return self._work("/v1/rollback", options)

    def stop_update(self) -> Iterator[Progress]:
        """As `apply`: nobody else is updated; who is under way is finished."""
        return self._work("/v1/update/stop", {})

    def resume_update(self) -> Iterator[Progress]:
        """As `apply`: go on with the last update, or follow the one that goes on."""
        return self._work("/v1/update/resume", {})

    def abort_update(self) -> Iterator[Progress]:
        """As `apply`: everything as it was before an update of all that failed or was stopped."""
        return self._work("/v1/update/abort", {})

    def last_update(self) -> UpdateReport:
        """Refused when there was none yet."""
        return self._ask(UpdateReport, "GET", "/v1/update")

    def add(self, fields: Mapping[str, object]) -> Edited:
        """Write a new tenant into tenants.yaml; `fields` holds at least `id`."""
        return self._ask(Edited, "POST", "/v1/tenants", fields)

    def change(self, tenant: str, fields: Mapping[str, object]) -> Edited:
        """Set keys of a tenant in tenants.yaml; None takes the key away."""
        return self._ask(Edited, "PATCH", wire.tenant_path(tenant), fields)

    def remove(self, tenant: str) -> Edited:
        """Take a tenant out of tenants.yaml; its data stays."""
        return self._ask(Edited, "DELETE", wire.tenant_path(tenant))

    def purge(self, tenant: str, confirm: str) -> Purged:
        """Remove a retired tenant's data for good."""
        path = wire.tenant_path(tenant, "purge")
        return self._ask(Purged, "POST", path, {"confirm": confirm})

    def logs(self, tenant: str, tail: int, *, follow: bool = False) -> Iterator[str]:
        """Log lines without their ends; with `follow`, until the caller stops, or FOLLOW_S."""
        path = wire.tenant_path(tenant, "logs")
        path = wire.with_query(path, tail=tail, follow=int(follow))
        with self._request("GET", path) as response:
            if follow:
                response.wait_for(wire.FOLLOW_S)  # a quiet tenant is no failure
            end = time.monotonic() + wire.FOLLOW_S
            while (line := response.readline()) and time.monotonic() < end:
                yield line.decode(errors="replace").rstrip("\r\n")

    def _ask(self, kind: type[Value], verb: str, path: str, body: object = None) -> Value:
        with self._request(verb, path, body) as response:
            return decode(kind, wire.parsed(response.read()))

    def _work(self, path: str, body: object) -> Iterator[Progress]:
        with self._request("POST", path, body, wire.WORK_TIMEOUT_S) as response:
            while line := response.readline():
                step = wire.progress(line)
                yield step
                if step.kind == "done":
                    return
        raise wire.cut_off()

    @contextmanager
    def _request(
        self, verb: str, path: str, body: object = None, timeout_s: float | None = None
    ) -> Iterator[Answer]:
        payload = None if body is None else json.dumps(body).encode()
        try:
            with asked(self._socket, verb, path, payload, timeout_s or self._timeout_s) as answer:
                if answer.status >= 400:
                    raise wire.error_from(answer.status, answer.read())
                yield answer
        except (OSError, BadAnswer) as error:
            raise wire.no_answer(self._socket, error) from error
