"""What somebody changed by hand in a container since it was made. No I/O.

`docker update` leaves the labels as they are, so what is enforced is compared with what the label
says that it was made with. A kind of limit that this machine's engine cannot enforce is not
compared: it would differ for ever.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from orchestrator.adapters import docker_profile
from orchestrator.core import names
from orchestrator.core.desired import PROFILE

Json = Mapping[str, Any]

# Field of `HostConfig`, the words for it, and what `GET /info` calls the ability to enforce it.
LIMITS = (
    ("Memory", "its memory limit", "MemoryLimit"),
    ("MemorySwap", "its swap limit", "SwapLimit"),
    ("NanoCpus", "its cpu limit", "CpuCfsQuota"),
    ("CpuShares", "its cpu weight", "CPUShares"),
    ("PidsLimit", "its limit of processes", "PidsLimit"),
)


def enforced(info: Json) -> frozenset[str]:
    """Fields of `HostConfig` that this engine enforces, from `GET /info`."""
    return frozenset(field for field, _, ability in LIMITS if info.get(ability))


def host_config(found: Json, made_with: Mapping[str, object], known: Collection[str]) -> list[str]:
    """What differs in an inspected `HostConfig` from the fields of the container's label.

    Nothing for a container of another profile: it is made anew anyway.
    """
    if made_with.get("profile") != PROFILE:
        return []
    wanted = docker_profile.limits(
        *(int(str(made_with[f"limits.{one}"])) for one in ("memory_bytes", "millicpus", "pids"))
    )
    lent = docker_profile.PROCESSOR if is_boosted(found, made_with) else ()
    differs = [
        words
        for field, words, _ in LIMITS
        if field in known and field not in lent and found[field] != wanted[field]
    ]
    policy = (found.get("RestartPolicy") or {}).get("Name") or docker_profile.NO_RESTART
    return [*differs, *(["its restart policy"] if policy != docker_profile.NO_RESTART else [])]


def is_boosted(found: Json, made_with: Mapping[str, object]) -> bool:
    """Whether an inspected `HostConfig` has what is lent for a start, and not of its own."""
    own = docker_profile.made_with(made_with)
    boosted = docker_profile.BOOSTED_SHARES
    return own is not None and own["CpuShares"] != boosted and found["CpuShares"] == boosted


def networks(attached: Collection[str], tenant: str) -> list[str]:
    """Networks on which it hangs beside its own."""
    return [f"network {name}" for name in sorted(set(attached) - {names.network_name(tenant)})]


class Doubts:
    """Whether it was a hand. An engine that alters what it is asked for would alter the next
    container in the same way, and the tenant would be made anew for ever: once is enough."""

    def __init__(self) -> None:
        self._last: dict[str, tuple[str, tuple[str, ...], bool]] = {}  # by tenant; True: let be

    def told(self, tenant: str, container_id: str, altered: tuple[str, ...]) -> tuple[str, ...]:
        """What to believe of what an inspect told of the tenant's container."""
        last_id, last, let_be = self._last.get(tenant, ("", (), False))
        same = bool(altered) and altered == last
        let_be = same and (let_be or last_id != container_id)
        self._last[tenant] = (container_id, altered, let_be)
        return () if let_be else altered
