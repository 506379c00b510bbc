"""What the controller answers, as values. `decode.py` makes them from its JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from orchestrator.core.problems import Problem
from orchestrator.core.report import GateMode as GateMode
from orchestrator.core.report import StatusReport, TenantState


@dataclass(frozen=True)
class Validation:
    """What tenants.yaml on disk is worth. `tenants` counts the ones that it names."""

    ok: bool
    problems: tuple[Problem, ...]
    tenants: int


@dataclass(frozen=True)
class Change:
    """One setting of a tenant that differs from what runs, ready to print."""

    field: str
    old: str
    new: str


@dataclass(frozen=True)
class PlannedTenant:
    """What an apply would do to one tenant, and why."""

    tenant: str
    action: str
    why: str
    changes: tuple[Change, ...] = ()
    steps: tuple[str, ...] = ()


@dataclass(frozen=True)
class Refusal:
    """Why an apply would be refused; `count` is the number that confirms it, if one does."""

    detail: str
    mend: str = ""
    count: int | None = None


@dataclass(frozen=True)
class PlanReport:
    """What an apply would do now."""

    tenants: tuple[PlannedTenant, ...]
    problems: tuple[Problem, ...] = ()
    refused: Refusal | None = None
    standing: str = ""  # whom an update did not reach, and what to do about it


@dataclass(frozen=True)
class Progress:
    """One line of work under way. The last of a stream is `done` and tells how it ended; the first
    of an apply is `plan` and tells what was accepted."""

    kind: str  # plan step outcome note count done
    text: str = ""
    tenant: str | None = None
    ok: bool | None = None
    status: StatusReport | None = None
    plan: PlanReport | None = None
    share: float | None = None  # of a count: 1.0 is all


@dataclass(frozen=True)
class UpdatedTenant:
    """How an update went for one tenant: the image id that it was to have, and that it has."""

    tenant: str
    state: str  # waiting updating updated failed skipped
    reason: str
    image: str
    wanted: str
    running: str = ""
    version: str = ""


@dataclass(frozen=True)
class UpdateReport:
    """The last update or rollback. `pinned` were left alone: they name an image of their own."""

    number: int
    kind: str
    at: float
    state: str
    text: str
    tenants: tuple[UpdatedTenant, ...]
    reason: str = ""
    pinned: tuple[str, ...] = ()
    standing: str = ""  # whom it did not reach, and what to do about it


@dataclass(frozen=True)
class Happening:
    """One event of the history. `at` is seconds since the epoch, UTC."""

    at: float
    tenant: str | None
    kind: str
    text: str


@dataclass(frozen=True)
class History:
    """Events, newest last."""

    events: tuple[Happening, ...]


@dataclass(frozen=True)
class Credentials:
    """The first admin login of a tenant. The password is there only while it is unused."""

    username: str
    password: str | None
    state: Literal["unused", "used"]


@dataclass(frozen=True)
class Edited:
    """tenants.yaml was edited: which file, and what changed in it, in words."""

    file: str
    changed: tuple[str, ...]


@dataclass(frozen=True)
class Purged:
    """A retired tenant's data is gone. `bytes` is what was freed."""

    purged: str
    bytes: int


@dataclass(frozen=True)
class Check:
    """One thing that doctor looked at."""

    name: str
    ok: bool
    detail: str = ""
    mend: str = ""


@dataclass(frozen=True)
class Diagnosis:
    """Everything that doctor looked at."""

    ok: bool
    checks: tuple[Check, ...]


@dataclass(frozen=True)
class Booked:
    """How many bookings of LLM usage were taken."""

    booked: int


@dataclass(frozen=True)
class HostEntry:
    """Whose host this is, and how that tenant is."""

    tenant: str
    name: str
    state: TenantState
    why: str = ""


@dataclass(frozen=True)
class Hosts:
    """Every host name that belongs to a tenant, in lower case."""

    domain: str
    hosts: Mapping[str, HostEntry]


@dataclass(frozen=True)
class GateAnswer:
    """Whose host this is and what the gate is to do with a request for it.

    A host that is nobody's is `explain` with every other field None or empty; it is no error.
    `address` is `10.200.0.2:8000`: there with `forward`, and with `probe` once it is known.
    `hold_for` are seconds, None the setting's.
    A `forward` may be relied on for LEASE_S from the moment the question was sent.
    """

    mode: GateMode
    tenant: str | None = None
    name: str = ""
    state: TenantState | None = None
    why: str = ""
    address: str | None = None
    hold_for: float | None = None


# Seconds. Who begins to hold a tenant waits this long before it believes that nothing is on its
# way to the agent any more: the gate may use an answer `forward` for so long.
LEASE_S = 0.25


@dataclass(frozen=True)
class Holds:
    """What the gate held for a tenant since it last said so, told when the last was let go.

    `longest_s` in seconds; `failed` counts the held that got no answer of the agent.
    """

    tenant: str
    held: int
    longest_s: float
    failed: int


@dataclass(frozen=True)
class Noted:
    """The controller took note of something. Answers `POST /v1/gate/holds`."""

    noted: bool
