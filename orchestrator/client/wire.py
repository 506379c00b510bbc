"""What both clients share: paths, bodies, and errors from problem documents. No I/O."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote, urlencode

from orchestrator.client.answers import Progress
from orchestrator.client.decode import decode
from orchestrator.core.names import id_problem
from orchestrator.core.problems import Problem
from orchestrator.errors import (
    ConfirmationNeeded,
    ControllerUnavailable,
    FleetInvalid,
    OrchestratorError,
    Refused,
    UnknownTenant,
)

READ_TIMEOUT_S = 30.0  # a read looks at the engine once; the engine's own deadline is shorter
WORK_TIMEOUT_S = 660.0  # between two lines of progress; the controller itself gives up after 600
# Docker leaves a process behind whose `docker exec` was killed, and lets it notice nothing: whoever
# follows ends by itself after so long.
FOLLOW_S = 4 * 3600.0
GATE_HEADER = "x-orchestrator-gate"  # which life of the gate's process asks or tells


def tenant_path(tenant_id: str, *rest: str) -> str:
    """Path of a tenant's resource. UnknownTenant for what cannot be an id at all."""
    problem = id_problem(tenant_id)
    if problem:
        raise UnknownTenant(
            f"There is no customer {tenant_id!r}: the id {problem}.",
            mend="`tenantctl status` lists the customers.",
        )
    return "/".join(("/v1/tenants", quote(tenant_id, safe=""), *rest))


def gate_path(host: str, *rest: str) -> str:
    """Path of what the gate asks about a host."""
    return "/".join(("/v1/gate", quote(host, safe=""), *rest))


def with_query(path: str, **values: object) -> str:
    """`path?key=value…`, leaving out what is None."""
    given = {key: value for key, value in values.items() if value is not None}
    return f"{path}?{urlencode(given)}" if given else path


def parsed(body: bytes) -> object:
    """The JSON of an answer. ControllerUnavailable when it is none."""
    try:
        return json.loads(body)
    except ValueError as error:
        raise ControllerUnavailable(
            "The controller's answer is no JSON.", mend="Look at its log: make logs."
        ) from error


def progress(line: bytes) -> Progress:
    """One line of an application/x-ndjson stream."""
    return decode(Progress, parsed(line))


def error_from(status: int, body: bytes) -> OrchestratorError:
    """The error that a problem document (RFC 9457) stands for."""
    document = _document(body)
    detail = str(document.get("detail") or document.get("title") or f"answered {status}")
    mend = str(document.get("mend") or "")
    count, problems = document.get("count"), document.get("problems")
    if status == 404:
        return UnknownTenant(detail, mend=mend)
    if isinstance(count, int):
        return ConfirmationNeeded(detail, count, mend=mend)
    if isinstance(problems, list) and problems:
        return FleetInvalid(detail, tuple(map(_problem_line, problems)), mend=mend)
    return (Refused if status < 500 else OrchestratorError)(detail, mend=mend)


def _document(body: bytes) -> Mapping[str, object]:
    try:
        document = json.loads(body)
    except ValueError:
        return {}
    return document if isinstance(document, dict) else {}


def _problem_line(problem: object) -> str:
    return problem_line(decode(Problem, problem)) if isinstance(problem, dict) else str(problem)


def problem_line(problem: Problem, file: str = "tenants.yaml") -> str:
    """`tenants.yaml:12: tenants.customer-a.tier: …`, without what is not known."""
    place = f"{file}:{problem.line}" if problem.line else file
    return ": ".join(part for part in (place, problem.path, problem.message) if part)


def no_answer(socket: Path, error: Exception) -> ControllerUnavailable:
    """The socket cannot be reached, or nothing came back in time."""
    if isinstance(error, PermissionError):
        return ControllerUnavailable(
            f"The controller's socket {socket} may not be opened: permission denied.",
            mend="Run it as root: `docker compose exec controller tenantctl …`.",
        )
    why = "no answer in time" if isinstance(error, TimeoutError) else _reason(error)
    return ControllerUnavailable(
        f"The controller does not answer at {socket} ({why}).",
        mend="Start the platform with `make up`; if it runs, `docker compose logs controller` "
        "says what is wrong.",
    )


def _reason(error: Exception) -> str:
    if isinstance(error, OSError) and error.strerror:
        return error.strerror.lower()
    return str(error) or type(error).__name__


def cut_off() -> ControllerUnavailable:
    """The stream of progress ended before its last line."""
    return ControllerUnavailable(
        "The controller went away before it was done; how it ended is not known.",
        mend="It goes on where it was when it is back. `tenantctl status` tells how things are.",
    )
