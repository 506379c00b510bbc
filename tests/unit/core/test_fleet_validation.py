"""tenants.yaml → Fleet, and every problem of it: line, path, words and whom it holds back."""

from pathlib import Path

import pytest

from orchestrator.adapters.tenants_file import load_text
from orchestrator.core.fleet import Fleet, Tenant, Tier
from orchestrator.core.fleet.validate import MAX_TENANTS

HEAD = """\
domain: localhost
tiers: {small: {users: 5, csv_files: 10, memory: 384m, cpus: 0.5, disk: 1g}}
defaults: {tier: small}
tenants:
"""

# The one of the design document, to the letter.
DESIGN = """\
domain: localhost              # customer-a.localhost works in every browser with no DNS
tls: off                       # off | self-signed | files | acme-http | acme-dns
defaults: {tier: small, image: data-agent:latest, sleep_after: 30m}
tiers:                         # users and csv_files are enforced inside the agent
  small:  {users: 5,  csv_files: 10, memory: 384m, cpus: 0.5, disk: 1g,  questions_per_day: 200, price: 50}
  medium: {users: 10, csv_files: 25, memory: 768m, cpus: 1,   disk: 5g,  questions_per_day: 1000, price: 100}
  large:  {users: unlimited, csv_files: unlimited, memory: 2g, cpus: 2, disk: 20g, price: 200}
tenants:
  customer-a: {name: Customer A}
  customer-b: {name: Customer B, tier: medium, domains: [data.customer-b.example], state: running}
"""  # noqa: E501


def lines(text):
    return [str(problem) for problem in load_text(text).problems]


def test_the_design_documents_file():
    validation = load_text(DESIGN)
    mib = 1024**2
    assert validation.problems == ()
    assert validation.fleet == Fleet(
        domain="localhost",
        tls="off",
        watch=False,
        tiers={
            "small": Tier("small", 5, 10, 384 * mib, 500, 1024 * mib, 200, 50.0),
            "medium": Tier("medium", 10, 25, 768 * mib, 1000, 5 * 1024 * mib, 1000, 100.0),
            "large": Tier("large", None, None, 2048 * mib, 2000, 20 * 1024 * mib, None, 200.0),
        },
        tenants=(
            Tenant("customer-a", "Customer A", "small", "data-agent:latest", sleep_after=1800),
            Tenant(
                "customer-b",
                "Customer B",
                "medium",
                "data-agent:latest",
                domains=("data.customer-b.example",),
                sleep_after=1800,
            ),
        ),
    )


def test_the_projects_own_file():
    validation = load_text((Path(__file__).parents[3] / "tenants.yaml").read_text())
    assert validation.problems == ()
    assert {tenant.id for tenant in validation.fleet.tenants} >= {"customer-a", "customer-b"}


def test_a_tenant_with_nothing_has_all_defaults():
    fleet = load_text(HEAD + "  customer-a:\n  customer-b: {}\n  customer-c: ~\n").fleet
    assert fleet.tenants[0] == Tenant("customer-a", "customer-a", "small", "data-agent:latest")
    assert [tenant.id for tenant in fleet.tenants] == ["customer-a", "customer-b", "customer-c"]


def test_never_at_a_tenant_overrules_the_default():
    text = HEAD.replace("tier: small}", "tier: small, sleep_after: 1h}")
    fleet = load_text(text + "  a: {sleep_after: never}\n  b:\n").fleet
    assert [tenant.sleep_after for tenant in fleet.tenants] == [None, 3600]


def test_a_tenant_has_the_request_limits_of_its_tier_unless_it_says_otherwise():
    text = HEAD.replace("disk: 1g", "disk: 1g, requests_per_second: 10, requests_at_once: 4")
    fleet = load_text(text + "  a: {requests_at_once: 2, hold_for: 1m}\n  b:\n").fleet
    assert [
        (one.requests_per_second, one.requests_at_once, one.hold_for) for one in fleet.tenants
    ] == [(10, 2, 60), (10, 4, None)]


