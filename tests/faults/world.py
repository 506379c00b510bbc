"""A platform whose controller is one of killing.py's: started, killed and started again at will."""

from __future__ import annotations

import json
import queue
import subprocess
import threading
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from orchestrator.client.blocking import Controller
from orchestrator.core.campaign import ACTIVE
from orchestrator.errors import ConfirmationNeeded, ControllerUnavailable
from tests.faults.ledger_file import asleep
from tests.support.docker_cli import docker, life
from tests.support.stack import Stack
from tests.support.stack_site import TOP

Tenants = Mapping[str, Mapping[str, object]]
Fault = tuple[str, str, int]
POWERS = ("NET_ADMIN", "CHOWN", "DAC_OVERRIDE", "FOWNER")  # as compose.yaml gives them
PATIENCE_S = 60
KILLED = "exit -9"


class World:
    """Traefik by compose, and the controller's container with a process that forks controllers."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        self.fleet: dict[str, dict[str, object]] = {}
        self.image = stack.image()  # of all that name none of their own
        self.instance = ""
        self._armed = stack.root / "armed"
        self._socket = stack.root / "platform/operator.sock"
        self.controller = Controller(self._socket, timeout_s=30)
        self._words: queue.Queue[str] = queue.Queue()
        self._runs = False
        self._process = subprocess.Popen(
            self._command(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=(stack.home / "controller.log").open("w"),
            text=True,
        )
        threading.Thread(target=self._listen, daemon=True).start()

    def close(self) -> None:
        """End the controllers, whatever state they are in."""
        assert self._process.stdin is not None
        with suppress(OSError, subprocess.TimeoutExpired):
            self._process.stdin.close()
            self._process.wait(20)
        docker("rm", "--force", self._name, check=False)

    # -- controllers ------------------------------------------------------------------------

    def start(
        self, fault: Fault | None = None, journal: Path | None = None, *, clock_s: float = 0
    ) -> None:
        """A new controller, which answers when this returns; its fault is not armed yet."""
        self._socket.unlink(missing_ok=True)
        self._armed.unlink(missing_ok=True)
        order = {"fault": fault, "armed": str(self._armed), "clock_s": clock_s}
        self._order(json.dumps(order | {"journal": str(journal) if journal else None}))
        assert self._word() == "started"
        self._runs = True
        self.stack.wait_until("the controller answers", self._answers)

    def kill(self) -> None:
        self._order("kill")
        self.wait_for_death()

    def arm(self) -> None:
        self._armed.touch()

    def wait_for_death(self) -> None:
        """Until SIGKILL, the controller's own or another, has ended it."""
        word = self._word()
        self._runs = False
        assert word == KILLED, f"the controller was not killed, but: {word}"

    def settle(self) -> None:
        """Until what was applied is so, and Traefik has confirmed it."""
        self.stack.wait_until("it is settled", self._settled, PATIENCE_S)

    def settle_refused(self, tenant: str) -> None:
        """Until the tenant is served as before, since what was asked for does not work."""

        def served() -> bool:
            status = self.controller.status()
            row = next(one for one in status.tenants if one.id == tenant)
            well = row.state == "running" and "update failed" in row.why
            return well and status.routes_confirmed

        self.stack.wait_until("what ran before runs again", served, PATIENCE_S)

    def settle_updated(self) -> None:
        """Until the update that goes on has ended, well or not."""
        ended = lambda: self.controller.last_update().state not in ACTIVE  # noqa: E731
        self.stack.wait_until("the update has ended", ended, PATIENCE_S)

    def settle_as_written(self) -> None:
        """Until an apply would have nothing to do."""
        self.settle()
        done = lambda: not self.controller.plan().tenants  # noqa: E731
        self.stack.wait_until("nothing is left to do", done, PATIENCE_S)
        self.settle()

    # -- the fleet --------------------------------------------------------------------------

    def write(self, tenants: Tenants) -> None:
        self.fleet = {tenant: dict(entry) for tenant, entry in tenants.items()}
        self.stack.write(self.fleet, defaults={"tier": "small", "image": self.image})

    def apply(self, *, well: bool = True) -> None:
        """Apply the file with the controller that runs, until all is done; that it ends well is
        checked, or that it does not."""
        *_, last = self.controller.apply()
        assert last.ok == well, last.text

    def act(self, verb: str, tenant: str, *, well: bool = True) -> None:
        """Apply the file, or put this tenant to sleep, or wake it, or bring all of them to the
        image that this is called, one after another."""
        if verb == "apply":
            self.apply(well=well)
            return
        if verb == "update":
            self.image = tenant
            *_, last = self.controller.update({"image": tenant, "batch": 1, "soak": 1})
        else:
            *_, last = getattr(self.controller, verb)(tenant)
        assert last.ok, last.text

    def bring_to(self, tenants: Tenants, *, asleep: str = "") -> None:
        """This fleet, settled, all awake but this one, and no controller running."""
        if self._runs:  # An earlier test failed half-way.
            self._begin_anew()
        sleepers = self.sleepers()
        wakes, naps = sleepers - {asleep}, {asleep} - sleepers - {""}
        if tenants == self.fleet and not wakes and not naps:
            return
        self.start()
        if tenants != self.fleet:
            self._apply_whatever(tenants)
        for tenant in wakes & set(tenants):
            self.act("wake", tenant)
        for tenant in naps:
            self.act("sleep", tenant)
        self.settle()
        self.kill()

    def sleepers(self) -> set[str]:
        path = self.stack.root / "platform/ledger.db"
        return asleep(self.stack.root) if path.exists() else set()

    def _begin_anew(self) -> None:
        self.kill()
        self.start()
        self._apply_whatever({})
        self.kill()

    def _apply_whatever(self, tenants: Tenants) -> None:
        """However many it retires."""
        self.write(tenants)
        try:
            self.apply()
        except ConfirmationNeeded as refusal:
            *_, last = self.controller.apply(refusal.count)
            assert last.ok, last.text

    def lives(self, *without: str) -> dict[str, tuple[str, str, int]]:
        """Which life each tenant of the fleet is in."""
        return {one: life(f"tenant-{one}") for one in self.fleet if one not in without}

    # -- how it is done ---------------------------------------------------------------------

    @property
    def _name(self) -> str:
        return f"{self.stack.project}-faults"

    def _command(self) -> list[str]:
        stack = self.stack
        settings = {
            "DATA_ROOT": str(stack.root),
            "TENANTS_FILE": str(stack.file),
            "OPERATOR_SOCKET": str(self._socket),
            "SUBNET_POOL": stack.settings["SUBNET_POOL"],
            "BRIDGE_PREFIX": stack.settings["BRIDGE_PREFIX"],
            "HTTP_PORT": str(stack.http_port),
            "GATE_PORT": stack.settings["GATE_PORT"],
        }
        command = ["docker", "run", "--rm", "--interactive", "--init", "--network", "host"]
        command += ["--name", self._name, "--user", "0:0", "--cap-drop", "ALL", "--read-only"]
        command += [word for power in POWERS for word in ("--cap-add", power)]
        for key, value in settings.items():
            command += ["--env", f"ORCHESTRATOR_{key}={value}"]
        command += ["--env", "PYTHONPATH=/app:/host", "--volume", f"{TOP}/tests:/host/tests:ro"]
        command += ["--volume", f"{stack.root}:{stack.root}"]
        command += ["--volume", f"{stack.file.parent}:{stack.file.parent}"]
        command += ["--volume", "/var/run/docker.sock:/var/run/docker.sock"]
        return [*command, "orchestrator:local", "python", "-m", "tests.faults.killing"]

    def _order(self, line: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()

    def _listen(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._words.put(line.strip())

    def _word(self) -> str:
        try:
            return self._words.get(timeout=PATIENCE_S)
        except queue.Empty:
            raise AssertionError(f"no word of the controller:\n{self.log()}") from None

    def log(self) -> str:
        """The last lines that controllers wrote."""
        lines = (self.stack.home / "controller.log").read_text().splitlines()
        return "\n".join(lines[-60:])

    def _answers(self) -> bool:
        try:
            self.controller.status()
        except ControllerUnavailable:
            return False
        return True

    def _settled(self) -> bool:
        status = self.controller.status()
        return status.converged and status.routes_confirmed
