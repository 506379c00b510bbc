"""Names that the platform gives to things, and which ids a tenant may have.

One place for every name that is seen from outside, so that two parts cannot disagree on it.
"""

from __future__ import annotations

import re

ID_MAX_LENGTH = 50  # `tenant-ID` stays a DNS label (63 characters) with room to spare
RESERVED_IDS = frozenset(
    "admin api app console controller dashboard edge gate health internal localhost login mail "
    "metrics ns1 ns2 orchestrator platform root smtp status support system tenant traefik "
    "www".split()
)
_ID = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?", re.ASCII)

LABEL_INSTANCE = "orchestrator.instance"
LABEL_TENANT = "orchestrator.tenant"
LABEL_INDEX = "orchestrator.index"
LABEL_FINGERPRINT = "orchestrator.fingerprint"
LABEL_SPEC = "orchestrator.spec"


def id_problem(tenant_id: str) -> str | None:
    """Why this cannot be a tenant id, in words, or None when it can."""
    if not tenant_id:
        return "is empty"
    if len(tenant_id) > ID_MAX_LENGTH:
        return f"has {len(tenant_id)} characters; at most {ID_MAX_LENGTH} are allowed"
    if not _ID.fullmatch(tenant_id):
        return "may hold only a-z, 0-9 and '-', and starts and ends with a letter or digit"
    if tenant_id[2:4] == "--":
        return "may not have '--' at the third place (reserved for international domain names)"
    if tenant_id in RESERVED_IDS:
        return "is reserved for the platform"
    return None


def container_name(tenant_id: str) -> str:
    """Name of the tenant's container; also of its network."""
    return f"tenant-{tenant_id}"


def network_name(tenant_id: str) -> str:
    """Name of the tenant's network."""
    return f"tenant-{tenant_id}"


def bridge_name(prefix: str, index: int) -> str:
    """Host interface of the tenant's network: at most 15 characters (a limit of Linux)."""
    return f"{prefix}{index}"
