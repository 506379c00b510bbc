"""Runs inside orchestrator:local: real controllers, one after another, some of which die on time.

One order a line on standard input, as JSON: {"fault": null | [effect, "before" | "after", nth],
"armed": path, "journal": path | null, "clock_s": by how much its wall clock is ahead}; a line
"kill" ends the controller that runs. Answers "started" and, when the controller has ended,
"exit CODE". Each is a fork of this process, which has everything imported already: a new controller
is there in a moment, and SIGKILL is a real one.

From when the file `armed` exists, each call of a port that changes something is counted: the nth
call of `effect` ends the process with SIGKILL, right before the call or right after it returned.
The journal says when each began and when it had ended.
"""

from __future__ import annotations

import json
import os
import select
import signal
import sys
import threading
import time
import traceback
from collections import Counter
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from typing import Any

from orchestrator import wiring
from orchestrator.ports import Ports

EFFECTS = frozenset(
    "engine.create_network engine.remove_network engine.create_container engine.start_container "
    "engine.settle engine.stop_container engine.remove_container engine.try_image "
    "data_root.prepare data_root.move snapshots.begin snapshots.take snapshots.restore "
    "ledger.put_swap ledger.drop_swap ledger.set_asleep ledger.put_campaign "
    "ledger.allocate ledger.adopt ledger.rename ledger.forget ledger.record route_file.write "
    "applied_file.write firewall.ensure tenants_file.set_image".split()
)


class Fate:
    """Counts effects once armed, writes them down, and ends the process at the chosen one."""

    def __init__(self, order: dict[str, Any]) -> None:
        self._fault = tuple(order["fault"]) if order["fault"] else None
        self._armed = Path(order["armed"])
        self._journal = Path(order["journal"]) if order["journal"] else None
        self._counted: Counter[str] = Counter()
        self._lock = threading.Lock()

    def perform(self, effect: str, act: Callable[[], Any]) -> Any:
        if not self._armed.exists():
            return act()
        with self._lock:
            self._counted[effect] += 1
            nth = self._counted[effect]
        self._note("begin", effect)
        self._maybe_die(effect, "before", nth)
        result = act()
        self._maybe_die(effect, "after", nth)
        self._note("end", effect)
        return result

    def _note(self, word: str, effect: str) -> None:
        if self._journal:
            with self._lock, self._journal.open("a") as journal:
                journal.write(f"{word} {effect}\n")

    def _maybe_die(self, effect: str, when: str, nth: int) -> None:
        if self._fault == (effect, when, nth):
            os.kill(os.getpid(), signal.SIGKILL)
            time.sleep(60)


class Watched:
    """A port, with its effects under `Fate`; the rest passes through."""

    def __init__(self, name: str, port: Any, fate: Fate) -> None:
        self._name, self._port, self._fate = name, port, fate

    def __getattr__(self, attribute: str) -> Any:
        found, effect = getattr(self._port, attribute), f"{self._name}.{attribute}"
        if effect not in EFFECTS:
            return found
        return lambda *args, **more: self._fate.perform(effect, lambda: found(*args, **more))


def run(order: dict[str, Any]) -> None:
    """A controller with every port watched; returns never."""
    real, fate = wiring.adapters, Fate(order)
    shift_clock(order["clock_s"])

    def watched(*given: Any) -> Ports:
        made = real(*given)
        names = [field.name for field in fields(Ports)]
        return Ports(**{name: Watched(name, getattr(made, name), fate) for name in names})

    wiring.adapters = watched
    code = 70
    try:
        wiring.run_controller()
        code = 0
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(code)


def shift_clock(seconds: float) -> None:
    """The wall clock of this process alone; what the engine and files say is of the real one."""
    now, now_ns = time.time, time.time_ns
    time.time = lambda: now() + seconds
    time.time_ns = lambda: now_ns() + int(seconds * 1e9)


def serve() -> None:
    """Orders until standard input ends; then the last controller is ended as well."""
    child = 0
    while True:
        line = read_line(child)
        if line is None:  # the controller ended
            child = 0
        elif line == "kill":
            os.kill(child, signal.SIGKILL)
        elif not line:
            break
        else:
            child = os.fork()
            if not child:
                os.dup2(2, 1)
                run(json.loads(line))
            say("started")
    if child:
        os.kill(child, signal.SIGKILL)


def read_line(child: int) -> str | None:
    """The next order; None once the child has ended, which is told."""
    while True:
        if child:
            ended, status = os.waitpid(child, os.WNOHANG)
            if ended:
                say(f"exit {os.waitstatus_to_exitcode(status)}")
                return None
        if select.select([sys.stdin], [], [], 0.02)[0]:
            return os.read(0, 65536).decode().strip()


def say(text: str) -> None:
    print(text, flush=True)


if __name__ == "__main__":
    serve()