def test_what_an_llm_may_be_told_and_cost():
    text = HEAD.replace("tier: small}", "tier: small, llm_privacy: nothing}")
    text = text.replace("disk: 1g", "disk: 1g, llm_tokens_per_day: 9000", 1)
    fleet = load_text(text + "  a: {llm_privacy: samples}\n  b:\n").fleet
    assert [tenant.llm_privacy for tenant in fleet.tenants] == ["samples", "nothing"]
    assert fleet.tiers["small"].llm_tokens_per_day == 9000
    assert load_text(HEAD + "  a:\n").fleet.tenants[0].llm_privacy == "names"


@pytest.mark.parametrize("word", ["no", "on", "123", "1e3", "0x1f", "010", "true", "1-2", "null1"])
def test_yaml_words_are_ids_like_any_other(word):
    for written in (word, f'"{word}"', f"'{word}'"):
        validation = load_text(f"{HEAD}  {written}: {{name: {word}}}\n")
        assert [tenant.id for tenant in validation.fleet.tenants] == [word]
        assert validation.fleet.tenants[0].name == word


def test_no_tenants_are_a_fleet_too():
    for nothing in ("", " {}", " ~"):
        assert load_text(HEAD.replace("tenants:", f"tenants:{nothing}")).fleet.tenants == ()


def test_names_of_hosts_are_made_alike():
    text = HEAD.replace("localhost", "DATA.Example.com.") + "  a: {domains: [B.Example.org.]}\n"
    fleet = load_text(text).fleet
    assert fleet.domain == "data.example.com"
    assert fleet.tenants[0].domains == ("b.example.org",)


def tier(**changes):
    values = {"users": 5, "csv_files": 10, "memory": "384m", "cpus": 0.5, "disk": "1g"} | changes
    inside = ", ".join(f"{key}: {value}" for key, value in values.items() if value != "")
    return f"tiers: {{small: {{{inside}}}}}\ndefaults: {{tier: small}}\ntenants:\n  a:\n"


GLOBAL_PROBLEMS = {
    tier(users=0): "line 1: tiers.small.users: '0' is not a whole number from 1 on; write a number "
    "such as 5, or unlimited",
    tier(csv_files=""): "line 1: tiers.small.csv_files: is missing; write csv_files: 10",
    tier(memory="64m"): "line 1: tiers.small.memory: '64m' is too small; give at least 128m",
    tier(memory=384): "line 1: tiers.small.memory: '384' has no unit; write 384m for MiB or 384g "
    "for GiB",
    tier(cpus=65): "line 1: tiers.small.cpus: '65' cpus is out of range; give 0.1 to 64",
    tier(disk="1m"): "line 1: tiers.small.disk: '1m' is too small; give at least 64m",
    tier(price="50€"): "line 1: tiers.small.price: '50€' is not a price; write a number from 0 on, "
    "such as 50 or 49.90",
    tier(memroy="1g"): "line 1: tiers.small.memroy: is not a known key; did you mean 'memory'?",
    tier().replace("tier: small", "tier: smal"): "line 2: defaults.tier: there is no tier 'smal'; "
    "did you mean 'small'?",
    "domain: 10.0.0.1\n" + tier(): "line 1: domain: '10.0.0.1' is an IP address; write a DNS name "
    "that points to it",
    "domain: intranet\n" + tier(): "line 1: domain: 'intranet' has no dot; write the whole name, "
    "such as intranet.example.com",
    "tls: acme-dns\n"
    + tier(): "line 1: tls: 'acme-dns' is not in this version yet; write off, the "
    "only value for now",
    "tls: yes\n" + tier(): "line 1: tls: 'yes' is not known; write off, the only value for now",
    "watch: yes\n" + tier(): "line 1: watch: 'yes' is neither true nor false; write true or false",
    "price: 5\n" + tier(): "line 1: price: is not a known key; it belongs to a tier",
    "image: x\n" + tier(): "line 1: image: is not a known key; it belongs to defaults or a tenant",
    tier().replace("tenants:\n  a:", "tenants: [a]"): "line 3: tenants: is a list, not a mapping; "
    "write 'key: value' lines below it",
    tier().replace("tenants:\n  a:", "tenants: a"): "line 3: tenants: is the text 'a', not a "
    "mapping; write 'key: value' lines below it",
    tier().replace("tenants:\n  a:\n", ""): "tenants: is missing; write 'tenants: {}' if there are "
    "none yet",
    tier().replace("tenants:", "tenant:"): "line 3: tenant: is not a known key; did you mean "
    "'tenants'?",
    "tenants: {}\n": "tiers: is missing; define at least one, such as small: {users: 5, …}",
    "tiers: {}\ntenants: {}\n": "line 1: tiers: has no tier; define at least one, such as small: "
    "{users: 5, …}",
}


