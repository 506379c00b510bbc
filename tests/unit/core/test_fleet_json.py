"""The fleet as JSON: what is written is read again, and what is no fleet is refused."""

import json

import pytest

from orchestrator.adapters.tenants_file import load_text
from orchestrator.core.fleet import fleet_from_json, fleet_to_json
from orchestrator.errors import FleetInvalid
from tests.unit.core.test_fleet_validation import DESIGN


def saved():
    return json.loads(json.dumps(fleet_to_json(load_text(DESIGN).fleet)))


def test_there_and_back():
    assert fleet_from_json(saved()) == load_text(DESIGN).fleet


def test_fields_of_another_version():
    document = saved()
    document["later"] = 1
    document["tenants"][0]["isolation"] = "pooled"
    del document["tenants"][0]["sleep_after"]
    assert fleet_from_json(document).tenants[0].sleep_after is None


@pytest.mark.parametrize(
    "damage",
    [
        lambda document: None,
        lambda document: [],
        lambda document: {},
        lambda document: document | {"tenants": 5},
        lambda document: document | {"tiers": {}},
        lambda document: document | {"tenants": [{"id": "a"}]},
    ],
)
def test_no_fleet(damage):
    with pytest.raises(FleetInvalid) as refused:
        fleet_from_json(damage(saved()))
    assert str(refused.value) == "the saved fleet cannot be read"
