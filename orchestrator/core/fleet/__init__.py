"""The fleet: all tenants, tiers and defaults as tenants.yaml states them, validated."""

from orchestrator.core.fleet.merge import merge_last_good
from orchestrator.core.fleet.model import Fleet, LlmPrivacy, Tenant, Tier
from orchestrator.core.fleet.serial import fleet_from_json, fleet_to_json
from orchestrator.core.fleet.validate import validate
from orchestrator.core.fleet.validation import Validation

__all__ = [
    "Fleet",
    "LlmPrivacy",
    "Tenant",
    "Tier",
    "Validation",
    "fleet_from_json",
    "fleet_to_json",
    "merge_last_good",
    "validate",
]
