"""Every error that the platform raises on purpose; foreign exceptions stop at the adapters.

OrchestratorError             has `mend`: what a person can do about it
├── Refused                   a request that must not be carried out as it stands
│   ├── FleetInvalid          tenants.yaml has problems; carries all of them
│   ├── ConfirmationNeeded    the act loses sight of tenants; carries the number to confirm with
│   └── UnknownTenant         no tenant of this id
├── EngineError               the Docker engine
│   ├── EngineUnavailable     no answer, or cut off in mid-answer: the outcome is *unknown*
│   ├── EngineRefused         the engine answered no, with its reason
│   ├── NotThere              the object does not exist
│   └── NameTaken             a foreign object holds a name, address or subnet that we need
├── RoutesUnconfirmed         Traefik did not confirm a generation in time
├── NotReady                  an agent did not answer /readyz in time, or its process ended
├── DataRootError             the data root could not be read or written
├── LedgerError               the ledger could not be read or written
├── FirewallError             nftables refused the table
├── LlmError                  the LLM gateway gives no answer of an LLM; carries what is said then
├── NoBody                    what comes at the gate is no body of HTTP (raised in edge)
├── WrongUsage                arguments that say nothing clear together (raised in the CLI)
└── ControllerUnavailable     the controller's socket does not answer (raised in edge and CLI)
"""

from __future__ import annotations


class OrchestratorError(Exception):
    """Base of the tree. `str(error)` says what and where in one sentence; `mend` what to do."""

    def __init__(self, message: str, *, mend: str = "") -> None:
        super().__init__(message)
        self.mend = mend


class Refused(OrchestratorError):
    """A request that must not be carried out as it stands; nothing was changed."""


class FleetInvalid(Refused):
    """tenants.yaml has problems. `problems` are lines ready to print, one per problem."""

    def __init__(self, message: str, problems: tuple[str, ...], *, mend: str = "") -> None:
        super().__init__(message, mend=mend)
        self.problems = problems


class ConfirmationNeeded(Refused):
    """The act would retire `count` tenants; it goes ahead only when that number is given."""

    def __init__(self, message: str, count: int, *, mend: str = "") -> None:
        super().__init__(message, mend=mend)
        self.count = count


class UnknownTenant(Refused):
    """No tenant of this id is in the fleet or among the retired."""


class EngineError(OrchestratorError):
    """The Docker engine did not do what was asked."""


class EngineUnavailable(EngineError):
    """No answer, or one cut off: what was asked may or may not have happened."""


class EngineRefused(EngineError):
    """The engine answered no."""


class NotThere(EngineError):
    """The container, network or image does not exist."""


class NameTaken(EngineError):
    """A foreign object holds the name, address or subnet that a tenant needs."""


class RoutesUnconfirmed(OrchestratorError):
    """Traefik did not confirm a route generation in time."""


class NotReady(OrchestratorError):
    """An agent did not answer /readyz within its deadline, or its process ended before."""


class DataRootError(OrchestratorError):
    """The data root could not be read or written."""


class LedgerError(OrchestratorError):
    """The ledger could not be read or written."""


class FirewallError(OrchestratorError):
    """The host firewall could not be read or set."""


class LlmError(OrchestratorError):
    """A question to the LLM that gets no answer of it.

    `status` is HTTP's, `kind` a word for programs, `retry_after_s` when it makes sense again.
    `again`: whether it makes sense soon.
    """

    def __init__(
        self,
        message: str,
        *,
        status: int,
        kind: str,
        retry_after_s: int | None = None,
        again: bool = False,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.kind = kind
        self.retry_after_s = retry_after_s
        self.again = again


class WrongUsage(OrchestratorError):
    """Arguments that say nothing clear together; nothing was asked of the controller."""


class ControllerUnavailable(OrchestratorError):
    """The controller's socket does not answer."""
