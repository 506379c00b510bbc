"""What is decided about a tenant: an ordered table, of which the first row that holds counts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from orchestrator.core import conditions, moves, swap_moves
from orchestrator.core.case import Case
from orchestrator.core.idle import is_idle
from orchestrator.core.plan import Action, Step


@dataclass(frozen=True)
class Rule:
    """When it holds, what is done, and how that is called and explained."""

    name: str
    holds: Callable[[Case], bool]
    action: Action | None  # None: the tenant is as it should be
    why: Callable[[Case], str]
    steps: Callable[[Case], tuple[Step, ...]] = moves.nothing


def _route_again(case: Case) -> tuple[Step, ...]:
    """It serves while a swap that could not be made waits for its next try."""
    return () if case.routed_as_wanted else moves.route(case)


RULES: tuple[Rule, ...] = (
    Rule(
        "foreign name",
        lambda case: case.name_is_foreign,
        "blocked",
        lambda case: (
            f"a container or network named {case.name} exists that is not ours; rename or remove it"
        ),
    ),
    Rule(
        "foreign data",
        lambda case: (
            case.data_dir is not None and case.data_dir.index not in (None, case.spec.index)
        ),
        "blocked",
        lambda case: (
            f"its data directory belongs to tenant number "
            f"{case.data_dir.index if case.data_dir else '?'}, this one is number {case.spec.index}"
        ),
    ),
    Rule(
        "rename clash",
        lambda case: case.rename_clash,
        "blocked",
        lambda case: (
            f"both {case.spec.renamed_from} and {case.spec.id} hold data; move one away "
            "by hand or drop renamed_from"
        ),
    ),
    Rule(
        "strays",
        lambda case: bool(case.strays),
        "heal",
        lambda case: f"a container of this tenant goes by the name {case.strays[0].name}",
        moves.remove_strays,
    ),
    Rule(
        "rename",
        lambda case: case.rename_pending,
        "rename",
        lambda case: f"it was called {case.spec.renamed_from}",
        moves.rename,
    ),
    Rule(
        "suspended",
        lambda case: case.spec.state == "suspended" and bool(moves.suspend(case)),
        "stop",
        lambda _: "tenants.yaml says suspended",
        moves.suspend,
    ),
    Rule(
        "suspended already",
        lambda case: case.spec.state == "suspended",
        None,
        lambda _: "",
    ),
    Rule(
        "backing off",
        conditions.backing_off,
        "wait",
        lambda case: case.attempts.reason,
        moves.withdraw_route,
    ),
    Rule(
        "being removed",
        lambda case: case.container is not None and case.container.state == "removing",
        "wait",
        lambda _: "the engine is still removing its old container",
    ),
    Rule(
        "data gone",
        lambda case: case.container is not None and case.data_dir is None,
        "blocked",
        lambda case: (
            f"its data directory {case.spec.data_dir} is gone: restore it from a backup, "
            f"or remove container {case.name} to start with no data"
        ),
    ),
    Rule(
        "swap under way",
        lambda case: case.swap_under_way is not None and not case.falls_back,
        "swap",
        lambda _: "its swap was cut off",
        swap_moves.finish,
    ),
    Rule(
        "swap failed",
        lambda case: case.swap_under_way is not None,
        "fall back",
        lambda case: case.swap.reason if case.swap else "",
        swap_moves.finish,
    ),
    Rule(
        "asleep, awake",
        lambda case: case.asleep and bool(swap_moves.sleep_on(case)),
        "sleep",
        lambda _: "it is to sleep",
        swap_moves.sleep_on,
    ),
    Rule(
        "asleep, spec changed",
        conditions.swaps_asleep,
        "swap",
        lambda _: "its settings or image changed; it sleeps on",
        swap_moves.swap_asleep,
    ),
    Rule(
        "asleep, no container",
        lambda case: case.asleep and not conditions.is_laid_down(case),
        "heal",
        lambda _: "it sleeps, and has no container",
        swap_moves.lay_down,
    ),
    Rule(
        "asleep, boosted",
        lambda case: case.asleep and conditions.boosted(case),
        "heal",
        lambda _: "it has processor time that was lent still",
        moves.settle,
    ),
    Rule(
        "asleep",
        lambda case: case.asleep,
        None,
        lambda _: "",
    ),
    Rule(
        "no image, stopped",
        lambda case: case.spec.image_id is None and case.container is not None and not case.running,
        "heal",
        lambda case: case.attempts.reason or "its container is not running",
        moves.start,
    ),
    Rule(
        "no image",
        lambda case: case.spec.image_id is None,
        "blocked",
        lambda case: (
            f"no image {case.spec.image} is on this machine; build or pull it, then apply again"
        ),
    ),
    Rule(
        "image changed, not serving",
        conditions.swaps_down,
        "swap",
        lambda _: "its image changed",
        swap_moves.swap_down,
    ),
    Rule(
        "network",
        lambda case: case.container is not None and not case.network_as_wanted,
        "heal",
        lambda case: "its network is gone" if case.network is None else "its network was changed",
        moves.remake_all,
    ),
    Rule(
        "new",
        lambda case: case.container is None and case.data_dir is None,
        "start",
        lambda _: "new tenant",
        moves.bring_up,
    ),
    Rule(
        "no container",
        lambda case: case.container is None,
        "start",
        lambda _: "it has no container",
        moves.bring_up,
    ),
    Rule(
        "swap waits",
        lambda case: conditions.swappable(case) and case.attempts.next_at > case.now,
        "wait",
        lambda case: case.attempts.reason,
        _route_again,
    ),
    Rule(
        "spec changed",
        conditions.swappable,
        "swap",
        lambda _: "its settings or image changed",
        swap_moves.swap,
    ),
    Rule(
        "spec changed, not serving",
        lambda case: case.changed,
        "restart",
        lambda _: "its settings or image changed",
        moves.remake,
    ),
    Rule(
        "detached",
        conditions.detached,
        "heal",
        lambda _: "its container was taken off its network",
        moves.remake,
    ),
    Rule(
        "changed by hand",
        lambda case: bool(case.altered),
        "heal",
        lambda case: f"changed by hand: {case.altered}",
        swap_moves.remake,
    ),
    Rule(
        "paused",
        lambda case: case.container is not None and case.container.state == "paused",
        "heal",
        lambda _: "its container is paused",
        moves.start,  # it goes on where it was: who waits for it is answered by it
    ),
    Rule(
        "gone wrong",
        conditions.gone_wrong,
        "heal",
        lambda case: f"its container is {case.container.state if case.container else 'gone'}",
        moves.remake,
    ),
    Rule(
        "stopped",
        lambda case: not case.running,
        "heal",
        lambda case: case.attempts.reason or "its container is not running",
        moves.start,
    ),
    Rule(
        "unready",
        lambda case: case.health == "unready",
        "heal",
        lambda case: case.attempts.reason or "it stopped answering /readyz",
        moves.restart,
    ),
    Rule(
        "route",
        lambda case: not case.routed_as_wanted,
        "route",
        moves.why_routed,
        moves.route,
    ),
    Rule(
        "boosted",
        conditions.boosted,
        "heal",
        lambda _: "it has processor time that was lent still",
        moves.settle,
    ),
    Rule(
        "idle",
        is_idle,
        "sleep",
        lambda _: "nobody has used it for a while",
        swap_moves.fall_asleep,
    ),
)
