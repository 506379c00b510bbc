"""The fleet as JSON: the last applied one survives a restart of the controller as a file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, fields
from typing import Any

from orchestrator.core.fleet.model import Fleet, Tenant, Tier
from orchestrator.errors import FleetInvalid

FORMAT = 1


def fleet_to_json(fleet: Fleet) -> dict[str, object]:
    """An object that `json.dumps` takes; equal fleets give equal ones."""
    return {"format": FORMAT, **asdict(fleet)}


def fleet_from_json(document: Any) -> Fleet:  # noqa: ANN401 - whatever json.loads gave
    """The fleet that `fleet_to_json` wrote, here or in another version. FleetInvalid if it isn't.

    Fields of later versions are ignored, those that an earlier one did not write get their default.
    """
    try:
        tiers = {name: Tier(**_known(tier, Tier)) for name, tier in document["tiers"].items()}
        tenants = tuple(_tenant(tenant) for tenant in document["tenants"])
        own = {**_known(document, Fleet), "tiers": tiers, "tenants": tenants}
        fleet = Fleet(**own)
        _check_tiers(fleet)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        message = "the saved fleet cannot be read"
        raise FleetInvalid(message, (str(error),), mend="run tenantctl apply again") from error
    return fleet


def _tenant(saved: Mapping[str, Any]) -> Tenant:
    values = _known(saved, Tenant)
    return Tenant(**{**values, "domains": tuple(values.get("domains", ()))})


def _known(saved: Mapping[str, Any], model: type[Fleet | Tenant | Tier]) -> dict[str, Any]:
    return {field.name: saved[field.name] for field in fields(model) if field.name in saved}


def _check_tiers(fleet: Fleet) -> None:
    for tenant in fleet.tenants:
        if tenant.tier not in fleet.tiers:
            raise ValueError(f"tenant {tenant.id} has the unknown tier {tenant.tier}")
