"""What the rules ask of a case that is more than a word of it."""

from __future__ import annotations

from orchestrator.core.case import Case
from orchestrator.core.swap import can_go_back


def backing_off(case: Case) -> bool:
    """Its next try is dated, and it does not serve meanwhile."""
    ready = case.running and case.health == "ready"
    return case.attempts.next_at > case.now and not ready


def gone_wrong(case: Case) -> bool:
    """Its container is in a state that it does not leave by itself."""
    return case.container is not None and case.container.state in ("paused", "dead", "restarting")


def detached(case: Case) -> bool:
    """One that is stopped and on no network gets there when it is started."""
    address = case.container.address if case.container else None
    return (case.running and address is None) or address not in (None, case.spec.address)


def swappable(case: Case) -> bool:
    """It serves, and what ran before could be made again: worth holding requests for."""
    container = case.container
    return (
        case.changed
        and case.running
        and container is not None
        and container.address == case.spec.address
        and case.health != "unready"
        and can_go_back(container.fields)
    )


def swaps_down(case: Case) -> bool:
    """Another image may spoil its data, whether it serves now or not: there is a way back."""
    container = case.container
    return (
        case.changed
        and case.image_changed
        and container is not None
        and can_go_back(container.fields)
        and not (swappable(case) and case.network_as_wanted)
    )


def swaps_asleep(case: Case) -> bool:
    """It is to sleep on as something else, and could be made again as it was."""
    container = case.container
    return (
        case.asleep
        and case.changed
        and case.spec.image_id is not None
        and container is not None
        and can_go_back(container.fields)
    )


def is_laid_down(case: Case) -> bool:
    """It has a container, or cannot have one."""
    return case.container is not None or case.data_dir is None or case.spec.image_id is None


def boosted(case: Case) -> bool:
    """It was lent processor time that nobody took back."""
    return case.container is not None and case.container.boosted
