"""What the gate may ask and tell: one host at a time, answered from memory."""

from __future__ import annotations

from collections.abc import Mapping

from orchestrator.controller.executor import Executor
from orchestrator.controller.holding import Held, Holding
from orchestrator.controller.nights import Nights
from orchestrator.controller.outlook import Outlook
from orchestrator.controller.state import State
from orchestrator.core import status
from orchestrator.core.case import Case, World
from orchestrator.core.desired import AGENT_PORT
from orchestrator.core.gate_mode import gate_mode
from orchestrator.core.report import GateMode

NOBODY: Mapping[str, object] = {"mode": "explain"}


class GateDesk:
    """Whose host it is, and what to do with a request for it."""

    def __init__(
        self,
        state: State,
        *,
        executor: Executor,
        outlook: Outlook,
        holding: Holding,
        nights: Nights,
    ) -> None:
        self._state = state
        self._executor = executor
        self._outlook = outlook
        self._holding = holding
        self._nights = nights

    def answer(self, host: str, gate: str = "") -> Mapping[str, object]:
        """A `GateAnswer`, as JSON. Asked for each held request every 50 ms: cheap. `gate` is
        which life of the gate asks."""
        tenant = self._state.hosts.get(host)
        spec = self._state.desired.get(tenant) if tenant is not None else None
        if spec is None:
            return NOBODY
        known = self._outlook.knowledge()
        state, why = status.tenant_state(known, spec)
        world = World.of(known.observed)
        case = Case.of(spec, world, known.history, known.now) if world is not None else None
        mode = self._mode(spec.id, gate_mode(case, state, held=self._holds(spec.id)))
        if mode == "hold":
            self._holding.asked(spec.id, gate)
        return {
            "mode": mode,
            "tenant": spec.id,
            "name": spec.name,
            "state": state,
            "why": why,
            "address": None if mode == "explain" else f"{spec.address}:{AGENT_PORT}",
            "hold_for": spec.hold_for,
        }

    async def wake(self, host: str, gate: str = "") -> Mapping[str, object]:
        """Have the host's tenant woken, if it sleeps; what to do with the request then."""
        if self.answer(host)["mode"] == "wake":
            await self._nights.rouse(self._state.hosts[host])
        return self.answer(host, gate)

    def note(self, tenant: str, held: Held, gate: str = "") -> None:
        """What the gate held for a tenant since it last said so."""
        self._holding.note(tenant, held, gate)

    def _holds(self, tenant: str) -> bool:
        return self._holding.mode(tenant) == "hold"

    def _mode(self, tenant: str, mode: GateMode) -> GateMode:
        """What was seen last is out of date while somebody works on the tenant.

        An agent that is being started is looked after by whoever starts it. Whoever knocks at its
        address before it is there delays it: the kernel asks for that neighbour again only after
        a second.
        """
        if mode not in ("forward", "probe") or tenant not in self._executor.busy:
            return mode
        started = self._holding.started(tenant)
        if started or self._holding.mode(tenant) == "forward":
            return "forward"
        return "probe" if started is None else "hold"
