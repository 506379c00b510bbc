"""Changing keys of one tenant: the line concerned changes, in the way in which it is written."""

import pytest

from orchestrator.adapters.tenants_file import editing, load_text
from tests.unit.adapters.tenants_texts import HEAD, IN_BLOCKS, IN_BRACES, IN_LINES, edited


@pytest.mark.parametrize(
    ("text", "tenant", "settings", "expected", "sentences"),
    [
        (
            IN_LINES,
            "customer-a",
            {"name": "New", "tier": None, "state": "suspended"},
            [
                '-  customer-a: {name: "Customer A",  tier: small}   # pays late',
                '+  customer-a: {name: "New", state: suspended}   # pays late',
            ],
            [
                "tenants.customer-a.name: Customer A → New",
                "tenants.customer-a.tier removed, it was small",
                "tenants.customer-a.state: suspended",
            ],
        ),
        (
            IN_LINES,
            "customer-b",
            {"tier": "small"},
            ["-  customer-b:", "+  customer-b: {tier: small}"],
            ["tenants.customer-b.tier: small"],
        ),
        (
            IN_BLOCKS,
            "customer-a",
            {"domains": ["n.example"], "tier": "small"},
            [
                "-        domains:       # theirs",
                "+        domains: [n.example]       # theirs",
                "+        tier: small",
                "-            - data.a.example   # x",
                "-            - b.a.example",
            ],
            [
                "tenants.customer-a.domains: [data.a.example, b.a.example] → [n.example]",
                "tenants.customer-a.tier: small",
            ],
        ),
        (
            IN_BLOCKS,
            "customer-b",
            {"name": "B", "sleep_after": "30m"},
            ["+        name: B", "+        sleep_after: 30m"],
            ["tenants.customer-b.name: B", "tenants.customer-b.sleep_after: 30m"],
        ),
        (
            IN_BLOCKS,
            "customer-c",
            {"name": "It's C", "tier": None},
            [
                "-        name: 'C'",
                "-        tier: small   # cheap",
                "+        name: 'It''s C'",
            ],
            [
                "tenants.customer-c.name: C → It's C",
                "tenants.customer-c.tier removed, it was small",
            ],
        ),
        (
            IN_BRACES,
            "customer-b",
            {"name": "B"},
            [
                "-tenants: {customer-a: {name: A}, customer-b: , customer-c: {}}",
                "+tenants: {customer-a: {name: A}, customer-b: {name: B} , customer-c: {}}",
            ],
            ["tenants.customer-b.name: B"],
        ),
        (IN_LINES, "customer-a", {"name": "Customer A", "image": None}, [], []),
        (IN_LINES, "customer-b", {}, [], []),
    ],
)
def test_set(text, tenant, settings, expected, sentences):
    assert edited(text, lambda text: editing.set_values(text, tenant, settings)) == (
        expected,
        sentences,
    )


@pytest.mark.parametrize(
    "name",
    [
        "123",
        "no",
        "~",
        "null",
        "a: b",
        "a #b",
        "- a",
        "[a]",
        "'a'",
        '"a"',
        "a\\b",
        "*a",
        "ä",
        "1e3",
        "",
    ],
)
def test_whatever_a_name_looks_like_it_is_read_back(name):
    for text in (IN_LINES, IN_BLOCKS, IN_BRACES):
        for tenant in ("customer-a", "customer-b"):
            after = editing.set_values(text, tenant, {"name": name}).text
            fleet = load_text(after).fleet_without_bad_tenants
            names = {tenant.id: tenant.name for tenant in fleet.tenants}
            assert names.get(tenant) == (name or None)


def test_ids_that_look_like_numbers():
    text = editing.add(HEAD + "tenants:\n", "123", {"name": "456"}).text
    assert text.endswith('tenants:\n  "123": {name: "456"}\n')
    assert editing.remove(text, "123").text == HEAD + "tenants:\n"
