"""Who asks? Pure. Nobody is believed for less than all three: source, destination and token."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping

from orchestrator.core.llm_usage import GatewayTenant

_NO_HASH = "0" * 64
_SCHEME = b"bearer "


def who(
    tenants: Mapping[str, GatewayTenant], source: str, local: str, authorization: bytes
) -> GatewayTenant | None:
    """The tenant whose agent's address is `source`, if it asks at its own gateway address
    (`local`) with its own token; else None."""
    found = tenants.get(source)
    expected = found.token_sha256 if found and found.gateway == local else _NO_HASH
    given = hashlib.sha256(_token(authorization)).hexdigest()
    return found if hmac.compare_digest(given, expected) else None


def _token(authorization: bytes) -> bytes:
    if authorization[: len(_SCHEME)].lower() != _SCHEME:
        return b""
    return authorization[len(_SCHEME) :].strip()
