"""The last good state of a bad tenant stays, the others go on, and nobody gets another's host."""

from dataclasses import replace

from orchestrator.adapters.tenants_file import load_text
from orchestrator.core.fleet import merge_last_good

TIER = "{users: 5, csv_files: 10, memory: 384m, cpus: 0.5, disk: 1g}"
HEAD = f"tiers: {{small: {TIER}, big: {TIER}}}\ndefaults: {{tier: small}}\ntenants:\n"


def last(tenants, head=HEAD):
    fleet = load_text(head + tenants).fleet
    assert fleet is not None
    return fleet


def merged(tenants, before, head=HEAD):
    return merge_last_good(load_text(head + tenants), before)


def names(fleet):
    return {tenant.id: tenant.name for tenant in fleet.tenants}


def test_a_good_file_is_taken_as_it_is():
    before = last("  a: {name: A}\n")
    assert names(merged("  b: {name: B}\n", before)) == {"b": "B"}
    assert names(merged("  b: {name: B}\n", None)) == {"b": "B"}


def test_a_bad_tenant_keeps_its_last_good_state_and_place():
    before = last("  a: {name: A}\n  b: {name: B}\n  c: {name: C}\n")
    fleet = merged("  a: {name: A2}\n  b: {name: B2, tier: nix}\n  c: {name: C2}\n", before)
    assert list(names(fleet).items()) == [("a", "A2"), ("b", "B"), ("c", "C2")]


def test_a_bad_tenant_that_never_was_good_is_left_out():
    before = last("  a: {name: A}\n")
    assert names(merged("  a: {name: A}\n  b: {tier: nix}\n", before)) == {"a": "A"}
    assert names(merged("  a: {name: A}\n  b: {tier: nix}\n", None)) == {"a": "A"}


def test_a_tenant_that_left_the_file_is_not_kept():
    before = last("  a: {name: A}\n  b: {name: B}\n")
    assert names(merged("  b: {tier: nix}\n", before)) == {"b": "B"}


def test_an_unusable_file_keeps_everybody():
    before = last("  a: {name: A}\n")
    for text in ("", "a: [", "tenants: {}\n", HEAD.replace("384m", "1") + "  b:\n"):
        assert merge_last_good(load_text(text), before) == before
        assert merge_last_good(load_text(text), None) is None


def test_a_kept_tenant_brings_its_tier_when_the_file_has_none_of_that_name():
    before = last("  a: {tier: big}\n")
    head = HEAD.replace(f", big: {TIER}", "")
    fleet = merged("  a: {tier: big}\n", before, head)
    assert fleet.tenants == before.tenants
    assert fleet.tiers["big"] == before.tiers["big"]


def test_a_kept_tenant_brings_its_tier_when_the_files_is_broken():
    before = last("  a: {tier: big}\n  b:\n")
    head = HEAD.replace(f"big: {TIER}", "big: {}")
    fleet = merged("  a: {tier: huge}\n  b:\n", before, head)
    assert fleet.tenants == before.tenants
    assert fleet.tiers["big"] == before.tiers["big"]


def test_a_kept_tenant_follows_its_tier_when_that_changed():
    before = last("  a: {tier: big}\n")
    fleet = merged("  a: {state: what}\n", before, HEAD.replace("384m", "512m"))
    assert fleet.tiers["big"].memory == 512 * 1024**2


def test_a_host_that_moved_to_a_good_tenant_leaves_the_kept_one():
    before = last("  a: {domains: [x.example, y.example]}\n")
    fleet = merged("  a: {state: what}\n  b: {domains: [x.example]}\n", before)
    assert {tenant.id: tenant.domains for tenant in fleet.tenants} == {
        "a": ("y.example",),
        "b": ("x.example",),
    }


def test_a_kept_tenant_loses_hosts_below_a_new_platform_domain():
    before = last("  a: {domains: [b.new.example, y.example]}\n")
    fleet = merged("  a: {state: what}\n  b:\n", before, "domain: new.example\n" + HEAD)
    assert fleet.tenants[0].domains == ("y.example",)


def test_a_rename_with_a_problem_keeps_the_old_tenant():
    before = last("  old: {name: Old}\n")
    assert names(merged("  new: {renamed_from: old, state: what}\n", before)) == {"old": "Old"}


def test_a_misspelt_id_keeps_the_tenant():
    before = last("  customer-a: {name: A}\n")
    assert names(merged("  Customer-A: {name: A}\n", before)) == {"customer-a": "A"}


def test_a_kept_rename_is_over_when_the_old_id_is_back():
    before = last("  new: {renamed_from: old}\n")
    fleet = merged("  new: {state: what}\n  old: {name: Another}\n", before)
    assert [tenant.renamed_from for tenant in fleet.tenants] == [None, None]
    kept = merged("  new: {state: what}\n", before)
    assert kept.tenants == (replace(before.tenants[0]),)