@pytest.mark.parametrize("text", GLOBAL_PROBLEMS)
def test_a_problem_elsewhere_holds_back_the_whole_file(text):
    validation = load_text(text)
    assert [str(problem) for problem in validation.problems] == [GLOBAL_PROBLEMS[text]]
    assert validation.fleet is None
    assert validation.fleet_without_bad_tenants is None


def test_a_broken_tier_that_nobody_uses_holds_back_nobody():
    text = tier().replace("{small:", "{big: {users: 1}, small:")
    validation = load_text(text)
    assert len(validation.problems) == 4
    assert validation.fleet is None
    assert list(validation.fleet_without_bad_tenants.tiers) == ["small"]
    assert load_text(text.replace("a:\n", "a: {tier: big}\n")).fleet_without_bad_tenants is None


def test_without_a_default_every_tenant_names_its_tier():
    text = tier().replace("defaults: {tier: small}\n", "") + "  b: {tier: small}\n"
    validation = load_text(text)
    assert [str(problem) for problem in validation.problems] == [
        "line 3: tenants.a.tier: is missing; name a tier here or in defaults"
    ]
    assert [tenant.id for tenant in validation.fleet_without_bad_tenants.tenants] == ["b"]


def test_all_problems_at_once_in_the_order_of_the_file():
    text = """\
domain: 1.2.3.4
tls: maybe
tiers:
  small: {users: 0, csv_files: 10, memory: 1m, cpus: 0.5, disk: 1g}
defaults: {tier: small}
tenants:
  www: {teir: small}
  b: {tier: smal, domains: [x]}
"""
    assert [(problem.line, problem.path) for problem in load_text(text).problems] == [
        (1, "domain"),
        (2, "tls"),
        (4, "tiers.small.users"),
        (4, "tiers.small.memory"),
        (7, "tenants.www"),
        (7, "tenants.www.teir"),
        (8, "tenants.b.domains[0]"),
        (8, "tenants.b.tier"),
    ]


def test_too_many_tenants():
    good = load_text(HEAD + "".join(f"  c{n}:\n" for n in range(MAX_TENANTS)))
    assert len(good.fleet.tenants) == MAX_TENANTS
    validation = load_text(HEAD + "".join(f"  c{n}:\n" for n in range(MAX_TENANTS + 1)))
    assert [str(problem) for problem in validation.problems] == [
        "line 5: tenants: has 8193 tenants; one platform carries at most 8192"
    ]
    assert validation.fleet_without_bad_tenants is None


def test_too_many_domains():
    names = ", ".join(f"d{n}.example" for n in range(21))
    assert lines(f"{HEAD}  a: {{domains: [{names}]}}\n") == [
        "line 5: tenants.a.domains: has 21 names; at most 20 are possible"
    ]


def test_problems_are_bounded_and_counted_and_still_hold_back_their_tenants():
    validation = load_text(HEAD + "".join(f"  c{n}: {{x: 1}}\n" for n in range(700)))
    assert len(validation.problems) == 501
    assert str(validation.problems[-1]) == (
        "200 more problems are not shown; mend the ones above first"
    )
    assert len(validation.tenants_with_problems) == 700


@pytest.mark.parametrize(
    "reference",
    [
        "data-agent",
        "data-agent:1.4.2",
        "registry.example:5000/team/data-agent:latest",
        "localhost/data_agent",
        "registry.example/library/a__b-c.d@sha256:" + "0" * 64,
        "a:1@sha256:" + "f" * 64,
    ],
)
def test_image_references(reference):
    assert load_text(f"{HEAD}  a: {{image: '{reference}'}}\n").fleet.tenants[0].image == reference
