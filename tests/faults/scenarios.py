"""What is done when the controller is killed, and every side effect that doing it has, in order.

A controller that is killed leaves what it did, and nothing else: after one effect the world is as
it is before the next. So there is one kill in each gap, which is before and after an effect.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import zip_longest
from typing import Literal

Fleet = Mapping[str, Mapping[str, object]]
Fault = tuple[str, str, int]  # effect, before or after, which of its calls

# The controller looks after it every few seconds by itself, too: which call is whose is not known.
CALM = frozenset({"firewall.ensure"})

APPLY = ("applied_file.write", "ledger.record")
DOWN = ("engine.stop_container", "engine.remove_container")
STARTED = ("firewall.ensure", "engine.start_container")
UP = ("data_root.prepare", "engine.create_container", *STARTED)
END = ("ledger.record",)
UP_END = ("engine.settle", *END)  # what was lent for the start is taken back


@dataclass(frozen=True)
class Scenario:
    """`effects` are all side effects of the act and of its plan, in the order of a calm run.

    What is waited for between two of them (readiness, a drain, Traefik) has not begun at a kill
    `after` the one, and has ended at a kill `before` the other: `side` says which it is.
    """

    name: str
    effects: tuple[str, ...]
    accepted_at: int  # from this effect's completion on, the act needs no repetition
    act: Literal["apply", "sleep", "wake", "update"] = "apply"
    refused: bool = False  # it ends as it began, and is told as a failure
    side: Literal["before", "after"] = "after"

    def faults(self) -> list[Fault]:
        """One in each gap, and before the first and after the last."""
        return [self._in(gap) for gap in range(len(self.effects) + 1)]

    def is_accepted(self, fault: Fault) -> bool:
        """Whether an act that dies there was accepted already."""
        effect, when, nth = fault
        places = [at for at, one in enumerate(self.effects) if one == effect]
        return places[nth - 1] + (when == "after") > self.accepted_at

    def _in(self, gap: int) -> Fault:
        before, after = self.effects[:gap], self.effects[gap:]
        takes_after = before and (self.side == "after" or not after or after[0] in CALM)
        if takes_after and before[-1] not in CALM:
            return before[-1], "after", before.count(before[-1])
        return after[0], "before", before.count(after[0]) + 1


CREATE = Scenario(
    "create",
    ("ledger.allocate", *APPLY, "engine.create_network", *UP, "route_file.write", *UP_END),
    accepted_at=1,
)
HOLD = ("route_file.write", "ledger.put_swap")
RELEASE = ("ledger.drop_swap", "route_file.write")
RECREATE = Scenario(
    "recreate", (*APPLY, *HOLD, *DOWN, *UP, *RELEASE, *UP_END), accepted_at=0, side="before"
)
COPIED = ("engine.stop_container", "snapshots.take", "engine.remove_container")
SWAPPED = ("snapshots.begin", *HOLD, *COPIED, *UP, *RELEASE, *UP_END)
SWAP = Scenario("swap", (*APPLY, "engine.try_image", *SWAPPED), accepted_at=0)
FAILED_SWAP = Scenario(
    "failed-swap",
    (
        *APPLY,
        "engine.try_image",
        "snapshots.begin",
        *HOLD,
        *COPIED,
        *UP,
        "ledger.put_swap",  # it failed, and this is told
        *UP_END,
        "engine.remove_container",
        "snapshots.restore",
        *UP,
        "ledger.put_swap",  # what ran before is released
        "route_file.write",
        *UP_END,
    ),
    accepted_at=0,
    refused=True,
)
SLEEP = Scenario(
    "sleep",
    ("route_file.write", "ledger.set_asleep", "engine.stop_container", *END),
    accepted_at=1,
    act="sleep",
    side="before",
)
WAKE = Scenario(
    "wake",
    (
        "ledger.set_asleep",
        "data_root.prepare",
        *STARTED,
        "route_file.write",
        *UP_END,
    ),
    accepted_at=0,
    act="wake",
)
RETIRE = Scenario(
    "retire", (*APPLY, "route_file.write", *DOWN, "engine.remove_network", *END), accepted_at=0
)
RENAME = Scenario(
    "rename",
    (
        *APPLY,
        "route_file.write",
        *DOWN,
        "engine.remove_network",
        "data_root.move",
        "ledger.rename",
        "engine.create_network",
        "ledger.rename",
        *UP,
        "route_file.write",
        *UP_END,
    ),
    accepted_at=0,
)
RELEASED = ("ledger.put_campaign", "applied_file.write")  # one of those that wait, for its turn
UPDATE = Scenario(
    "update",
    (
        "tenants_file.set_image",
        *RELEASED,
        "ledger.record",
        "ledger.put_campaign",  # it has begun
        *RELEASED,
        "engine.try_image",
        *SWAPPED,
        "ledger.put_campaign",  # it runs that, and is watched
        *RELEASED,
        *SWAPPED,  # the image is known to start by now
        "ledger.put_campaign",
        "ledger.put_campaign",
        "ledger.record",
    ),
    accepted_at=1,
    act="update",
)
ALL = {
    one.name: one
    for one in (CREATE, RETIRE, RECREATE, RENAME, SWAP, FAILED_SWAP, SLEEP, WAKE, UPDATE)
}


def in_turns() -> Iterator[tuple[str, Fault]]:
    """All faults of all scenarios. Create and retire take turns, and so do sleep and wake: each
    leaves the other's start."""
    for one, other in ((CREATE, RETIRE), (SLEEP, WAKE)):
        for pair in zip_longest(one.faults(), other.faults()):
            for scenario, fault in zip((one, other), pair, strict=True):
                if fault is not None:
                    yield scenario.name, fault
    for scenario in (RECREATE, RENAME, SWAP, FAILED_SWAP, UPDATE):
        yield from ((scenario.name, fault) for fault in scenario.faults())
