"""Every key of tenants.yaml, once: how it is read, what it defaults to, and what people are told.

Validation reads these tables, and so does the generator of docs/tenants-yaml.md.
"""

from __future__ import annotations

from orchestrator.core.fleet.key import REQUIRED, Key
from orchestrator.core.fleet.keys_file import DEFAULT_KEYS, FILE_KEYS
from orchestrator.core.fleet.keys_tenant import TENANT_KEYS
from orchestrator.core.fleet.keys_tier import TIER_KEYS

__all__ = [
    "DEFAULT_KEYS",
    "FILE_KEYS",
    "REQUIRED",
    "SECTIONS",
    "TENANT_KEYS",
    "TIER_KEYS",
    "Key",
]

SECTIONS = ("defaults", "tiers", "tenants")  # of the file, besides FILE_KEYS
